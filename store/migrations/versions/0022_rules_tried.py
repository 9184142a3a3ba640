"""What each rule hit, rules that were tried, and what was looked over without a ticket.

Revision: 0022, after 0021

Of the messages that are there those of the last three months are counted, a few thousand a second.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GOING_ON = "state IN ('waiting', 'running')"

INDEXES = (
    ("ix_tickets_to_look_at", "tickets", "status = 'open' AND needs_a_look"),
    ("ix_messages_set_aside", "messages", "fate = 'technical'"),
)

#: Messages that are counted, and how many at once.
COUNTED = timedelta(days=92)
AT_ONCE = 1000


def upgrade() -> None:
    """Make the change."""
    _add_hits()
    _add_trials()
    op.create_table(
        "looked_over",
        sa.Column("message_row", ROW, autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("by", store.columns.CleanText(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["message_row"], ["messages.id"], name=op.f("fk_looked_over_message_row")),
        sa.PrimaryKeyConstraint("message_row", name=op.f("pk_looked_over")),
    )
    for name, table, condition in INDEXES:
        where = sa.text(condition)
        op.create_index(name, table, ["organisation_id", "id"], postgresql_where=where, sqlite_where=where)
    _count_hits(op.get_bind())


def downgrade() -> None:
    """Take it back."""
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
    for table in ("looked_over", "trial_changes", "rule_trials", "rule_hits"):
        op.drop_table(table)


def _add_hits() -> None:
    op.create_table(
        "rule_hits",
        sa.Column("message_row", ROW, autoincrement=False, nullable=False),
        sa.Column("rule_id", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_row"], ["messages.id"], name=op.f("fk_rule_hits_message_row")),
        sa.PrimaryKeyConstraint("message_row", "rule_id", name=op.f("pk_rule_hits")),
    )
    op.create_index("ix_rule_hits_rule", "rule_hits", ["organisation_id", "rule_id", "at"])


def _add_trials() -> None:
    op.create_table(
        "rule_trials",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("user_id", ROW, nullable=False),
        sa.Column("asked_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("tried", sa.String(length=20), nullable=False),
        sa.Column("against", sa.String(length=20), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("candidate", store.columns.CleanText(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("after_row", ROW, server_default="0", nullable=False),
        sa.Column("claimed_by", store.columns.CleanText(), nullable=True),
        sa.Column("lease_until", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("ended_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("failure", store.columns.CleanText(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rule_trials_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_trials")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rule_trials_organisation", "rule_trials", ["organisation_id", "id"])
    where = sa.text(GOING_ON)
    op.create_index(
        "ix_rule_trials_one",
        "rule_trials",
        ["organisation_id"],
        unique=True,
        postgresql_where=where,
        sqlite_where=where,
    )
    op.create_table(
        "trial_changes",
        sa.Column("trial_id", ROW, autoincrement=False, nullable=False),
        sa.Column("message_row", ROW, autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("ticket_id", ROW, nullable=True),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("differences", store.columns.CleanJson(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["rule_trials.id"], name=op.f("fk_trial_changes_trial_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["message_row"], ["messages.id"], name=op.f("fk_trial_changes_message_row")),
        sa.PrimaryKeyConstraint("trial_id", "message_row", name=op.f("pk_trial_changes")),
    )


def _count_hits(connection: sa.Connection) -> None:
    """Write down which messages each rule hit, the latest first, until they are older than is counted."""
    earliest = datetime.now(UTC) - COUNTED
    before = 2**62
    while rows := connection.execute(_some(), {"before": before, "at_once": AT_ONCE}).all():
        before = rows[-1].id
        hits = [hit for row in rows for hit in _hits(row, earliest)]
        if hits:
            connection.execute(_insert(), hits)
        if all(row.stored_at < earliest for row in rows):
            return


def _some() -> sa.TextualSelect:
    return sa.text(
        "SELECT id, organisation_id, stored_at, decided_at, explanation FROM messages"
        " WHERE id < :before ORDER BY id DESC LIMIT :at_once"
    ).columns(
        id=ROW, stored_at=store.columns.Instant(), decided_at=store.columns.Instant(), explanation=sa.Text()
    )  # fmt: skip


def _insert() -> sa.TextClause:
    return sa.text(
        "INSERT INTO rule_hits (message_row, rule_id, organisation_id, at)"
        " VALUES (:message_row, :rule_id, :organisation_id, :at)"
    ).bindparams(sa.bindparam("at", type_=store.columns.Instant()))


def _hits(row: Any, earliest: datetime) -> list[dict[str, Any]]:
    if row.explanation is None or row.decided_at is None or row.stored_at < earliest:
        return []
    kept = json.loads(row.explanation) if isinstance(row.explanation, str) else row.explanation
    rules = dict.fromkeys(str(rule["id"]) for rule in kept.get("rules") or () if rule.get("hit"))
    return [
        {"message_row": row.id, "rule_id": rule, "organisation_id": row.organisation_id, "at": row.decided_at}
        for rule in rules
    ]
