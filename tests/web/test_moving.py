"""Tickets are merged, taken apart, split and forwarded; corrections are kept; nothing leaks by it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import CategoryId, TicketId, UnitId
from domain.outcome import Outcome
from domain.outgoing import OutgoingKind, SendState
from domain.rerouting import RerouteReason
from domain.ticket import TicketStatus
from domain.viewer import MACHINE, OPERATOR
from pipeline.forward import remind
from store.clocks import mark_answer_met
from store.corrections import list_corrections
from store.messages import list_of_ticket
from store.schema import forwards, messages, outgoing
from tests.web.conftest import Enter
from tests.web.test_answer import answer
from tests.web.test_desk import do, page, stored
from tests.web.test_ticket_page import kinds
from tests.web.test_unfinished import post
from tests.web.town import NOW, Town


def texts(town: Town, ticket: TicketId) -> list[str]:
    with town.database.read() as connection:
        return [each.text for each in list_of_ticket(connection, MACHINE, ticket)]


def forwarded(town: Town) -> list[sa.RowMapping]:
    with town.database.read() as connection:
        query = sa.select(outgoing).where(outgoing.c.kind == OutgoingKind.forwarded)
        return list(connection.execute(query).mappings())


def test_a_merged_ticket_is_shown_within_the_other_in_time_order_and_the_earliest_promise_stands(
    town: Town, bo: TestClient
) -> None:
    first, _ = town.add_ticket(text="Hålet är djupt", answer_due_at=NOW + timedelta(days=2))
    second, _ = town.add_ticket(text="Och nu är det djupare", answer_due_at=NOW + timedelta(days=1))

    status, _ = do(bo, first, "merge", other=str(second))

    assert status == 303
    assert texts(town, first) == ["Hålet är djupt", "Och nu är det djupare"]
    assert stored(town, first).answer_due_at == NOW + timedelta(days=1)
    assert (stored(town, second).status, stored(town, second).outcome) == (TicketStatus.closed, Outcome.duplicate)
    assert "Det här ärendet ingår i ett annat: 26-00001" in page(bo, second).replace(
        f'<a href="/arende/{first}">26-00001</a>', "26-00001"
    )
    assert "Och nu är det djupare" in page(bo, first)
    assert kinds(town.database, first)[-1] == ("merged", "user/bo")
    assert kinds(town.database, second)[-1] == ("merged", "user/bo")


def test_merged_tickets_are_taken_apart_and_each_has_its_own_promise_again(town: Town, bo: TestClient) -> None:
    first, _ = town.add_ticket(text="Hålet", answer_due_at=NOW + timedelta(days=2))
    second, _ = town.add_ticket(text="Snön", answer_due_at=NOW + timedelta(days=1))
    do(bo, first, "merge", other=str(second))

    status, _ = do(bo, first, "take_apart", other=str(second))

    assert status == 303
    assert (texts(town, first), texts(town, second)) == (["Hålet"], ["Snön"])
    assert stored(town, first).answer_due_at == NOW + timedelta(days=2)
    assert stored(town, second).status is TicketStatus.open
    assert do(bo, first, "take_apart", other=str(second))[0] == 409


def test_an_answer_since_the_merge_was_for_both(town: Town, bo: TestClient) -> None:
    first, _ = town.add_ticket()
    second, _ = town.add_ticket()
    do(bo, first, "merge", other=str(second))
    with town.database.write() as connection:
        mark_answer_met(connection, first, NOW + timedelta(minutes=5))

    do(bo, first, "take_apart", other=str(second))

    assert stored(town, second).answer_met_at == NOW + timedelta(minutes=5)


def test_tickets_of_different_people_and_one_that_is_merged_already_are_not_merged(town: Town, bo: TestClient) -> None:
    first, _ = town.add_ticket()
    second, _ = town.add_ticket()
    third, _ = town.add_ticket()
    stranger, _ = town.add_ticket(sender_address="cecilia@example.se")
    do(bo, first, "merge", other=str(second))

    refused = [do(bo, first, "merge", other=str(each))[0] for each in (stranger, second, first)]
    into_merged = do(bo, second, "merge", other=str(third))[0]
    with_others = do(bo, third, "merge", other=str(first))[0]

    assert refused == [409, 409, 409]
    assert (into_merged, with_others) == (409, 409)


def test_who_may_not_see_a_merged_ticket_sees_nothing_of_it_in_the_other(
    town: Town, bo: TestClient, enter: Enter
) -> None:
    town.add_person("lea", "Lea Lind", "social")
    plain, _ = town.add_ticket(text="Hålet")
    secret, _ = town.add_ticket(text="Något hemligt", secrecy=Secrecy.SK2, unit=UnitId("social"), subject="Hemligt")
    assert do(bo, plain, "merge", other=str(secret))[0] == 404
    nadja = enter("nadja")

    status, _ = do(nadja, plain, "merge", other=str(secret))

    assert status == 303
    assert "Något hemligt" in page(nadja, plain)
    for word in ("Något hemligt", "Hemligt", "26-00002"):
        assert word not in page(bo, plain)


def test_a_message_is_given_a_ticket_of_its_own_with_the_promise_that_it_had(town: Town, bo: TestClient) -> None:
    ticket, first = town.add_ticket(text="Hålet")
    _, second = town.add_ticket(text="Snön", subject="Snön på Storgatan")
    with town.database.write() as connection:
        connection.execute(messages.update().where(messages.c.id == second).values(ticket_id=ticket))

    status, _ = do(bo, ticket, "split", message=str(second))

    assert status == 303
    new = TicketId(3)
    assert (texts(town, ticket), texts(town, new)) == (["Hålet"], ["Snön"])
    assert stored(town, new).subject == "Snön på Storgatan"
    assert stored(town, new).answer_due_at == stored(town, ticket).answer_due_at
    assert stored(town, new).follows == ticket
    assert do(bo, ticket, "split", message=str(first))[0] == 409


def test_a_forward_goes_to_one_address_outside_with_what_came_and_is_followed_up(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(text="Hålet är djupt")

    status, _ = do(bo, ticket, "forward", to="Drift@Vagverket.example", text="Kan ni laga?")

    assert status == 303
    [sent] = forwarded(town)
    assert (sent["recipient"], sent["subject"]) == ("drift@vagverket.example", "VB: Hål i vägen [26-00001]")
    for part in ("Kan ni laga?", "Hålet är djupt", "Bo Karlsson", "allmän handling"):
        assert part in sent["text"]
    said = page(bo, ticket)
    assert "svar väntas senast fredag 27 november 2026 kl. 16.30" in said
    assert "Vidarebefordrat av Bo Karlsson" in said
    assert stored(town, ticket).answer_met_at is None


@pytest.mark.parametrize("to", ["gata@exempelby.example", "anna@example.se", "a@b.example, c@d.example", "ingen"])
def test_a_forward_to_ourselves_the_citizen_many_or_nobody_is_refused_and_the_text_stays(
    town: Town, bo: TestClient, to: str
) -> None:
    ticket, _ = town.add_ticket()

    status, said = do(bo, ticket, "forward", to=to, text="Kan ni laga?")

    assert status == 409
    assert "Kan ni laga?" in said
    assert forwarded(town) == []


def test_what_is_sensitive_is_asked_about_once_more_and_the_log_says_so(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(secrecy=Secrecy.SK1)

    asked, said = do(bo, ticket, "forward", to="drift@vagverket.example", text="Kan ni laga?")
    sure, _ = do(bo, ticket, "forward", to="drift@vagverket.example", text="Kan ni laga?", sure="1")

    assert (asked, sure) == (409, 303)
    assert "Kryssa i att det får skickas vidare." in said
    assert len(forwarded(town)) == 1


def test_a_forward_can_be_taken_back(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    do(bo, ticket, "forward", to="drift@vagverket.example", text="Kan ni laga?")
    [sent] = forwarded(town)

    status, _, _ = post(bo, f"/arende/{ticket}/angra", send=str(sent["id"]))

    assert status == 303
    assert forwarded(town)[0]["state"] == SendState.cancelled
    with town.database.read() as connection:
        assert connection.execute(sa.select(forwards)).all() == []


def test_whoever_has_not_answered_in_time_marks_the_ticket_to_be_looked_at_once(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    do(bo, ticket, "forward", to="drift@vagverket.example", text="Kan ni laga?")
    runtime = _Waiting(town)
    assert remind(runtime) == 0
    town.clock.instant += timedelta(days=4)

    reminded = [remind(runtime), remind(runtime)]

    assert reminded == [1, 0]
    assert stored(town, ticket).needs_a_look
    assert kinds(town.database, ticket)[-1] == ("forward_unanswered", "hold")


def test_an_answer_from_there_or_a_word_of_a_colleague_ends_the_waiting(town: Town, bo: TestClient) -> None:
    came, message = town.add_ticket()
    said, _ = town.add_ticket()
    for ticket in (came, said):
        do(bo, ticket, "forward", to="drift@vagverket.example", text="Kan ni laga?")
    with town.database.write() as connection:
        later = {"sender_address": "Drift@vagverket.example", "arrived_at": NOW + timedelta(hours=1)}
        connection.execute(messages.update().where(messages.c.id == message).values(**later))

    do(bo, said, "forward_answered", forward="2")

    assert "svar kom tisdag 24 november 2026 kl. 10.12" in page(bo, came)
    town.clock.instant += timedelta(days=4)
    assert remind(_Waiting(town)) == 0


def test_the_answer_goes_to_the_citizen_and_not_to_whom_it_was_forwarded(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    _, reply = town.add_ticket(sender_address="drift@vagverket.example", arrived_at=NOW + timedelta(minutes=5))
    do(bo, ticket, "forward", to="drift@vagverket.example", text="Kan ni laga?")
    with town.database.write() as connection:
        connection.execute(messages.update().where(messages.c.id == reply).values(ticket_id=ticket))

    status, _, _ = answer(bo, ticket)

    assert status == 303
    with town.database.read() as connection:
        to = connection.scalar(sa.select(outgoing.c.recipient).where(outgoing.c.kind == OutgoingKind.answer))
    assert to == "anna@example.se"


def test_a_ticket_given_to_a_unit_is_routed_there_and_followed_up(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(unit=UnitId("kontaktcenter"))

    assert page(bo, ticket).count("Fel kontaktuppgift") == 2
    assert do(bo, ticket, "forward_unit", unit="gata", reason="anything")[0] == 400
    status, location = do(bo, ticket, "forward_unit", unit="gata", why="De sköter vägen", reason="")

    assert (status, location) == (303, "/ko")
    assert stored(town, ticket).unit == "gata"
    assert "Gata och park" in page(bo, ticket)
    assert "svar väntas senast" in page(bo, ticket)
    assert do(bo, ticket, "forward_unit", unit="gata")[0] == 409


def test_what_is_changed_is_kept_as_a_correction_with_why(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    do(
        bo, ticket, "route", unit="kontaktcenter", category="oklart", why="Det var en fråga om  snö",
        reason="wrong_contact",
    )  # fmt: skip

    with town.database.read() as connection:
        [found] = list_corrections(connection, OPERATOR)
    assert (found.correction.was_unit, found.correction.unit) == (UnitId("gata"), UnitId("kontaktcenter"))
    assert found.correction.reason is RerouteReason.wrong_contact
    assert (found.correction.was_category, found.correction.category) == (CategoryId("gata"), CategoryId("oklart"))
    assert (found.correction.why, found.correction.by, found.number) == (
        "Det var en fråga om snö", "user/bo", "26-00001",
    )  # fmt: skip
    assert found.explanation["rules"][0]["id"] == "gata-standard"


def test_the_page_shows_what_else_the_person_has_written_that_one_may_see(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(subject="Hålet")
    town.add_ticket(subject="Snön på Storgatan")
    town.add_ticket(subject="Något hemligt", secrecy=Secrecy.SK2, unit=UnitId("social"))
    town.add_ticket(subject="Cecilias ärende", sender_address="cecilia@example.se")

    said = page(bo, ticket)

    assert "Andra ärenden från samma person" in said
    assert "Snön på Storgatan" in said
    for word in ("Något hemligt", "Cecilias ärende"):
        assert word not in said


class _Waiting:
    """What the reminder needs of a runtime."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.database = town.database

    @property
    def now(self) -> object:
        return self._town.clock.now()
