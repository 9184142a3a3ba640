"""Everything moves into another database, of either kind, all of it or nothing."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.errors import BadInput, NotMoved
from domain.viewer import OPERATOR
from store import events
from store.at_work import who_is_at_work
from store.beats import note_beat
from store.columns import CleanJson, Instant
from store.database import Database, database_now
from store.leases import claim_lease
from store.migrate import migrate
from store.moving import Moved, count_steps, move, prepare, unlimited
from store.originals import put_originals
from store.restored import NOT_YET, set_lost
from store.schema import metadata, notes, originals
from store.verification import verify
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, put_case, sql
from tests.services.postgres import Postgres

#: The chain of events is filled with real ones.
CHAINED = {"events", "seal_head"}

#: Values that are easily bent on the way.
AN_INSTANT = datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC)
JSON = {"ö": [1, 2.5, 1e300, True, None, "å\n\"'\\", {"djup": [[]]}], "tal": 2**60, "tom": ""}
BYTES = bytes(range(256)) + b"\x00\r\n"

#: A number that is given and taken back, so that only the database knows of it.
GIVEN = 100


@dataclass(frozen=True)
class Way:
    """A database that was moved into another, after a move that was broken off."""

    source: Database
    target: Database
    told: Moved
    #: How many rows the target had after the move that was broken off.
    left_behind: int


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with every table, to be copied."""
    path = tmp_path_factory.mktemp("moving") / "empty.sqlite3"
    with closing(unlimited(f"sqlite:///{path}")) as database:
        migrate(database)
    return path


@pytest.fixture(
    scope="module",
    params=[
        ("sqlite", "sqlite"),
        pytest.param(("sqlite", "postgres"), marks=pytest.mark.service("postgres")),
        pytest.param(("postgres", "sqlite"), marks=pytest.mark.service("postgres")),
    ],
    ids="-to-".join,
)
def way(request: pytest.FixtureRequest, empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """Give a full database that was moved, in each direction: made once, and only looked at."""
    folder = tmp_path_factory.mktemp("way")

    def open_one(kind: str, name: str) -> Database:
        if kind == "sqlite":
            return unlimited(f"sqlite:///{shutil.copy(empty, folder / f'{name}.sqlite3')}")
        server: Postgres = request.getfixturevalue("postgres_server")
        return unlimited(server())

    from_, to = request.param
    with closing(open_one(from_, "from")) as source, closing(open_one(to, "to")) as target:
        migrate(source)
        put_case(source, "anna")
        fill_every_table(source)
        prepare(source, target)
        break_off(source, target)
        left_behind = sum(len(rows_of(target, table)) for table in metadata.sorted_tables)
        told = move(source, target, lambda _: None)
        yield Way(source, target, told, left_behind)


@pytest.fixture
def files(empty: Path, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Give two databases on files, the first with a case."""
    source, target = (f"sqlite:///{shutil.copy(empty, tmp_path / name)}" for name in ("from.sqlite3", "to.sqlite3"))
    with closing(unlimited(source)) as full, closing(unlimited(target)) as to:
        put_case(full, "anna")
        yield full, to


def break_off(source: Database, target: Database) -> None:
    """Begin a move and pull the plug when some tables are over."""
    left = [30]

    def pull_the_plug(count: int) -> None:
        left[0] -= count
        if left[0] < 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(source, target, pull_the_plug)


def moved(source: Database, target: Database) -> Moved:
    prepare(source, target)
    return move(source, target, lambda _: None)


def rows_of(database: Database, table: sa.Table) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)


def fill_every_table(database: Database) -> None:
    """Put rows with awkward values into every table; what refers to a row refers to one of the same number."""
    with database.write() as connection:
        for table in metadata.sorted_tables:
            if table.name not in CHAINED:
                connection.execute(table.insert(), [row_of(table, number) for number in (71, 72)])
        events.seal_batch(connection)
        given = [{**row_of(notes, 71), "id": GIVEN}]
        connection.execute(notes.insert(), given)
        connection.execute(notes.delete().where(notes.c.id == GIVEN))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT setval('notes_id_seq', {GIVEN})")


def row_of(table: sa.Table, number: int) -> dict[str, Any]:
    return {column.name: value_of(column, number) for column in table.c}


def value_of(column: sa.Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, Instant):
        return AN_INSTANT + timedelta(microseconds=number) if number == 71 or not column.nullable else None
    if isinstance(kind, CleanJson):
        return JSON
    if isinstance(kind, sa.LargeBinary):
        return BYTES * number
    if isinstance(kind, sa.Date):
        return AN_INSTANT.date()
    if isinstance(kind, sa.Boolean):
        return number == 71
    if isinstance(kind, sa.Integer):
        return number
    longest = getattr(kind, "length", None) or 200
    return f"{number} åäö ﷽ 🦉 {column.name}"[:longest]


def test_every_value_of_every_table_arrives_as_it_was(way: Way) -> None:
    for table in metadata.sorted_tables:
        there = rows_of(way.source, table)
        assert rows_of(way.target, table) == there, table.name
        assert way.told.tables[table.name].rows == len(there) > 0, table.name


def test_the_chain_of_events_holds_afterwards(way: Way) -> None:
    with way.target.read() as connection:
        assert verify(connection, OPERATOR) == way.told.chain
    assert (way.told.chain.faults, way.told.chain.sealed > 0) == ((), True)


def test_numbers_go_on_where_they_ended_also_after_rows_that_are_gone(way: Way) -> None:
    row = {key: value for key, value in row_of(notes, 71).items() if key != "id"}

    with way.target.engine.connect() as connection, connection.begin() as transaction:
        given = connection.execute(notes.insert().returning(notes.c.id), row).scalar_one()
        transaction.rollback()

    assert given == GIVEN + 1


def test_messages_can_be_searched_afterwards(way: Way) -> None:
    words = "words @@ to_tsquery('simple', 'anna')"
    query = f"SELECT count(*) FROM search_words WHERE {'search_words MATCH :anna' if way.target.is_sqlite else words}"

    with way.target.read() as connection:
        assert connection.scalar(sa.text(query), {"anna": "anna"} if way.target.is_sqlite else {}) == 1


def test_a_move_that_breaks_leaves_nothing_and_is_begun_anew(way: Way) -> None:
    assert way.left_behind == 0
    assert way.told.rows > 0


def test_a_database_that_holds_something_is_no_target(way: Way) -> None:
    with pytest.raises(BadInput, match="not empty"):
        prepare(way.source, way.target)
    with pytest.raises(BadInput, match="not empty"):
        move(way.source, way.target, lambda _: None)


def test_every_step_is_told(files: tuple[Database, Database]) -> None:
    source, target = files
    prepare(source, target)
    steps: list[int] = []

    move(source, target, steps.append)

    assert sum(steps) == count_steps(source)


def test_a_row_that_arrives_as_another_undoes_the_move(files: tuple[Database, Database]) -> None:
    source, target = files
    sql(source, "INSERT INTO notes (id, organisation_id, ticket_id, author, at, text)"
                " VALUES (1, 'exempelby', 1, 'bo', '2026-11-24 08:00:00.000000', 'ring')")  # fmt: skip
    prepare(source, target)
    sql(target, "CREATE TRIGGER bend AFTER INSERT ON notes BEGIN UPDATE notes SET text = 'ringt'; END")

    with pytest.raises(NotMoved, match="notes did not arrive"):
        move(source, target, lambda _: None)

    assert rows_of(target, notes) == []


def test_a_row_that_does_not_arrive_undoes_the_move(files: tuple[Database, Database]) -> None:
    source, target = files
    prepare(source, target)
    sql(target, "CREATE TRIGGER lose AFTER INSERT ON originals BEGIN DELETE FROM originals; END")

    with pytest.raises(NotMoved, match="originals did not arrive"):
        move(source, target, lambda _: None)


def test_a_row_that_cannot_be_read_is_told_with_its_table(files: tuple[Database, Database]) -> None:
    source, target = files
    sql(source, "UPDATE tickets SET arrived_at = 'förr'")

    with pytest.raises(BadInput, match="tickets has a row that cannot be read"):
        moved(source, target)


def test_heavy_originals_are_moved(files: tuple[Database, Database]) -> None:
    source, target = files
    heavy = [(bytes([number]) * 100_000, "message/rfc822") for number in range(3)]
    with source.write() as connection:
        put_originals(connection, TOWN, heavy)

    moved(source, target)

    assert rows_of(target, originals) == rows_of(source, originals)


def test_a_source_without_the_tables_of_now_is_refused(files: tuple[Database, Database], tmp_path: Path) -> None:
    older = unlimited(f"sqlite:///{tmp_path}/older.sqlite3")

    with closing(older), pytest.raises(BadInput, match="svarsvakt migrate"):
        prepare(older, files[1])


def test_a_source_with_tables_of_a_later_version_is_refused_for_it_holds_what_is_not_known(
    files: tuple[Database, Database],
) -> None:
    with files[0].write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'")

    with pytest.raises(BadInput, match="newer version"):
        prepare(*files)


def test_a_copy_that_nobody_has_started_is_refused_for_what_it_is_would_be_forgotten(
    files: tuple[Database, Database],
) -> None:
    with files[0].write() as connection:
        set_lost(connection, NOT_YET)

    with pytest.raises(BadInput, match="svarsvakt restored"):
        prepare(*files)


@pytest.mark.parametrize("lease", ["scheduler", "listener", "account/kontaktcenter"])
def test_a_source_that_somebody_works_in_is_refused(files: tuple[Database, Database], lease: str) -> None:
    source, target = files
    with source.write() as connection:
        claim_lease(connection, lease, "worker", timedelta(minutes=1))

    with pytest.raises(BadInput, match=f"the lease {lease}.*stop every process"):
        prepare(source, target)


def test_a_source_in_which_something_was_done_just_now_is_refused(files: tuple[Database, Database]) -> None:
    source, target = files
    prepare(source, target)
    with source.write() as connection:
        note_beat(connection, "decide", "worker", database_now(connection))

    with pytest.raises(BadInput, match="the step decide"):
        move(source, target, lambda _: None)

    assert rows_of(target, originals) == []


def test_what_was_at_work_long_ago_does_not_stand_in_the_way(files: tuple[Database, Database]) -> None:
    source, target = files
    with source.write() as connection:
        claim_lease(connection, "scheduler", "worker", timedelta(seconds=-1))
        note_beat(connection, "decide", "worker", TUESDAY - timedelta(days=10_000))

    assert moved(source, target).rows


def test_whoever_is_connected_to_postgresql_is_at_work(way: Way) -> None:
    for database in (way.source, way.target):
        database.close()
        with closing(Database(database.url)) as other, other.read() as connection:
            connection.scalar(sa.select(1))

            assert who_is_at_work(database) == (() if database.is_sqlite else ("connected: a session",))
