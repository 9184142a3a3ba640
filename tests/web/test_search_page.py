"""The search page: what is found, why, and for whom."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import UnitId
from domain.message import Fate
from store.messages import add_arrivals
from store.waiting import claim_waiting
from tests.contracts.stored import arrival, decide
from tests.web.conftest import Enter
from tests.web.town import NOW, TOWN, Town


def search(client: TestClient, said: str) -> str:
    """Return the page that shows what is found."""
    answer = client.get("/sok", params={"q": said})
    assert answer.status_code == 200
    return answer.text


def found(client: TestClient, said: str) -> list[int]:
    """Return the tickets that are found."""
    return [int(id) for id in re.findall(r'<h2><a href="/arende/(\d+)"', search(client, said))]


def test_the_field_stands_on_every_page_and_keeps_what_was_asked(bo: TestClient, town: Town) -> None:
    ticket, _ = town.add_ticket()

    for path in ("/ko", f"/arende/{ticket}", "/konton", "/utskick", "/sok"):
        assert '<form class="searching" role="search" method="get" action="/sok">' in bo.get(path).text
    assert 'value="hål &#34;i vägen"' in search(bo, 'hål "i vägen')


def test_words_stand_out_and_the_page_says_where_they_were_found(bo: TestClient, town: Town) -> None:
    town.add_ticket(subject="Hål i vägen", text="Vägen är trasig")

    page = search(bo, "väg")

    assert "Hål i <mark>vägen</mark>" in page
    assert "<mark>Vägen</mark> är trasig" in page
    assert "Träff: Ämnet, Texten" in page
    assert "1 ärende, senaste först" in page


def test_what_a_citizen_writes_never_becomes_markup(bo: TestClient, town: Town) -> None:
    town.add_ticket(subject="<script>alert(1)</script>", text="<img src=x> vatten")

    page = search(bo, "vatten <script>")

    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize("said", ['"', "((", "*", "a" * 500, "'; DROP TABLE tickets", "NEAR(", "hål OR", "%_", "\x00"])
def test_bad_syntax_is_no_error(bo: TestClient, town: Town, said: str) -> None:
    town.add_ticket()

    search(bo, said)


def test_nothing_asked_and_nothing_found_say_what_to_do(bo: TestClient) -> None:
    assert "Sök på ord, ärendenummer, namn" in search(bo, "")
    assert "Inget ärende som du får se passar in" in search(bo, "finnsinte")


def test_fifty_are_shown_and_no_number_betrays_more(bo: TestClient, town: Town) -> None:
    for _ in range(51):
        town.add_ticket()

    page = search(bo, "vägen")

    assert page.count('<li class="hit">') == 50
    assert "De 50 senaste ärendena visas." in page


def test_a_sensitive_ticket_is_found_by_its_unit_alone_and_its_text_is_not_shown(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2, subject="oro", text="hemlighet djup")
    bo, nadja = enter("bo"), enter("nadja")

    assert found(bo, "oro") == found(bo, "26-00001") == found(bo, "anna@example.se") == []
    assert "26-00001" not in search(bo, "oro")
    assert found(nadja, "oro") == [ticket]
    assert "hemlighet" not in search(nadja, "oro")


def test_another_organisation_finds_nothing_of_ours(town: Town, enter: Enter) -> None:
    town.add_ticket()

    assert found(enter("vera"), "vägen") == []


def test_what_lay_there_before_is_found_by_the_accounts_unit_alone(town: Town, enter: Enter) -> None:
    account = next(each for each in town.site.accounts if each.unit == "gata")
    with town.database.write() as connection:
        add_arrivals(connection, account, [replace(arrival(7), history=True)], NOW)
        (waiting,) = claim_waiting(connection, "w")
        decide(connection, waiting, fate=Fate.history, subject="Gammal grop", text="Gropen är djup")

    cilla, bo = search(enter("cilla"), "grop"), search(enter("bo"), "grop")

    assert "Från tiden före Svarsvakt" in cilla
    assert "Gammal <mark>grop</mark>" in cilla
    assert "Gammal" not in bo
    assert account.organisation == TOWN
