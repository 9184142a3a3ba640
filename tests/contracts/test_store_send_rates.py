"""Turns to send: no minute sees more than its provider takes, whoever sends (both databases)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import AccountId, OrganisationId
from store import send_rates
from store.database import Connection, Database
from store.send_rates import MINUTE, spacing, take_turn
from tests.builders import TUESDAY
from tests.contracts.stored import at_once

KC, TOWN = AccountId("kontaktcenter"), OrganisationId("exempelby")


def test_a_few_go_at_once_and_the_next_is_told_how_long_to_wait(database: Database) -> None:
    with database.write() as connection:
        waits = [take_turn(connection, TOWN, KC, 20) for _ in range(5)]

    assert waits[:2] == [timedelta(0)] * 2
    assert all(timedelta(0) < wait < spacing(20)[0] for wait in waits[2:])


def test_each_account_has_turns_of_its_own(database: Database) -> None:
    with database.write() as connection:
        waits = [take_turn(connection, TOWN, AccountId(name), 1) for name in ("kontaktcenter", "gata")]

    assert waits == [timedelta(0)] * 2


def test_workers_at_once_share_the_turns(database: Database) -> None:
    def take(_: int) -> bool:
        with database.write() as connection:
            return not take_turn(connection, TOWN, KC, 20)

    assert sum(at_once(4, take)) == 2


def test_a_rate_below_one_is_refused(database: Database) -> None:
    with database.write() as connection, pytest.raises(ValueError, match="at least one"):
        take_turn(connection, TOWN, KC, 0)


@given(
    per_minute=st.integers(1, 900),
    asked=st.lists(st.floats(0, 20), min_size=1, max_size=300),
)
def test_no_minute_sees_more_than_the_rate(per_minute: int, asked: list[float]) -> None:
    """Hold the arithmetic of `spacing` against a plain count over every minute."""
    between, ahead = spacing(per_minute)
    now = spent_until = TUESDAY
    went: list[datetime] = []
    for seconds in asked:
        now += timedelta(seconds=seconds)
        start = max(now, spent_until)
        if start - now <= ahead:
            went.append(now)
            spent_until = start + between

    assert all(sum(1 for at in went if first <= at < first + MINUTE) <= per_minute for first in went)


def test_the_database_says_what_time_it_is(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock: dict[str, Any] = {"now": TUESDAY}
    monkeypatch.setattr(send_rates, "database_now", lambda _: clock["now"])

    def goes(connection: Connection) -> bool:
        return not take_turn(connection, TOWN, KC, 30)

    with database.write() as connection:
        went = []
        for _ in range(120):
            clock["now"] += timedelta(seconds=1)
            went.append(goes(connection))

    assert 50 <= sum(went) <= 60
