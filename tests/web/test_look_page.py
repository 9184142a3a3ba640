"""The page of what a person must look at: why, the original, and what is done about it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.pool import QueuePool
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.finding import FindingKind
from domain.ids import AccountId, Digest, EventId, MessageId, TicketId, UnitId
from domain.message import Arrival, Fate
from domain.outcome import Outcome
from domain.scan import Scanned
from domain.ticket import TicketStatus
from domain.viewer import MACHINE
from store import events
from store.findings import open_finding
from store.messages import DecidedMessage, add_arrivals, mark_decided
from store.tickets import get_ticket
from store.waiting import claim_waiting
from tests import builders
from tests.web.conftest import Enter, csrf_of, sign_in
from tests.web.test_ticket_page import kinds
from tests.web.town import NOW, PASSWORD, TOWN, Town, withheld


def set_aside(town: Town, subject: str = "Frånvaro", **explanation: Any) -> MessageId:
    """Put a message that became no ticket; `explanation` is what was decided of it."""
    account = town.site.accounts[0]
    original = f"From: robot@example.se\r\nSubject: {subject}\r\n\r\nJag är borta.".encode()
    with town.database.write() as connection:
        brought = Arrival(
            identity=f"aside/{subject}", original=original, media_type="message/rfc822", provider_at=NOW
        )  # fmt: skip
        add_arrivals(connection, account, [brought], NOW)
        (waiting,) = claim_waiting(connection, "w")
        decided = DecidedMessage(
            id=waiting.id, fate=Fate.technical, message=builders.message(subject=subject, arrived_at=NOW),
            letter=Digest(f"{waiting.id:064d}"), ticket=None, outgoing=None,
            explanation={**withheld(), **explanation},
        )  # fmt: skip
        mark_decided(connection, [decided], "w", at=NOW)
    return waiting.id


class Watching:
    """A scanner that looks how many connections are held while it is asked."""

    def __init__(self, town: Town) -> None:
        self.held: list[int] = []
        self._pool = town.database.engine.pool

    def signatures(self) -> str:
        return ""

    def scan(self, content: bytes) -> Scanned:
        assert isinstance(self._pool, QueuePool)
        self.held.append(self._pool.checkedout())
        return Scanned.clean


def say(client: TestClient, what: str, id: int, verdict: str) -> int:
    form = {"csrf": csrf_of(client, "/titta"), "what": what, "do": verdict}
    return client.post(f"/titta/{id}", data=form).status_code


def broken(town: Town, **changes: Any) -> TicketId:
    ticket, _ = town.add_ticket(
        withheld("3.3/30", "the structure cannot be read"), needs_a_look=True, subject="Trasigt <script>",
        look_reason="the last boundary is missing; 3.3/30: the structure cannot be read", **changes,
    )  # fmt: skip
    return ticket


def test_what_no_machine_could_judge_is_listed_with_why_and_its_original(town: Town, bo: TestClient) -> None:
    broken(town)

    page = bo.get("/titta").text

    assert "den sista delgränsen saknas" in page
    assert "innehållet går inte att läsa" in page
    assert "Trasigt &lt;script&gt;" in page
    assert 'href="/original/1"' in page
    assert '<span data-count="look">1</span>' in bo.get("/ko").text


def test_an_empty_page_says_so(bo: TestClient) -> None:
    page = bo.get("/titta").text

    assert "Inget att titta på." in page
    assert "Inget har lagts åt sidan." in page


@pytest.mark.parametrize(
    ("verdict", "status", "outcome", "kind"),
    [
        ("to_queue", TicketStatus.open, None, "looked_at"),
        ("spam", TicketStatus.closed, Outcome.spam, "closed"),
        ("seen", TicketStatus.closed, Outcome.needs_no_answer, "closed"),
    ],
)
def test_a_ticket_leaves_the_list_by_each_button_and_it_is_logged(
    town: Town, bo: TestClient, verdict: str, status: TicketStatus, outcome: Outcome | None, kind: str
) -> None:
    id = broken(town)

    assert say(bo, "ticket", id, verdict) == 303

    with town.database.read() as connection:
        ticket = get_ticket(connection, MACHINE, id)
    assert (ticket.status, ticket.outcome, ticket.needs_a_look) == (status, outcome, False)
    assert (kind, "user/bo") in kinds(town.database, id)
    assert "Trasigt" not in bo.get("/titta").text


@pytest.mark.parametrize("act", ["take", "looked_at"])
def test_what_a_colleague_has_in_hand_is_not_closed_from_a_list_that_is_old(town: Town, enter: Enter, act: str) -> None:
    id = broken(town)
    bo, cilla = enter("bo"), enter("cilla")
    cilla.post(f"/arende/{id}", data={"csrf": csrf_of(cilla, f"/arende/{id}"), "act": act})

    assert say(bo, "ticket", id, "spam") == 409

    with town.database.read() as connection:
        assert get_ticket(connection, MACHINE, id).status is TicketStatus.open


def test_who_opens_an_original_that_was_set_aside_is_written_down(town: Town, bo: TestClient) -> None:
    bo.get(f"/original/{set_aside(town)}")

    with town.database.read() as connection:
        [line] = events.list_before(connection, MACHINE, EventId(2**62), kind="set_aside_read")
    assert line.actor == "user/bo"


def test_no_connection_is_held_while_the_scanner_is_asked(town: Town) -> None:
    scanner = Watching(town)
    client = TestClient(town.app(scanner=scanner), follow_redirects=False)
    sign_in(client, "bo", PASSWORD)

    client.get(f"/original/{set_aside(town)}")

    assert scanner.held == [0]


def test_what_was_set_aside_is_listed_with_its_reasons_and_can_be_downloaded(town: Town, bo: TestClient) -> None:
    id = set_aside(town)

    page, original = bo.get("/titta").text, bo.get(f"/original/{id}")

    assert "Frånvaro" in page
    assert "auto-replied" in page
    assert original.status_code == 200
    assert original.content.endswith("Jag är borta.".encode())


def test_what_was_set_aside_wrongly_gets_a_ticket_with_the_promise_from_when_it_came(
    town: Town, bo: TestClient
) -> None:
    id = set_aside(town)
    town.clock.instant = NOW + timedelta(minutes=20)

    assert say(bo, "message", id, "to_queue") == 303

    with town.database.read() as connection:
        ticket = get_ticket(connection, MACHINE, TicketId(1))
    assert (ticket.subject, ticket.unit, ticket.arrived_at) == ("Frånvaro", "gata", NOW)
    assert ticket.notice_due_at == NOW + timedelta(hours=1)
    assert ("set_aside_to_queue", "user/bo") in kinds(town.database, ticket.id)
    assert "Frånvaro" in bo.get("/ko").text
    assert "Frånvaro" in bo.get("/sok?q=Frånvaro").text
    assert "Frånvaro" not in bo.get("/titta").text


def test_of_two_who_look_it_over_the_second_is_told(town: Town, enter: Enter) -> None:
    id = set_aside(town)
    bo, cilla = enter("bo"), enter("cilla")

    assert say(bo, "message", id, "seen") == 303
    assert say(cilla, "message", id, "to_queue") == 409

    assert "Frånvaro" not in cilla.get("/ko").text


def test_a_sensitive_matter_that_was_set_aside_is_seen_by_its_unit_alone(town: Town, enter: Enter) -> None:
    id = set_aside(town, "Om vård", secrecy=Secrecy.SK2, unit=UnitId("social"))
    cilla, nadja, vera = enter("cilla"), enter("nadja"), enter("vera")

    assert "Om vård" in nadja.get("/titta").text
    for outside in (cilla, vera):
        assert "Om vård" not in outside.get("/titta").text
        assert outside.get(f"/original/{id}").status_code == 404
        assert say(outside, "message", id, "to_queue") == 404


def test_a_ticket_outside_the_compartment_is_neither_listed_counted_nor_touched(town: Town, enter: Enter) -> None:
    id = broken(town, secrecy=Secrecy.SK2, unit=UnitId("social"))
    cilla = enter("cilla")

    page = cilla.get("/titta").text

    assert "Trasigt" not in page
    assert "Inget att titta på." in page
    assert say(cilla, "ticket", id, "spam") == 404


def test_what_the_provider_does_not_hand_over_is_said(town: Town, bo: TestClient) -> None:
    with town.database.write() as connection:
        open_finding(
            connection, TOWN, AccountId("gata"), FindingKind.withheld, "Två mejl listas men lämnas inte ut.", NOW
        )  # fmt: skip

    assert "Två mejl listas men lämnas inte ut." in bo.get("/titta").text


def test_a_form_that_says_nothing_we_know_is_refused(town: Town, bo: TestClient) -> None:
    id = broken(town)

    assert say(bo, "ticket", id, "explode") == 400
    assert say(bo, "ticket", 2**70, "spam") == 404
