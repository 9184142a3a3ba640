"""Installations of the example municipality, on a database that was migrated once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.site import Site
from pipeline.receive import receive
from sandbox.twilio import TwilioServer
from store.database import Database
from tests.flow.installation import GATA, Installation, SetClock
from tests.flow.phones import Phones
from tests.flow.screen_cases import town_site
from tests.tables import embedded_with_tables, give_back


@pytest.fixture
def phones(database: Database) -> Iterator[Phones]:
    """Give two connected numbers."""
    clock = SetClock()
    server = TwilioServer(clock)
    server.start()
    town = Phones(database, server, clock)
    town.connect()
    yield town
    server.stop()


@pytest.fixture
def open_town(tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """Give what opens an installation of the example municipality, its mailboxes connected while empty."""
    opened: list[Database] = []

    def open_one(site: Site | None = None) -> Installation:
        opened.append(embedded_with_tables(tmp_path / f"{len(opened)}.sqlite3"))
        town = Installation(opened[-1], site=site or town_site())
        for id in (town.account, *({GATA} & {each.id for each in town.site.accounts})):
            receive(town.runtime, id)
        return town

    yield open_one
    for database in opened:
        give_back(database)
