"""What people who work with the same ticket know of each other: who is there, who writes, what is not finished."""

import sqlalchemy as sa

from store.columns import CleanText, Instant
from store.schema.metadata import RowId, metadata, organisation

#: What somebody has written and not sent: one row per person and ticket.
unfinished_answers = sa.Table(
    "unfinished_answers",
    metadata,
    sa.Column("user_id", RowId, primary_key=True, autoincrement=False),
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    organisation(),
    sa.Column("text", CleanText, nullable=False),
    sa.Column("kept_at", Instant, nullable=False),
    sa.Index("ix_unfinished_answers_ticket_id", "ticket_id"),
)

#: Who has a ticket before them. A row whose time is over is taken away by whoever comes next.
presences = sa.Table(
    "presences",
    metadata,
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    sa.Column("user_id", RowId, primary_key=True, autoincrement=False),
    organisation(),
    sa.Column("here_until", Instant, nullable=False),
    #: None: only looking.
    sa.Column("writing_until", Instant),
    sa.Index("ix_presences_here_until", "here_until"),
)
