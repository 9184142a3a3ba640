"""PostgreSQL as the bench fills it is as PostgreSQL that grew: the same indexes, and it goes on."""

import pytest

from bench.end_to_end.stored import fill
from store.database import Database
from tests.flow.installation import Installation, mail, numbered
from tests.services.postgres import Postgres

pytestmark = pytest.mark.service("postgres")


def test_what_was_filled_has_every_index_and_goes_on(postgres: Postgres) -> None:
    database = Database(postgres.with_tables())
    town = Installation(database)
    town.connect()
    for original in numbered(4):
        town.arrives(original)
    town.round()
    before = indexes(database)

    filled = fill(database.url, 40)
    town.arrives(mail(sender="nyss@example.se", id="<nyss@example.se>"))
    town.round()

    assert (filled.messages, counted(database, "messages"), counted(database, "search_words")) == (40, 41, 41)
    assert indexes(database) == before
    assert "ix_search_words_shelved" in before
    database.close()


def indexes(database: Database) -> dict[str, str]:
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        return {row.indexname: row.indexdef for row in rows}


def counted(database: Database, table: str) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
