"""The page of statistics: figures for leads and managers, a picture with a table as its equal, and no personal data."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import UnitId
from domain.viewer import Role
from store.clocks import mark_answer_met, mark_notice_met
from tests.web.conftest import Enter, csrf_of
from tests.web.town import NOW, Town

LEAD = "lea"


@pytest.fixture
def lea(town: Town, enter: Enter) -> TestClient:
    """Give the browser of Lea, who leads the contact center."""
    town.add_person(LEAD, "Lea Lind", "kontaktcenter", roles=frozenset({Role.lead}))
    return enter(LEAD)


def answered(town: Town) -> None:
    """Let a mail come that is answered within the hour."""
    ticket, _ = town.add_ticket(notice_due_at=NOW + timedelta(hours=1), answer_due_at=NOW + timedelta(hours=8))
    with town.database.write() as connection:
        mark_notice_met(connection, ticket, NOW + timedelta(minutes=1))
        mark_answer_met(connection, ticket, NOW + timedelta(minutes=50))


def test_a_lead_sees_how_promises_were_kept(town: Town, lea: TestClient) -> None:
    answered(town)

    page = lea.get("/statistik").text

    assert '<svg class="months-drawing"' in page
    assert "1 av 1 (100 %)" in page
    assert "Bevakade arbetsdagar" in page
    assert 'href="/statistik" aria-current="page"' in page


def test_accounts_where_nothing_came_are_counted_and_not_listed(town: Town, lea: TestClient) -> None:
    town.alert("gata")

    page = lea.get("/statistik?fran=2026-11&till=2026-11").text

    assert page.count('data-label="Konto"') == 1
    assert "konto där inget kom och inget hände visas inte." in page


def test_who_leads_nothing_is_refused_and_sees_no_way_there(bo: TestClient) -> None:
    assert bo.get("/statistik").status_code == 403
    assert bo.get("/statistik/statistik.csv").status_code == 403
    assert "/statistik" not in bo.get("/ko").text


def test_a_manager_sees_the_own_unit_and_no_other(town: Town, enter: Enter) -> None:
    answered(town)
    town.add_ticket(unit=UnitId("social"), notice_due_at=NOW + timedelta(hours=1))
    town.add_person("mia", "Mia Ek", "gata", roles=frozenset({Role.manager}))

    page = enter("mia").get("/statistik").text

    assert page.count('data-label="Verksamhet"') == 1


def test_what_is_sensitive_is_counted_within_its_compartment_alone(town: Town, lea: TestClient) -> None:
    town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2, notice_due_at=NOW + timedelta(hours=1))

    assert "Inget kom under de här månaderna." in lea.get("/statistik").text


def test_no_word_of_anybody_stands_in_it(town: Town, lea: TestClient) -> None:
    town.add_ticket(
        sender_name="<script>alert(1)</script>", sender_address="hemlig@example.se", subject="Hemligheten",
        notice_due_at=NOW + timedelta(hours=1),
    )  # fmt: skip

    both = lea.get("/statistik").text + lea.get("/statistik/statistik.csv").text

    assert "<script>alert" not in both
    assert "hemlig" not in both.lower()


def test_the_table_for_spreadsheets_holds_the_same_months(town: Town, lea: TestClient) -> None:
    answered(town)

    answer = lea.get("/statistik/statistik.csv?fran=2026-11&till=2026-11")

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[1].startswith("2026-11;exempelby;")


@pytest.mark.parametrize("query", ["fran=nyss", "fran=2026-11&till=2026-10"])
def test_months_that_make_no_sense_are_told_in_a_sentence_and_nothing_is_lost(lea: TestClient, query: str) -> None:
    answer = lea.get(f"/statistik?{query}")

    assert answer.status_code == 200
    assert "Välj en månad som 2026-11" in answer.text


@pytest.mark.parametrize(("language", "word"), [("fi", "Pidetyt lupaukset"), ("en", "Promises kept")])
def test_it_speaks_every_language(town: Town, lea: TestClient, language: str, word: str) -> None:
    form = {"csrf": csrf_of(lea, "/statistik"), "language": language, "next": "/statistik"}
    lea.post("/sprak", data=form)

    page = lea.get("/statistik").text

    assert f'<html lang="{language}">' in page
    assert word in page
