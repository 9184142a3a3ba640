"""Far back: what is found among rows that lie many shelves apart, and that no more is read than must be."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from domain.category import Secrecy
from domain.ids import TicketId
from domain.message import Fate
from domain.search import read_question
from store.database import Database
from store.messages import add_arrivals
from store.search import find_history
from store.search_looks import look_for_words
from store.search_walk import LAST_ROWS, MOST_AT_ONCE, WANTED
from store.shelves import SHELF_BITS
from store.waiting import claim_waiting
from tests.builders import TUESDAY
from tests.contracts.stored import SOCIAL, account, arrival, decide, person, sql
from tests.contracts.test_store_plans import written_down
from tests.contracts.test_store_search import BO, ids, put
from tests.services.postgres import Postgres

#: The newest row of a table that is filled in the tests below: two shelves and a bit.
ROWS = (2 << SHELF_BITS) + 100

#: Words beside `alla`, and how seldom they are.
RARER = ((4, "fjärde"), (1000, "sällsynt"))

needs_postgres = pytest.mark.service("postgres")


def go_on_from(database: Database, row: int) -> None:
    """Let the next message have a number behind this one."""
    if database.is_sqlite:
        sql(database, f"UPDATE sqlite_sequence SET seq = {row} WHERE name = 'messages'")
    else:
        sql(database, f"SELECT setval('messages_id_seq', {row})")


def put_apart(database: Database, **changes: Any) -> list[TicketId]:
    """Put three tickets whose messages lie many shelves apart, and so many others that they are not the last."""
    first = put(database, 1, text="djupt vatten", **changes)
    go_on_from(database, 50_000)
    second = put(database, 2, text="djupt och brunt vatten", **changes)
    go_on_from(database, 1_000_000)
    return [first, second, put(database, 3, text="grunt vatten", **changes)]


def test_what_is_old_is_found_behind_what_is_new(database: Database) -> None:
    first, second, third = put_apart(database)

    assert ids(database, "vatten") == [third, second, first]
    assert ids(database, "vatt djup") == [second, first]
    assert ids(database, '"djupt vatten"') == [first]
    assert ids(database, "anna@example.se") == [third, second, first]
    assert ids(database, "anna@example.se grunt") == [third]
    assert ids(database, "vatten", limit=2) == [third, second]


def test_what_is_old_is_hidden_as_well_as_what_is_new(database: Database) -> None:
    tickets = put_apart(database, unit=SOCIAL, secrecy=Secrecy.SK2)

    assert ids(database, "vatten") == []
    assert ids(database, "vatten", person("social")) == tickets[::-1]


def test_history_lies_apart_from_the_rest_however_old(database: Database) -> None:
    where = account()
    for number, row in ((1, 40_000), (2, 900_000)):
        put(database, number, text="vatten")
        with database.write() as connection:
            add_arrivals(connection, where, [arrival(10 + number, history=True)], TUESDAY)
            (old,) = claim_waiting(connection, "w")
            decide(connection, old, fate=Fate.history, subject=f"gammalt {number}", text="vatten")
        go_on_from(database, row)

    with database.read() as connection:
        found = {
            said: [
                each.subject for each in find_history(connection, BO, read_question(said), accounts=[where.id], limit=9)
            ]
            for said in ("vatten", "vatt", "ammal", "hål")
        }

    assert found == {
        "vatten": ["gammalt 2", "gammalt 1"], "vatt": ["gammalt 2", "gammalt 1"], "ammal": ["gammalt 2", "gammalt 1"],
        "hål": [],
    }  # fmt: skip
    assert len(ids(database, "vatten")) == 2


@pytest.fixture
def filled(postgres: Postgres) -> Iterator[Database]:
    """Give a PostgreSQL in which every message has a word, every fourth another and every thousandth a third."""
    database = Database(postgres.with_tables())
    fourth, thousandth = (f"CASE WHEN mod(g, {each}) = 0 THEN ' ''{word}'':2' ELSE '' END" for each, word in RARER)
    words = f"CAST('''alla'':1' || {fourth} || {thousandth} AS tsvector)"
    sql(database, f"INSERT INTO search_words SELECT g, {words}, '' FROM generate_series(1, {ROWS}) g")
    sql(database, "ANALYZE search_words")
    yield database
    database.close()


def batches(database: Database, said: str) -> list[Sequence[int]]:
    """Return everything that is found, as it comes."""
    with database.read() as connection:
        return list(look_for_words("postgresql", read_question(said)).batches(connection))


@needs_postgres
def test_every_row_comes_once_and_the_newest_first_and_no_batch_is_too_large(filled: Database) -> None:
    asked = {"alla": 1, "fjärde": 4, "sällsynt": 1000, "alla sällsynt": 1000, "fjärde sälls": 1000, "finnsinte": 10**9}

    found = {said: batches(filled, said) for said in asked}

    for said, each in asked.items():
        assert [row for batch in found[said] for row in batch] == [row for row in range(ROWS, 0, -1) if not row % each]
    assert len(found["alla"][0]) == LAST_ROWS
    assert max(len(batch) for batch in found["alla"][1:]) == MOST_AT_ONCE


@needs_postgres
def test_of_what_is_common_the_index_is_not_asked_where_something_is_rare(filled: Database) -> None:
    look = look_for_words("postgresql", read_question("alla sällsynt"))

    with filled.read() as connection, written_down(connection) as statements:
        found = [row for batch in look.batches(connection) for row in batch]

    of_index = " ".join(values["asked"] for statement, values in statements if "search_shelved" in statement)
    assert "/sällsynt" in of_index
    assert "/alla" not in of_index
    assert found == list(range(ROWS // 1000 * 1000, 0, -1000))


@needs_postgres
def test_the_index_is_what_shelves_are_looked_up_in(filled: Database) -> None:
    look = look_for_words("postgresql", read_question("sällsynt"))

    with filled.read() as connection, written_down(connection) as statements:
        list(look.batches(connection))
        plans = [
            connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
            for statement, values in list(statements)
        ]

    read = [
        line for plan in plans for line in plan if re.search("Scan (?!on (last|found|there|generate_series))", line)
    ]
    assert read
    assert all(re.search("ix_search_words_shelved|pk_search_words|Bitmap Heap Scan", line) for line in read)


@needs_postgres
def test_a_plan_that_knows_no_values_reads_nothing_beside_the_shelves(filled: Database) -> None:
    with filled.read() as connection, written_down(connection) as statements:
        list(look_for_words("postgresql", read_question("sällsynt")).batches(connection))
        statement, values = statements[-1]
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        names = {name: f"${place}" for place, name in enumerate(values, 1)}
        connection.exec_driver_sql(f"PREPARE looked AS {statement % names}")
        asked = ", ".join(f"'{str(value).replace(chr(39), chr(39) * 2)}'" for value in values.values())
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN EXECUTE looked ({asked})").scalars())
        connection.exec_driver_sql("DEALLOCATE looked")

    assert "ix_search_words_shelved" in plan
    assert "pk_search_words" not in plan


@needs_postgres
def test_no_shelf_is_looked_in_behind_the_one_that_fills_the_page(filled: Database) -> None:
    with filled.read() as connection, written_down(connection) as statements:
        batches_of_alla = look_for_words("postgresql", read_question("alla")).batches(connection)
        assert (len(next(batches_of_alla)), len(next(batches_of_alla))) == (LAST_ROWS, WANTED)
        statement, values = statements[-1]
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {statement}", values).scalars().all()

    assert [line for line in plan if "ix_search_words_shelved" in line and "loops=1)" in line]
