"""Documents: many rows on their way to PostgreSQL as one JSON document, whatever their number.

So the statement is the same for one row and for two hundred: it is parsed and planned once a connection, and nobody
puts six thousand values into six thousand places (docs/decisions/0019). To SQLite there is no way, and rows go one by
one.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.instant import as_utc
from store.columns import Key, as_key, cleaned

#: What stands in JSON that PostgreSQL refuses: NUL, and numbers that JSON does not know.
_PERHAPS_UNCLEAN = (r"\u0000", "NaN", "Infinity")

#: The name of the document among a statement's values.
DOCUMENT = "rows"


def go_as_document(dialect: str, table: sa.Table) -> bool:
    """Say whether rows of a table go as a document: those with contents in bytes, which may be large, do not."""
    return dialect == "postgresql" and not any(isinstance(column.type, sa.LargeBinary) for column in table.c)


def rows_of_document(table: sa.Table, columns: Sequence[str]) -> sa.TableValuedAlias:
    """Return the document's rows, in order, as something to select from; each value of its column's type."""
    rows = sa.func.json_populate_recordset(
        sa.literal_column(f"NULL::{table.name}"), sa.cast(sa.bindparam(DOCUMENT, type_=sa.Text), sa.JSON)
    )
    return rows.table_valued(*(sa.column(name, table.c[name].type) for name in columns), name="given")


def document(rows: Sequence[Mapping[str, Any]], keys: Sequence[str] = ()) -> str:
    """Return rows as a JSON document of clean text (`store.columns`); instants must be aware.

    `keys`: the columns whose texts are shortened to be looked up.
    """
    if keys:
        rows = [{**row, **{key: as_key(row[key]) for key in keys if row[key] is not None}} for row in rows]
    written = _written(rows)
    return written if _is_clean(written) else _written(cleaned(rows))


def keys_among(table: sa.Table, columns: Sequence[str]) -> tuple[str, ...]:
    """Return those of the columns whose texts are shortened to be looked up."""
    return tuple(name for name in columns if isinstance(table.c[name].type, Key))


def _written(rows: Any) -> str:
    return json.dumps(rows, ensure_ascii=False, check_circular=False, default=_instant)


def _instant(value: object) -> str:
    if isinstance(value, datetime):
        return as_utc(value).isoformat()
    raise TypeError(f"a {type(value).__name__} is no value of a column that goes as JSON")


def _is_clean(written: str) -> bool:
    if any(sign in written for sign in _PERHAPS_UNCLEAN):
        return False
    try:
        written.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
