"""What arrives: accounts, originals, messages, letters."""

import sqlalchemy as sa

from store.columns import CleanJson, CleanText, Instant, Key
from store.schema.metadata import NEVER_AGAIN, Hash, Name, RowId, Word, metadata, organisation, partial_index, row_id

#: How far each account is read, and how the last visits went (heartbeat).
accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    organisation(),
    sa.Column("cursor", CleanJson),
    sa.Column("visited_at", Instant),
    sa.Column("read_at", Instant),
    sa.Column("failing_since", Instant),
    sa.Column("failed_step", Name, nullable=False, server_default=""),
    sa.Column("failure", CleanText, nullable=False, server_default=""),
    #: Until when nothing is asked, because the provider's limit is near.
    sa.Column("rests_until", Instant),
    #: The first visit that went well.
    sa.Column("first_read_at", Instant),
    #: The last message that came, by the provider's time.
    sa.Column("last_arrival_at", Instant),
    #: The last time that a person handled something in it.
    sa.Column("last_handled_at", Instant),
    #: The last time that it said something of its own: a post, or an answer.
    sa.Column("last_post_at", Instant),
    #: The last time that another machine answered from its address.
    sa.Column("auto_replied_at", Instant),
)

#: The exact bytes received, compressed, keyed by the SHA-256 of the plain bytes.
originals = sa.Table(
    "originals",
    metadata,
    sa.Column("organisation_id", Name, primary_key=True),
    sa.Column("digest", Hash, primary_key=True),
    sa.Column("compressed", sa.LargeBinary, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("media_type", Name, nullable=False),
)

#: What nobody has decided; the planners know the index by these very words.
WAITING = "fate = 'waiting'"

#: Likewise: what was kept and is not shown as work.
SET_ASIDE = "fate = 'technical'"

#: Likewise: what came by SMS, and files that are still to be fetched.
BY_SMS = "channel = 'sms'"
FILE_WAITING = "state = 'waiting'"

messages = sa.Table(
    "messages",
    metadata,
    row_id(),
    organisation(),
    sa.Column("account_id", Name, nullable=False),
    sa.Column("channel", Word, nullable=False),
    sa.Column("identity", CleanText, nullable=False),
    sa.Column("identity_key", Key, nullable=False),
    sa.Column("digest", Hash, nullable=False),
    sa.Column("media_type", Name, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("folder", CleanText, nullable=False),
    sa.Column("role", Word, nullable=False),
    sa.Column("flags", CleanJson, nullable=False),
    sa.Column("provider_at", Instant, nullable=False),
    sa.Column("stored_at", Instant, nullable=False),
    sa.Column("history", sa.Boolean, nullable=False),
    sa.Column("fate", Word, nullable=False),
    # The claim.
    sa.Column("claimed_by", CleanText),
    sa.Column("lease_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    # Filled when decided.
    sa.Column("decided_at", Instant),
    sa.Column("decided_by", CleanText),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), index=True),
    sa.Column("outgoing_id", RowId, index=True),
    sa.Column("arrived_at", Instant),
    sa.Column("letter", Hash),
    sa.Column("message_id", CleanText),
    sa.Column("message_id_key", Key),
    sa.Column("sender_name", CleanText),
    sa.Column("sender_address", CleanText),
    sa.Column("subject", CleanText),
    sa.Column("text", CleanText),
    sa.Column("quoted", CleanText),
    sa.Column("attachments", CleanJson),
    sa.Column("defects", CleanJson),
    #: The decision with every reason, as `svarsvakt explain --json` prints it (P6).
    sa.Column("explanation", CleanJson),
    sa.UniqueConstraint("account_id", "identity_key"),
    partial_index("ix_messages_waiting", "id", where=WAITING),
    partial_index("ix_messages_waiting_sms", "id", where=f"{WAITING} AND {BY_SMS}"),
    partial_index("ix_messages_waiting_account", "account_id", "id", where=WAITING),
    partial_index("ix_messages_set_aside", "organisation_id", "id", where=SET_ASIDE),
    sa.Index("ix_messages_message_id", "organisation_id", "message_id_key"),
    sa.Index("ix_messages_digest", "organisation_id", "digest"),
    #: What numbers that begin alike wrote within the last hour (domain.md 3.7 row 7).
    partial_index("ix_messages_sms", "organisation_id", "stored_at", where=BY_SMS),
    **NEVER_AGAIN,
)

#: Pictures and files that a provider keeps beside a message and that are no part of its original.
files = sa.Table(
    "files",
    metadata,
    row_id(),
    organisation(),
    sa.Column("account_id", Name, nullable=False),
    sa.Column("message_row", RowId, sa.ForeignKey("messages.id"), nullable=False),
    #: Their order in the message, from 0.
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", CleanText, nullable=False),
    sa.Column("media_type", CleanText, nullable=False),
    sa.Column("state", Word, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("content", sa.LargeBinary),
    #: Where the source finds it; only the source reads it.
    sa.Column("reference", CleanText, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try_at", Instant),
    sa.UniqueConstraint("message_row", "position"),
    partial_index("ix_files_waiting", "account_id", where=FILE_WAITING),
    **NEVER_AGAIN,
)

#: What else a citizen gave of himself in a message: a telephone number in a mail, an address in an SMS.
contact_points = sa.Table(
    "contact_points",
    metadata,
    sa.Column("message_row", RowId, sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    sa.Column("value", Key, primary_key=True),
    organisation(),
    #: Who wrote the message, in lower case.
    sa.Column("sender_key", Key, nullable=False),
    sa.Index("ix_contact_points_value", "organisation_id", "value"),
    sa.Index("ix_contact_points_sender", "organisation_id", "sender_key"),
)

#: One row per letter of an organisation: the same content that comes again belongs to the first (P2).
letters = sa.Table(
    "letters",
    metadata,
    sa.Column("organisation_id", Name, primary_key=True),
    sa.Column("letter", Hash, primary_key=True),
    sa.Column("message_row", RowId, nullable=False),
)
