"""Within words: rare letters are asked of the index, however long the words around them; common ones of the newest."""

from collections.abc import Iterator

import pytest

from store.database import Database
from store.search_within import MOST_ROWS, Within
from tests.contracts.stored import sql
from tests.contracts.test_store_plans import written_down
from tests.services.postgres import Postgres

pytestmark = pytest.mark.service("postgres")

#: More than are looked through where only common letters are asked for.
ROWS = MOST_ROWS + 1000


@pytest.fixture
def filled(postgres: Postgres) -> Iterator[Database]:
    """Give a PostgreSQL with messages of many people at one place; each hundredth is named after its row."""
    database = Database(postgres.with_tables())
    name = "CASE WHEN mod(g, 100) = 0 THEN 'kx' || g ELSE 'anna' END"
    rows = f"SELECT g, ''::tsvector, 'hål ' || {name} || ' exempelby example' FROM generate_series(1, {ROWS}) g"
    sql(database, f"INSERT INTO search_words {rows}")
    sql(database, "ANALYZE search_words")
    yield database
    database.close()


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (("kx700 exempelby example",), [700]),
        (("x700 exempelby",), [700]),
        (("exempelby", "kx700"), [700]),
        (("kx700", "kx800"), []),
        (("finnsinte",), []),
        (("nna exempelby exam", "kx700"), []),
    ],
)
def test_rare_letters_are_found_among_all_rows_by_the_index(
    filled: Database, parts: tuple[str, ...], found: list[int]
) -> None:
    with filled.read() as connection, written_down(connection) as statements:
        rows = [row for batch in Within(parts).batches(connection) for row in batch]
        statement, values = statements[-1]
        # So few rows are read as quickly without it.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())

    assert rows == found
    assert "ix_search_words_part" in plan


def test_common_letters_are_found_among_the_newest_rows_in_batches(filled: Database) -> None:
    with filled.read() as connection:
        rows = [row for batch in Within(("nna exempelby",)).batches(connection) for row in batch]

    assert rows == [row for row in range(ROWS, ROWS - MOST_ROWS, -1) if row % 100]
