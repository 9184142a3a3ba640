"""Where one is signed in, and an end to it; who can sign in, for administrators."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from domain.ids import TicketId, UserId
from domain.outcome import Outcome
from domain.viewer import MACHINE, Role
from pipeline.desk import Desk, NotDone
from store.sessions import list_sessions
from store.tickets import get_ticket
from store.users import find_user, list_colleagues
from tests.web.conftest import Enter, csrf_of
from tests.web.test_ticket_page import kinds
from tests.web.town import Town

DAY = timedelta(days=1)
FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}


@pytest.fixture
def administrator(town: Town, enter: Enter) -> TestClient:
    town.add_person("adam", "Adam Holm", "kontaktcenter", roles=frozenset({Role.administrator}))
    return enter("adam")


def session_on(page: str) -> str:
    found = re.search(r'name="session" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def number_of(town: Town, name: str) -> int:
    with town.database.read() as connection:
        return next(each.id for each in list_colleagues(connection, MACHINE) if each.name == name)


def test_the_page_lists_ones_own_sessions_and_says_which_is_this(town: Town, enter: Enter) -> None:
    enter("cilla")
    first, second = enter("bo"), enter("bo")
    second.headers.update(FIREFOX)

    page = first.get("/mitt").text

    assert page.count('name="session"') == 1
    assert "den här" in page
    assert "Cilla" not in page


def test_only_ones_own_sessions_are_read_for_the_page(town: Town, enter: Enter) -> None:
    enter("cilla"), enter("bo")
    bo = desk_of(town, "bo").user
    now = town.clock.instant

    with town.database.read() as connection:
        every, mine = (
            list_sessions(connection, bo.viewer, now=now, idle=DAY, longest=DAY, user=whose) for whose in (None, bo.id)
        )

    assert (len(every), [each.user for each in mine]) == (2, [bo.id])


def test_a_session_elsewhere_is_ended(enter: Enter) -> None:
    here, lost = enter("bo"), enter("bo")
    form = {"csrf": csrf_of(here, "/mitt"), "do": "end", "session": session_on(here.get("/mitt").text)}

    here.post("/mitt", data=form)

    assert lost.get("/ko").status_code == 303
    assert here.get("/ko").status_code == 200


def test_all_others_are_ended_at_once(enter: Enter) -> None:
    here, *others = enter("bo"), enter("bo"), enter("bo")

    here.post("/mitt", data={"csrf": csrf_of(here, "/mitt"), "do": "end_others"})

    assert [each.get("/ko").status_code for each in others] == [303, 303]
    assert here.get("/ko").status_code == 200


def test_nobody_ends_somebody_elses_session(enter: Enter) -> None:
    bo, other_bo, cilla = enter("bo"), enter("bo"), enter("cilla")
    name = session_on(other_bo.get("/mitt").text)

    cilla.post("/mitt", data={"csrf": csrf_of(cilla, "/mitt"), "do": "end", "session": name})

    assert bo.get("/ko").status_code == 200


def test_the_list_of_people_is_for_administrators(bo: TestClient) -> None:
    assert bo.get("/anvandare").status_code == 404
    assert bo.post("/anvandare/1", data={"csrf": csrf_of(bo, "/ko"), "do": "close"}).status_code == 404


def test_an_administrator_shuts_somebody_out_and_lets_them_in_again(
    town: Town, bo: TestClient, enter: Enter, administrator: TestClient
) -> None:
    form = {"csrf": csrf_of(administrator, "/mitt"), "do": "close"}
    address = f"/anvandare/{number_of(town, 'bo')}"

    administrator.post(address, data=form)
    shut_out = bo.get("/ko").status_code
    administrator.post(address, data={**form, "do": "open"})

    assert shut_out == 303
    assert bo.get("/ko").status_code == 303
    assert enter("bo").get("/ko").status_code == 200


def test_an_administrator_ends_sessions(town: Town, bo: TestClient, administrator: TestClient) -> None:
    form = {"csrf": csrf_of(administrator, "/mitt"), "do": "end_sessions"}

    administrator.post(f"/anvandare/{number_of(town, 'bo')}", data=form)

    assert bo.get("/ko").status_code == 303


def test_people_of_another_organisation_are_not_there(town: Town, administrator: TestClient) -> None:
    form = {"csrf": csrf_of(administrator, "/mitt"), "do": "close"}

    assert "Vera Lind" not in administrator.get("/anvandare").text
    assert administrator.post(f"/anvandare/{number_of(town, 'vera')}", data=form).status_code == 404


def test_nobody_shuts_themselves_out(town: Town, administrator: TestClient) -> None:
    form = {"csrf": csrf_of(administrator, "/mitt"), "do": "close"}

    assert administrator.post(f"/anvandare/{number_of(town, 'adam')}", data=form).status_code == 400


def desk_of(town: Town, name: str) -> Desk:
    with town.database.read() as connection:
        user = find_user(connection, MACHINE, name)
    assert user is not None
    return Desk(town.database, town.site, user, town.clock.instant)


def holder_of(town: Town, ticket: TicketId) -> str:
    """Return the name of who has a ticket; empty: nobody."""
    with town.database.read() as connection:
        holder = get_ticket(connection, MACHINE, ticket).assignee
        return next((each.name for each in list_colleagues(connection, MACHINE) if each.id == holder), "")


def shut_out(town: Town, administrator: TestClient, name: str) -> None:
    form = {"csrf": csrf_of(administrator, "/mitt"), "do": "close"}
    assert administrator.post(f"/anvandare/{number_of(town, name)}", data=form).status_code == 303


def test_what_somebody_holds_is_nobodys_once_they_are_shut_out(town: Town, administrator: TestClient) -> None:
    (hers, _), (his, _) = town.add_ticket(), town.add_ticket()
    desk_of(town, "cilla").take(hers)
    desk_of(town, "bo").take(his)

    shut_out(town, administrator, "bo")

    assert (holder_of(town, his), holder_of(town, hers)) == ("", "cilla")
    assert kinds(town.database, his)[-1] == ("released", "user/adam")
    assert kinds(town.database, hers)[-1] == ("taken", "user/cilla")


def test_a_ticket_that_is_opened_again_stays_with_who_had_it_unless_they_are_shut_out(
    town: Town, administrator: TestClient
) -> None:
    (hers, _), (his, _) = town.add_ticket(), town.add_ticket()
    for name, ticket in (("cilla", hers), ("bo", his)):
        desk_of(town, name).take(ticket)
        desk_of(town, name).close(ticket, Outcome.answered)
    shut_out(town, administrator, "bo")

    for ticket in (hers, his):
        desk_of(town, "cilla").reopen(ticket)

    assert (holder_of(town, hers), holder_of(town, his)) == ("cilla", "")


def test_nobody_waits_for_what_somebody_shut_out_has_not_finished(
    town: Town, bo: TestClient, enter: Enter, administrator: TestClient
) -> None:
    ticket, _ = town.add_ticket()
    bo.post(f"/arende/{ticket}/utkast", data={"csrf": csrf_of(bo, "/ko"), "text": "Vi lagar det."})
    cilla = enter("cilla")
    said = "Bo Karlsson har ett utkast till svar."
    before = cilla.get(f"/arende/{ticket}").text

    shut_out(town, administrator, "bo")
    after = cilla.get(f"/arende/{ticket}").text
    form = {"csrf": csrf_of(administrator, "/mitt"), "do": "open"}
    administrator.post(f"/anvandare/{number_of(town, 'bo')}", data=form)

    assert [said in page for page in (before, after)] == [True, False]
    assert "Vi lagar det." in enter("bo").get(f"/arende/{ticket}").text


def test_nothing_is_handed_over_to_somebody_shut_out(town: Town, administrator: TestClient, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    cilla = enter("cilla")
    shut_out(town, administrator, "bo")

    with pytest.raises(NotDone):
        desk_of(town, "cilla").hand_over(ticket, None, UserId(number_of(town, "bo")))

    assert "Bo Karlsson" not in cilla.get(f"/arende/{ticket}").text


def test_whose_codes_are_reset_is_signed_out_everywhere(town: Town, bo: TestClient, administrator: TestClient) -> None:
    form = {"csrf": csrf_of(administrator, "/mitt"), "do": "end_codes"}

    administrator.post(f"/anvandare/{number_of(town, 'bo')}", data=form)

    assert bo.get("/ko").status_code == 303
