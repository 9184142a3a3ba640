"""Unwatched: on either side of each threshold, on the unit's working calendar."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.account import Account, AccountStatus, Channel, Tier
from domain.finding import FindingKind, Heartbeat
from domain.watching import WatchSettings
from tests.builders import TUESDAY, account
from tests.unit.watch.facts import facts, workload
from watch.table import asked_of
from watch.waiting import dormant_in_use, unwatched

SETTINGS = WatchSettings()
#: What came on Tuesday is to be seen by the end of Wednesday.
CLOSING_ON_WEDNESDAY = datetime.fromisoformat("2026-11-25T16:30+01:00")
SECOND = timedelta(seconds=1)


def test_where_nothing_waits_nobody_is_told() -> None:
    assert unwatched(facts(), SETTINGS, TUESDAY + timedelta(days=300)) is None


@pytest.mark.parametrize(("after", "found"), [(timedelta(0), False), (SECOND, True)])
def test_what_nobody_has_touched_by_the_end_of_the_next_working_day_is_unwatched(after: timedelta, found: bool) -> None:
    waits = facts(workload=workload(unhandled=1, oldest_unhandled_at=TUESDAY))

    assert bool(unwatched(waits, SETTINGS, CLOSING_ON_WEDNESDAY + after)) is found


def test_the_sentence_says_how_many_since_when_and_how_many_working_days() -> None:
    touched_at = TUESDAY - timedelta(days=4)
    waits = facts(workload=workload(unhandled=3, oldest_unhandled_at=TUESDAY, last_handled_at=touched_at))

    said = unwatched(waits, SETTINGS, CLOSING_ON_WEDNESDAY + SECOND)

    assert said == (
        "3 meddelanden väntar. Det äldsta kom den 24 november kl. 09.12. Ingen har öppnat eller besvarat något där "
        "sedan den 20 november kl. 09.12 (3 arbetsdagar)."
    )


def test_who_works_through_a_full_mailbox_watches_it() -> None:
    busy = workload(unhandled=9, oldest_unhandled_at=TUESDAY, last_handled_at=TUESDAY + timedelta(days=1))

    assert unwatched(facts(workload=busy), SETTINGS, CLOSING_ON_WEDNESDAY + SECOND) is None


@pytest.mark.parametrize(("after", "found"), [(timedelta(0), False), (SECOND, True)])
def test_a_single_message_that_is_overlooked_is_told_of_after_five_working_days(after: timedelta, found: bool) -> None:
    now = datetime.fromisoformat("2026-12-01T16:30+01:00") + after
    busy = workload(unhandled=1, oldest_unhandled_at=TUESDAY, last_handled_at=now - timedelta(hours=1))

    said = unwatched(facts(workload=busy), SETTINGS, now)

    assert bool(said) is found
    assert said is None or said.startswith("Ett meddelande från den 24 november")


def test_what_was_done_while_an_account_cannot_be_read_nobody_knows() -> None:
    came = workload(unhandled=1, oldest_unhandled_at=TUESDAY)
    failing = Heartbeat(
        account=account().id, organisation=account().organisation, visited_at=TUESDAY, read_at=TUESDAY,
        failing_since=CLOSING_ON_WEDNESDAY,
    )  # fmt: skip
    later = replace(failing, failing_since=CLOSING_ON_WEDNESDAY + SECOND)
    now = CLOSING_ON_WEDNESDAY + timedelta(days=9)

    assert unwatched(facts(workload=came, heartbeat=failing), SETTINGS, now) is None
    assert unwatched(facts(workload=came, heartbeat=later), SETTINGS, now) is not None


def test_over_christmas_no_working_day_passes() -> None:
    before = datetime.fromisoformat("2026-12-23T15:00+01:00")
    waits = facts(workload=workload(unhandled=1, oldest_unhandled_at=before, last_handled_at=before))

    on_monday = datetime.fromisoformat("2026-12-28T16:00+01:00")

    assert unwatched(waits, SETTINGS, on_monday) is None
    assert unwatched(waits, SETTINGS, on_monday + timedelta(hours=1)) is not None


@pytest.mark.parametrize(
    ("where", "hours"),
    [
        (account(channel=Channel.facebook, tier=Tier.contact_center), 1),
        (account(channel=Channel.sms, tier=Tier.contact_center), 1),
        (account(channel=Channel.sms, tier=Tier.unit), 4),
    ],
    ids=lambda value: f"{value.channel} {value.tier}" if isinstance(value, Account) else str(value),
)
def test_official_accounts_are_watched_all_the_time_that_they_are_open(where: Account, hours: int) -> None:
    waits = facts(account=where, workload=workload(unhandled=1, oldest_unhandled_at=TUESDAY))
    settings = SETTINGS.of(where)

    assert unwatched(waits, settings, TUESDAY + timedelta(hours=hours)) is None
    assert unwatched(waits, settings, TUESDAY + timedelta(hours=hours) + SECOND) is not None


def test_what_waits_in_a_dormant_account_is_told_of() -> None:
    waits = facts(workload=workload(unhandled=2, oldest_unhandled_at=TUESDAY))

    assert dormant_in_use(facts(), SETTINGS, TUESDAY) is None
    assert dormant_in_use(waits, SETTINGS, TUESDAY) == (
        "Kontot är vilande, men 2 meddelanden väntar där. Det äldsta kom den 24 november kl. 09.12."
    )


def test_only_of_a_dormant_account_it_is_asked() -> None:
    asked = {status: FindingKind.dormant_in_use in asked_of(account(status=status)) for status in AccountStatus}

    assert asked == {AccountStatus.active: False, AccountStatus.dormant: True, AccountStatus.closed: False}
