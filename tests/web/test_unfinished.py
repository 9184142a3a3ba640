"""What one writes is kept, what one has just sent can be taken back, and colleagues see each other."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import TicketId, UnitId
from domain.outgoing import SendState
from store.schema import messages, outgoing, presences, tickets, unfinished_answers
from store.sending import claim_to_send
from tests.web.conftest import Enter, csrf_of
from tests.web.test_answer import answer, sent_of
from tests.web.test_ticket_page import kinds
from tests.web.town import Town


def post(client: TestClient, path: str, **fields: str) -> "tuple[int, str, str]":
    """Send a form; return status, text and where one is sent."""
    said = client.post(path, data={"csrf": csrf_of(client, "/ko"), **fields})
    return said.status_code, html.unescape(said.text), said.headers.get("location", "")


def page(client: TestClient, ticket: TicketId) -> str:
    return re.sub(r"\s+", " ", html.unescape(client.get(f"/arende/{ticket}").text))


def field_text(client: TestClient, ticket: TicketId) -> str:
    """Return what stands in the answer's field."""
    found = re.search(r'<textarea id="answer-text".*?>\n(.*?)</textarea>', client.get(f"/arende/{ticket}").text, re.S)
    assert found
    return html.unescape(found[1])


def unhurried(town: Town) -> None:
    """Let answers wait ten seconds before they go."""
    town.site = replace(town.site, answers=replace(town.site.answers, undo=timedelta(seconds=10)))


def test_an_answer_waits_ten_seconds_and_can_be_taken_back_until_then(town: Town, bo: TestClient) -> None:
    unhurried(town)
    ticket, _ = town.add_ticket()
    answer(bo, ticket, "Vi lagar hålet i dag.")
    with town.database.write() as connection:
        assert claim_to_send(connection, "w") == ()
    assert re.search(r"Skickas om \d+ s\.", page(bo, ticket))
    [waiting] = sent_of(town.database)

    status, _, location = post(bo, f"/arende/{ticket}/angra", send=str(waiting["id"]))

    assert (status, location) == (303, f"/arende/{ticket}#svara")
    assert sent_of(town.database)[0]["state"] == SendState.cancelled
    assert field_text(bo, ticket) == "Vi lagar hålet i dag."
    assert kinds(town.database, ticket)[-1] == ("send_undone", "user/bo")
    assert "Skickas om" not in page(bo, ticket)


def test_what_a_worker_has_claimed_can_no_longer_be_taken_back(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    answer(bo, ticket)
    with town.database.write() as connection:
        [claimed] = claim_to_send(connection, "w")

    status, said, _ = post(bo, f"/arende/{ticket}/angra", send=str(claimed.rendered.id))

    assert status == 409
    assert "Det var för sent att ångra" in said
    assert sent_of(town.database)[0]["state"] == SendState.claimed


def test_nobody_takes_back_what_somebody_else_has_sent(town: Town, bo: TestClient, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    answer(bo, ticket)
    [waiting] = sent_of(town.database)
    cilla = enter("cilla")

    status, _, _ = post(cilla, f"/arende/{ticket}/angra", send=str(waiting["id"]))

    assert status == 404
    assert sent_of(town.database)[0]["state"] == SendState.queued
    assert "Ångra" not in page(cilla, ticket)


def test_what_is_written_is_kept_for_whoever_wrote_it_and_others_see_only_that_it_exists(
    town: Town, bo: TestClient, enter: Enter
) -> None:
    ticket, _ = town.add_ticket()
    cilla = enter("cilla")

    status, said, _ = post(bo, f"/arende/{ticket}/utkast", text="Hej Anna, vi")

    assert (status, said.strip()) == (200, "Utkastet sparades 09.12.")
    assert field_text(bo, ticket) == "Hej Anna, vi"
    assert field_text(cilla, ticket) == ""
    assert "Bo Karlsson har ett utkast till svar." in page(cilla, ticket)
    assert "Hej Anna, vi" not in page(cilla, ticket)


def test_a_button_keeps_it_where_no_script_runs(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    status, _, location = answer(bo, ticket, "Hej Anna, vi", keep="1")

    assert (status, location) == (303, f"/arende/{ticket}#svara")
    assert field_text(bo, ticket) == "Hej Anna, vi"
    assert sent_of(town.database) == []


def test_what_is_sent_or_emptied_is_no_longer_unfinished(town: Town, bo: TestClient) -> None:
    sent, _ = town.add_ticket()
    emptied, _ = town.add_ticket()
    for ticket in (sent, emptied):
        post(bo, f"/arende/{ticket}/utkast", text="Hej")

    answer(bo, sent, "Hej Anna")
    post(bo, f"/arende/{emptied}/utkast", text=" ")

    with town.database.read() as connection:
        assert connection.execute(sa.select(unfinished_answers)).all() == []


def test_a_text_that_is_too_long_is_not_kept_and_the_page_says_so(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    _, said, _ = post(bo, f"/arende/{ticket}/utkast", text="å" * 20_001)

    assert "högst 20000 tecken" in said
    assert field_text(bo, ticket) == ""


def test_colleagues_see_who_is_there_and_who_writes_for_half_a_minute(town: Town, bo: TestClient, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    cilla = enter("cilla")
    bo.get(f"/arende/{ticket}")

    looking = page(cilla, ticket)
    post(bo, f"/arende/{ticket}/utkast", text="Hej")
    writing = page(cilla, ticket)
    town.clock.instant += timedelta(seconds=31)
    later = page(cilla, ticket)

    assert "Bo Karlsson tittar." in looking
    assert "Bo Karlsson skriver." in writing
    assert "Bo Karlsson tittar." not in later
    assert "Bo Karlsson skriver." not in later
    with town.database.read() as connection:
        assert len(connection.execute(sa.select(presences)).all()) == 1


def test_an_open_page_asks_who_is_there_and_is_told_only_what_has_changed(
    town: Town, bo: TestClient, enter: Enter
) -> None:
    ticket, _ = town.add_ticket()
    enter("cilla").get(f"/arende/{ticket}")

    status, said, _ = post(bo, f"/arende/{ticket}/har", version="")
    version = re.search(r'name="version" value="(\w+)"', said)
    assert version
    again, _, _ = post(bo, f"/arende/{ticket}/har", version=version[1])

    assert status == 200
    assert "Cilla Berg tittar." in said
    assert again == 204


def test_an_open_page_is_told_what_becomes_of_its_ticket(town: Town, bo: TestClient, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    _, newer = town.add_ticket()
    known = re.search(r'name="known" value="([^"]+)"', page(bo, ticket))
    assert known
    post(enter("cilla"), f"/arende/{ticket}", act="take")

    _, taken, _ = post(bo, f"/arende/{ticket}/har", known=known[1])
    with town.database.write() as connection:
        connection.execute(messages.update().where(messages.c.id == newer).values(ticket_id=ticket))
        connection.execute(tickets.update().where(tickets.c.id == ticket).values(status="closed", assignee_id=None))
    _, more, _ = post(bo, f"/arende/{ticket}/har", known=known[1])
    _, nothing, _ = post(bo, f"/arende/{ticket}/har", known=f"{newer}.0.closed")

    assert "Cilla Berg har ärendet." in taken
    assert "Ett nytt meddelande" not in taken
    assert "Ett nytt meddelande har kommit in." in more
    assert "Ärendet har avslutats." in more
    assert f'href="/arende/{ticket}"' in more
    assert "<strong>" not in nothing


@pytest.mark.parametrize("known", ["", "1.0", "x.0.open", "1.0.gone", "9" * 19 + ".0.open"])
def test_a_page_that_says_nothing_sensible_is_told_nothing_of_the_ticket(
    town: Town, bo: TestClient, known: str
) -> None:
    ticket, _ = town.add_ticket()

    assert "<strong>" not in post(bo, f"/arende/{ticket}/har", known=known)[1]


def test_nobody_outside_learns_who_works_with_a_sensitive_ticket(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"))
    nadja, cilla = enter("nadja"), enter("cilla")
    nadja.get(f"/arende/{ticket}")

    answers = [
        post(cilla, f"/arende/{ticket}/{path}", text="Hej", send="1")[0]
        for path in ("har", "utkast", "granska", "angra")
    ]

    assert answers == [404, 404, 404, 404]


def test_whoever_wrote_nothing_has_nothing_to_take_back(town: Town, bo: TestClient) -> None:
    ticket, message = town.add_ticket()
    receipt = town.answer_automatically(ticket, message, town.clock.instant, shadow=True)

    status, _, _ = post(bo, f"/arende/{ticket}/angra", send=str(receipt))

    assert status == 404
    with town.database.read() as connection:
        assert connection.scalar(sa.select(outgoing.c.state)) == SendState.shadow
