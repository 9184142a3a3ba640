"""Times as people say them."""

from datetime import UTC, datetime, timedelta

import pytest
from babel.dates import format_datetime
from hypothesis import given, strategies

from domain.instant import STOCKHOLM
from web.times import (
    CLOCK,
    DATE_CLOCK,
    EXACT,
    say_ago,
    say_clock,
    say_date_clock,
    say_due,
    say_exactly,
    say_instant,
    say_number,
    say_size,
)
from web.words import LANGUAGES, words_of

#: Tuesday 09.12 in Stockholm.
NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
SWEDISH = words_of("sv")


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(seconds=20), "om 1 min"),
        (timedelta(minutes=12), "om 12 min"),
        (timedelta(minutes=59, seconds=59), "om 59 min"),
        (timedelta(hours=1), "i dag 10.12"),
        (timedelta(hours=14), "i dag 23.12"),
        (timedelta(hours=31, minutes=18), "ons 16.30"),
        (timedelta(days=5), "sön 09.12"),
        (timedelta(days=6), "mån 30 nov 09.12"),
        (timedelta(days=60), "lör 23 jan 2027 09.12"),
        (timedelta(0), "om 1 min"),
        (-timedelta(seconds=1), "försenat 1 min"),
        (-timedelta(minutes=14), "försenat 14 min"),
        (-timedelta(hours=2, minutes=59), "försenat 2 tim"),
        (-timedelta(days=1), "försenat 1 dag"),
        (-timedelta(days=3), "försenat 3 dagar"),
    ],
)
def test_a_promise_is_said_as_people_say_it(ahead: timedelta, said: str) -> None:
    assert say_due(NOW + ahead, NOW, SWEDISH) == said


@pytest.mark.parametrize(
    ("language", "said", "exactly"),
    [
        ("sv", "ons 16.30", "onsdag 25 november 2026 kl. 16.30"),
        ("fi", "ke 16.30", "keskiviikkona 25. marraskuuta 2026 klo 16.30"),
        ("en", "Wed 16:30", "Wednesday 25 November 2026, 16:30"),
    ],
)
def test_each_language_writes_times_its_own_way(language: str, said: str, exactly: str) -> None:
    due = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)
    words = words_of(language)

    assert (say_due(due, NOW, words), say_exactly(due, words)) == (said, exactly)


@given(
    instant=strategies.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    language=strategies.sampled_from(sorted(LANGUAGES)),
)
def test_a_day_that_is_remembered_is_written_like_one_that_is_not(instant: datetime, language: str) -> None:
    words = words_of(language)
    clock, day, exactly = (
        format_datetime(instant, words.gettext(pattern), tzinfo=STOCKHOLM, locale=words.locale)
        for pattern in (CLOCK, DATE_CLOCK, EXACT)
    )

    assert say_clock(instant, words) == clock
    assert say_date_clock(instant, words) == (day.replace(". ", " ") if language == "sv" else day)
    assert say_exactly(instant, words) == exactly


def test_local_time_follows_summer_time() -> None:
    winter = datetime(2026, 10, 23, 15, 30, tzinfo=UTC)
    summer_ends = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)

    assert say_instant(winter, summer_ends, SWEDISH) == "fre 17.30"


def test_today_is_the_day_in_stockholm_and_not_in_utc() -> None:
    late_evening = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)

    assert say_instant(late_evening, NOW, SWEDISH) == "ons 00.30"


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=30), "nyss"),
        (timedelta(minutes=5), "för 5 min sedan"),
        (timedelta(hours=2), "i dag 07.12"),
        (timedelta(days=1), "mån 09.12"),
    ],
)
def test_what_has_happened_is_said_as_how_long_ago(ago: timedelta, said: str) -> None:
    assert say_ago(NOW - ago, NOW, SWEDISH) == said


@pytest.mark.parametrize(
    ("size_bytes", "said"), [(12, "12 byte"), (1_500, "2 kB"), (1_234_567, "1,2 MB"), (30_000_000, "30 MB")]
)
def test_a_size_is_said_in_the_unit_that_fits(size_bytes: int, said: str) -> None:
    assert say_size(size_bytes, SWEDISH) == said


def test_numbers_have_a_comma_but_in_english() -> None:
    assert [say_number(8.5, words_of(language)) for language in ("sv", "fi", "en")] == ["8,5", "8,5", "8.5"]
