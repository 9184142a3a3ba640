"""What the ticket page keeps: unfinished answers, who is there, corrections, merges, forwards.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

from store.columns import CleanText, Instant, Key

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "corrections",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("ticket_id", ROW, nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("by", CleanText(), nullable=False),
        sa.Column("was_unit_id", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("was_category", sa.String(length=100), nullable=False),
        sa.Column("category", sa.String(length=100), nullable=False),
        sa.Column("why", CleanText(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_corrections_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corrections_ticket_id"), ["ticket_id"], unique=False)
    op.create_table(
        "merges",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("ticket_id", ROW, nullable=False),
        sa.Column("into_id", ROW, nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("by", CleanText(), nullable=False),
        sa.Column("was_notice_due_at", Instant(timezone=True), nullable=True),
        sa.Column("was_answer_due_at", Instant(timezone=True), nullable=True),
        sa.Column("notice_due_at", Instant(timezone=True), nullable=True),
        sa.Column("answer_due_at", Instant(timezone=True), nullable=True),
        sa.Column("undone_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["into_id"], ["tickets.id"], name=op.f("fk_merges_into_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_merges_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index(
            "ix_merges_into_id",
            ["into_id"],
            unique=False,
            postgresql_where=sa.text("undone_at IS NULL"),
            sqlite_where=sa.text("undone_at IS NULL"),
        )
        batch_op.create_index(
            "ix_merges_ticket_id",
            ["ticket_id"],
            unique=True,
            postgresql_where=sa.text("undone_at IS NULL"),
            sqlite_where=sa.text("undone_at IS NULL"),
        )
    op.create_table(
        "presences",
        sa.Column("ticket_id", ROW, autoincrement=False, nullable=False),
        sa.Column("user_id", ROW, autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("here_until", Instant(timezone=True), nullable=False),
        sa.Column("writing_until", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_presences_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "user_id", name=op.f("pk_presences")),
    )
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.create_index("ix_presences_here_until", ["here_until"], unique=False)
    op.create_table(
        "unfinished_answers",
        sa.Column("user_id", ROW, autoincrement=False, nullable=False),
        sa.Column("ticket_id", ROW, autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("kept_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_unfinished_answers_ticket_id")),
        sa.PrimaryKeyConstraint("user_id", "ticket_id", name=op.f("pk_unfinished_answers")),
    )
    with op.batch_alter_table("unfinished_answers", schema=None) as batch_op:
        batch_op.create_index("ix_unfinished_answers_ticket_id", ["ticket_id"], unique=False)
    op.create_table(
        "forwards",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("ticket_id", ROW, nullable=False),
        sa.Column("outgoing_id", ROW, nullable=True),
        sa.Column("sent_to", Key(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("by", CleanText(), nullable=False),
        sa.Column("due_at", Instant(timezone=True), nullable=False),
        sa.Column("answered_at", Instant(timezone=True), nullable=True),
        sa.Column("reminded_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["outgoing_id"], ["outgoing.id"], name=op.f("fk_forwards_outgoing_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_forwards_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forwards")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("forwards", schema=None) as batch_op:
        batch_op.create_index(
            "ix_forwards_due_at",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("answered_at IS NULL"),
            sqlite_where=sa.text("answered_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_forwards_outgoing_id"), ["outgoing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_forwards_ticket_id"), ["ticket_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    for table in ("forwards", "merges", "corrections", "presences", "unfinished_answers"):
        op.drop_table(table)
