"""The days of the register's strip."""

from datetime import UTC, date, datetime, timedelta

from domain.finding import Finding, FindingKind
from domain.ids import AccountId, FindingId, OrganisationId
from domain.register import DAYS, Count, days_of, midnight

GATA = AccountId("gata")
TODAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def finding(kind: FindingKind, opened: datetime, closed: datetime | None = None) -> Finding:
    return Finding(
        id=FindingId(1), organisation=OrganisationId("exempelby"), account=GATA, kind=kind, evidence="",
        opened_at=opened, closed_at=closed,
    )  # fmt: skip


def test_there_are_thirty_days_and_today_is_the_last() -> None:
    days = days_of(TODAY, [], [])

    assert len(days) == DAYS
    assert (days[0].day, days[-1].day) == (TODAY - 29 * DAY, TODAY)
    assert {(day.received, day.handled, day.red) for day in days} == {(0, 0, ())}


def test_each_day_has_what_came_and_was_handled_and_others_are_passed_over() -> None:
    counts = [Count(GATA, TODAY, 4, 3), Count(GATA, TODAY - DAY, 5, 0), Count(GATA, TODAY - 40 * DAY, 9, 9)]

    days = days_of(TODAY, counts, [])

    assert (days[-1].received, days[-1].handled) == (4, 3)
    assert days[-2].received == 5
    assert sum(day.received for day in days) == 9


def test_a_day_begins_at_midnight_in_stockholm_in_summer_and_winter() -> None:
    assert midnight(TODAY) == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert midnight(date(2026, 7, 1)) == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_a_day_is_red_from_the_day_a_finding_opened_to_the_day_it_closed() -> None:
    over = finding(FindingKind.unwatched, MORNING - 4 * DAY, MORNING - 2 * DAY)
    still = finding(FindingKind.unreachable, MORNING)

    days = days_of(TODAY, [], [over, still])

    assert [day.red for day in days[-6:]] == [
        (), ("unwatched",), ("unwatched",), ("unwatched",), (), ("unreachable",),
    ]  # fmt: skip


def test_what_is_wrong_with_the_settings_makes_no_day_red() -> None:
    assert days_of(TODAY, [], [finding(FindingKind.off_domain, MORNING)])[-1].red == ()
