"""The stored explanation is read without trusting that every key is there."""

import pytest

from tests.web.town import explained, town_site
from web.explanation import ShownReason, read_explanation, read_reply
from web.why import why_of
from web.words import words_of


def test_a_whole_explanation_is_read() -> None:
    explanation = read_explanation(explained())

    assert explanation.category == "gata"
    assert [match.found for match in explanation.matched] == ["hål i vägen"]
    assert explanation.others == (("fara", 1.2),)
    assert explanation.reply.send is True
    assert explanation.reply.reasons == (ShownReason("3.3/45", "no other row applies"),)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"automatic_reply": None, "rules": None, "matched": None, "others": None, "steps": None},
        {"automatic_reply": [], "rules": {}, "matched": "x", "others": [["only one"], 3], "steps": 7},
        {"language": None, "score": "high", "rules": ["x", {"hit": True}], "matched": [{}]},
        {"why": "the same letter came before"},
    ],
)
def test_an_explanation_with_missing_or_wrong_keys_is_still_shown(broken: dict[str, object]) -> None:
    why = why_of(read_explanation(broken), town_site(), words_of("sv"))

    assert why.points == "0 p"


def test_rules_that_missed_are_not_shown() -> None:
    explanation = read_explanation({"rules": [{"id": "a", "hit": False}, {"id": "b", "hit": True}]})

    assert [rule.id for rule in explanation.rules] == ["b"]


def test_what_is_not_known_of_a_reply_is_neither_yes_nor_no() -> None:
    assert read_reply({}).send is None
    assert read_reply({"send": "no"}).send is None


def test_a_word_that_matched_twice_is_named_once_with_all_its_points() -> None:
    matched = [
        {"found": "cyklist", "pattern": "cyklist*", "score": 2.4},
        {"found": "trafik", "pattern": "trafik", "score": 1.1},
        {"found": "cyklist", "pattern": "cykl*", "score": 0.8},
    ]

    why = why_of(read_explanation(explained(matched=matched)), town_site(), words_of("sv"))

    assert [(each.found, each.pattern, each.points) for each in why.matched] == [
        ("cyklist", "cyklist*, cykl*", "3,2 p"),
        ("trafik", "trafik", "1,1 p"),
    ]
