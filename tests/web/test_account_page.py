"""An account's page, and what a manager and a lead change there."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from domain.account_change import lay_over
from domain.ids import PersonId, UnitId
from domain.person import Absence, Person
from domain.viewer import MACHINE, Role
from store.account_changes import list_account_changes
from store.acknowledgements import list_acknowledged
from store.users import add_user
from tests.web.conftest import csrf_of, sign_in
from tests.web.town import NOW, PASSWORD, TOWN, Town, password_hash

ELSEWHERE = "kontaktcenter@exempelby.example"


@pytest.fixture
def changing(town: Town) -> Town:
    """Give a town whose pages work with what was changed, with the street's manager Gun and a lead."""
    gun = Person(id=PersonId("gun"), name="Gun Chef", email="gun@exempelby.example")
    units = tuple(replace(each, manager=gun.id) if each.id == "gata" else each for each in town.site.units)
    town.site = replace(town.site, units=units, people=(*town.site.people, gun))
    with town.database.write() as connection:
        for name, role, person in (("gun", Role.manager, gun.id), ("leo", Role.lead, None)):
            add_user(
                connection, organisation=TOWN, name=name, display_name=name.title(), password_hash=password_hash(),
                person=person, units=frozenset[UnitId](), roles=frozenset({role}), at=NOW,
            )  # fmt: skip
    return town


def enter(town: Town, name: str) -> TestClient:
    def site():  # type: ignore[no-untyped-def]
        with town.database.read() as connection:
            return lay_over(town.site, list_account_changes(connection, MACHINE))

    client = TestClient(town.app(site=site), follow_redirects=False)
    assert sign_in(client, name, PASSWORD) == 303
    return client


def change(client: TestClient, kind: str, path: str = "/konto/gata", **fields: str) -> tuple[int, str]:
    form = {"csrf": csrf_of(client, "/ko"), "kind": kind, **fields}
    answer = client.post(path, data=form)
    return answer.status_code, answer.text


def test_the_page_says_what_the_account_is_and_what_was_noticed(changing: Town) -> None:
    changing.alert()

    page = enter(changing, "gun").get("/konto/gata").text

    for said in ("Gata och park", "Gun Chef", "tolv gånger i rad", "Läs larmet till Gun Chef", "Gör vilande"):
        assert said in page


def test_a_manager_makes_her_account_dormant_and_takes_it_into_use_again(changing: Town) -> None:
    gun = enter(changing, "gun")

    assert change(gun, "made_dormant", instead=ELSEWHERE, reason="Sommar")[0] == 303
    page = gun.get("/konto/gata").text
    assert "Vilande" in page
    assert "Gjordes vilande av gun" in page
    assert ": Sommar" in page
    assert ELSEWHERE in page.replace("<wbr>", "")

    assert change(gun, "reopened")[0] == 303
    assert "Togs i bruk igen av gun" in gun.get("/konto/gata").text


def test_a_closed_account_says_what_the_mail_server_is_to_answer(changing: Town) -> None:
    leo = enter(changing, "leo")

    change(leo, "made_closed", reason="Slås ihop", instead=ELSEWHERE)

    page = leo.get("/konto/gata").text.replace("<wbr>", "")
    assert "Kontot läses inte längre." in page
    assert f"Adressen gata@exempelby.example används inte längre. Skriv till {ELSEWHERE}." in page


def test_an_account_that_was_handed_over_is_its_old_manager_s_no_longer(changing: Town) -> None:
    gun = enter(changing, "gun")

    assert change(gun, "handed_over", manager="kim")[0] == 303

    assert gun.get("/konto/gata").status_code == 404
    assert "Fick en annan ansvarig: Kim Chef av gun" in enter(changing, "leo").get("/konto/gata").text


def test_what_lacks_something_comes_back_with_what_was_written(changing: Town) -> None:
    gun = enter(changing, "gun")

    status, page = change(gun, "made_dormant", instead="gata@elsewhere.example", reason="Flytt")

    assert status == 422
    assert "Adressen ligger utanför våra domäner" in page
    assert 'value="gata@elsewhere.example"' in page
    assert 'value="Flytt"' in page


@pytest.mark.parametrize("path", ["/konto/kontaktcenter", "/konto/vatten", "/konto/nowhere"])
def test_a_manager_sees_and_changes_no_other_account(changing: Town, path: str) -> None:
    gun = enter(changing, "gun")

    assert gun.get(path).status_code == 404
    assert change(gun, "made_closed", path, reason="x")[0] == 404
    assert 'href="/konto/gata"' in gun.get("/konton").text
    assert f'href="{path}"' not in gun.get("/konton").text


def test_staff_see_the_page_without_its_forms_and_change_nothing(changing: Town) -> None:
    bo = enter(changing, "bo")

    assert "Gör vilande" not in bo.get("/konto/gata").text
    assert change(bo, "made_closed", reason="x")[0] == 404


def test_a_lead_changes_every_account_of_the_own_organisation_only(changing: Town) -> None:
    leo = enter(changing, "leo")

    assert change(leo, "made_closed", "/konto/kontaktcenter", reason="x")[0] == 303
    assert change(leo, "made_closed", "/konto/vatten", reason="x")[0] == 404


def test_what_no_form_of_ours_asks_for_is_refused(changing: Town) -> None:
    assert change(enter(changing, "leo"), "burn")[0] == 400


def test_who_has_left_cannot_be_chosen_and_who_is_away_can(changing: Town) -> None:
    today = NOW.date()
    left = Person(
        id=PersonId("lars"), name="Lars Borta", email="lars@exempelby.example", employed_until=today.replace(day=1)
    )
    away = Person(id=PersonId("ada"), name="Ada Ledig", email="ada@exempelby.example", absences=(Absence(first=today),))
    changing.site = replace(changing.site, people=(*changing.site.people, left, away))

    page = enter(changing, "leo").get("/konto/gata").text

    assert "Lars Borta" not in page
    assert '<option value="ada">' in page


def test_what_somebody_writes_is_shown_as_text(changing: Town) -> None:
    leo = enter(changing, "leo")

    change(leo, "made_closed", reason="<script>alert(1)</script>")

    assert "<script>alert(1)" not in leo.get("/konto/gata").text


def acknowledge(client: TestClient, finding: int, path: str = "/konto/gata", **fields: str) -> tuple[int, str]:
    form = {"csrf": csrf_of(client, "/ko"), **fields}
    answer = client.post(f"{path}/kvittera/{finding}", data=form)
    return answer.status_code, answer.text


def test_a_manager_acknowledges_a_finding_until_a_day(changing: Town) -> None:
    finding, _ = changing.alert()
    gun = enter(changing, "gun")

    assert acknowledge(gun, finding, reason="Ny server på fredag", until="2026-11-27")[0] == 303

    page = gun.get("/konto/gata").text
    assert "Kvitterat till och med 2026-11-27." in page
    assert "Ny server på fredag" in page
    with changing.database.read() as connection:
        [said] = list_acknowledged(connection, MACHINE, [finding]).values()
    assert (said.by, str(said.until)) == ("user/gun", "2026-11-27")


@pytest.mark.parametrize(
    ("reason", "until", "sentence"),
    [
        ("", "2026-11-27", "Skriv varför det kan vänta."),
        ("Semester", "2026-11-01", "Välj en dag"),
        ("Semester", "nej", "Välj en dag"),
    ],
)
def test_an_acknowledgement_that_lacks_something_comes_back(
    changing: Town, reason: str, until: str, sentence: str
) -> None:
    finding, _ = changing.alert()

    status, page = acknowledge(enter(changing, "gun"), finding, reason=reason, until=until)

    assert status == 422
    assert sentence in page


def test_who_may_not_change_an_account_acknowledges_nothing_of_it(changing: Town) -> None:
    finding, _ = changing.alert()
    elsewhere, _ = changing.alert("kontaktcenter")
    said = {"reason": "x", "until": "2026-11-27"}

    assert acknowledge(enter(changing, "bo"), finding, **said)[0] == 404
    assert acknowledge(enter(changing, "gun"), elsewhere, **said)[0] == 404
    assert acknowledge(enter(changing, "gun"), 999, **said)[0] == 404
    with changing.database.read() as connection:
        assert list_acknowledged(connection, MACHINE, [finding, elsewhere]) == {}


def test_the_menu_counts_the_findings_of_the_own_accounts_only(changing: Town) -> None:
    changing.alert("kontaktcenter")

    assert "count-warning" not in enter(changing, "gun").get("/konton").text
    assert "count-warning" in enter(changing, "leo").get("/konton").text


def test_a_manager_confirms_the_entries_and_the_page_says_when(changing: Town) -> None:
    gun = enter(changing, "gun")

    assert change(gun, "confirmed")[0] == 303

    page = gun.get("/konto/gata").text
    assert "Uppgifterna bekräftades av gun" in page
    assert f"{NOW:%-d} november {NOW:%Y}" in page
