"""Days watched: of the working days on which something waited, those on which a person was there."""

from datetime import UTC, date, datetime

from domain.finding import Finding, FindingKind
from domain.hours import CalendarSettings
from domain.ids import FindingId, OrganisationId
from domain.indicator import Waited, Watched
from stats.watched import Seen, months_between, watched_of
from tests.builders import account

ACCOUNT = account()
CALENDARS = {OrganisationId("exempelby"): CalendarSettings()}
#: Monday to Sunday.
FIRST, LAST = date(2026, 11, 23), date(2026, 11, 29)
NOW = datetime(2026, 12, 10, 12, tzinfo=UTC)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def waited(came: datetime, handled: datetime | None) -> Waited:
    return Waited(account=ACCOUNT.id, arrived_at=came, handled_at=handled)


def watched(*waits: Waited, handled: tuple[int, ...] = (), now: datetime = NOW, **changes: object) -> Watched:
    days = {(ACCOUNT.id, date(2026, 11, day)): 1 for day in handled}
    seen = Seen(waited=waits, received={}, handled=days, findings=changes.get("findings", ()))  # type: ignore[arg-type]
    [only] = watched_of([ACCOUNT], CALENDARS, seen, FIRST, LAST, now)
    return only


def test_a_mail_that_is_read_the_next_day_waited_one_day_and_that_day_was_watched() -> None:
    found = watched(waited(at(23, 15), at(24)), handled=(24,))

    assert (found.days_waiting, found.days_watched) == (1, 1)


def test_what_nobody_reads_waits_every_working_day_and_no_free_one() -> None:
    found = watched(waited(at(23), None))

    # Tuesday to Friday.
    assert (found.days_waiting, found.days_watched) == (4, 0)


def test_what_is_handled_on_the_day_it_came_counts_for_that_day() -> None:
    found = watched(waited(at(23, 8), at(23, 9)), handled=(23,))

    assert (found.days_waiting, found.days_watched) == (1, 1)


def test_days_on_which_nothing_waited_ask_for_nobody() -> None:
    found = watched(handled=(25,))

    assert (found.days_waiting, found.days_watched) == (0, 0)


def test_what_lay_there_before_counts_from_the_first_day_and_the_future_not_at_all() -> None:
    found = watched(waited(datetime(2026, 10, 1, tzinfo=UTC), None), now=at(25))

    # Monday to Wednesday.
    assert found.days_waiting == 3


def test_findings_of_the_month_are_counted_by_kind() -> None:
    opened = Finding(
        id=FindingId(1), organisation=OrganisationId("exempelby"), account=ACCOUNT.id, kind=FindingKind.unwatched,
        evidence="", opened_at=at(24),
    )  # fmt: skip

    found = watched(findings=(opened,))

    assert (found.unwatched, found.silent, found.unreachable) == (1, 0, 0)


def test_months_are_told_from_the_first_to_the_last_day() -> None:
    assert months_between(date(2026, 11, 30), date(2027, 1, 1)) == (
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1),
    )  # fmt: skip
