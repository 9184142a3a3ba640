"""What all tables share: the names of their constraints, row numbers, the organisation."""

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: SQLite numbers rows by itself only in a plain INTEGER column.
RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

#: Names that the municipality's settings give, or that the product itself gives: short ASCII.
Name = sa.String(100)
#: The value of an enum.
Word = sa.String(20)
#: A SHA-256 in hex.
Hash = sa.String(64)

#: SQLite gives the number of a deleted last row to the next one, unless told not to: the event log names row numbers.
NEVER_AGAIN: dict[str, Any] = {"sqlite_autoincrement": True}


def row_id() -> sa.Column[int]:
    """Return a primary key that the database counts."""
    return sa.Column("id", RowId, primary_key=True, autoincrement=True)


def organisation(*, primary_key: bool = False) -> sa.Column[str]:
    """Return the column that says whose row it is. Indexed only together with what is looked up beside it."""
    return sa.Column("organisation_id", Name, primary_key=primary_key, nullable=False)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """Return an index of the rows that a condition holds for, on both databases."""
    condition = sa.text(where)
    return sa.Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)
