"""Regression on the labelled messages: figures may rise; when they fall, a change has cost something."""

from pathlib import Path

import pytest

from bench.triage import Outcome, outcome, read
from settings.load import load

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    site = load(ROOT / "settings" / "example")
    return [outcome(each, site.categories, site.triage) for each in read()]


def share(values: list[bool]) -> float:
    return sum(values) / len(values)


def test_the_category_is_right_or_acceptable(outcomes: list[Outcome]) -> None:
    assert share([each.right for each in outcomes]) >= 0.90


def test_few_messages_go_to_the_wrong_unit(outcomes: list[Outcome]) -> None:
    assert share([each.wrong for each in outcomes]) <= 0.06


def test_the_part_that_was_not_looked_at_is_right_too(outcomes: list[Outcome]) -> None:
    kept = [each for each in outcomes if each.labelled.kept]

    assert share([each.right for each in kept]) >= 0.78
    assert share([each.wrong for each in kept]) <= 0.14


def test_danger_concern_and_threats_are_seen(outcomes: list[Outcome]) -> None:
    assert share([each.alarmed for each in outcomes if each.is_danger]) >= 0.92


def test_ordinary_messages_do_not_alarm(outcomes: list[Outcome]) -> None:
    assert share([each.false_alarm for each in outcomes if not each.is_danger]) <= 0.03


def test_our_own_messages_stay_right() -> None:
    site = load(ROOT / "settings" / "example")
    own = [outcome(each, site.categories, site.triage) for each in read(ROOT / "tests" / "messages" / "own.jsonl")]

    assert share([each.right for each in own]) >= 0.97
    assert all(each.alarmed for each in own if each.is_danger)


def test_the_language_is_right(outcomes: list[Outcome]) -> None:
    assert share([each.language.code == each.labelled.language for each in outcomes]) >= 0.99
