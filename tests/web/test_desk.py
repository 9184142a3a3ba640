"""Staff work with a ticket: take, hand over, note, change, register, close; two people never undo each other."""

import html
import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import TicketId, UnitId
from domain.outcome import Outcome, Registration
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE
from store.schema import tickets
from store.tickets import get_ticket
from store.users import find_user
from tests.web.conftest import Enter, csrf_of
from tests.web.test_ticket_page import kinds
from tests.web.town import NOW, Town


def do(client: TestClient, ticket: TicketId, act: str, **fields: str) -> tuple[int, str]:
    """Send a form of the desk; return the status, and where one is sent or what the page says."""
    form = {"csrf": csrf_of(client, "/ko"), "act": act, **fields}
    said = client.post(f"/arende/{ticket}", data=form)
    return said.status_code, said.headers.get("location") or html.unescape(said.text)


def stored(town: Town, ticket: TicketId) -> Ticket:
    with town.database.read() as connection:
        return get_ticket(connection, MACHINE, ticket)


def user_of(town: Town, name: str) -> str:
    with town.database.read() as connection:
        user = find_user(connection, MACHINE, name)
    assert user is not None
    return str(user.id)


def page(client: TestClient, ticket: TicketId) -> str:
    return re.sub(r"\s+", " ", html.unescape(client.get(f"/arende/{ticket}").text))


def test_whoever_takes_a_ticket_has_it(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    assert "Ingen har tagit ärendet." in page(bo, ticket)

    status, location = do(bo, ticket, "take")

    assert (status, location) == (303, f"/arende/{ticket}")
    assert "Du har ärendet." in page(bo, ticket)
    assert str(stored(town, ticket).assignee) == user_of(town, "bo")
    assert ("taken", "user/bo") in kinds(town.database, ticket)


def mine_in_menu(client: TestClient) -> str:
    """Return the number that the menu says beside *Mina*; empty: none."""
    found = re.search(r'<span class="count"( hidden)?><span data-count="mine">(\d+)', client.get("/konton").text)
    assert found
    return "" if found[1] else found[2]


def test_the_menu_counts_what_one_has_taken_and_sees(town: Town, bo: TestClient, enter: Enter) -> None:
    first, second = town.add_ticket()[0], town.add_ticket()[0]
    assert mine_in_menu(bo) == ""

    do(bo, first, "take")
    do(bo, second, "take")
    assert (mine_in_menu(bo), mine_in_menu(enter("cilla"))) == ("2", "")

    with town.database.write() as connection:
        hidden = {"secrecy": Secrecy.SK2, "unit_id": "social"}
        connection.execute(tickets.update().where(tickets.c.id == first).values(hidden))
    assert mine_in_menu(bo) == "1"

    do(bo, second, "close", outcome=Outcome.answered)
    assert mine_in_menu(bo) == ""


def test_the_menu_says_that_one_looks_at_ones_own(town: Town, bo: TestClient) -> None:
    page = bo.get("/ko?hos=mine").text

    assert 'href="/ko?hos=mine" aria-current="page"' in page
    assert 'data-key="g q" aria-current' not in page


def test_of_two_who_take_the_same_ticket_the_second_is_told_who_has_it(
    town: Town, bo: TestClient, enter: Enter
) -> None:  # fmt: skip
    ticket, _ = town.add_ticket()
    cilla = enter("cilla")
    do(bo, ticket, "take")

    status, said = do(cilla, ticket, "take")

    assert status == 409
    assert "Bo Karlsson har ärendet." in said
    assert str(stored(town, ticket).assignee) == user_of(town, "bo")


def test_only_who_has_a_ticket_can_release_it(town: Town, bo: TestClient, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    do(bo, ticket, "take")

    assert do(enter("cilla"), ticket, "release")[0] == 409
    assert do(bo, ticket, "release")[0] == 303
    assert stored(town, ticket).assignee is None


def test_a_ticket_is_handed_over_to_a_colleague(town: Town, bo: TestClient, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    do(bo, ticket, "take")

    status, _ = do(bo, ticket, "hand_over", holder=user_of(town, "bo"), to=user_of(town, "cilla"))

    assert status == 303
    assert "Du har ärendet." in page(enter("cilla"), ticket)
    assert "Cilla Berg har ärendet." in page(bo, ticket)


def test_a_ticket_that_changed_hands_meanwhile_is_not_handed_over(town: Town, bo: TestClient, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    do(enter("cilla"), ticket, "take")

    status, said = do(bo, ticket, "hand_over", holder="", to=user_of(town, "bo"))

    assert status == 409
    assert "Cilla Berg har ärendet." in said


def test_a_sensitive_ticket_is_not_handed_to_who_may_not_see_it(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2)
    nadja = enter("nadja")

    status, said = do(nadja, ticket, "hand_over", holder="", to=user_of(town, "bo"))

    assert status == 409
    assert "Välj en kollega som får se ärendet." in said


@pytest.mark.parametrize("act", ["take", "release", "note", "close", "reopen", "looked_at", "route", "register"])
def test_who_may_not_see_a_ticket_can_do_nothing_with_it(town: Town, enter: Enter, act: str) -> None:
    ticket, _ = town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2)
    before = stored(town, ticket)
    cilla = enter("cilla")

    status, _ = do(
        cilla, ticket, act, note="x", outcome="spam", unit="gata", category=before.category, registration="not_judged"
    )  # fmt: skip

    assert status == 404
    assert stored(town, ticket) == before


def test_a_note_stands_under_the_conversation_with_who_wrote_it(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    do(bo, ticket, "note", note="Ringde. <b>Återkommer</b>")

    said = bo.get(f"/arende/{ticket}").text
    assert "Ringde. &lt;b&gt;Återkommer&lt;/b&gt;" in said
    assert re.search(r"<h3>Bo Karlsson</h3>", said)


def test_a_note_that_is_too_long_is_refused_and_kept_in_the_form(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    status, said = do(bo, ticket, "note", note="x" * 3001)

    assert status == 409
    assert "x" * 3001 in said
    assert "Skriv en anteckning på högst 3000 tecken." in said


def test_a_closed_ticket_leaves_the_queue_and_says_what_came_of_it(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(subject="Hål i vägen", needs_a_look=True)

    status, location = do(bo, ticket, "close", outcome="helped")

    assert (status, location) == (303, "/ko")
    assert "Hål i vägen" not in bo.get("/ko").text
    assert "Avslutat: Den som skrev har fått hjälp på annat sätt" in page(bo, ticket)
    closed = stored(town, ticket)
    assert (closed.status, closed.outcome, closed.needs_a_look) == (TicketStatus.closed, Outcome.helped, False)


def test_a_ticket_closed_twice_says_that_it_changed(town: Town, bo: TestClient, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    do(bo, ticket, "close", outcome="spam")

    status, said = do(enter("cilla"), ticket, "close", outcome="answered")

    assert status == 409
    assert "Ärendet ändrades under tiden." in said
    assert stored(town, ticket).outcome is Outcome.spam


def test_a_closed_ticket_is_opened_again_and_can_be_taken(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    do(bo, ticket, "close", outcome="spam")
    assert do(bo, ticket, "take")[0] == 409

    assert do(bo, ticket, "reopen")[0] == 303

    assert do(bo, ticket, "take")[0] == 303
    assert stored(town, ticket).outcome is None


def test_a_ticket_that_gets_another_unit_leaves_who_had_it_and_gets_that_units_time(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(
        unit=UnitId("kontaktcenter"), arrived_at=NOW, answer_due_at=NOW + timedelta(days=30)
    )  # fmt: skip
    do(bo, ticket, "take")
    before = stored(town, ticket)

    status, _ = do(bo, ticket, "route", unit="gata", category=before.category)

    after = stored(town, ticket)
    assert status == 303
    assert (after.unit, after.assignee) == ("gata", None)
    assert after.notice_due_at == before.notice_due_at
    assert after.answer_due_at is not None
    assert after.answer_due_at < before.answer_due_at  # type: ignore[operator]
    assert ("routed_again", "user/bo") in kinds(town.database, ticket)


def test_a_ticket_goes_to_no_unit_of_another_organisation(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    status, said = do(bo, ticket, "route", unit="va", category=stored(town, ticket).category)

    assert status == 409
    assert "Välj en verksamhet" in said


def test_a_sensitive_ticket_stays_sensitive_under_another_category(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2)
    category = town.site.categories[0].id

    do(enter("nadja"), ticket, "route", unit="social", category=category)

    after = stored(town, ticket)
    assert (after.category, after.secrecy) == (category, Secrecy.SK2)


def test_a_registered_ticket_shows_its_reference(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    assert do(bo, ticket, "register", registration="registered", reference="  ")[0] == 409

    do(bo, ticket, "register", registration="registered", reference=" KS  2026/118 ")

    assert "Registrering: Registrerat, KS 2026/118" in page(bo, ticket)
    assert stored(town, ticket).registration is Registration.registered


def test_what_is_secret_always_needs_registering(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2)
    nadja = enter("nadja")

    assert do(nadja, ticket, "register", registration="not_needed")[0] == 409
    assert "Behöver inte registreras" not in page(nadja, ticket)


@pytest.mark.parametrize(
    "fields", [{"act": "sing"}, {"act": "close", "outcome": "x"}, {"act": "hand_over", "to": "x"}, {"act": "register"}]
)
def test_a_form_that_is_none_of_ours_changes_nothing(town: Town, bo: TestClient, fields: dict[str, str]) -> None:
    ticket, _ = town.add_ticket()
    before = stored(town, ticket)

    assert do(bo, ticket, **fields)[0] == 400
    assert stored(town, ticket) == before


def test_a_form_without_our_token_changes_nothing(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()

    assert bo.post(f"/arende/{ticket}", data={"act": "take"}).status_code == 403
    assert stored(town, ticket).assignee is None


def test_a_wordless_ticket_needs_no_look_once_a_person_has_looked(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(needs_a_look=True, look_reason="3.3/11: hot")

    do(bo, ticket, "looked_at")

    assert stored(town, ticket).needs_a_look is False
    assert ("looked_at", "user/bo") in kinds(town.database, ticket)
