"""The figures above the queue: how many citizens heard in time today."""

from datetime import timedelta

import pytest

from connectors.fake import Trouble
from domain.viewer import MACHINE
from pipeline.figures import Figures, read_figures
from stats.notices import NoticesInTime
from store.database import Database
from tests.flow.installation import Installation, mail


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


def figures(town: Installation) -> Figures:
    with town.database.read() as connection:
        return read_figures(connection, MACHINE, town.clock.now())


def test_a_notice_that_went_in_time_counts(town: Installation) -> None:
    town.arrives(mail())
    town.round()

    assert figures(town) == Figures(open=1, late=0, notices=NoticesInTime(owed=1, in_time=1))


def test_a_notice_that_is_still_within_its_time_is_not_owed_yet(town: Installation) -> None:
    town.wires.out.trouble = Trouble.failed
    town.arrives(mail())
    town.round()

    assert figures(town).notices == NoticesInTime(owed=0, in_time=0)


def test_a_notice_that_never_went_is_late(town: Installation) -> None:
    town.wires.out.trouble = Trouble.refused
    town.arrives(mail())
    town.round()
    town.clock.forward(hours=2)

    assert figures(town) == Figures(open=1, late=1, notices=NoticesInTime(owed=1, in_time=0))


def test_what_arrived_yesterday_is_not_todays(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    town.clock.at += timedelta(days=1)

    assert figures(town).notices == NoticesInTime(owed=0, in_time=0)
