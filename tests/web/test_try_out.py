"""The box where a message is tried: the explanation as on a ticket, nothing stored, nothing sent, nothing logged."""

import logging
from dataclasses import replace

import pytest
import sqlalchemy as sa
from httpx2 import Response
from starlette.testclient import TestClient

from domain.account import Account, AutoReply, Channel
from domain.ids import AccountId, CategoryId, RuleId, UnitId
from domain.rule import Actions, Conditions, Rule
from store.schema import metadata
from tests.web.conftest import csrf_of
from tests.web.town import Town
from triage.signals import _compiled

RULES = (
    Rule(id=RuleId("hal"), why="Hål är gatans.", when=Conditions(categories=(CategoryId("gata"),), words=("hål*",)),
         then=Actions(unit=UnitId("gata"), tags=("grop",))),
    Rule(id=RuleId("nastan"), when=Conditions(categories=(CategoryId("gata"),), languages=("fi",))),
    Rule(id=RuleId("efter"), when=Conditions(categories=(CategoryId("gata"),))),
)  # fmt: skip


@pytest.fixture(autouse=True)
def answering(town: Town) -> None:
    """Let the contact center answer, and have a number."""

    def answers(account: Account) -> Account:
        return replace(account, auto_reply=AutoReply.on)

    first, *others = town.site.accounts
    sms = replace(first, id=AccountId("sms"), name="Sms", channel=Channel.sms, address="+46701740606")
    accounts = (answers(first), answers(sms), *others)
    town.site = replace(town.site, accounts=accounts, rules=RULES)


def tried(client: TestClient, **fields: str) -> Response:
    form = {"csrf": csrf_of(client, "/prova"), "account": "kontaktcenter", "sender": "", "subject": "", **fields}
    return client.post("/prova", data=form)


def rows(town: Town) -> dict[str, int]:
    with town.database.read() as connection:
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def test_whoever_opens_the_form_makes_the_words_ready_that_a_try_needs(town: Town, bo: TestClient) -> None:
    _compiled.clear()

    bo.get("/prova")

    assert any(categories == town.site.categories for categories, _ in _compiled.values())


def test_a_message_is_explained_as_on_a_ticket(bo: TestClient) -> None:
    answer = tried(bo, subject="Gatan", text="Hej! Det är ett stort hål i vägen på Storgatan.")

    assert answer.status_code == 200
    for said in (
        "<strong>Gata och park</strong>", "hål i vägen", "svenska", "grop", "Det här skulle skickas:",
        "tis 24 nov 10.12",
        "ons 25 nov 16.30", 'href="/regler/hal"', "Hål är gatans.", "Prövningen av automatiskt svar",
    ):  # fmt: skip
        assert said in answer.text


def test_the_rules_that_nearly_hit_say_what_held_and_what_did_not(bo: TestClient) -> None:
    page = tried(bo, text="Det är ett hål i vägen.").text

    assert "språket är finska" in page
    assert "Stämmer inte:" in page
    assert "regeln hal före den tog meddelandet" in page


def test_nothing_is_stored_sent_or_logged(town: Town, bo: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    csrf_of(bo, "/prova")
    before = rows(town)

    with caplog.at_level(logging.DEBUG):
        tried(bo, sender="hemlig.person@example.se", subject="Ärende Xyzzy", text="Det brinner hos Xyzzy Xyzzysson!")

    assert rows(town) == before
    assert "xyzzy" not in caplog.text.lower()
    assert "hemlig.person" not in caplog.text


def test_an_sms_is_tried_by_its_account_with_any_way_of_writing_the_number(bo: TestClient) -> None:
    right = tried(bo, account="sms", sender="070-174 06 05", text="hål i vägen")
    wrong = tried(bo, account="sms", sender="anna@example.se", text="hål i vägen")

    assert right.status_code == 200
    assert wrong.status_code == 422
    assert "ett telefonnummer för sms" in wrong.text
    assert "hål i vägen</textarea>" in wrong.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "  "}, "Skriv eller klistra in en text."),
        ({"text": "x" * 20_001}, "högst 20 000 tecken"),
        ({"text": "x", "subject": "y" * 501}, "högst 500 tecken"),
        ({"text": "x", "sender": "inte en adress"}, "Avsändaren ska vara"),
        ({"text": "x", "account": "vatten"}, "Välj ett konto i listan."),
    ],
)
def test_what_cannot_be_tried_is_said_in_one_sentence(bo: TestClient, fields: dict[str, str], said: str) -> None:
    answer = tried(bo, **fields)

    assert answer.status_code == 422
    assert said in answer.text


def test_a_longer_form_is_not_even_read(bo: TestClient) -> None:
    assert tried(bo, text="å" * 60_000).status_code == 413


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script> hål i vägen", "\x00\ud83d".encode("utf-8", "replace").decode() * 300, "(((" * 6_000,
     "😀" * 20_000, "hål i vägen " * 1_600, "‮⁦" * 900],
)  # fmt: skip
def test_hostile_text_is_shown_as_text_and_decided(bo: TestClient, text: str) -> None:
    answer = tried(bo, subject="<img src=x onerror=alert(1)>", text=text)

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
