"""The way back from a ticket: the queue as one left it, and what has become of the ticket."""

import html

from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import UnitId
from tests.web.conftest import Enter, csrf_of
from tests.web.town import Town


def do(client: TestClient, ticket: int, act: str, **fields: str) -> str:
    """Send a form of the desk; return where one is sent."""
    path = f"/arende/{ticket}"
    answer = client.post(path, data={"csrf": csrf_of(client, path), "act": act, **fields})
    return answer.headers["location"]


def test_who_is_done_with_a_ticket_comes_back_to_the_queue_as_it_was_narrowed(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    bo.get("/ko?hos=mine&kanal=email&nonsens=1")

    page = html.unescape(bo.get(f"/arende/{ticket}").text)
    location = do(bo, ticket, "close", outcome="answered")

    assert f'href="/ko?hos=mine&kanal=email#open-{ticket}"' in page
    assert location == "/ko?hos=mine&kanal=email"


def test_the_whole_queue_is_remembered_too(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    bo.get("/ko?hos=mine")
    bo.get("/ko")

    assert f'href="/ko#open-{ticket}"' in bo.get(f"/arende/{ticket}").text


def test_the_queue_says_once_what_has_become_of_the_ticket(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    do(bo, ticket, "close", outcome="answered")

    first, second = bo.get("/ko").text, bo.get("/ko").text

    assert "är avslutat." in first
    assert f'<a href="/arende/{ticket}">Visa ärendet</a>' in first
    assert "är avslutat." not in second


def test_a_ticket_that_is_handed_to_a_unit_is_said_to_be_there(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    do(bo, ticket, "forward_unit", unit="social", why="", reason="")

    assert "ligger nu hos Socialtjänst." in bo.get("/ko").text


def test_who_gives_a_sensitive_ticket_away_is_not_sent_to_a_page_that_is_not_there(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(subject="Orosanmälan", secrecy=Secrecy.SK2, unit=UnitId("social"))
    nadja = enter("nadja")

    location = do(nadja, ticket, "route", unit="gata", category="gata", why="", reason="")
    page = nadja.get(location).text

    assert location == "/ko"
    assert "lämnat vidare och visas inte längre" in page
    assert "Orosanmälan" not in page


def test_what_the_cookie_names_is_said_of_nobody_elses_ticket(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"))
    cilla = enter("cilla")

    said = []
    for named in (str(ticket), "999", "x", "9" * 30):
        cilla.cookies.set("svarsvakt-done", named)
        said.append("visas inte längre" in cilla.get("/ko").text)

    assert said == [True, True, False, False]
