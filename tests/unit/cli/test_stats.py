"""`svarsvakt stats`: whole months by default, every form, and one sentence for what is no day."""

from datetime import date
from pathlib import Path

import pytest

from domain.errors import BadInput
from domain.span import Span, span_of
from pipeline.indicators_csv import PROMISE_COLUMNS, WATCH_COLUMNS
from tests.unit.cli.conftest import Run

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("", "", date(2026, 9, 1), TODAY),
        ("2026-02", "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-11-02", "2026-11-08", date(2026, 11, 2), date(2026, 11, 8)),
        ("2025-12", "", date(2025, 12, 1), TODAY),
        ("2026-12", "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_days_and_months_are_understood(since: str, until: str, first: date, last: date) -> None:
    assert span_of(since, until, TODAY) == Span(first=first, last=last)


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("nyss", "", "is no day and no month"),
        ("2026-13", "", "is no day and no month"),
        ("2026-11", "2026-10", "lies before"),
    ],
)
def test_what_is_no_day_is_told_in_a_sentence(since: str, until: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        span_of(since, until, TODAY)


def test_a_new_installation_has_no_figures_and_says_so(run: Run, installed: Path) -> None:
    ran = run("stats")

    assert (ran.code, ran.err) == (0, "")
    assert "Nothing came in these days." in ran.out


def test_a_table_for_spreadsheets_has_its_heading_even_when_it_is_empty(run: Run, installed: Path) -> None:
    assert run("stats", "--csv").out.splitlines() == [";".join(PROMISE_COLUMNS)]


def test_every_account_has_a_line_for_each_month(run: Run, installed: Path) -> None:
    ran = run("stats", "--accounts", "--from", "2026-01", "--to", "2026-02", "--json")

    assert {line["month"] for line in ran.lines} == {"2026-01", "2026-02"}
    assert set(ran.lines[0]) == set(WATCH_COLUMNS)
    assert ran.lines[0]["watched_share"] is None


def test_what_is_no_day_ends_with_exit_code_2(run: Run, installed: Path) -> None:
    ran = run("stats", "--from", "nyss")

    assert ran.code == 2
    assert "nyss" in ran.err
