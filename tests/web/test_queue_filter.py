"""The queue narrowed: by whose it is, unit, channel, category, language, urgency and status, in the address."""

import html
import re

import pytest
from starlette.testclient import TestClient

from domain.account import Channel
from domain.category import Secrecy, Urgency
from domain.ids import CategoryId, TicketId, UnitId
from domain.queue_filter import Holder, QueueFilter
from domain.ticket import TicketStatus
from tests.web.conftest import Enter
from tests.web.test_desk import do
from tests.web.town import Town, town_site
from web.queue_filter import address_of, read_filter


def rows(client: TestClient, query: str = "", page: str = "/ko") -> list[int]:
    """Return the tickets that a page of the queue shows."""
    answer = client.get(f"{page}{query}")
    assert answer.status_code == 200
    return [int(each) for each in re.findall(r'<tr role="row" id="t(\d+)"', answer.text)]


@pytest.fixture
def shown(town: Town) -> dict[str, TicketId]:
    """Give four tickets that differ in one thing each."""
    site = town.site
    return {
        "plain": town.add_ticket()[0],
        "elsewhere": town.add_ticket(unit=UnitId("kontaktcenter"), category=site.categories[0].id)[0],
        "finnish": town.add_ticket(language="fi", channel=Channel.sms)[0],
        "urgent": town.add_ticket(urgency=Urgency.U1, needs_a_look=True)[0],
    }


def test_the_whole_queue_is_shown_to_who_asks_for_nothing(bo: TestClient, shown: dict[str, TicketId]) -> None:
    assert sorted(rows(bo)) == sorted(shown.values())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?verksamhet=kontaktcenter", {"elsewhere"}), ("?sprak=fi", {"finnish"}), ("?kanal=sms", {"finnish"}),
        ("?bradska=U1", {"urgent"}), ("?titta=1", {"urgent"}), ("?kanal=sms&bradska=U1", set()),
        ("?hos=nobody", {"plain", "elsewhere", "finnish", "urgent"}), ("?hos=mine", set()), ("?status=closed", set()),
        ("?verksamhet=&kanal=", {"plain", "elsewhere", "finnish", "urgent"}),
        ("?verksamhet=okand&x=1&bradska=U9", {"plain", "elsewhere", "finnish", "urgent"}),
    ],
)  # fmt: skip
def test_each_part_of_the_filter_narrows_the_list(
    bo: TestClient, shown: dict[str, TicketId], query: str, found: set[str]
) -> None:
    assert set(rows(bo, query)) == {shown[each] for each in found}
    assert set(rows(bo, query, "/ko/rader")) == {shown[each] for each in found}


def test_my_tickets_are_those_that_i_have(bo: TestClient, enter: Enter, shown: dict[str, TicketId]) -> None:
    do(bo, shown["plain"], "take")
    do(enter("cilla"), shown["finnish"], "take")

    assert rows(bo, "?hos=mine") == [shown["plain"]]
    assert set(rows(bo, "?hos=nobody")) == {shown["elsewhere"], shown["urgent"]}
    assert "Cilla Berg" in bo.get("/ko").text


def test_closed_tickets_are_found_again(bo: TestClient, shown: dict[str, TicketId]) -> None:
    do(bo, shown["plain"], "close", outcome="spam")

    assert rows(bo, "?status=closed") == [shown["plain"]]
    assert shown["plain"] not in rows(bo)


def test_the_registrar_finds_what_is_to_be_registered_open_and_closed(
    bo: TestClient, shown: dict[str, TicketId]
) -> None:
    for key in ("plain", "finnish"):
        do(bo, shown[key], "register", registration="to_be_registered", reference="")
    do(bo, shown["urgent"], "register", registration="registered", reference="KS 2026-118")
    do(bo, shown["plain"], "close", outcome="answered")

    assert rows(bo, "?registrering=to_be_registered") == [shown["finnish"]]
    assert rows(bo, "?registrering=to_be_registered&status=closed") == [shown["plain"]]
    assert rows(bo, "?registrering=registered") == [shown["urgent"]]


def test_a_narrowed_list_says_how_many_it_shows_and_leads_back(bo: TestClient, shown: dict[str, TicketId]) -> None:
    page = html.unescape(bo.get("/ko?sprak=fi").text)

    assert "Visar 1" in page
    assert 'href="/ko">Visa hela kön' in page
    assert re.search(r'<option value="fi" selected>', page)
    assert 'data-stream="/ko/strom?sprak=fi"' in page


def test_a_list_that_nothing_fits_says_so(bo: TestClient, shown: dict[str, TicketId]) -> None:
    assert "Inget ärende passar in på det du valt." in html.unescape(bo.get("/ko?status=closed").text)


def test_no_filter_shows_a_sensitive_ticket_outside_its_compartment(town: Town, bo: TestClient, enter: Enter) -> None:
    secret, _ = town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2)

    for query in ("", "?verksamhet=social", "?hos=nobody", "?status=closed", "?kategori=gata"):
        assert rows(bo, query) == []
    assert rows(enter("nadja"), "?verksamhet=social") == [secret]


def test_units_of_other_organisations_are_not_offered(bo: TestClient) -> None:
    assert "Vatten och avfall" not in html.unescape(bo.get("/ko").text)


@pytest.mark.parametrize(
    "asked",
    [
        QueueFilter(),
        QueueFilter(status=TicketStatus.closed, holder=Holder.mine, look=True),
        QueueFilter(unit=UnitId("gata"), channel=Channel.sms, language="fi", urgency=Urgency.U0),
    ],
)
def test_an_address_asks_for_what_it_was_made_from(asked: QueueFilter) -> None:
    query = address_of(asked).removeprefix("?")

    assert read_filter(dict(each.split("=") for each in query.split("&") if each), town_site()) == asked


def test_the_whole_queue_has_the_shortest_address() -> None:
    assert address_of(QueueFilter()) == ""
    assert not QueueFilter().narrows
    assert QueueFilter(category=CategoryId("gata")).narrows
