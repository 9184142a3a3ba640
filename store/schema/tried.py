"""Rules as they worked, and as they would: what each hit, and other rules that were tried on stored messages."""

import sqlalchemy as sa

from store.columns import CleanJson, CleanText, Instant
from store.schema.arrivals import messages
from store.schema.metadata import NEVER_AGAIN, Hash, Name, RowId, Word, metadata, organisation, partial_index, row_id

#: Trials that are not over; the planners know the indexes by these very words.
GOING_ON = "state IN ('waiting', 'running')"

#: Which messages a rule hit: what the explanations say, to be found and counted by.
rule_hits = sa.Table(
    "rule_hits",
    metadata,
    sa.Column("message_row", RowId, sa.ForeignKey(messages.c.id), primary_key=True, autoincrement=False),
    sa.Column("rule_id", Name, primary_key=True),
    organisation(),
    #: When it was decided.
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_rule_hits_rule", "organisation_id", "rule_id", "at"),
)

#: Rules or categories that somebody has tried on stored messages from the pages: the row is the job.
rule_trials = sa.Table(
    "rule_trials",
    metadata,
    row_id(),
    organisation(),
    sa.Column("user_id", RowId, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("tried", Word, nullable=False),
    sa.Column("against", Word, nullable=False),
    #: The version of its rule set.
    sa.Column("rules", Hash, nullable=False),
    #: The whole configuration that is tried, as canonical JSON.
    sa.Column("candidate", CleanText, nullable=False),
    sa.Column("state", Word, nullable=False),
    #: Messages to decide again; NULL: not counted yet.
    sa.Column("total", sa.Integer),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    #: The last message that was decided again: who takes over begins after it.
    sa.Column("after_row", RowId, nullable=False, server_default="0"),
    sa.Column("claimed_by", CleanText),
    sa.Column("lease_until", Instant),
    #: How often its lease has run out since the last message that was decided again.
    sa.Column("losses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ended_at", Instant),
    #: Why it came to no end; empty: it did, or has not yet.
    sa.Column("failure", CleanText, nullable=False, server_default=""),
    sa.Index("ix_rule_trials_organisation", "organisation_id", "id"),
    partial_index("ix_rule_trials_one", "organisation_id", where=GOING_ON, unique=True),
    **NEVER_AGAIN,
)

#: Messages that would be decided otherwise.
trial_changes = sa.Table(
    "trial_changes",
    metadata,
    sa.Column(
        "trial_id", RowId, sa.ForeignKey("rule_trials.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    sa.Column("message_row", RowId, sa.ForeignKey(messages.c.id), primary_key=True, autoincrement=False),
    organisation(),
    sa.Column("ticket_id", RowId),
    #: True: it is or would be a sensitive matter (P12).
    sa.Column("secret", sa.Boolean, nullable=False),
    #: What, before and after, of each thing that would be otherwise.
    sa.Column("differences", CleanJson, nullable=False),
)

#: Messages without a ticket that somebody has looked over on the page *Att titta på*.
looked_over = sa.Table(
    "looked_over",
    metadata,
    sa.Column("message_row", RowId, sa.ForeignKey(messages.c.id), primary_key=True, autoincrement=False),
    organisation(),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", CleanText, nullable=False),
    sa.Column("verdict", Word, nullable=False),
)
