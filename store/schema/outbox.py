"""What is to be sent, how far it got, and what holds it back."""

import sqlalchemy as sa

from store.columns import CleanJson, CleanText, Instant, Key
from store.schema.metadata import NEVER_AGAIN, Hash, Name, RowId, Word, metadata, organisation, partial_index, row_id

#: One row per (template family, address, mailbox), updated conditionally: once per window (P7).
automatic_replies = sa.Table(
    "automatic_replies",
    metadata,
    organisation(),
    sa.Column("family", Name, primary_key=True),
    sa.Column("address", Key, primary_key=True),
    sa.Column("mailbox", Key, primary_key=True),
    sa.Column("last_at", Instant, nullable=False),
    sa.Column("outgoing_id", RowId, nullable=False),
)

#: What has not come to an end; the planners know the index by these very words.
UNSETTLED = "state IN ('queued', 'retry', 'claimed', 'handing_over')"

#: What goes before all else by its turn (domain/outgoing.py).
URGENT = "turn < 3"

#: What its provider names; of mail it is the server's answer, which names nothing.
NAMED_BY_PROVIDER = "provider_id <> '' AND channel <> 'email'"

#: What the provider told of before we knew the message.
UNKNOWN_DELIVERY = "outgoing_id IS NULL"

#: What a person must settle.
UNCERTAIN = "state = 'uncertain'"

#: What the receiving side said no to, about a ticket; the planners know the index by these very words.
REFUSED = "state = 'refused' AND ticket_id IS NOT NULL"

#: Alerts that did not reach their readers; the planners know the index by these very words.
ALERT_BOUNCED = "kind = 'alert' AND bounced_at IS NOT NULL"


outgoing = sa.Table(
    "outgoing",
    metadata,
    row_id(),
    organisation(),
    sa.Column("kind", Word, nullable=False),
    sa.Column("state", Word, nullable=False),
    sa.Column("account_id", Name, nullable=False),
    sa.Column("channel", Word, nullable=False),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), index=True),
    #: The message it answers: at most one automatic reply each.
    sa.Column("message_row", RowId, sa.ForeignKey("messages.id")),
    sa.Column("finding_id", RowId, index=True),
    sa.Column("template", Name, nullable=False),
    sa.Column("template_version", Hash, nullable=False),
    sa.Column("language", Word, nullable=False),
    sa.Column("slots", CleanJson, nullable=False),
    # The exact text, stored before the first try (P8).
    sa.Column("message_id", CleanText, nullable=False, unique=True),
    sa.Column("sender", CleanText, nullable=False),
    sa.Column("recipient", CleanText, nullable=False),
    sa.Column("recipient_key", Key, nullable=False),
    sa.Column("envelope_sender", CleanText, nullable=False),
    sa.Column("subject", CleanText, nullable=False),
    sa.Column("text", CleanText, nullable=False),
    #: Empty: there is only the text.
    sa.Column("html", CleanText, nullable=False, server_default=""),
    sa.Column("headers", CleanJson, nullable=False),
    #: The person who wrote it; none for what a machine wrote.
    sa.Column("author", CleanText),
    sa.Column("created_at", Instant, nullable=False),
    #: What goes first of what waits, the lower number first: `domain.outgoing.Turn`.
    sa.Column("turn", sa.Integer, nullable=False, server_default="3"),
    # How far it got.
    sa.Column("claimed_by", CleanText),
    sa.Column("lease_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try_at", Instant),
    #: When the brakes let it pass; taken back when it never went.
    sa.Column("passed_at", Instant),
    sa.Column("sent_at", Instant),
    sa.Column("provider_id", CleanText, nullable=False, server_default=""),
    sa.Column("why", CleanText, nullable=False, server_default=""),
    #: When a mail server or provider said that it did not arrive, with which status (RFC 3463) or code.
    sa.Column("bounced_at", Instant),
    sa.Column("bounce_status", CleanText, nullable=False, server_default=""),
    #: What that means, in Swedish; empty: its status says it.
    sa.Column("bounce_why", CleanText, nullable=False, server_default=""),
    sa.UniqueConstraint("message_row", "kind"),
    partial_index("ix_outgoing_unsettled", "turn", "id", where=UNSETTLED),
    partial_index("ix_outgoing_unsettled_account", "account_id", "id", where=UNSETTLED),
    partial_index("ix_outgoing_alert_bounced", "bounced_at", where=ALERT_BOUNCED),
    partial_index("ix_outgoing_uncertain", "id", where=UNCERTAIN),
    partial_index("ix_outgoing_refused", "ticket_id", "id", where=REFUSED),
    partial_index("ix_outgoing_passed_at", "passed_at", where="passed_at IS NOT NULL"),
    sa.Index("ix_outgoing_recipient", "recipient_key", "created_at"),
    sa.Index("ix_outgoing_created_at", "created_at"),
    partial_index("ix_outgoing_provider_id", "provider_id", "account_id", where=NAMED_BY_PROVIDER),
    **NEVER_AGAIN,
)

#: How far what we handed over has come, as far as its provider told: one row per message of the provider.
deliveries = sa.Table(
    "deliveries",
    metadata,
    organisation(),
    sa.Column("account_id", Name, primary_key=True),
    sa.Column("provider_id", Key, primary_key=True),
    sa.Column("state", Word, nullable=False),
    #: As the provider gave it, and what it means in Swedish.
    sa.Column("code", CleanText, nullable=False, server_default=""),
    sa.Column("why", CleanText, nullable=False, server_default=""),
    #: Why its recipient gets no automatic message any more; empty: it still does.
    sa.Column("lasting", Word, nullable=False, server_default=""),
    sa.Column("noted_at", Instant, nullable=False),
    #: None: we do not know the message, or do not know it yet.
    sa.Column("outgoing_id", RowId, sa.ForeignKey("outgoing.id"), index=True),
    partial_index("ix_deliveries_unknown", "account_id", "noted_at", where=UNKNOWN_DELIVERY),
)

#: The files that go with an outgoing message, stored with its exact text before the first try (P8).
attached_files = sa.Table(
    "attached_files",
    metadata,
    organisation(),
    sa.Column("outgoing_id", RowId, sa.ForeignKey("outgoing.id"), primary_key=True),
    #: Their order, from 0.
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("name", CleanText, nullable=False),
    sa.Column("media_type", Name, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

#: How fast each account may send: one row each, updated conditionally by whoever sends.
send_rates = sa.Table(
    "send_rates",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    organisation(),
    #: What was sent counts as sent evenly up to this instant; it may stand ahead by what may go in one burst.
    sa.Column("spent_until", Instant, nullable=False),
)

#: One row: the circuit breaker of all automatic replies. Whoever asks the brakes holds it, so that they ask in turn.
breaker = sa.Table(
    "breaker",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("opened_at", Instant),
    sa.Column("why", CleanText, nullable=False, server_default=""),
    #: A person closed it: what went before this counts no more.
    sa.Column("counted_from", Instant),
)

#: Addresses that get no automatic message (domain.md 3.3 row 32).
suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("organisation_id", Name, primary_key=True),
    sa.Column("address", Key, primary_key=True),
    sa.Column("why", CleanText, nullable=False),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("reason", Word, nullable=False, server_default="by_hand"),
    #: As in RFC 3463; empty: none was given.
    sa.Column("status", CleanText, nullable=False, server_default=""),
    #: None: until somebody takes it off the list.
    sa.Column("until", Instant),
    #: Our message that led to it.
    sa.Column("outgoing_id", RowId),
)
