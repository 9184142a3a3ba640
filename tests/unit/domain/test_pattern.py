"""Patterns of rules: what they find, which are refused, and that none can hang."""

from time import perf_counter

import pytest

from domain.errors import BadInput
from domain.pattern import (
    MOST_CHARACTERS,
    any_of,
    check_pattern,
    find_pattern,
    find_word,
    finds_any,
    fits,
    stem_pattern,
)

#: Each takes a backtracking engine longer than anybody waits.
CATASTROPHIC = ["(a+)+$", "(a*)*b", "(a|aa)+$", "(a|a?)+$", "(.*a){25}", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_no_pattern_hangs(pattern: str) -> None:
    check_pattern(pattern)
    text = "a" * MOST_CHARACTERS + "!" + "x" * MOST_CHARACTERS

    start = perf_counter()
    find_pattern(pattern, text)

    assert perf_counter() - start < 1


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(.)\1", "back-reference"),
        ("(?=a)b", "looks ahead or behind"),
        ("(?<!a)b", "looks ahead or behind"),
        ("(a{1000}){1000}", "repeats more than 1,000 times"),
        (r"[åäö]{900}\pL{900}.{900}", "too large"),
        ("(a", "lacks a closing )"),
        ("a)", "a ) too many"),
        ("[a", "lacks a closing ]"),
        ("*a", "repeats nothing"),
        ("a**", "repeats a repetition"),
        ("a\\", "ends in"),
        ("[z-a]", "range"),
        ("(?P<a", "cannot be used"),
    ],
)
def test_what_re2_cannot_do_is_refused_with_what_to_do(pattern: str, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_pattern(pattern)

    assert repr(pattern) in str(refused.value)
    assert why in str(refused.value)


def test_case_does_not_count_unless_the_pattern_says_so() -> None:
    assert find_pattern(r"ÄRENDE \d+", "om ärende 12") == "ärende 12"
    assert find_pattern("(?-i)ÄRENDE", "om ärende 12") is None


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("översvämning*", "OVERSVAMNINGEN i kallaren"),
        ("avlopp i källaren", "stopp, avlopp i kallaren"),
        ("*kabel*", "fiberkabeln är av"),
        ("entré*", "halt i entren"),
    ],
)
def test_a_long_word_is_found_without_its_diacritics(word: str, text: str) -> None:
    assert find_word((word,), text)
    assert finds_any(stem_pattern(word), text)


@pytest.mark.parametrize(("word", "text"), [("får", "min far"), ("råd", "en rad"), ("kabel", "fiberkabeln är av")])
def test_a_short_word_and_a_compound_are_found_only_as_written(word: str, text: str) -> None:
    assert find_word((word,), text) is None


def test_one_search_for_many_finds_what_each_finds() -> None:
    union = any_of(["^a", "b$"])

    assert union is not None
    assert [finds_any(union, text) for text in ("ax", "xb", "xax")] == [True, True, False]


def test_wildcards_take_the_whole_text() -> None:
    assert fits(("*.pdf",), "a\nb.PDF")
    assert not fits(("*.pdf",), "a.pdf.exe")
    assert not fits(("a.b",), "axb")


def test_the_first_word_is_told_as_it_stands() -> None:
    assert find_word(("vatten", "läck*"), "Det LÄCKER vatten") == "LÄCKER"
