"""The migrations give the tables that the code works with, on both databases."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import alembic.command
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from store.database import Database
from store.migrate import MIGRATIONS, alembic_config, is_current, migrate
from store.schema import accounts, handlings, metadata
from store.schema.searched import PREFIX
from tests.services.postgres import Postgres

#: One, because two would be two ways on.
(NEWEST,) = ScriptDirectory(str(MIGRATIONS)).get_heads()

#: An older version that an installation may come from.
FILLED = "0002"

SOME_TIME = datetime(2026, 11, 1, 10, tzinfo=UTC)


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    """Give a database without any table."""
    opened = Database(empty_database_url)
    yield opened
    opened.close()


def tables(database: Database) -> set[str]:
    """Return the names of all tables but those of the index of words, which has no place in the metadata."""
    return {name for name in sa.inspect(database.engine).get_table_names() if not name.startswith(PREFIX)}


def test_the_migrations_make_exactly_the_tables_of_the_schema(empty: Database) -> None:
    migrate(empty)

    with empty.read() as connection:
        # Of SQLite the test below compares the defaults: Alembic takes its '' for another.
        options = {
            "compare_type": True,
            "compare_server_default": not empty.is_sqlite,
            "include_name": lambda name, kind, _: kind != "table" or not name.startswith(PREFIX),
        }
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert differences == []


def test_the_migrations_make_the_conditions_of_indexes_and_numbers_that_never_return(empty: Database) -> None:
    """Compare what Alembic does not."""
    migrate(empty)
    migrated = definitions(empty)
    with empty.write() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
        metadata.drop_all(connection)
        metadata.create_all(connection)
    created = definitions(empty)

    assert migrated == created


def definitions(database: Database) -> dict[str, set[str]]:
    """Return what the database says of each table and index, its columns and constraints in any order."""
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    if database.is_sqlite:
        query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    with database.read() as connection:
        return {
            # A column that was added later stands on the line of the one before it.
            name: {part.strip() for part in re.split(r"[,\n]", text.replace('"', ""))}
            for name, text in connection.exec_driver_sql(query)
            if not name.startswith("alembic") and PREFIX not in name
        }


def test_migrating_twice_is_migrating_once(empty: Database) -> None:
    before = is_current(empty)
    first = migrate(empty)
    made = tables(empty)
    again = migrate(empty)

    current = is_current(empty)

    assert (before, current) == (False, True)
    assert (first, again) == (NEWEST, NEWEST)
    assert made == set(metadata.tables) | {"alembic_version"}


def test_an_older_database_is_not_current(empty: Database) -> None:
    migrate(empty)
    with empty.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0020'")

    current = is_current(empty)

    assert not current


def test_a_database_of_a_later_version_will_do_while_an_installation_is_upgraded(empty: Database) -> None:
    migrate(empty)
    with empty.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    current = is_current(empty)

    assert current


def migrate_alone(url: str) -> str:
    """Migrate in a process of its own; return the version reached."""
    database = Database(url)
    version = migrate(database)
    database.close()
    return version


def test_processes_that_migrate_at_once_do_it_once(empty_database_url: str) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as processes:
        versions = list(processes.map(migrate_alone, [empty_database_url] * 3))

    assert versions == [NEWEST] * 3


def test_the_migrations_can_be_taken_back(empty: Database) -> None:
    migrate(empty)
    step(empty, alembic.command.downgrade, "base")

    left = tables(empty)

    assert left == {"alembic_version"}


def test_rows_that_refer_to_others_survive_every_migration_in_both_directions(empty: Database) -> None:
    step(empty, alembic.command.upgrade, FILLED)
    with empty.write() as connection:
        known = sa.MetaData()
        known.reflect(connection)
        fill(connection, known.tables["tickets"], id=1, notice_due_at=SOME_TIME)
        fill(connection, known.tables["messages"], id=1, ticket_id=1)
        fill(connection, known.tables["outgoing"], id=1, ticket_id=1, message_row=1)
        fill(connection, known.tables["suppressions"], why="hard bounce 5.1.1")

    migrate(empty)
    up = counts(empty)
    step(empty, alembic.command.downgrade, FILLED)
    down = counts(empty)
    migrate(empty)

    assert up == down == counts(empty) == {"tickets": 1, "messages": 1, "outgoing": 1, "suppressions": 1}


def test_which_rules_hit_what_is_there_is_written_down(empty: Database) -> None:
    step(empty, alembic.command.upgrade, "0021")
    lately, long_ago = datetime.now(UTC) - timedelta(days=3), SOME_TIME - timedelta(days=400)
    rules = [{"id": "a", "hit": True}, {"id": "b", "hit": False}, {"id": "a", "hit": True}, {"id": "c", "hit": True}]
    with empty.write() as connection:
        known = sa.MetaData()
        known.reflect(connection)
        for id, stored_at, explanation in (
            (1, long_ago, {"rules": rules}), (2, lately, {"rules": rules}), (3, lately, {"why": "a copy"}),
            (4, lately, None),
        ):  # fmt: skip
            said = {} if explanation is None else {"explanation": explanation}
            fill(
                connection, known.tables["messages"], id=id, identity_key=str(id), stored_at=stored_at,
                decided_at=stored_at, **said,
            )  # fmt: skip

    step(empty, alembic.command.upgrade, "0022")

    with empty.read() as connection:
        found = connection.exec_driver_sql("SELECT message_row, rule_id FROM rule_hits ORDER BY rule_id").all()
    assert [tuple(row) for row in found] == [(2, "a"), (2, "c")]


def step(database: Database, way: Callable[[Config, str], object], revision: str) -> None:
    """Migrate up or down to a revision."""
    with database.remake() as connection:
        way(alembic_config(connection), revision)


def counts(database: Database) -> dict[str, int]:
    """Return how many rows each table has that was filled."""
    filled = ("tickets", "messages", "outgoing", "suppressions")
    with database.read() as connection:
        return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in filled}


def fill(connection: sa.Connection, table: sa.Table, **values: object) -> None:
    """Put in a row in which everything that must be there is."""
    anything: dict[type, object] = {int: 1, str: "x", bool: False, bytes: b"x", object: {}, datetime: SOME_TIME}
    needed = {
        each.name: anything[each.type.python_type]
        for each in table.columns
        if not each.nullable and each.server_default is None
    }
    connection.execute(table.insert().values({**needed, **values}))


def test_a_migration_that_breaks_off_leaves_an_embedded_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite:///{tmp_path}/broken.sqlite3")
    break_off(database, monkeypatch)

    left = tables(database)
    database.close()

    assert left == set()


@pytest.mark.service("postgres")
def test_a_migration_that_breaks_off_leaves_postgresql_as_it_was(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgres())
    break_off(database, monkeypatch)

    left = tables(database)
    database.close()

    assert left == set()


class PowerCut(Exception):
    """The process dies here."""


def break_off(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrate, and die after everything was done and before it was committed."""

    def dies(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(MigrationContext, "get_current_revision", dies)
        with pytest.raises(PowerCut):
            migrate(database)


def test_what_waits_is_known_of_the_messages_that_are_there(empty: Database) -> None:
    step(empty, alembic.command.upgrade, "0008")
    opened_at = SOME_TIME + timedelta(hours=1)
    with empty.write() as connection:
        known = sa.MetaData()
        known.reflect(connection)
        fill(connection, known.tables["tickets"], id=1, number="1", answer_due_at=SOME_TIME)
        fill(connection, known.tables["tickets"], id=2, number="2")
        for id, ticket in ((1, 1), (2, 1), (3, 2)):
            fill(connection, known.tables["messages"], id=id, ticket_id=ticket, fate="ticket", identity_key=str(id))
        fill(connection, known.tables["ledger"], id=1, message_row=1, identity_key="1")
        fill(connection, known.tables["ledger"], id=2, message_row=None, identity_key="2", role="inbox")
        fill(connection, known.tables["evidence"], ledger_row=1, message_row=1, kind="seen", at=opened_at)
        fill(connection, known.tables["accounts"], account_id="x")

    migrate(empty)

    with empty.read() as connection:
        rows = connection.execute(sa.select(handlings).order_by(handlings.c.id)).mappings().all()
        [account] = connection.execute(sa.select(accounts)).mappings().all()
    # The third message is owed no answer; the last row is of a mailbox of which only date and flags are known.
    assert [(row["message_row"], row["ledger_row"], row["handled_at"], row["how"]) for row in rows] == [
        (1, None, opened_at, "seen"),
        (2, None, None, ""),
        (None, 2, None, ""),
    ]
    assert (account["last_arrival_at"], account["last_handled_at"]) == (SOME_TIME, opened_at)
