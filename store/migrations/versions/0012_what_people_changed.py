"""What people changed of accounts in the pages.

Revision: 0012, after 0011
"""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Take it back."""
