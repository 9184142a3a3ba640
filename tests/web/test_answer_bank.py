"""Phrases are offered by category and language, and what would go is shown before it goes."""

import html
from dataclasses import replace

from starlette.testclient import TestClient

from domain.account import Channel
from domain.category import Secrecy
from domain.ids import CategoryId, PhraseId, UnitId
from domain.phrase import Phrase, PhraseText
from tests.web.conftest import Enter
from tests.web.test_answer import answer, sent_of
from tests.web.test_unfinished import field_text, page, post
from tests.web.town import Town

PHRASES = (
    Phrase(id=PhraseId("alla"), title="Vi återkommer", texts=(PhraseText("sv", "Vi återkommer senast {answer_at}."),)),
    Phrase(
        id=PhraseId("gata"), title="Felanmälan är mottagen", categories=(CategoryId("gata"),),
        texts=(PhraseText("sv", "{unit} har det, {name}: {number}."), PhraseText("fi", "Kiitos, {name}.")),
    ),
    Phrase(id=PhraseId("bygg"), title="Om bygglov", categories=(CategoryId("bygg"),), texts=(PhraseText("sv", "Nej"),)),
)  # fmt: skip


def with_bank(town: Town) -> None:
    town.site = replace(town.site, phrases=PHRASES)


def test_phrases_of_the_tickets_category_stand_first_and_others_are_not_offered(town: Town, bo: TestClient) -> None:
    with_bank(town)
    ticket, _ = town.add_ticket()

    said = page(bo, ticket)

    assert said.index("Felanmälan är mottagen") < said.index("Vi återkommer")
    assert "Om bygglov" not in said
    assert 'data-text="Gata och park har det, Anna Exempel: 26-00001."' in said
    assert "Vi återkommer senast onsdag 25 november 2026 kl. 16.30." in said


def test_a_phrase_is_in_the_citizens_language_where_there_is_one(town: Town, bo: TestClient) -> None:
    with_bank(town)
    ticket, _ = town.add_ticket(language="fi")

    said = page(bo, ticket)

    assert 'data-text="Kiitos, Anna Exempel."' in said
    assert "Vi återkommer (sv)" in said


def test_a_phrase_is_put_after_what_is_written_where_no_script_runs(town: Town, bo: TestClient) -> None:
    with_bank(town)
    ticket, _ = town.add_ticket()

    status, said, _ = answer(bo, ticket, "Hej!", insert="1", phrase="gata")

    assert status == 200
    assert "Hej!\n\nGata och park har det, Anna Exempel: 26-00001.</textarea>" in html.unescape(said)
    assert sent_of(town.database) == []


def test_a_phrase_of_a_sensitive_ticket_does_not_name_its_unit(town: Town, enter: Enter) -> None:
    with_bank(town)
    ticket, _ = town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"))

    said = page(enter("nadja"), ticket)

    assert 'data-text="Exempelby kommun har det, Anna Exempel: 26-00001."' in said


def test_the_preview_is_what_goes(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    _, part, _ = post(bo, f"/arende/{ticket}/granska", text="Vi lagar hålet i dag.")
    _, whole, _ = answer(bo, ticket, "Vi lagar hålet i dag.", preview="1")
    assert sent_of(town.database) == []
    answer(bo, ticket, "Vi lagar hålet i dag.")

    [sent] = sent_of(town.database)
    for shown in (part, html.unescape(whole)):
        assert sent["text"] in shown
        assert sent["subject"] in shown
        assert "Så här ser det ut för mottagaren" in shown


def test_the_preview_of_an_sms_counts_its_parts(town: Town, bo: TestClient) -> None:
    account = replace(town.site.accounts[0], channel=Channel.sms, address="+46701740605")
    town.site = replace(town.site, accounts=(account, *town.site.accounts[1:]))
    ticket, _ = town.add_ticket(channel=Channel.sms, sender_address="+46701740612")

    _, said, _ = post(bo, f"/arende/{ticket}/granska", text="Hej " * 60)

    assert "Svaret blir 2 sms." in said
    assert "/Bo Karlsson" in said


def test_nothing_written_shows_nothing(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    _, said, _ = post(bo, f"/arende/{ticket}/granska", text="  ")

    assert said.strip() == "<p>Skriv något först.</p>"
    assert field_text(bo, ticket) == ""
