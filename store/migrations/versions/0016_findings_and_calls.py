"""What findings and alerts keep: when one came a step further, whose a public page is, which alerts bounced.

Revision: 0016, after 0015
"""

from contextlib import AbstractContextManager
from typing import Any, Literal

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

import store.columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAME = sa.String(length=100)
KEY = store.columns.Key()
TEXT = store.columns.CleanText()
INSTANT = store.columns.Instant(timezone=True)

BOUNCED = sa.text("kind = 'alert' AND bounced_at IS NOT NULL")

_RENAME = """
    UPDATE tellings SET step = '{new}' WHERE step = '{old}' AND EXISTS (
        SELECT 1 FROM tellings AS together
        WHERE together.subject = tellings.subject AND together.told_to = tellings.told_to AND together.step = '{step}'
    )
"""


def upgrade() -> None:
    """Make the change."""
    with _findings() as batch_op:
        batch_op.add_column(sa.Column("sharpened_at", INSTANT, nullable=True))
    _key_pages_by("organisation_id", "url")
    _key_addresses_by("organisation_id", "page", "address")
    op.create_index(
        "ix_outgoing_alert_bounced", "outgoing", ["bounced_at"], postgresql_where=BOUNCED, sqlite_where=BOUNCED
    )
    # That a group is over has a step of its own, so that what is left of it is told from the next group.
    op.execute(_RENAME.format(old="over", new="grouped_over", step="grouped"))


def downgrade() -> None:
    """Take it back."""
    op.execute(_RENAME.format(old="grouped_over", new="over", step="grouped"))
    op.drop_index("ix_outgoing_alert_bounced", table_name="outgoing")
    _key_addresses_by("page", "address")
    _key_pages_by("url")
    with _findings() as batch_op:
        batch_op.drop_column("sharpened_at")


def _findings() -> AbstractContextManager[BatchOperations]:
    """Return the table to change; on SQLite it is written anew, on PostgreSQL other tables' keys hang on it."""
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    return op.batch_alter_table("findings", recreate=recreate, table_kwargs={"sqlite_autoincrement": True})


def _key_pages_by(*key: str) -> None:
    empty: list[sa.Column[Any]] = [
        sa.Column(name, TEXT, nullable=False, server_default="") for name in ("etag", "modified", "failure")
    ]
    _key_by(
        "read_pages", key, sa.Column("url", KEY, nullable=False), sa.Column("organisation_id", NAME, nullable=False),
        sa.Column("tried_at", INSTANT, nullable=False), sa.Column("read_at", INSTANT), *empty,
    )  # fmt: skip


def _key_addresses_by(*key: str) -> None:
    _key_by(
        "shown_addresses", key, sa.Column("page", KEY, nullable=False), sa.Column("address", KEY, nullable=False),
        sa.Column("organisation_id", NAME, nullable=False), sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
    )  # fmt: skip


def _key_by(table: str, key: tuple[str, ...], *columns: sa.Column[Any]) -> None:
    """Write a table anew with another key, and each row of it; of several with one key, the first organisation's."""
    names = [each.name for each in columns]
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(*map(sa.column, names)).select_from(sa.table(table)).order_by(sa.column("organisation_id").desc())
    )
    rows = [dict(row) for row in op.get_bind().execute(query).mappings()]
    kept = {tuple(row[name] for name in key): row for row in rows}
    op.drop_table(table)
    made = op.create_table(table, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"))
    # As they were read: no type of ours turns them twice.
    plain = sa.table(table, *(sa.column(each.name) for each in made.c))
    if kept:
        op.get_bind().execute(plain.insert(), list(kept.values()))
