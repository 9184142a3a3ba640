"""Telephone numbers: one form for each, and nothing else taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.phone import normal_number, numbers_written_in


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+46701740642", "+46701740642"), ("070-174 06 42", "+46701740642"), ("0701740642", "+46701740642"),
        ("0046 70 174 06 42", "+46701740642"), ("+46 (0)70-174 06 42", "+46701740642"),
        ("08-465 004 12", "+46846500412"),
        ("+358 40 123 4567", "+358401234567"),
    ],
)  # fmt: skip
def test_a_number_has_one_form(written: str, number: str) -> None:
    assert normal_number(written) == number


@pytest.mark.parametrize(
    "written", ["71234", "112", "222", "PostNord", "", "+", "0", "+4671", "00", "070", "1-800-HEJ"]
)
def test_short_codes_names_and_pieces_are_no_numbers(written: str) -> None:
    assert normal_number(written) is None


@given(st.text(max_size=40))
def test_whatever_is_written_is_a_number_or_none(text: str) -> None:
    number = normal_number(text)

    assert number is None or normal_number(number) == number


def test_mobile_numbers_are_found_in_what_people_write() -> None:
    text = "Ring mig på 070-174 06 42, inte växeln 08-465 004 12. Ärende 26-01234, den 24/11 2026."

    assert list(numbers_written_in(text)) == ["+46701740642"]
