"""Text as both databases take it."""

import math

import pytest

from store.columns import LONGEST_KEY, as_key, clean_json, clean_text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", ""),
        ("Å ﷽ 👩‍👩‍👧\n\t\x07", "Å ﷽ 👩‍👩‍👧\n\t\x07"),
        ("a\x00b\x00", "ab"),
        ("half \ud83d and \udc00", "half ? and ?"),
    ],
)
def test_only_nul_and_lone_surrogates_are_taken_out(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_every_text_of_a_json_value_is_cleaned_its_keys_too() -> None:
    value = {"a\x00": ["b\x00", {"\ud83d": ("c\x00", 1, 2.5, None, True)}], 3: math.nan}

    assert clean_json(value) == {"a": ["b", {"?": ["c", 1, 2.5, None, True]}], "3": "nan"}


@pytest.mark.parametrize(("number", "name"), [(math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan")])
def test_a_number_that_json_does_not_know_becomes_its_name(number: float, name: str) -> None:
    assert clean_json(number) == name


def test_a_short_text_is_its_own_key() -> None:
    assert as_key("anna@example.se") == "anna@example.se"
    assert as_key("x" * LONGEST_KEY) == "x" * LONGEST_KEY


def test_long_texts_that_differ_only_at_the_end_have_different_keys_of_one_length() -> None:
    keys = {as_key("x" * 5000 + end) for end in ("a", "b", "", "\x00", "\ud83d")}

    assert len(keys) == 5
    assert {len(key) for key in keys} == {LONGEST_KEY + 1}


def test_no_short_text_has_the_key_of_a_long_one() -> None:
    key = as_key("x" * 5000)

    assert as_key(key) != key
    assert len(key) > LONGEST_KEY
