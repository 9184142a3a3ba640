"""SMS text: the counter against the tables of the standard, and against an independent count."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sms_text import EXTENSION, GSM7, SmsEncoding, plain_for_sms, segments

GSM = st.text(st.sampled_from(sorted(GSM7 | EXTENSION)), max_size=700)
ANY = st.text(st.characters(exclude_categories=("Cs",)), max_size=300)


def test_the_alphabet_has_every_code_but_the_escape() -> None:
    assert len(GSM7) == 127
    assert len(EXTENSION) == 10
    assert not GSM7 & EXTENSION


@pytest.mark.parametrize("character", "åäöÅÄÖéÉüÜàñÑ@£§Ç")
def test_swedish_and_finnish_letters_take_one_septet(character: str) -> None:
    assert (segments(character).encoding, segments(character).units) == (SmsEncoding.gsm7, 1)


@pytest.mark.parametrize("character", [*"–—…’”“áčšžłëçışğêû\u00a0ўї", "a\u030a", "räksmörgås\u0301"])
def test_one_character_outside_makes_the_whole_text_ucs2(character: str) -> None:
    assert segments("Hej! " + character).encoding is SmsEncoding.ucs2


def test_it_names_what_stands_outside_once_each() -> None:
    assert segments("a–b–c…").outside == ("–", "…")
    assert segments("räksmörgås").outside == ()


@pytest.mark.parametrize("character", sorted(EXTENSION))
def test_a_character_of_the_extension_takes_two_septets(character: str) -> None:
    assert (segments(character).encoding, segments(character).units) == (SmsEncoding.gsm7, 2)


@pytest.mark.parametrize(
    ("text", "parts", "room"),
    [
        ("", 0, 160),
        ("a" * 160, 1, 0),
        ("a" * 161, 2, 145),
        ("a" * 306, 2, 0),
        ("a" * 307, 3, 152),
        ("€" * 80, 1, 0),
        ("€" * 80 + "a", 2, 144),
        ("ж" * 70, 1, 0),
        ("ж" * 71, 2, 63),
        ("ж" * 134, 2, 0),
        ("ж" * 135, 3, 66),
        ("😀" * 35, 1, 0),
        ("😀" * 36, 2, 61),
    ],
)
def test_parts_are_those_of_the_standard(text: str, parts: int, room: int) -> None:
    assert (segments(text).parts, segments(text).room) == (parts, room)


def test_a_pair_of_septets_is_not_cut_in_two() -> None:
    """152 septets, then a pair: it begins the second part, and the 153rd septet of the first stays empty."""
    text = "a" * 152 + "€" + "b" * 151

    assert segments(text).units == 305
    assert (segments(text).parts, segments(text).room) == (2, 0)
    assert segments(text + "b").parts == 3


def test_an_emoji_is_not_cut_in_two() -> None:
    assert segments("ж" * 66 + "😀" + "ж" * 66).parts == 3


@given(GSM)
def test_gsm7_is_counted_as_its_octets_are_written(text: str) -> None:
    escaped = "".join("\x1b" + each if each in EXTENSION else each for each in text)

    assert segments(text).units == len(escaped)
    assert segments(text).encoding is SmsEncoding.gsm7


@given(ANY)
def test_ucs2_is_counted_as_utf_16_is_written(text: str) -> None:
    counted = segments(text + "ж")

    assert counted.units == len((text + "ж").encode("utf-16-be")) // 2


@given(ANY, st.sampled_from(sorted(GSM7 | EXTENSION)))
def test_one_character_more_never_takes_fewer_parts_nor_more_than_one_more(text: str, character: str) -> None:
    before, after = segments(text), segments(text + character)

    assert before.parts <= after.parts <= before.parts + 1


@given(ANY)
def test_the_room_that_is_left_can_be_filled_and_no_more(text: str) -> None:
    counted = segments(text)

    assert segments(text + "a" * counted.room).parts <= max(counted.parts, 1)
    assert segments(text + "a" * (counted.room + 1)).parts == max(counted.parts, 1) + 1


def test_typography_is_written_plainly() -> None:
    said = plain_for_sms("Öppet 8–16… ”Välkommen”\u00a0! re\u0301n Åke’s")

    assert said == 'Öppet 8-16... "Välkommen" ! rén Åke\'s'
    assert segments(said).encoding is SmsEncoding.gsm7


@given(ANY)
def test_writing_plainly_twice_is_once_and_leaves_composed_letters(text: str) -> None:
    once = plain_for_sms(text)

    assert plain_for_sms(once) == once
    assert unicodedata.is_normalized("NFC", once)
