"""The ticket's page, and the original's download."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import TicketId, UnitId
from domain.message import AttachmentKind
from domain.viewer import MACHINE
from store import events
from store.database import Database
from store.schema import messages
from store.tags import add_tags
from tests.web.conftest import Enter
from tests.web.town import NOW, TOWN, WATER, Town, attachment, explained, withheld

MINUTE = timedelta(minutes=1)


def kinds(database: Database, ticket: TicketId) -> list[tuple[str, str]]:
    """Return a ticket's events as (kind, actor)."""
    with database.read() as connection:
        return [(event.kind, event.actor) for event in events.list_of_ticket(connection, MACHINE, ticket)]


def test_the_message_and_the_automatic_reply_are_shown(town: Town, bo: TestClient) -> None:
    ticket, message = town.add_ticket(text="Det är ett hål.", quoted="> äldre brev", attachments=(attachment(),))
    town.answer_automatically(ticket, message, NOW + MINUTE)

    page = bo.get(f"/arende/{ticket}").text

    for said in (
        "26-00001", "Hål i vägen", "Det är ett hål.", "&gt; äldre brev", "bild.jpg", "1,2 MB", "Automatiskt svar",
        "Ditt meddelande kom fram.", "till anna@example.se", f"/original/{message}",
    ):  # fmt: skip
        assert said in page
    assert page.index("Det är ett hål.") < page.index("Ditt meddelande kom fram.")
    assert '<details class="quoted">' in page


def test_a_long_conversation_shows_how_it_began_and_how_it_goes(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(text="Brev 1")
    for number in range(2, 17):
        town.add_ticket(text=f"Brev {number}", arrived_at=NOW + number * MINUTE)
    short = bo.get(f"/arende/{ticket}").text
    with town.database.write() as connection:
        connection.execute(messages.update().values(ticket_id=ticket))

    page = bo.get(f"/arende/{ticket}").text

    folded = re.search(r'<details class="folded"><summary>(.*?)</summary>(.*?)</details>\s*<article', page, re.S)
    assert folded
    assert folded[1] == "Visa 5 meddelanden till"
    assert [f"Brev {number}<" in folded[2] for number in (1, 2, 6, 7, 16)] == [False, True, True, False, False]
    assert page.count('<article class="entry in"') == 16
    assert "folded" not in short


def test_a_subject_as_long_as_a_letter_is_set_as_text(town: Town, bo: TestClient) -> None:
    long, short = (town.add_ticket(subject=subject)[0] for subject in ("ord " * 60, "Hål"))

    assert '<h1 class="long"' in bo.get(f"/arende/{long}").text
    assert '<h1 class="long"' not in bo.get(f"/arende/{short}").text
    assert "ord " * 40 not in bo.get("/ko").text


def test_attachments_are_named_by_what_they_are(town: Town, bo: TestClient) -> None:
    forwarded = replace(attachment(), name="", kind=AttachmentKind.message, title="Hål i vägen & lampa")
    sealed = replace(attachment(), name="smime.p7m", kind=AttachmentKind.encrypted)
    ticket, _ = town.add_ticket(attachments=(forwarded, sealed))

    page = bo.get(f"/arende/{ticket}").text

    assert "Hål i vägen &amp; lampa" in page
    assert "vidarebefordrat brev" in page
    assert "krypterat eller förseglat" in page


def test_both_clocks_are_shown_with_what_stopped_them(town: Town, bo: TestClient) -> None:
    ticket, message = town.add_ticket()
    town.answer_automatically(ticket, message, NOW + MINUTE)

    page = bo.get(f"/arende/{ticket}").text

    assert "gavs tis 24 nov 09.13" in page
    assert "automatiskt svar" in page
    assert "senast ons 25 nov 16.30" in page


def test_why_it_came_here_is_shown_in_words(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    page = bo.get(f"/arende/{ticket}").text

    for said in (
        "8,5 p", "<q>hål i vägen</q>", "gata-standard", "(det gäller Gata och park)",
        "Felanmälan", "Akut fara (1,2 p)",
        "Inget talar emot ett automatiskt svar", "One working day ends on Wednesday at 16:30.", "Sorterat",
    ):  # fmt: skip
        assert said in page


def test_every_reason_why_no_reply_was_sent_is_shown(town: Town, bo: TestClient) -> None:
    rows = ["3.3/13", "3.3/24", "3.3/37"]
    reply = {"send": False, "reasons": [{"row": row, "matched": f"matched {row}"} for row in rows]}
    ticket, _ = town.add_ticket(explained(automatic_reply=reply))

    page = bo.get(f"/arende/{ticket}").text

    assert "Inget automatiskt svar" in page
    for said in ("märkt som ett automatiskt svar", "Ämnesraden ser ut", "äldre än ett dygn", "matched 3.3/37"):
        assert said in page


def test_what_rules_call_it_stands_with_the_ticket(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    with town.database.write() as connection:
        add_tags(connection, TOWN, ticket, ["vinter", "<b>jour</b>"])

    page = bo.get(f"/arende/{ticket}").text

    assert "vinter" in page
    assert "&lt;b&gt;jour" in page
    assert "<b>jour" not in page


def test_the_shadow_shows_the_reply_and_says_that_it_was_not_sent(town: Town, bo: TestClient) -> None:
    ticket, message = town.add_ticket()
    town.answer_automatically(ticket, message, NOW, shadow=True)

    page = bo.get(f"/arende/{ticket}").text

    assert "inte skickat, kontot är i skuggläge" in page
    assert "Ditt meddelande kom fram." in page


def test_a_message_that_could_not_be_read_is_shown_with_its_original(town: Town, bo: TestClient) -> None:
    ticket, message = town.add_ticket(
        withheld("3.3/11"), text="", subject="", needs_a_look=True, look_reason="3.3/11: no From",
        defects=("no boundary was found",),
    )  # fmt: skip

    page = bo.get(f"/arende/{ticket}").text

    for said in ("(utan ämne)", "Öppna originalet", "no boundary was found", f'href="/original/{message}"'):
        assert said in page
    assert "En medarbetare måste titta" in page


@pytest.mark.parametrize("explanation", [{}, {"why": "the same letter came before"}, {"automatic_reply": None}])
def test_a_message_without_an_explanation_is_still_shown(
    town: Town, bo: TestClient, explanation: dict[str, object]
) -> None:
    ticket, _ = town.add_ticket(explanation, text="Det är ett hål.")

    answer = bo.get(f"/arende/{ticket}")

    assert answer.status_code == 200
    assert "Det är ett hål." in answer.text


def test_the_citizens_words_are_marked_with_their_language(town: Town, bo: TestClient) -> None:
    ticket, message = town.add_ticket(explained(language="fi"), language="fi", text="Missä kirjasto on?")
    town.answer_automatically(ticket, message, NOW, language="fi")

    page = bo.get(f"/arende/{ticket}").text

    assert '<div class="text" lang="fi" dir="auto">Missä' in page
    assert '<div class="text" lang="fi" dir="auto">Hei!' in page


def test_the_original_is_downloaded_as_it_came(town: Town, bo: TestClient) -> None:
    _, message = town.add_ticket(text="Det är ett hål.")

    answer = bo.get(f"/original/{message}")

    assert (
        answer.content
        == b"From: anna@example.se\r\nSubject: H\xc3\xa5l i v\xc3\xa4gen\r\n\r\nDet \xc3\xa4r ett h\xc3\xa5l."
    )
    assert answer.headers["content-disposition"] == 'attachment; filename="26-00001-1.eml"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_sensitive_ticket_is_no_different_from_one_that_does_not_exist(town: Town, enter: Enter) -> None:
    ticket, message = town.add_ticket(subject="Orosanmälan", secrecy=Secrecy.SK2, unit=UnitId("social"))

    for name in ("bo", "cilla", "vera"):
        client = enter(name)
        for path, missing in ((f"/arende/{ticket}", "/arende/99"), (f"/original/{message}", "/original/99")):
            answer = client.get(path)
            assert answer.status_code == 404
            assert answer.text == client.get(missing).text


def test_a_sensitive_tickets_title_says_nothing_and_its_reading_is_noted(town: Town, enter: Enter) -> None:
    ticket, message = town.add_ticket(subject="Orosanmälan", secrecy=Secrecy.SK2, unit=UnitId("social"))
    nadja = enter("nadja")

    page = nadja.get(f"/arende/{ticket}").text
    nadja.get(f"/original/{message}")

    assert "<title>26-00001 – Svarsvakt</title>" in page
    assert '<h1 lang="sv"><bdi>Orosanmälan</bdi></h1>' in page
    assert kinds(town.database, ticket).count(("sensitive_read", "user/nadja")) == 2


def test_reading_an_ordinary_ticket_leaves_no_line(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    bo.get(f"/arende/{ticket}")

    assert kinds(town.database, ticket) == [("decided", "decide")]


def test_another_organisations_ticket_does_not_exist(town: Town, enter: Enter) -> None:
    ticket, message = town.add_ticket(organisation=WATER, unit=UnitId("va"), from_account=town.site.accounts[2])

    assert enter("bo").get(f"/arende/{ticket}").status_code == 404
    assert enter("bo").get(f"/original/{message}").status_code == 404
    assert enter("vera").get(f"/arende/{ticket}").status_code == 200


def test_what_a_citizen_writes_never_becomes_markup(town: Town, bo: TestClient) -> None:
    evil = "<script>alert(1)</script>"
    ticket, _ = town.add_ticket(
        explained(
            language=evil, category=evil, type=evil, urgency=evil, secrecy=evil, steps=[evil],
            matched=[{"found": evil, "pattern": f'"{evil}', "score": 1}], others=[[evil, 1]],
            rules=[{"id": evil, "hit": True, "matched": [evil]}],
            automatic_reply={"send": False, "reasons": [{"row": evil, "matched": evil}]},
        ),
        subject=evil, text=evil, quoted=evil, sender_name=evil, sender_address='"><script>@x', defects=(evil,),
        needs_a_look=True, look_reason=evil,
    )  # fmt: skip

    page = bo.get(f"/arende/{ticket}").text

    assert "<script>" not in page
    assert page.count("&lt;script&gt;") > 10


def test_a_number_beyond_every_database_is_not_found(bo: TestClient) -> None:
    assert bo.get("/arende/99999999999999999999999").status_code == 404
    assert bo.get("/original/99999999999999999999999").status_code == 404
