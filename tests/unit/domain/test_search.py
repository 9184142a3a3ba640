"""What a word is, what a question means, and where a text has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.search import LONGEST_WORD, MOST_TERMS, numbers_of, read_question, words_of
from domain.search_marks import marks_of


def found(text: str, said: str) -> list[str]:
    """Return what of the text stands out."""
    return [piece.text for piece in marks_of(read_question(said)).pieces_of(text) if piece.found]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ångermanland", ["ångermanland"]),
        ("A\u030angermanland", ["ångermanland"]),
        ("André Müller", ["andre", "muller"]),
        ("Sørensen Ærø", ["sörensen", "ärö"]),
        ("anna.exempel@example.se", ["anna", "exempel", "example", "se"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("snake_case 12:30", ["snake", "case", "12", "30"]),
        ("водопровод ሰላም", ["водопровод", "ሰላም"]),
    ],
)
def test_a_text_falls_apart_into_words(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


@pytest.mark.parametrize(
    "written", ["070-174 06 42", "0701740642", "+46 70 174 06 42", "0046701740642", "+46 (0)70-174 06 42"]
)
def test_a_number_is_one_number_however_it_is_written(written: str) -> None:
    (term,) = read_question(written).terms

    assert term.ways[0].words == ("46701740642",)
    assert list(numbers_of(f"Ring {written}!")) == ["46701740642"]


def test_the_beginning_of_a_number_is_looked_for_under_its_country() -> None:
    (term,) = read_question("070-174").terms

    assert term.ways[0].words == ("4670174",)
    assert term.ways[0].starts


@pytest.mark.parametrize("said", ["26-01234", "26-1234", "ärende 26-01234", "#26-01234", " nr 26-01234 "])
def test_a_ticket_is_named_by_its_number(said: str) -> None:
    assert read_question(said).number == "26-01234"


@pytest.mark.parametrize("said", ["", " ", '"', '""', "((*", "-", "'; --", "\\", "*:&|!<->", "\x00"])
def test_what_has_no_word_asks_for_nothing(said: str) -> None:
    assert read_question(said).is_empty


@given(st.text(max_size=300))
def test_whatever_is_typed_can_be_read_and_the_pieces_are_the_text(text: str) -> None:
    question = read_question(text)

    pieces = marks_of(question).pieces_of(text)

    assert len(question.terms) <= MOST_TERMS
    assert all(len(word) <= LONGEST_WORD for term in question.terms for way in term.ways[:1] for word in way.words)
    assert "".join(piece.text for piece in pieces) == "".join(
        piece.text for piece in marks_of(read_question("")).pieces_of(text)
    )
    marks_of(question).excerpt_of(text)


@pytest.mark.parametrize(
    ("said", "text", "marked"),
    [
        ("väg", "Vägen och vag", ["Vägen"]),
        ("vatten", "Dricksvattnet, dricksvatten", ["dricksvatten"]),
        ('"brunt vatten"', "vatten, brunt vatten", ["brunt vatten"]),
        ("brunt vatten", "vatten, brunt vatten", ["vatten", "brunt", "vatten"]),
        ("0701740642", "Ring 070 174 06 42", ["070 174 06 42"]),
        ("anna@example.se", "Anna <anna@example.se>", ["anna@example.se"]),
        ("x", "xylofon x", ["x"]),
    ],
)
def test_what_was_asked_for_stands_out(said: str, text: str, marked: list[str]) -> None:
    assert found(text, said) == marked


def test_an_excerpt_is_cut_at_words_around_what_was_found() -> None:
    text = "ord " * 100 + "vattnet\nrinner " + "slut " * 100

    excerpt = marks_of(read_question("vattnet")).excerpt_of(text)

    assert "vattnet rinner" in excerpt
    assert excerpt.startswith("… ord")
    assert excerpt.endswith("slut …")
    assert len(excerpt) < 190


def test_a_short_text_is_its_own_excerpt() -> None:
    assert marks_of(read_question("läcker")).excerpt_of("Hej!\nDet läcker.") == "Hej! Det läcker."


@pytest.mark.parametrize("before", [0, 1, 1980, 1990, 1999, 2000, 2001, 3995, 9000])
def test_what_is_asked_for_is_found_wherever_it_stands_in_a_long_text(before: int) -> None:
    text = "a" * before + " djupt hål " + "slut " * 1000
    question = read_question('"djupt hål"')

    assert marks_of(question).is_in(text)
    assert "djupt hål" in marks_of(question).excerpt_of(text)
    assert not marks_of(question).is_in("a" * before + " hål djupt " + "slut " * 1000)


@given(st.lists(st.sampled_from(["ord", "hål", "håla", "ett", "djupt"]), max_size=900))
def test_a_text_has_what_is_marked_in_it(words: list[str]) -> None:
    text, question = " ".join(words), read_question('"djupt hål" ålar')

    assert marks_of(question).is_in(text) is any(piece.found for piece in marks_of(question).pieces_of(text))


@pytest.mark.parametrize(
    ("said", "text", "marked"),
    [
        ("strasse", "Weiße Straße 4, Æble", ["Straße"]),
        ("straße 4", "Weiße Straße 4", ["Straße", "4"]),
        ("οδος", "ΟΔΟΣ 4", ["ΟΔΟΣ"]),
        ("a" * 80, "a" * 90 + " " + "a" * 60, ["a" * 90]),
        ("ort", "sport, SPORTER och ord", ["sport", "SPORTER"]),
    ],
)
def test_letters_that_are_compared_as_others_stand_out_where_they_are(said: str, text: str, marked: list[str]) -> None:
    assert found(text, said) == marked
