"""Bring a database's tables to the newest version."""

from pathlib import Path

import alembic.command
import alembic.config
import alembic.runtime.migration
import alembic.script
import sqlalchemy as sa

from store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"

#: Any number; it keeps two processes from migrating PostgreSQL at once.
ADVISORY_LOCK = 5_718_201


def migrate(database: Database) -> str:
    """Run every migration that is missing; return the version reached. Safe to run from several processes."""
    with database.remake() as connection:
        if not database.is_sqlite:
            # To change a big table takes as long as it takes, and so does waiting for who changes it.
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        alembic.command.upgrade(alembic_config(connection), "head")
        version = alembic.runtime.migration.MigrationContext.configure(connection).get_current_revision()
    return version or ""


def is_current(database: Database) -> bool:
    """Return whether no migration is missing.

    A version that nobody here knows is a later one's: tables only grow, and while an installation is upgraded,
    processes of the version before go on with them (docs/operating.md).
    """
    scripts = alembic.script.ScriptDirectory(str(MIGRATIONS))
    version = _version(database)
    missing = {each.revision for each in scripts.walk_revisions()} - {scripts.get_current_head()}
    return version is not None and version not in missing


def is_ours(database: Database) -> bool:
    """Return whether the tables are those of this very version: a later one's hold what nobody here knows."""
    return _version(database) == alembic.script.ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _version(database: Database) -> str | None:
    with database.read() as connection:
        return alembic.runtime.migration.MigrationContext.configure(connection).get_current_revision()


def alembic_config(connection: sa.Connection) -> alembic.config.Config:
    """Return what Alembic needs to work on a connection."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
