"""The page of what a person must settle: who sees it, how it is settled, and the circuit breaker."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import OutgoingId, TicketId, UnitId
from domain.outgoing import OutgoingKind, Receipt, SendState
from domain.ticket import TicketStatus
from domain.viewer import MACHINE, Role
from store.breaker import get_breaker
from store.schema import tickets
from store.sending import claim_to_send, mark_ended, mark_handing_over, mark_sent
from store.tickets import get_ticket
from tests.unit.outbox.queued import queue, row_of
from tests.web.conftest import Enter, csrf_of
from tests.web.test_ticket_page import kinds
from tests.web.town import NOW, WATER, Town

MINUTE = timedelta(minutes=1)


def cut_off(
    town: Town, ticket: TicketId, kind: OutgoingKind = OutgoingKind.receipt, slots: dict[str, str] | None = None
) -> OutgoingId:
    """Let what was written about a ticket break off on the wire."""
    with town.database.write() as connection:
        id = queue(connection, ticket=ticket, at=NOW, kind=kind, slots=slots)
        claim_to_send(connection, "w")
        mark_handing_over(connection, id, "w", MINUTE)
        mark_ended(connection, id, "w", SendState.uncertain, "The line broke while the message was handed over")
    return id


def settle(client: TestClient, id: OutgoingId, settling: str, confirmed: str = "yes") -> int:
    """Fill in the form of one send; return the answer's status."""
    form = {"csrf": csrf_of(client, "/ko"), "settling": settling, "confirmed": confirmed}
    return client.post(f"/utskick/{id}", data=form).status_code


def state_of(town: Town, id: OutgoingId) -> SendState:
    return SendState(row_of(town.database, id)["state"])


def test_an_uncertain_send_is_listed_and_counted_on_every_page(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    id = cut_off(town, ticket)

    listed, page = bo.get("/utskick").text, bo.get("/ko").text

    assert f'href="/utskick/{id}"' in listed
    assert "ärende 26-00001" in listed
    assert "att avgöra" in page


def refuse(town: Town, ticket: TicketId) -> OutgoingId:
    """Let the receiving side say no to what was written about a ticket."""
    with town.database.write() as connection:
        id = queue(connection, ticket=ticket, at=NOW, kind=OutgoingKind.answer)
        claim_to_send(connection, "w")
        mark_handing_over(connection, id, "w", MINUTE)
        mark_ended(connection, id, "w", SendState.refused, "550 no such user")
    return id


def test_a_refused_send_is_listed_and_counted_until_something_has_gone_after_it(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    id = refuse(town, ticket)
    before, menu = bo.get("/utskick").text, bo.get("/ko").text

    with town.database.write() as connection:
        later = queue(connection, ticket=ticket, at=NOW, kind=OutgoingKind.answer)
        claim_to_send(connection, "w")
        mark_handing_over(connection, later, "w", MINUTE)
        mark_sent(connection, later, "w", Receipt(accepted_at=NOW, provider_id="250 ok"))

    assert f'href="/arende/{ticket}#ut-{id}"' in before
    assert "Togs inte emot" in before
    assert "att avgöra" in menu
    assert "Togs inte emot" not in bo.get("/utskick").text
    assert "att avgöra" not in bo.get("/ko").text


def test_a_refused_send_of_a_closed_or_sensitive_ticket_is_listed_to_nobody_outside(town: Town, bo: TestClient) -> None:
    refuse(town, town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2)[0])
    closed, _ = town.add_ticket()
    refuse(town, closed)
    with town.database.write() as connection:
        connection.execute(tickets.update().where(tickets.c.id == closed).values(status=TicketStatus.closed))

    assert "Togs inte emot" not in bo.get("/utskick").text
    assert "att avgöra" not in bo.get("/ko").text


def test_one_send_says_what_it_was_and_why_nobody_knows(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    id = cut_off(town, ticket)

    page = bo.get(f"/utskick/{id}").text

    for said in (
        "anna@<wbr>example.se",
        "Vi har tagit emot",
        "Förbindelsen bröts",
        "The line broke",
        f"/arende/{ticket}",
    ):
        assert said in page


def test_reading_a_sensitive_send_is_noted_and_an_ordinary_one_is_not(town: Town, enter: Enter) -> None:
    sensitive, _ = town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"))
    ordinary, _ = town.add_ticket()
    nadja = enter("nadja")

    for ticket in (sensitive, ordinary):
        assert nadja.get(f"/utskick/{cut_off(town, ticket)}").status_code == 200

    assert kinds(town.database, sensitive).count(("sensitive_read", "user/nadja")) == 1
    assert "sensitive_read" not in {kind for kind, _ in kinds(town.database, ordinary)}


def test_it_went_stops_the_clock_and_is_never_sent_again(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    id = cut_off(town, ticket)

    assert settle(bo, id, "went") == 303

    with town.database.read() as connection:
        assert get_ticket(connection, MACHINE, ticket).notice_met_at == NOW
    assert state_of(town, id) is SendState.sent
    assert kinds(town.database, ticket)[-1] == ("settled_went", "user/bo")


@pytest.mark.parametrize("kind", OutgoingKind)
def test_every_kind_of_send_is_listed(town: Town, bo: TestClient, kind: OutgoingKind) -> None:
    ticket, _ = town.add_ticket()
    id = cut_off(town, ticket, kind)

    assert f'href="/utskick/{id}"' in bo.get("/utskick").text


def test_a_holding_reply_that_went_gives_the_answer_the_time_that_it_names(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    named = NOW + timedelta(days=30)
    id = cut_off(town, ticket, OutgoingKind.holding, {"answer_at": named.isoformat()})

    assert settle(bo, id, "went") == 303

    with town.database.read() as connection:
        assert get_ticket(connection, MACHINE, ticket).answer_due_at == named


def test_send_again_goes_back_into_the_outbox_under_the_same_message_id(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    id = cut_off(town, ticket)
    before = row_of(town.database, id)["message_id"]

    assert settle(bo, id, "again") == 303

    after = row_of(town.database, id)
    assert (after["state"], after["message_id"]) == (SendState.queued, before)
    with town.database.write() as connection:
        assert [each.rendered.id for each in claim_to_send(connection, "w")] == [id]
    assert kinds(town.database, ticket)[-1] == ("settled_again", "user/bo")


@pytest.mark.parametrize(("settling", "confirmed"), [("went", ""), ("again", "no"), ("", "yes"), ("drop", "yes")])
def test_without_a_confirmation_nothing_is_settled(town: Town, bo: TestClient, settling: str, confirmed: str) -> None:
    ticket, _ = town.add_ticket()
    id = cut_off(town, ticket)

    assert settle(bo, id, settling, confirmed) == 422
    assert state_of(town, id) is SendState.uncertain


def test_the_second_who_settles_finds_it_settled(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    id = cut_off(town, ticket)

    first, second = settle(enter("bo"), id, "went"), settle(enter("cilla"), id, "again")

    assert (first, second) == (303, 303)
    assert state_of(town, id) is SendState.sent


def test_a_sensitive_one_is_seen_and_settled_only_by_its_unit(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"))
    id = cut_off(town, ticket)

    for name in ("bo", "vera"):
        outsider = enter(name)
        assert f"/utskick/{id}" not in outsider.get("/utskick").text
        assert "att avgöra</span>" not in outsider.get("/ko").text
        assert outsider.get(f"/utskick/{id}").status_code == 404
        settle(outsider, id, "again")
    assert state_of(town, id) is SendState.uncertain
    assert settle(enter("nadja"), id, "went") == 303
    assert state_of(town, id) is SendState.sent


def test_who_leads_lets_automatic_replies_go_again(town: Town, enter: Enter) -> None:
    town.add_person("lena", "Lena Lind", "kontaktcenter", roles=frozenset({Role.lead}))
    town.stop_replies()
    bo, lena = enter("bo"), enter("lena")

    said = [client.post("/utskick/slapp", data={"csrf": csrf_of(client, "/ko")}).status_code for client in (bo, lena)]

    assert said == [404, 303]
    with town.database.read() as connection:
        assert get_breaker(connection, MACHINE).opened_at is None


def test_who_leads_in_another_organisation_lets_nothing_go_again(town: Town, enter: Enter) -> None:
    town.add_person("ville", "Ville Vatten", "va", organisation=WATER, roles=frozenset({Role.lead}))
    town.stop_replies()
    ville = enter("ville")

    page = ville.get("/utskick").text
    said = ville.post("/utskick/slapp", data={"csrf": csrf_of(ville, "/ko")}).status_code

    assert "/utskick/slapp" not in page
    assert said == 404


def test_that_replies_are_stopped_is_said_to_all(town: Town, bo: TestClient) -> None:
    town.stop_replies()

    page = bo.get("/utskick").text

    assert "Alla automatiska svar är stoppade" in page
    assert "/utskick/slapp" not in page
