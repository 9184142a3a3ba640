"""Who was told of a finding, and what they said.

Revision: 0011, after 0010
"""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Take it back."""
