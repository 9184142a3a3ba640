"""How people sign in: by an identity provider, with codes, in sessions that can be ended.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", store.columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("closed_at", store.columns.Instant(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_users_subject"), ["subject"], unique=True)
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device", store.columns.CleanText(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("by_provider", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "sign_ins",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("started_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("next", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("state", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("nonce", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("verifier", store.columns.CleanText(), server_default="", nullable=False),
        sa.Column("user_id", ROW, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sign_ins")),
    )
    op.create_table(
        "codes",
        sa.Column("user_id", ROW, autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("salt", store.columns.CleanText(), nullable=False),
        sa.Column("since", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("spare", store.columns.CleanJson(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_codes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_codes")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("codes")
    op.drop_table("sign_ins")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("by_provider")
        batch_op.drop_column("device")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_subject"))
        batch_op.drop_column("closed_at")
        batch_op.drop_column("subject")
