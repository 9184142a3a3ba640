"""The migrations give the tables that the code works with, on both databases."""

import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import alembic.command
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from store.database import Database
from store.migrate import MIGRATIONS, alembic_config, is_current, migrate
from store.schema import metadata
from tests.services.postgres import Postgres

#: One, because two would be two ways on.
(NEWEST,) = ScriptDirectory(str(MIGRATIONS)).get_heads()


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """Give a database without any table."""
    opened = Database(database_url)
    yield opened
    opened.close()


def tables(database: Database) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names())


def test_the_migrations_make_exactly_the_tables_of_the_schema(empty: Database) -> None:
    migrate(empty)

    with empty.read() as connection:
        # Of SQLite the test below compares the defaults: Alembic takes its '' for another.
        options = {"compare_type": True, "compare_server_default": not empty.is_sqlite}
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
            if not name.startswith("alembic")
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
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")

    current = is_current(empty)

    assert not current


def migrate_alone(url: str) -> str:
    """Migrate in a process of its own; return the version reached."""
    database = Database(url)
    version = migrate(database)
    database.close()
    return version


def test_processes_that_migrate_at_once_do_it_once(database_url: str) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as processes:
        versions = list(processes.map(migrate_alone, [database_url] * 3))

    assert versions == [NEWEST] * 3


def test_the_migrations_can_be_taken_back(empty: Database) -> None:
    migrate(empty)
    with empty.write() as connection:
        alembic.command.downgrade(alembic_config(connection), "base")

    left = tables(empty)

    assert left == {"alembic_version"}


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
