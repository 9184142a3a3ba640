"""Where people have moved tickets and messages: corrected, merged, forwarded."""

import sqlalchemy as sa

from store.columns import CleanText, Instant, Key
from store.schema.metadata import NEVER_AGAIN, Name, RowId, Word, metadata, organisation, partial_index, row_id

#: What was merged and not taken apart again; the planners know the indexes by these very words.
STILL_MERGED = "undone_at IS NULL"

#: What was sent on and is not answered; likewise.
UNANSWERED = "answered_at IS NULL"

#: What a person changed of a decision, for whoever mends the rules.
corrections = sa.Table(
    "corrections",
    metadata,
    row_id(),
    organisation(),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", CleanText, nullable=False),
    sa.Column("was_unit_id", Name, nullable=False),
    sa.Column("unit_id", Name, nullable=False),
    sa.Column("was_category", Name, nullable=False),
    sa.Column("category", Name, nullable=False),
    sa.Column("why", CleanText, nullable=False, server_default=""),
    #: One of `domain/rerouting.py`; empty: none was chosen.
    sa.Column("reason", Word, nullable=False, server_default=""),
    **NEVER_AGAIN,
)

#: Tickets that are one: the messages of the first are shown with those of the second. No message is moved.
merges = sa.Table(
    "merges",
    metadata,
    row_id(),
    organisation(),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False),
    sa.Column("into_id", RowId, sa.ForeignKey("tickets.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", CleanText, nullable=False),
    #: What the second promised before.
    sa.Column("was_notice_due_at", Instant),
    sa.Column("was_answer_due_at", Instant),
    #: What the second promised from then on.
    sa.Column("notice_due_at", Instant),
    sa.Column("answer_due_at", Instant),
    sa.Column("undone_at", Instant),
    partial_index("ix_merges_ticket_id", "ticket_id", where=STILL_MERGED, unique=True),
    partial_index("ix_merges_into_id", "into_id", where=STILL_MERGED),
    **NEVER_AGAIN,
)

#: What was sent on to somebody else, and whether they answered.
forwards = sa.Table(
    "forwards",
    metadata,
    row_id(),
    organisation(),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    #: None: to a unit of ours, which works in the same ticket.
    sa.Column("outgoing_id", RowId, sa.ForeignKey("outgoing.id"), index=True),
    #: The address in lower case, or the unit.
    sa.Column("sent_to", Key, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", CleanText, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("answered_at", Instant),
    sa.Column("reminded_at", Instant),
    partial_index("ix_forwards_due_at", "due_at", where=UNANSWERED),
    **NEVER_AGAIN,
)
