import pytest

from triage.matching import Clue, Found, Index
from triage.words import cut, fold, normalise


def find(text: str, *clues: Clue) -> list[Found]:
    return Index(clues).find(cut(text))


def clue(pattern: str, language: str = "sv", **changes: object) -> Clue:
    return Clue("gata", pattern, language, 3.0, **changes)  # type: ignore[arg-type]


def test_decomposed_letters_and_capitals_become_one_form() -> None:
    decomposed = "O\u0308VERSVA\u0308MNING"

    assert normalise(decomposed) == "översvämning"


def test_arabic_letters_that_are_written_in_several_ways_become_one() -> None:
    assert normalise("أَطْفَالِي") == normalise("اطفالي")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("snorojning", "snöröjning"), ("gaatan", "gåtan"), ("vaeg", "väg"), ("foersaekring", "försäkring")],
)
def test_words_typed_without_diacritics_fold_to_the_same(typed: str, meant: str) -> None:
    assert fold(typed) == fold(meant)


def test_ethiopic_syllables_fold_to_their_consonants() -> None:
    assert fold("ይሃርማ") == fold("ይሃርም")


def test_a_stop_between_words_ends_a_sentence_but_not_within_an_abbreviation() -> None:
    sentences = [token.sentence for token in cut("t.ex. vägen. Hej")]

    assert sentences[0] == sentences[1]
    assert sentences[-1] == sentences[-2] + 1


def test_a_wrapped_line_is_one_sentence_and_an_empty_line_parts_two() -> None:
    wrapped, parted = cut("hål i\nvägen"), cut("hål i\n\nvägen")

    assert {token.sentence for token in wrapped} == {0}
    assert {token.sentence for token in parted} == {0, 1}


def test_the_subject_is_a_sentence_of_its_own() -> None:
    first, second = cut("Hål", "vägen")

    assert first.sentence != second.sentence


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("bygglov*", "Bygglovsansökan inskickad"),
        ("altan", "Vi bygger altaner"),
        ("belysning*", "villabelysningen"),
        ("snöröj*", "snö röjning"),
        ("snöröj*", "snorojning"),
        ("p-bot*", "p bot"),
        ("p-bot*", "P-BOTEN"),
        ("hål i/på vägen/gatan", "Ett hål på gatan"),
        ("hål i vägen", "hål i Björkvägen"),
        ("gas * luktar", "gas som det luktar"),
        ("barn* + skrik*", "De skriker på sina barn"),
        ("barn* + slår | får stryk", "Hon säger att barnet får stryk"),
        ("barn* + slår | får stryk", "Han slår barnet"),
        ("handikapparkering*", "handikapp parkering"),
        ("*lov", "rivningslov"),
    ],
)
def test_a_pattern_is_found_in_what_people_write(pattern: str, text: str) -> None:
    assert find(text, clue(pattern))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("bomb*", "badbomb"),
        ("agar", "ägare"),
        ("sva", "svar"),
        ("hål i vägen", "hål. I vägen"),
        ("gas * luktar", "gas ett två tre fyra fem luktar"),
        ("barn* + skrik*", "Barnen leker. Måsarna skriker."),
        ("larm* + trygg*", "trygghetslarm"),
        ("barn* + slår | får stryk", "Barnet får mat"),
        ("klagar", "överklagar"),
    ],
)
def test_a_pattern_is_not_found_in_what_only_looks_alike(pattern: str, text: str) -> None:
    longer = clue("överklag*")

    assert not [found for found in find(text, clue(pattern), longer) if found.clue.pattern == pattern]


def test_strict_words_take_no_endings_and_are_not_joined() -> None:
    strict = clue("nita", strict=True)

    assert not find("kan ni ta den", strict)
    assert not find("nitar", strict)
    assert find("nita", strict)


def test_strict_words_that_stand_apart_may_be_in_two_sentences() -> None:
    strict = clue("barn* + blåmärk*", strict=True)

    assert find("Barnen mår inte bra. De har blåmärken.", strict)


def test_a_pattern_without_a_word_is_never_found() -> None:
    assert not find("vad som helst", clue("*"), clue("barn + *"))


def test_the_place_of_a_find_is_told_in_words() -> None:
    (found,) = find("Det är ett hål i vägen här", clue("hål i vägen"))

    assert (found.first, found.last) == (3, 5)
