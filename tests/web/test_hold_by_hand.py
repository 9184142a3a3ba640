"""A colleague tells who wrote that it takes longer: by the same rules as the machine, once, or hears why not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import TicketId, UnitId
from domain.outgoing import OutgoingKind
from store.schema import outgoing
from tests.web.conftest import Enter, csrf_of
from tests.web.test_ticket_page import kinds
from tests.web.town import NOW, Town


def hold(client: TestClient, ticket: TicketId) -> "tuple[int, str]":
    path = f"/arende/{ticket}"
    answer = client.post(path, data={"csrf": csrf_of(client, path), "act": "hold"})
    return answer.status_code, answer.text


def held(town: Town, ticket: TicketId) -> int:
    """Return how many holding replies the outbox has about the ticket."""
    with town.database.read() as connection:
        query = sa.select(sa.func.count()).where(
            outgoing.c.ticket_id == ticket, outgoing.c.kind == OutgoingKind.holding
        )
        return connection.scalar(query) or 0


@pytest.fixture
def soon_due(town: Town) -> TicketId:
    """Give a ticket with a receipt, whose answer is due within the hour."""
    ticket, message = town.add_ticket(
        answer_due_at=NOW + timedelta(minutes=50), from_account=town.site.account("gata"), account="gata"
    )  # fmt: skip
    town.answer_automatically(ticket, message, NOW)
    return ticket


def test_it_goes_once_and_the_second_time_one_is_told_why_not(town: Town, bo: TestClient, soon_due: TicketId) -> None:
    first, _ = hold(bo, soon_due)
    second, said = hold(bo, soon_due)

    assert (first, second, held(town, soon_due)) == (303, 409, 1)
    assert "Inget besked skickades: " in said
    assert kinds(town.database, soon_due)[-1] == ("holding_asked", "user/bo")


def test_what_is_sensitive_gets_none_and_nothing_is_written(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2)

    status, said = hold(enter("nadja"), ticket)

    assert (status, held(town, ticket)) == (409, 0)
    assert "ärendet är känsligt" in said


def test_nobody_outside_holds_it(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2)
    cilla = enter("cilla")

    answer = cilla.post(f"/arende/{ticket}", data={"csrf": csrf_of(cilla, "/ko"), "act": "hold"})

    assert answer.status_code == 404
