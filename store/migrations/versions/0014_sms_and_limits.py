"""What goes first of what waits, whose name a provider's is, and how often somebody tried to sign in.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UNSETTLED = sa.text("state IN ('queued', 'retry', 'claimed', 'handing_over')")
NAMED_BY_PROVIDER = sa.text("provider_id <> '' AND channel <> 'email'")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn", sa.Integer(), server_default="3", nullable=False))
    op.execute("UPDATE outgoing SET turn = 0 WHERE kind = 'alert' AND template <> 'digest'")
    _index_again("ix_outgoing_unsettled", UNSETTLED, "turn", "id")
    _index_again("ix_outgoing_provider_id", NAMED_BY_PROVIDER, "provider_id", "account_id")
    op.create_table(
        "tries",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("since", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_since"), "tries", ["since"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("tries")
    _index_again("ix_outgoing_provider_id", NAMED_BY_PROVIDER, "account_id", "provider_id")
    _index_again("ix_outgoing_unsettled", UNSETTLED, "id")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_column("turn")


def _index_again(name: str, where: sa.TextClause, *columns: str) -> None:
    op.drop_index(name, table_name="outgoing")
    op.create_index(name, "outgoing", list(columns), postgresql_where=where, sqlite_where=where)
