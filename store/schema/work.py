"""What is to be done: tickets."""

import sqlalchemy as sa

from store.columns import CleanText, Instant, Key
from store.schema.metadata import NEVER_AGAIN, Name, RowId, Word, metadata, organisation, partial_index, row_id

#: Clocks that may become late; the planners know the indexes by these very words.
NOTICE_OWED = "status = 'open' AND notice_met_at IS NULL AND notice_late_at IS NULL"
ANSWER_OWED = "status = 'open' AND answer_met_at IS NULL AND answer_late_at IS NULL"

#: Likewise: conversations of which it was noted that the time to answer is nearly over.
WINDOW_NOTED = "window_closes_at IS NOT NULL"

#: Likewise: what a person is to look at.
TO_LOOK_AT = "status = 'open' AND needs_a_look"

#: Likewise: what the registrar has before them, open or closed.
TO_REGISTER = "registration = 'to_be_registered'"

tickets = sa.Table(
    "tickets",
    metadata,
    row_id(),
    organisation(),
    sa.Column("number", Word, nullable=False),
    sa.Column("unit_id", Name, nullable=False),
    sa.Column("account_id", Name, nullable=False),
    sa.Column("channel", Word, nullable=False),
    sa.Column("status", Word, nullable=False),
    sa.Column("queue", Word, nullable=False),
    sa.Column("needs_a_look", sa.Boolean, nullable=False),
    sa.Column("look_reason", CleanText, nullable=False),
    sa.Column("category", Name, nullable=False),
    sa.Column("language", Word, nullable=False),
    sa.Column("urgency", Word, nullable=False),
    sa.Column("secrecy", Word, nullable=False),
    #: Danger to life: also seen by leads (P12).
    sa.Column("danger", sa.Boolean, nullable=False),
    sa.Column("subject", CleanText, nullable=False),
    sa.Column("sender_name", CleanText, nullable=False),
    sa.Column("sender_address", CleanText, nullable=False),
    sa.Column("arrived_at", Instant, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("notice_due_at", Instant),
    sa.Column("answer_due_at", Instant),
    sa.Column("notice_met_at", Instant),
    sa.Column("answer_met_at", Instant),
    #: The first clock that still runs; kept with every change of the clocks.
    sa.Column("next_due_at", Instant),
    sa.Column("calendar", Name, nullable=False),
    sa.Column("assignee_id", RowId),
    #: A form of our own brought it: its notice has a target of its own (R24).
    sa.Column("by_form", sa.Boolean, nullable=False, server_default=sa.false()),
    #: Who wrote, in lower case, to find what belongs to an open ticket.
    sa.Column("sender_key", Key, nullable=False, server_default=""),
    #: The older ticket that it goes on from.
    sa.Column("follows_id", RowId),
    #: When it was decided whether a holding reply goes: once a ticket.
    sa.Column("held_at", Instant),
    #: As of `domain.clocks.Clocks`.
    sa.Column("answer_from_at", Instant),
    sa.Column("first_answer_due_at", Instant),
    sa.Column("first_answered_at", Instant),
    sa.Column("notice_late_at", Instant),
    sa.Column("answer_late_at", Instant),
    sa.Column("window_closes_at", Instant),
    #: Of an observed account: outside the queue, opened and closed by evidence.
    sa.Column("observed", sa.Boolean, nullable=False, server_default=sa.false()),
    #: What came of it, if a person closed it.
    sa.Column("outcome", Word),
    sa.Column("registration", Word, nullable=False, server_default="not_judged"),
    #: The register's own reference.
    sa.Column("registered_as", CleanText, nullable=False, server_default=""),
    sa.UniqueConstraint("organisation_id", "number"),
    #: The queue as it is shown: what is open, the promise that breaks first on top.
    sa.Index("ix_tickets_queue", "status", "observed", "organisation_id", "next_due_at", "id"),
    #: What came today.
    sa.Index("ix_tickets_arrived_at", "organisation_id", "arrived_at"),
    sa.Index("ix_tickets_sender", "account_id", "sender_key", "id"),
    partial_index("ix_tickets_notice_owed", "notice_due_at", where=NOTICE_OWED),
    partial_index("ix_tickets_to_look_at", "organisation_id", "id", where=TO_LOOK_AT),
    partial_index(
        "ix_tickets_to_register", "status", "observed", "organisation_id", "next_due_at", "id", where=TO_REGISTER
    ),
    partial_index("ix_tickets_answer_owed", "answer_due_at", where=ANSWER_OWED),
    partial_index("ix_tickets_window", "id", where=WINDOW_NOTED),
    **NEVER_AGAIN,
)

#: What staff write to each other.
notes = sa.Table(
    "notes",
    metadata,
    row_id(),
    organisation(),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("author", CleanText, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("text", CleanText, nullable=False),
    **NEVER_AGAIN,
)

#: What rules call tickets, to find them by.
ticket_tags = sa.Table(
    "ticket_tags",
    metadata,
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    sa.Column("tag", Key, primary_key=True),
    organisation(),
    sa.Index("ix_ticket_tags_tag", "organisation_id", "tag"),
)
