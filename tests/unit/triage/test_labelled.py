"""Regression on the labelled messages: figures may rise; when they fall, a change has cost something."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.labelled import Labelled, Outcome, language_group, outcome, share
from bench.triage import parts
from settings.load import load

ROOT = Path(__file__).parents[3]
SITE = load(ROOT / "settings" / "example")


@dataclass(frozen=True)
class Floor:
    """What must be kept of a set, as shares from 0 to 1: a little less than was measured."""

    right: float
    wrong: float
    recall: float
    false_alarms: float


#: Known to the words and examples: these only say that nothing was forgotten.
KNOWN = Floor(right=0.90, wrong=0.09, recall=1.0, false_alarms=0.02)
#: Kept for measuring: these say how good triage is. `last` was written when the words were finished; `fresh2` is as
#: indirect as its author could make it, `fresh3` tells of situations that no word was written for.
FLOORS = {
    "labelled 2/3": KNOWN,
    "own": KNOWN,
    "everyday": KNOWN,
    "indirect": KNOWN,
    "dev2": KNOWN,
    "blind": KNOWN,
    "dev3": KNOWN,
    "labelled 1/3": Floor(right=0.86, wrong=0.11, recall=0.90, false_alarms=0.07),
    "measuring": Floor(right=0.82, wrong=0.13, recall=0.95, false_alarms=0.04),
    "last": Floor(right=0.92, wrong=0.06, recall=0.95, false_alarms=0.03),
    "blind2": Floor(right=0.86, wrong=0.09, recall=0.90, false_alarms=0.05),
    "blind3": Floor(right=0.92, wrong=0.06, recall=0.95, false_alarms=0.03),
    "fresh2": Floor(right=0.65, wrong=0.25, recall=0.77, false_alarms=0.06),
    "fresh3": Floor(right=0.75, wrong=0.18, recall=0.77, false_alarms=0.06),
}
#: The goals for letters that nobody tuned on (decision 0009), and the sets that hold such letters.
GOALS = Floor(right=0.80, wrong=0.10, recall=0.95, false_alarms=0.05)
ORDINARY = ("labelled 1/3", "measuring", "last", "blind2", "blind3")


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Outcome]]:
    return {part.name: [_outcome(each) for each in part.messages] for part in parts()}


def _outcome(labelled: Labelled) -> Outcome:
    return outcome(labelled, SITE.categories, SITE.triage)


def test_every_set_of_messages_has_a_floor() -> None:
    assert FLOORS.keys() == {part.name for part in parts()}


@pytest.mark.parametrize("name", FLOORS)
def test_the_category_is_right_or_acceptable(name: str, outcomes: dict[str, list[Outcome]]) -> None:
    assert _share(outcomes[name], lambda each: each.right) >= FLOORS[name].right


@pytest.mark.parametrize("name", FLOORS)
def test_few_messages_go_to_the_wrong_unit(name: str, outcomes: dict[str, list[Outcome]]) -> None:
    assert _share(outcomes[name], lambda each: each.wrong) <= FLOORS[name].wrong


@pytest.mark.parametrize("name", FLOORS)
def test_danger_concern_and_threats_are_seen(name: str, outcomes: dict[str, list[Outcome]]) -> None:
    dangers = [each for each in outcomes[name] if each.is_danger]

    assert _share(dangers, lambda each: each.alarmed) >= FLOORS[name].recall


@pytest.mark.parametrize("name", FLOORS)
def test_ordinary_messages_do_not_alarm(name: str, outcomes: dict[str, list[Outcome]]) -> None:
    ordinary = [each for each in outcomes[name] if not each.is_danger]

    assert _share(ordinary, lambda each: each.false_alarm) <= FLOORS[name].false_alarms


def test_the_goals_hold_on_the_letters_that_nobody_tuned_on(outcomes: dict[str, list[Outcome]]) -> None:
    letters = [each for name in ORDINARY for each in outcomes[name]]
    dangers = [each for each in letters if each.is_danger]
    ordinary = [each for each in letters if not each.is_danger]

    assert _share(letters, lambda each: each.right) >= GOALS.right
    assert _share(letters, lambda each: each.wrong) <= GOALS.wrong
    assert _share(dangers, lambda each: each.alarmed) >= GOALS.recall
    assert _share(ordinary, lambda each: each.false_alarm) <= GOALS.false_alarms


@pytest.mark.parametrize("name", FLOORS)
def test_swedish_finnish_english_and_other_languages_are_told_apart(
    name: str, outcomes: dict[str, list[Outcome]]
) -> None:
    told = _share(outcomes[name], lambda each: language_group(each.language.code) == each.labelled.group)

    assert told >= 0.98


def test_nothing_that_is_kept_for_measuring_stands_among_the_examples() -> None:
    taught = {_plain(example.text) for category in SITE.categories for example in category.examples}

    kept = {_plain(each.message.text) for part in parts() if not part.known for each in part.messages}
    assert {text for text in taught & kept if len(text.split()) > 3} == set()


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip(".!? ").split())


def _share(outcomes: list[Outcome], asked: Callable[[Outcome], bool]) -> float:
    return share(asked(each) for each in outcomes)
