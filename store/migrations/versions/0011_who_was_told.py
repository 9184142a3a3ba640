"""Who was told of a finding, and what they said.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: What was told before is not told again: the alert about a finding, and the word that it was over.
TOLD_BEFORE = sa.text(
    """
    INSERT INTO tellings (organisation_id, subject, told_to, step, at, finding_id, outgoing_id)
    SELECT organisation_id, 'finding/' || finding_id, recipient_key,
           CASE WHEN template IN ('reachable_again', 'replies_resumed') THEN 'over' ELSE 'at_once' END,
           created_at, finding_id, id
    FROM outgoing
    WHERE kind = 'alert' AND finding_id IS NOT NULL
      AND id IN (
        SELECT MIN(id) FROM outgoing
        WHERE kind = 'alert' AND finding_id IS NOT NULL
        GROUP BY finding_id, recipient_key,
                 CASE WHEN template IN ('reachable_again', 'replies_resumed') THEN 'over' ELSE 'at_once' END
      )
    """
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "tellings",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("subject", store.columns.Key(), nullable=False),
        sa.Column("told_to", store.columns.Key(), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=False),
        sa.Column("at", store.columns.Instant(), nullable=False),
        sa.Column("finding_id", ROW, nullable=True),
        sa.Column("outgoing_id", ROW, nullable=True),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name=op.f("fk_tellings_finding_id")),
        sa.ForeignKeyConstraint(["outgoing_id"], ["outgoing.id"], name=op.f("fk_tellings_outgoing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellings")),
        sa.UniqueConstraint("subject", "told_to", "step", name=op.f("uq_tellings_subject_told_to_step")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tellings_finding_id"), "tellings", ["finding_id"], unique=False)
    op.create_index(op.f("ix_tellings_outgoing_id"), "tellings", ["outgoing_id"], unique=False)
    op.create_table(
        "acknowledgements",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("finding_id", ROW, nullable=False),
        sa.Column("by", store.columns.CleanText(), nullable=False),
        sa.Column("reason", store.columns.CleanText(), nullable=False),
        sa.Column("at", store.columns.Instant(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name=op.f("fk_acknowledgements_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_acknowledgements_finding_id"), "acknowledgements", ["finding_id"], unique=False)
    op.create_table(
        "calls",
        sa.Column("ticket_id", ROW, autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("arrived_at", store.columns.Instant(), nullable=False),
        sa.Column("opened_at", store.columns.Instant(), nullable=False),
        sa.Column("ended_at", store.columns.Instant(), nullable=True),
        sa.Column("ended_by", store.columns.CleanText(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_calls_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_calls")),
    )
    op.create_index(
        "ix_calls_open",
        "calls",
        ["opened_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "beats",
        sa.Column("part", sa.String(length=100), nullable=False),
        sa.Column("at", store.columns.Instant(), nullable=False),
        sa.Column("worker", store.columns.CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_beats")),
    )
    op.execute(TOLD_BEFORE)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("beats")
    op.drop_index("ix_calls_open", table_name="calls")
    op.drop_table("calls")
    op.drop_index(op.f("ix_acknowledgements_finding_id"), table_name="acknowledgements")
    op.drop_table("acknowledgements")
    op.drop_index(op.f("ix_tellings_outgoing_id"), table_name="tellings")
    op.drop_index(op.f("ix_tellings_finding_id"), table_name="tellings")
    op.drop_table("tellings")
