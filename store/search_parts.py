"""Whether parts of words can be looked for: SQLite always can, PostgreSQL with the extension pg_trgm."""

import sqlalchemy as sa

from domain.viewer import OPERATOR, Viewer
from store.database import Database
from store.migrate import is_current
from store.search_index import PARTS_INDEX


def finds_parts(connection: sa.Connection, viewer: Viewer) -> bool:
    """Return whether parts of words can be looked for, else only how words begin."""
    del viewer  # Which indexes there are is the installation's own.
    return connection.dialect.name == "sqlite" or bool(
        connection.scalar(sa.select(sa.func.to_regclass(PARTS_INDEX).is_not(None)))
    )


def lacks_parts(url: str) -> bool:
    """Return whether a database has what is searched without its parts; not when it cannot be asked."""
    database = Database(url)
    try:
        if database.is_sqlite or not is_current(database):
            return False
        with database.read() as connection:
            return not finds_parts(connection, OPERATOR)
    except sa.exc.OperationalError:
        # Whether it answers is another question, which `/readyz` and every other command ask.
        return False
    finally:
        database.close()
