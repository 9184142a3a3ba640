"""Silent and inactive: on either side of each threshold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.account import Channel
from domain.facts import Facts, Silence
from domain.finding import Heartbeat
from domain.watching import WatchSettings
from tests.builders import TUESDAY, account
from tests.unit.watch.facts import facts, workload
from watch.quiet import inactive, silent

SETTINGS = WatchSettings()
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def quiet(**changes: object) -> Facts:
    return facts(silence=Silence(from_at=TUESDAY, usual_a_day=6.0), **changes)


def read_at(at: object) -> Heartbeat:
    assert facts().heartbeat is not None
    return replace(facts().heartbeat, read_at=at)  # type: ignore[type-var, arg-type, return-value]


@pytest.mark.parametrize(("now", "found"), [(TUESDAY - SECOND, False), (TUESDAY, True)])
def test_an_account_is_silent_from_when_that_is_not_normal(now: object, found: bool) -> None:
    assert bool(silent(quiet(), SETTINGS, now)) is found  # type: ignore[arg-type]


def test_the_sentence_says_since_when_and_how_much_usually_comes() -> None:
    assert silent(quiet(), SETTINGS, TUESDAY) == (
        "Inget har kommit sedan den 24 november kl. 08.12. Annars brukar det komma ungefär 6 meddelanden om dagen."
    )


def test_what_was_not_looked_for_is_not_missed() -> None:
    assert silent(quiet(heartbeat=read_at(TUESDAY - SECOND)), SETTINGS, TUESDAY + DAY) is None
    assert silent(quiet(heartbeat=None), SETTINGS, TUESDAY + DAY) is None


def test_where_nothing_was_learned_nobody_is_told() -> None:
    assert silent(facts(), SETTINGS, TUESDAY + 300 * DAY) is None


@pytest.mark.parametrize(
    ("came", "touched", "found"),
    [(60, 30, True), (60, 29, False), (59, 30, False), (500, 29, False)],
)
def test_a_mailbox_is_inactive_when_nothing_has_come_and_nobody_was_there(came: int, touched: int, found: bool) -> None:
    still = workload(last_arrival_at=TUESDAY - came * DAY, last_handled_at=TUESDAY - touched * DAY)

    assert bool(inactive(facts(workload=still), SETTINGS, TUESDAY)) is found


def test_a_mailbox_to_which_nothing_ever_came_is_counted_from_its_first_visit() -> None:
    never = workload(last_arrival_at=None, last_handled_at=None, first_read_at=TUESDAY - 60 * DAY)

    assert inactive(facts(workload=never), SETTINGS, TUESDAY) is not None
    assert inactive(facts(workload=never), SETTINGS, TUESDAY - SECOND) is None


def test_a_mailbox_that_was_never_read_is_not_inactive() -> None:
    unknown = workload(last_arrival_at=None, last_handled_at=None, first_read_at=None)

    assert inactive(facts(workload=unknown), SETTINGS, TUESDAY) is None


@pytest.mark.parametrize(
    ("days", "what"),
    [(29, None), (30, "Väck sidan eller stäng den."), (89, "Väck sidan eller stäng den."), (90, "Stäng sidan.")],
)
def test_a_page_that_says_nothing_is_to_be_woken_or_closed(days: int, what: str | None) -> None:
    page = account(channel=Channel.facebook, address="1001")
    mute = facts(account=page, workload=workload(last_post_at=TUESDAY - days * DAY))

    said = inactive(mute, SETTINGS, TUESDAY)

    assert (said is None) if what is None else bool(said and said.endswith(what))
