"""What the watch knows of accounts and their people.

Revision: 0010, after 0008
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String(length=100)
INSTANT = store.columns.Instant(timezone=True)

LAST = ("first_read_at", "last_arrival_at", "last_handled_at", "last_post_at", "auto_replied_at")

QUEUE = ("status", "organisation_id", "next_due_at", "id")

#: By what a message counts as handled; those kinds of evidence that a person leaves.
SIGNS = ("seen", "answered", "forwarded", "flagged", "deleted", "gone")

#: What is known of the messages that are there: what an answer was owed for, and the first sign of a person.
FILL_BY_SIGNS = (
    """INSERT INTO handlings (organisation_id, account_id, message_row, arrived_at, handled_at, how)
    SELECT messages.organisation_id, messages.account_id, messages.id, coalesce(messages.arrived_at, provider_at),
    coalesce(signs.first_at, tickets.first_answered_at, tickets.closed_at),
    CASE WHEN signs.first_at IS NOT NULL THEN 'seen'
    WHEN coalesce(tickets.first_answered_at, tickets.closed_at) IS NOT NULL THEN 'acted' ELSE '' END
    FROM messages JOIN tickets ON tickets.id = messages.ticket_id
    LEFT JOIN (SELECT message_row, min(at) AS first_at FROM evidence WHERE kind IN :signs
    GROUP BY message_row) AS signs ON signs.message_row = messages.id
    WHERE messages.fate = 'ticket' AND tickets.answer_due_at IS NOT NULL""",
    """INSERT INTO handlings (organisation_id, account_id, ledger_row, arrived_at, handled_at, how)
    SELECT ledger.organisation_id, ledger.account_id, ledger.id, provider_at,
    coalesce(signs.first_at, gone_at),
    CASE WHEN signs.first_at IS NOT NULL THEN 'seen' WHEN gone_at IS NOT NULL THEN 'gone' ELSE '' END
    FROM ledger LEFT JOIN (SELECT ledger_row, min(at) AS first_at FROM evidence WHERE kind IN :signs
    GROUP BY ledger_row) AS signs ON signs.ledger_row = ledger.id
    WHERE message_row IS NULL AND role = 'inbox' AND NOT history""",
)

FILL_LAST = """UPDATE accounts SET
    first_read_at = (SELECT min(noted_at) FROM ledger WHERE ledger.account_id = accounts.account_id),
    last_arrival_at = (SELECT max(provider_at) FROM ledger WHERE ledger.account_id = accounts.account_id),
    last_handled_at = (SELECT max(handled_at) FROM handlings WHERE handlings.account_id = accounts.account_id)"""


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "handlings",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", NAME, nullable=False),
        sa.Column("account_id", NAME, nullable=False),
        sa.Column("message_row", ROW_ID, nullable=True),
        sa.Column("ledger_row", ROW_ID, nullable=True),
        sa.Column("arrived_at", INSTANT, nullable=False),
        sa.Column("handled_at", INSTANT, nullable=True),
        sa.Column("how", sa.String(length=20), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["message_row"], ["messages.id"], name=op.f("fk_handlings_message_row")),
        sa.ForeignKeyConstraint(["ledger_row"], ["ledger.id"], name=op.f("fk_handlings_ledger_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handlings")),
        sa.UniqueConstraint("message_row", name=op.f("uq_handlings_message_row")),
        sa.UniqueConstraint("ledger_row", name=op.f("uq_handlings_ledger_row")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("handlings", schema=None) as batch_op:
        unhandled = sa.text("handled_at IS NULL")
        batch_op.create_index(
            "ix_handlings_unhandled", ["account_id", "arrived_at"], unique=False, postgresql_where=unhandled,
            sqlite_where=unhandled,
        )  # fmt: skip
    op.create_table(
        "traffic",
        sa.Column("account_id", NAME, nullable=False),
        sa.Column("hour_at", INSTANT, nullable=False),
        sa.Column("organisation_id", NAME, nullable=False),
        sa.Column("arrived", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handled", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("account_id", "hour_at", name=op.f("pk_traffic")),
    )
    op.create_table(
        "rhythms",
        sa.Column("account_id", NAME, nullable=False),
        sa.Column("organisation_id", NAME, nullable=False),
        sa.Column("learned_at", INSTANT, nullable=False),
        sa.Column("learned", store.columns.CleanJson(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_rhythms")),
    )
    op.create_table(
        "tendencies",
        sa.Column("account_id", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("organisation_id", NAME, nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("pk_tendencies")),
    )
    op.create_table(
        "ends",
        sa.Column("account_id", NAME, nullable=False),
        sa.Column("what", store.columns.Key(), nullable=False),
        sa.Column("organisation_id", NAME, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "what", name=op.f("pk_ends")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        for name in LAST:
            batch_op.add_column(sa.Column(name, INSTANT, nullable=True))
    # One by one: in a batch SQLite writes the whole table anew.
    op.add_column("tickets", sa.Column("observed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("ix_tickets_queue", table_name="tickets")
    op.create_index("ix_tickets_queue", "tickets", [QUEUE[0], "observed", *QUEUE[1:]], unique=False)
    signs: sa.BindParameter[str] = sa.bindparam("signs", SIGNS, expanding=True)
    for statement in FILL_BY_SIGNS:
        op.execute(sa.text(statement).bindparams(signs))
    op.execute(FILL_LAST)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("tickets", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_index("ix_tickets_queue")
        batch_op.create_index("ix_tickets_queue", list(QUEUE), unique=False)
        batch_op.drop_column("observed")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        for name in LAST:
            batch_op.drop_column(name)
    for table in ("ends", "tendencies", "rhythms", "traffic", "handlings"):
        op.drop_table(table)
