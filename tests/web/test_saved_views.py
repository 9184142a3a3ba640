"""Saved views: one's own, shared by a lead, with counts of what each viewer may see."""

import re

import pytest
from starlette.testclient import TestClient

from domain.account import Channel
from domain.category import Secrecy
from domain.ids import UnitId
from domain.viewer import Role
from store.schema import users
from tests.web.conftest import Enter, csrf_of
from tests.web.town import Town


def views(client: TestClient, query: str = "") -> dict[str, str]:
    """Return the views in the side with their counts."""
    found = re.findall(
        r'<a href="/ko[^"]*"[^>]*>([^<]+) <span class="count">([^<]+)</span></a>', client.get(f"/ko{query}").text
    )
    return dict(found)


def save(client: TestClient, **form: str) -> str:
    """Save a view; return where one is sent."""
    answer = client.post("/vyer", data={"csrf": csrf_of(client, "/ko"), **form})
    assert answer.status_code == 303
    return answer.headers["location"]


def make_lead(town: Town, name: str) -> None:
    with town.database.write() as connection:
        connection.execute(users.update().where(users.c.name == name).values(roles=[Role.agent, Role.lead]))


def test_a_filter_is_kept_under_a_name_with_its_count(town: Town, bo: TestClient) -> None:
    town.add_ticket(channel=Channel.sms)
    town.add_ticket()

    where = save(bo, name="  Alla   sms ", query="?kanal=sms&okant=1")

    assert where == "/ko?kanal=sms"
    assert views(bo) == {"Alla sms": "1"}
    assert 'href="/ko?kanal=sms" aria-current="page">Alla sms' in bo.get("/ko?kanal=sms").text


def test_a_view_is_ones_own_until_a_lead_shares_it_with_a_unit(town: Town, enter: Enter) -> None:
    town.add_person("bosse", "Bosse Ek", "kontaktcenter")
    make_lead(town, "bo")
    bo, bosse, cilla, vera = (enter(name) for name in ("bo", "bosse", "cilla", "vera"))
    save(bo, name="Min", query="?hos=nobody")
    save(bo, name="Vår", query="?kanal=sms", unit="kontaktcenter")
    save(bosse, name="Ingen annans", query="?kanal=sms", unit="kontaktcenter")

    assert set(views(bo)) == {"Min", "Vår"}
    assert set(views(bosse)) == {"Vår", "Ingen annans"}
    assert views(cilla) == views(vera) == {}


def test_a_count_says_nothing_of_what_one_may_not_see(town: Town, enter: Enter) -> None:
    make_lead(town, "bo")
    bo = enter("bo")
    save(bo, name="Sociala", query="?verksamhet=social")

    town.add_ticket(unit=UnitId("social"), secrecy=Secrecy.SK2)

    assert views(bo) == {"Sociala": "0"}


def test_closed_tickets_are_counted_no_further_than_a_thousand(
    town: Town, bo: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.saved_views.MOST_COUNTED", 1)
    for _ in range(3):
        ticket, _ = town.add_ticket()
        act = {"csrf": csrf_of(bo, f"/arende/{ticket}"), "act": "close", "outcome": "spam"}
        bo.post(f"/arende/{ticket}", data=act)
    save(bo, name="Klara", query="?status=closed")

    assert views(bo) == {"Klara": "1+"}


def test_a_view_is_renamed_and_deleted_by_its_owner_alone(town: Town, enter: Enter) -> None:
    make_lead(town, "bo")
    town.add_person("bosse", "Bosse Ek", "kontaktcenter")
    bo, bosse = enter("bo"), enter("bosse")
    save(bo, name="Vår", query="?kanal=sms", unit="kontaktcenter")

    refused = bosse.post("/vyer/1", data={"csrf": csrf_of(bosse, "/ko"), "act": "delete"}).status_code
    bo.post("/vyer/1", data={"csrf": csrf_of(bo, "/ko"), "act": "change", "name": "Sms", "unit": ""})
    renamed, gone = views(bo), views(bosse)
    bo.post("/vyer/1", data={"csrf": csrf_of(bo, "/ko"), "act": "delete"})

    assert refused == 404
    assert (renamed, gone) == ({"Sms": "0"}, {})
    assert views(bo) == {}


@pytest.mark.parametrize(("name", "query"), [("", "?kanal=sms"), ("  ", "?kanal=sms"), ("Allt", ""), ("Fel", "?x=1")])
def test_what_has_no_name_or_narrows_nothing_is_not_saved(bo: TestClient, name: str, query: str) -> None:
    save(bo, name=name, query=query)

    assert views(bo) == {}


def test_a_name_never_becomes_markup(bo: TestClient) -> None:
    save(bo, name="<b>fet</b>", query="?kanal=sms")

    assert "<b>fet" not in bo.get("/ko").text


def test_the_form_carries_the_filter_that_is_shown_and_the_whole_queue_is_not_offered(bo: TestClient) -> None:
    narrowed, whole = bo.get("/ko?kanal=sms").text, bo.get("/ko").text

    assert '<input type="hidden" name="query" value="?kanal=sms">' in narrowed
    assert "Spara vyn" not in whole
