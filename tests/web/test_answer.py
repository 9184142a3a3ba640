"""A person answers on the ticket's page: who may, what goes, and what is said when it cannot go."""

import html
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import OutgoingId, TicketId, UnitId
from domain.outgoing import AttachedFile, OutgoingKind, SendState
from domain.viewer import MACHINE
from store.attached_files import get_attached_files
from store.database import Database
from store.schema import outgoing
from tests.web.conftest import Enter, csrf_of
from tests.web.test_ticket_page import kinds
from tests.web.town import Town

PDF = ("karta å.pdf", b"%PDF-1.4 karta", "application/pdf")


def sent_of(database: Database) -> list[sa.RowMapping]:
    """Return every answer in the outbox, oldest first."""
    with database.read() as connection:
        query = sa.select(outgoing).where(outgoing.c.kind == OutgoingKind.answer).order_by(outgoing.c.id)
        return list(connection.execute(query).mappings())


def field(page: str, name: str) -> str:
    """Return what a hidden field of the form holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def answer(
    client: TestClient, ticket: TicketId, text: str = "Vi lagar hålet i dag.", *files: tuple[str, bytes, str],
    seen: str | None = None, **changes: str,
) -> "tuple[int, str, str]":  # fmt: skip
    """Fill in the form and send it; return status, page and where one is sent."""
    page = client.get(f"/arende/{ticket}").text
    form = {
        "csrf": field(page, "csrf"),
        "seen": field(page, "seen") if seen is None else seen,
        "recipient": html.unescape(field(page, "recipient")),
        "text": text,
        **changes,
    }
    parts = [("files", each) for each in files] or [("files", ("", b"", "application/octet-stream"))]
    said = client.post(f"/arende/{ticket}/svara", data=form, files=parts)
    return said.status_code, said.text, said.headers.get("location", "")


def test_an_answer_goes_into_the_outbox_as_the_citizen_will_get_it(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(subject="SV: Hål i vägen")

    status, _, location = answer(bo, ticket)

    [stored] = sent_of(town.database)
    assert (status, location) == (303, f"/arende/{ticket}#ut-{stored['id']}")
    assert stored["recipient"] == "anna@example.se"
    assert stored["subject"] == "Re: Hål i vägen [26-00001]"
    assert stored["text"] == (
        "Vi lagar hålet i dag.\n\nVänliga hälsningar\nBo Karlsson\nKontaktcenter, Exempelby kommun\n016-710 00 00\n"
    )
    assert stored["envelope_sender"] == "kontaktcenter@exempelby.example"
    assert "<kontaktcenter@exempelby.example>" in stored["sender"]
    assert dict(stored["headers"])["In-Reply-To"] == "<1@example.se>"
    assert stored["state"] == SendState.queued


def test_an_answer_carries_no_mark_of_a_machine(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    answer(bo, ticket)

    [stored] = sent_of(town.database)
    assert {name for name, _ in stored["headers"]} == {"Date", "In-Reply-To", "References"}
    assert not stored["message_id"].startswith("<svarsvakt.")


def test_the_answer_stands_in_the_conversation_with_who_wrote_it_and_how_far_it_got(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    answer(bo, ticket, "Vi lagar hålet i dag.", PDF)
    page = bo.get(f"/arende/{ticket}").text

    for said in ("Svar av Bo Karlsson", "väntar på att skickas", "Vi lagar hålet i dag.", "karta å.pdf"):
        assert said in page
    assert kinds(town.database, ticket)[-1] == ("answered", "user/bo")


def test_an_answer_never_goes_to_an_address_that_did_not_stand_on_the_page(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    status, page, _ = answer(bo, ticket, "Vi lagar hålet.", recipient="bo@example.se")

    assert (status, sent_of(town.database)) == (422, [])
    assert "Mottagaren har ändrats." in page
    assert "Vi lagar hålet.</textarea>" in page
    assert field(page, "recipient") == "anna@example.se"


def test_the_signature_is_seen_before_the_answer_is_sent(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    page = bo.get(f"/arende/{ticket}").text

    assert "Vänliga hälsningar\nBo Karlsson\nKontaktcenter, Exempelby kommun\n016-710 00 00" in page


def test_the_thread_is_named_with_the_citizens_message_last(town: Town, bo: TestClient) -> None:
    ticket, message = town.add_ticket()
    town.answer_automatically(ticket, message, town.clock.instant)

    answer(bo, ticket)

    [stored] = sent_of(town.database)
    assert dict(stored["headers"])["References"] == "<r1@exempelby.example> <1@example.se>"
    assert dict(stored["headers"])["In-Reply-To"] == "<1@example.se>"


def test_files_go_with_the_answer_byte_for_byte(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    raw = bytes(range(256)) * 40

    answer(bo, ticket, "Se bilagan.", PDF, ("C:\\kartor\\rå.bin", raw, "application/octet-stream"))

    [stored] = sent_of(town.database)
    with town.database.read() as connection:
        files = get_attached_files(connection, MACHINE, OutgoingId(stored["id"]))
    assert files == (
        AttachedFile("karta å.pdf", "application/pdf", b"%PDF-1.4 karta"),
        AttachedFile("rå.bin", "application/octet-stream", raw),
    )


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("spel.EXE", b"MZ\x90", "application/pdf")], "spel.EXE är en sorts fil som inte får skickas."),
        ([("bild.jpg", b"MZ\x90", "image/jpeg")], "bild.jpg är en sorts fil"),
        ([("bild.jpg.js .", b"alert", "image/jpeg")], "bild.jpg.js . är en sorts fil"),
        ([("tom.pdf", b"", "application/pdf")], "tom.pdf är tom."),
        ([("stor.pdf", b"x" * 1001, "application/pdf")], "stor.pdf är för stor."),
        ([PDF] * 3, "Det är för många filer."),
        ([("a.pdf", b"x" * 900, "application/pdf"), ("b.pdf", b"x" * 900, "a/b")], "för stora tillsammans"),
    ],
)
def test_what_cannot_go_is_said_and_the_text_stays(
    town: Town, bo: TestClient, files: list[tuple[str, bytes, str]], said: str
) -> None:
    limits = replace(town.site.answers, most_files=2, largest_file_bytes=1000, largest_together_bytes=1500)
    town.site = replace(town.site, answers=limits)
    ticket, _ = town.add_ticket()

    status, page, _ = answer(bo, ticket, "Se <bilagan> å.", *files)

    assert status == 422
    assert said in page
    assert "Se &lt;bilagan&gt; å.</textarea>" in page
    assert "Välj bilagorna igen" in page
    assert sent_of(town.database) == []


def test_more_than_can_be_read_is_refused_before_it_is(town: Town, bo: TestClient) -> None:
    town.site = replace(town.site, answers=replace(town.site.answers, largest_together_bytes=10))
    ticket, _ = town.add_ticket()

    status, page, _ = answer(bo, ticket, "Hej", ("stor.pdf", b"x" * 1_200_000, "application/pdf"))

    assert status == 413
    assert "Gå tillbaka" in page


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 20_001])
def test_an_answer_says_something_and_not_too_much(town: Town, bo: TestClient, text: str) -> None:
    ticket, _ = town.add_ticket()

    status, page, _ = answer(bo, ticket, text)

    assert status == 422
    assert "Skriv ett svar på högst 20000 tecken." in page
    assert sent_of(town.database) == []


def test_the_second_of_two_who_answer_is_told_and_may_go_on(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    bo, cilla = enter("bo"), enter("cilla")
    seen = field(cilla.get(f"/arende/{ticket}").text, "seen")
    answer(bo, ticket)

    status, page, _ = answer(cilla, ticket, "Vi tar det i morgon.", seen=seen)
    again, _, _ = answer(cilla, ticket, "Vi tar det i morgon.")

    assert status == 422
    assert "Bo Karlsson har svarat under tiden" in page
    assert "Vi tar det i morgon.</textarea>" in page
    assert again == 303
    assert [row["author"] for row in sent_of(town.database)] == ["Bo Karlsson", "Cilla Berg"]


def test_a_form_sent_twice_answers_once(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    statuses = [answer(bo, ticket, seen="0")[0] for _ in range(2)]

    assert statuses == [303, 422]
    assert len(sent_of(town.database)) == 1


def test_only_who_sees_a_sensitive_ticket_may_answer_it(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"), subject="Min sons diagnos")
    other, _ = town.add_ticket()
    nadja, bo, vera = enter("nadja"), enter("bo"), enter("vera")

    hers = answer(nadja, ticket)[0]
    theirs = []
    for client in (bo, vera):
        form = {"csrf": csrf_of(client, "/ko"), "seen": "0", "text": "Hej"}
        theirs.append(client.post(f"/arende/{ticket}/svara", data=form, files=[("files", ("", b""))]).status_code)

    [stored] = sent_of(town.database)
    assert (hers, theirs) == (303, [404, 404])
    assert stored["subject"] == "Re: [26-00001]"
    assert "Socialtjänst" in stored["text"]
    assert other != ticket


def test_a_stranger_answers_nothing(town: Town, nobody: TestClient) -> None:
    ticket, _ = town.add_ticket()

    form = {"csrf": csrf_of(nobody, "/logga-in"), "seen": "0", "text": "Hej"}
    said = nobody.post(f"/arende/{ticket}/svara", data=form, files=[("files", ("", b""))])

    assert said.status_code == 403
    assert sent_of(town.database) == []


def test_where_no_answer_can_be_written_there_is_no_form(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(sender_address="")

    assert "answer-text" not in bo.get(f"/arende/{ticket}").text


def test_every_field_has_its_label(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    page = bo.get(f"/arende/{ticket}").text

    for id in ("answer-text", "answer-files"):
        assert f'<label for="{id}">' in page
        assert f'id="{id}"' in page
