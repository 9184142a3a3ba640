"""Where one is signed in, and an end to it; who can sign in, for administrators."""

import re

import pytest
from starlette.testclient import TestClient

from domain.viewer import MACHINE, Role
from store.users import list_colleagues
from tests.web.conftest import Enter, csrf_of
from tests.web.town import Town

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
