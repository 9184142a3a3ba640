"""Why a citizen has got no automatic reply, in words."""

import pytest

from domain.outgoing import SendState
from triage.screen.row import Verdict
from triage.screen.table import TABLES
from web.explanation import ShownReason, ShownReply
from web.reply_words import STATES, say_withheld
from web.screen_words import NOT_AGAINST, SENTENCES, say_row
from web.words import LANGUAGES, SOURCE, words_of

SWEDISH = words_of("sv")


def reply(send: bool | None, *rows: str) -> ShownReply:
    """Return a reply that these rows spoke for or against."""
    return ShownReply(send, tuple(ShownReason(row, "") for row in rows), "sv")


def test_every_row_of_the_table_has_a_sentence_of_its_own() -> None:
    rows = {row.name for table in TABLES.values() for row in table}

    assert rows | {"P1", "P14", "P2", "mode", "rule"} == set(SENTENCES)
    assert len(set(SENTENCES.values())) == len(SENTENCES)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {SOURCE}))
def test_every_row_has_its_sentence_in_every_language(language: str) -> None:
    words = words_of(language)

    untranslated = [row for row, sentence in SENTENCES.items() if words.gettext(sentence) == sentence]

    assert untranslated == []


def test_what_speaks_for_a_reply_is_no_reason_against_it() -> None:
    lets_go = {row.name for table in TABLES.values() for row in table if row.says is not Verdict.no}

    assert lets_go | {"P2"} == NOT_AGAINST


def test_a_row_without_a_sentence_is_named() -> None:
    assert say_row("3.9/4", SWEDISH) == "Regel 3.9/4"


def test_every_state_of_a_send_has_words() -> None:
    assert set(STATES) == set(SendState)


def test_the_first_row_against_is_the_reason() -> None:
    said = say_withheld(reply(False, "3.3/16", "3.3/44", "3.3/25"), None, SWEDISH)

    assert said == "Inget autosvar: avsändaren är en kollega"


@pytest.mark.parametrize("state", [SendState.queued, SendState.sent, SendState.retry, SendState.handing_over])
def test_nothing_is_withheld_once_a_reply_is_on_its_way(state: SendState) -> None:
    assert say_withheld(reply(True, "3.3/45"), state, SWEDISH) == ""


@pytest.mark.parametrize("state", [SendState.shadow, SendState.cancelled, SendState.refused, SendState.uncertain])
def test_a_reply_that_did_not_go_is_marked(state: SendState) -> None:
    assert say_withheld(reply(True, "3.3/45"), state, SWEDISH) != ""


def test_what_is_not_known_is_not_claimed() -> None:
    assert say_withheld(reply(None), None, SWEDISH) == ""
    assert say_withheld(reply(False), None, SWEDISH) == "Inget autosvar: orsaken är inte sparad"
