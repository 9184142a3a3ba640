"""What a row matched and what is wrong with a message, in words of the pages' languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.triage import facebook_cases, screen_cases, sms_cases
from tests.unit.triage.screening import screened
from tests.unit.triage.test_screen_channels import screened_sms
from web.matched_words import DEFECTS, PHRASES, SILENT, say_defect, say_look_reason, say_matched
from web.words import words_of

SWEDISH = words_of("sv")
INTAKE = Path(__file__).parents[3] / "intake"
#: What is evidence, and stands as it is: a header, a parameter, an address, a number, a word of the message.
EVIDENCE = re.compile(
    r"[A-Za-z-]+: .*|[\w-]+=\S+( \w+=\w+)*|\S+@\S+|<\S+@\S+>|\+?\d+…?|\\Answered|avregistrera", re.IGNORECASE
)
#: What only a test says, in place of the store, the calendar or the message.
OF_TESTS = {
    "hard bounce", "sent item", "the calendar knows no such year", "asked by telephone", "21610", "postnord",
}  # fmt: skip
#: Sentences of the parser about the time of arrival, which are no defects.
ABOUT_TIME = re.compile(r"the (topmost|earliest|border|provider).*|.*header.? .*time.*", re.IGNORECASE)


def matched() -> Iterator[str]:
    """Yield what every row of every case matched."""
    for case in screen_cases.FIRES:
        yield from (reason.matched for reason in screened(*case.headers, **case.given).reasons)
    for sms in sms_cases.FIRES:
        yield from (reason.matched for reason in screened_sms(dict(sms.given)).reasons)
    for other in facebook_cases.FIRES:
        yield from (reason.matched for reason in screened(*other.headers, **other.given).reasons)


@pytest.mark.parametrize("text", sorted(set(matched())))
def test_what_a_row_matched_is_said_in_words_or_is_evidence(text: str) -> None:
    said = say_matched(text, SWEDISH)

    is_evidence = EVIDENCE.fullmatch(text) is not None or text in OF_TESTS or sms_cases_text(text)
    assert said != text or is_evidence, f"web/matched_words.py has no words for {text!r}"


def sms_cases_text(text: str) -> bool:
    """Say whether it is what the citizen wrote."""
    return text in {str(case.given["text"]).strip() for case in sms_cases.FIRES} or text.isupper()


def sentences() -> Iterator[str]:
    """Yield every sentence in the parser that could be a defect, with 7 in the place of each number."""
    for path in sorted(INTAKE.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Return | ast.Yield | ast.Call | ast.Assign | ast.Tuple | ast.IfExp):
                for value in ast.iter_child_nodes(node):
                    text = _text(value)
                    if text and re.match(r"(the|a|no|there) \w+ .*", text) and not ABOUT_TIME.match(text):
                        yield text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) or "7" for each in node.values)
    return ""


@pytest.mark.parametrize("defect", sorted(set(sentences())))
def test_every_defect_of_the_parser_has_words(defect: str) -> None:
    assert say_defect(defect, SWEDISH) != defect, f"web/matched_words.py has no words for {defect!r}"


def test_the_parser_s_defects_were_found() -> None:
    assert len(set(sentences())) > 20


def test_every_sentence_is_said_in_every_language() -> None:
    for language in ("fi", "en"):
        words = words_of(language)

        assert [text for _, text in (*PHRASES, *DEFECTS) if words.gettext(text) == text] == []


def test_several_defects_are_said_one_by_one() -> None:
    said = say_matched("the sender is missing; the mail is empty", SWEDISH)

    assert said == "avsändaren saknas; brevet är tomt"


def test_what_the_rows_own_sentence_says_is_not_said_twice() -> None:
    assert {say_matched(each, SWEDISH) for each in SILENT} == {""}


def test_why_a_person_must_look_is_said_row_by_row() -> None:
    said = say_look_reason("the mail is empty; 3.3/30: in the junk folder; 3.3/45: no other row applies", SWEDISH)

    assert said == (
        "brevet är tomt",
        "Det bedömdes som skräppost: i skräppostmappen",
        "Inget talar emot ett automatiskt svar",
    )


def test_evidence_stands_as_it_was_kept() -> None:
    assert say_matched("X-Autoreply: yes", SWEDISH) == "X-Autoreply: yes"
    assert say_defect("a word of an older release", SWEDISH) == "a word of an older release"


def test_an_instant_is_said_as_people_say_it() -> None:
    said = say_matched("arrived at 2026-11-23T06:31+00:00, 25 hours before", SWEDISH)

    assert said == "kom mån 23 nov 07.31, 25 timmar tidigare"


def test_what_is_no_instant_stands_as_it_was_kept() -> None:
    said = say_matched("receipt went to the same address from the same mailbox at dawn", SWEDISH)

    assert said == "ett gick till samma adress från samma brevlåda dawn"
