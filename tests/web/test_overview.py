"""What a manager answers for, where the day begins, and the event log."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import PersonId
from domain.viewer import Role
from tests.web.conftest import Enter
from tests.web.town import Town


def add_manager(town: Town) -> str:
    name = "nadja-chef"
    town.add_person(name, "Nadja Ekhammar", "social", roles=frozenset({Role.manager}), person=PersonId("nadja"))
    return name


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.agent, "/ko"), (Role.unit_member, "/ko"), (Role.registrar, "/ko?registrering=to_be_registered"),
        (Role.manager, "/oversikt"), (Role.administrator, "/konton"),
    ],
)  # fmt: skip
def test_the_day_begins_by_role(town: Town, enter: Enter, role: Role, page: str) -> None:
    town.add_person("ny", "Ny Person", "gata", roles=frozenset({role}))

    assert enter("ny").get("/").headers["location"] == page


def test_a_manager_sees_the_late_tickets_of_the_own_units_and_no_others(town: Town, enter: Enter) -> None:
    name = add_manager(town)
    mine = town.site.unit("social").id
    town.add_ticket(subject="Sen hos oss", unit=mine)
    town.add_ticket(subject="Sen hos andra")
    town.clock.instant += timedelta(days=10)

    page = enter(name).get("/oversikt").text

    assert "Sen hos oss" in page
    assert "Sen hos andra" not in page


def test_the_log_is_for_those_who_lead(bo: TestClient) -> None:
    assert bo.get("/logg").status_code == 404


def test_the_log_shows_what_was_done_and_that_it_was_read(town: Town, enter: Enter) -> None:
    town.add_person("lena", "Lena Ek", "kontaktcenter", roles=frozenset({Role.lead}))
    lena = enter("lena")

    first, second = lena.get("/logg").text, lena.get("/logg?kind=log_read").text

    assert "Inloggad av lena" in first
    assert "Loggen läst av lena" in second
    assert "Inloggad av lena" not in second


def test_when_people_sign_in_is_for_administrators_and_for_themselves(town: Town, enter: Enter) -> None:
    town.add_person("lena", "Lena Ek", "social", roles=frozenset({Role.lead}))
    town.add_person("adam", "Adam Holm", "kontaktcenter", roles=frozenset({Role.administrator}))
    ticket, _ = town.add_ticket(unit=town.site.unit("social").id, secrecy=Secrecy.SK2)
    enter("nadja").get(f"/arende/{ticket}")

    lena, adam = enter("lena").get("/logg").text, enter("adam").get("/logg").text

    assert ("Inloggad av lena" in lena, "Inloggad av nadja" in lena) == (True, False)
    assert "Öppnat av nadja" in lena
    assert ("Inloggad av lena" in adam, "Inloggad av nadja" in adam) == (True, True)
    assert "Öppnat av nadja" not in adam


def test_the_log_of_another_organisation_is_not_there(town: Town, enter: Enter) -> None:
    town.add_person("lena", "Lena Ek", "kontaktcenter", roles=frozenset({Role.lead}))
    enter("vera")

    assert "av vera" not in enter("lena").get("/logg").text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
def test_an_odd_place_in_the_log_is_its_end(town: Town, enter: Enter, before: str) -> None:
    town.add_person("lena", "Lena Ek", "kontaktcenter", roles=frozenset({Role.lead}))

    assert enter("lena").get(f"/logg?before={before}").status_code == 200
