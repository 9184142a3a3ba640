"""Who was told of what, what they said, and which parts of the work are alive."""

import sqlalchemy as sa

from store.columns import CleanText, Instant, Key
from store.schema.metadata import NEVER_AGAIN, Name, RowId, metadata, organisation, partial_index, row_id

#: One row per (subject, recipient, step): nobody is told the same twice, whoever tells.
tellings = sa.Table(
    "tellings",
    metadata,
    row_id(),
    organisation(),
    #: Such as `finding/12`, `ticket/34` or `digest/2026-11-24`.
    sa.Column("subject", Key, nullable=False),
    #: The address or number.
    sa.Column("told_to", Key, nullable=False),
    sa.Column("step", Name, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("finding_id", RowId, sa.ForeignKey("findings.id"), index=True),
    #: None: there was nothing to say.
    sa.Column("outgoing_id", RowId, sa.ForeignKey("outgoing.id"), index=True),
    sa.UniqueConstraint("subject", "told_to", "step"),
    **NEVER_AGAIN,
)

#: What keeps a finding quiet, and until when; the newest counts.
acknowledgements = sa.Table(
    "acknowledgements",
    metadata,
    row_id(),
    organisation(),
    sa.Column("finding_id", RowId, sa.ForeignKey("findings.id"), nullable=False, index=True),
    sa.Column("by", CleanText, nullable=False),
    sa.Column("reason", CleanText, nullable=False),
    sa.Column("at", Instant, nullable=False),
    #: The last day of quiet.
    sa.Column("until", sa.Date, nullable=False),
    **NEVER_AGAIN,
)

#: Tickets that whoever is on duty is called about until somebody answers.
calls = sa.Table(
    "calls",
    metadata,
    sa.Column("ticket_id", RowId, sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    organisation(),
    sa.Column("account_id", Name, nullable=False),
    sa.Column("unit_id", Name, nullable=False),
    sa.Column("number", Name, nullable=False),
    sa.Column("arrived_at", Instant, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("ended_by", CleanText, nullable=False, server_default=""),
    partial_index("ix_calls_open", "opened_at", where="ended_at IS NULL"),
)

#: When each part of the work was last done by anybody.
beats = sa.Table(
    "beats",
    metadata,
    sa.Column("part", Name, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("worker", CleanText, nullable=False),
)
