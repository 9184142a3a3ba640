"""Instants in words: three languages, Swedish time, both sides of the changes to and from summer time."""

from datetime import UTC, datetime, timedelta

import pytest

from outbox.words import LOCALES, PAST_PATTERNS, PATTERNS, SHORT_PATTERNS, say

AFTERNOON = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "onsdag 25 november kl. 16.30"),
        ("fi", "keskiviikkona 25.11. klo 16.30"),
        ("en", "Wednesday 25 November, 16:30"),
        ("ar", "25/11 16:30"),
    ],
)
def test_a_time_to_come_has_date_and_clock(language: str, said: str) -> None:
    assert say(AFTERNOON, language) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "den 25 november kl. 16.30"),
        ("fi", "keskiviikkona 25.11. klo 16.30"),
        ("en", "Wednesday 25 November at 16:30"),
    ],
)
def test_a_time_that_has_been_stands_well_after_a_verb(language: str, said: str) -> None:
    assert say(AFTERNOON, language, past=True) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("sv", "ons 25/11 kl 16:30"), ("fi", "ke 25.11. klo 16.30"), ("en", "Wed 25 Nov, 16:30"), ("ti", "25/11 16:30")],
)
def test_in_an_sms_the_same_is_said_in_fewer_letters(language: str, said: str) -> None:
    assert say(AFTERNOON, language, short=True) == said


def test_no_short_time_is_longer_than_twenty_letters() -> None:
    times = [datetime(2026, 1, 1, 15, 30, tzinfo=UTC) + timedelta(days=day) for day in range(366)]

    assert max(len(say(each, language, short=True)) for each in times for language in LOCALES) <= 20


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "söndag 28 mars kl. 01.59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "söndag 28 mars kl. 03.00"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "söndag 31 oktober kl. 02.30"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "söndag 31 oktober kl. 02.30"),
        (datetime(2027, 6, 30, 22, 30, tzinfo=UTC), "torsdag 1 juli kl. 00.30"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "fredag 1 januari kl. 00.30"),
    ],
    ids=["before summer time", "after", "the hour once", "the hour again", "midnight in summer", "new year"],
)
def test_the_clock_is_sweden_s(instant: datetime, said: str) -> None:
    assert say(instant, "sv") == said


def test_a_finnish_hour_has_no_zero_before_it() -> None:
    assert say(datetime(2026, 2, 9, 8, 5, tzinfo=UTC), "fi") == "maanantaina 9.2. klo 9.05"


def test_every_language_has_every_pattern_and_a_locale() -> None:
    assert PATTERNS.keys() == PAST_PATTERNS.keys() == SHORT_PATTERNS.keys() == LOCALES.keys()
