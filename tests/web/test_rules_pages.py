"""The pages of rules and categories: readable, searchable, counted within what one may see."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import AccountId, CategoryId, MessageId, RuleId, UnitId
from domain.rule import Actions, Conditions, Rule
from domain.viewer import Role
from store import events
from store.rule_hits import RuleHit, add_hits
from tests.web.conftest import Enter
from tests.web.test_look_page import set_aside
from tests.web.town import NOW, TOWN, Town, explained

STREET = Rule(
    id=RuleId("gata-standard"), why="Hål ska till <b>gatan</b>.", when=Conditions(categories=(CategoryId("gata"),)),
    then=Actions(unit=UnitId("gata")),
)  # fmt: skip
NEVER = Rule(id=RuleId("aldrig"), when=Conditions(categories=(CategoryId("gata"),), words=("hål*", "grop*")))
SOCIAL = Rule(id=RuleId("stod"), when=Conditions(words=("ledsagning",)), then=Actions(unit=UnitId("social")))
PIPES = Rule(id=RuleId("ror"), when=Conditions(accounts=(AccountId("vatten"),)), then=Actions(unit=UnitId("va")))


@pytest.fixture(autouse=True)
def rules(town: Town) -> None:
    town.site = replace(town.site, rules=(STREET, NEVER, SOCIAL, PIPES))
    town.add_person("lena", "Lena Lind", "kontaktcenter", roles=frozenset({Role.lead}))
    town.add_person("urban", "Urban Ek", "gata", roles=frozenset({Role.unit_member}))


def hit(town: Town, message: MessageId, rule: RuleId) -> None:
    with town.database.write() as connection:
        add_hits(connection, [RuleHit(message, rule, TOWN)], NOW)


def test_rules_say_what_they_ask_and_do_and_which_never_hit(town: Town, bo: TestClient) -> None:
    page = bo.get("/regler").text

    assert "det gäller Gata och park" in page
    assert "till Gata och park" in page
    assert "där står ”hål*” eller ”grop*”" in page
    assert "Regeln gata-standard ovanför tar allt" in page
    assert "Hål ska till &lt;b&gt;gatan&lt;/b&gt;." in page


def test_search_narrows_the_rules(bo: TestClient) -> None:
    page = bo.get("/regler?q=LEDSAGNING").text

    assert "/regler/stod" in page
    assert "/regler/gata-standard" not in page
    assert "Ingen regel innehåller det" in bo.get("/regler?q=zzz").text


def test_each_sees_the_rules_that_concern_them(enter: Enter) -> None:
    agent, member, water = (enter(name).get("/regler").text for name in ("bo", "urban", "vera"))

    assert [name in agent for name in ("/regler/stod", "/regler/ror")] == [True, False]
    assert [name in member for name in ("/regler/gata-standard", "/regler/stod")] == [True, False]
    assert [name in water for name in ("/regler/ror", "/regler/gata-standard")] == [True, False]
    assert enter("vera").get("/regler/stod").status_code == 404
    assert enter("urban").get("/regler/stod").status_code == 404


def test_since_when_the_rules_are_used_is_said(town: Town, bo: TestClient) -> None:
    with town.database.write() as connection:
        events.append(
            connection, "activated", at=NOW, organisation=TOWN, actor="operator", site="a" * 64, rules="b" * 64
        )  # fmt: skip

    page = bo.get("/regler").text

    assert "Reglerna gäller sedan" in page
    assert "bbbbbbbbbbbb" in page


def test_hits_are_counted_and_listed_within_what_the_visitor_may_see(town: Town, enter: Enter) -> None:
    _, open_to_all = town.add_ticket(explained(), subject="Hål på torget")
    _, secret = town.add_ticket(explained(), subject="Hemligt", secrecy=Secrecy.SK2, unit=UnitId("social"))
    for message in (open_to_all, secret):
        hit(town, message, STREET.id)
    bo, nadja = enter("bo"), enter("nadja")

    outside, inside = bo.get("/regler/gata-standard").text, nadja.get("/regler/gata-standard").text

    assert "1 träff på 30 dagar" in outside
    assert "Hål på torget" in outside
    assert "Hemligt" not in outside
    assert "2 träffar på 30 dagar" in inside
    assert "Hemligt" in inside
    assert "1 träff på 30 dagar" in bo.get("/regler").text
    assert "2 träffar på 30 dagar" in nadja.get("/regler").text


def test_a_sensitive_matter_that_was_set_aside_is_counted_for_its_unit_alone(town: Town, enter: Enter) -> None:
    for subject, secrecy in (("Frånvaro", Secrecy.SK1), ("Om vård", Secrecy.SK2)):
        hit(town, set_aside(town, subject, secrecy=secrecy, unit=UnitId("social")), STREET.id)

    assert "1 träff på 30 dagar" in enter("bo").get("/regler/gata-standard").text
    assert "2 träffar på 30 dagar" in enter("nadja").get("/regler/gata-standard").text


def test_a_rule_that_hit_a_ticket_one_sees_is_shown_though_it_is_in_nobodys_list(town: Town, enter: Enter) -> None:
    ticket, message = town.add_ticket(explained(rules=[{"id": "stod", "hit": True, "matched": ["word ledsagning"]}]))
    hit(town, message, SOCIAL.id)
    urban = enter("urban")

    assert 'href="/regler/stod"' in urban.get(f"/arende/{ticket}").text
    assert urban.get("/regler/stod").status_code == 200


def test_a_ticket_links_to_no_rule_that_is_gone(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket(explained(rules=[{"id": "gammal", "hit": True, "matched": []}]))

    page = bo.get(f"/arende/{ticket}").text

    assert "<code>gammal</code>" in page
    assert "/regler/gammal" not in page


def test_categories_are_listed_searched_and_shown_with_their_words(bo: TestClient) -> None:
    assert "/kategorier/fara" in bo.get("/kategorier").text
    found = bo.get("/kategorier?q=brinner").text
    assert "/kategorier/fara" in found
    assert "/kategorier/gata" not in found
    assert "hål i vägen" in bo.get("/kategorier/gata").text
    assert bo.get("/kategorier/finns-inte").status_code == 404


def test_what_is_searched_for_cannot_become_script(bo: TestClient) -> None:
    for path in ("/regler", "/kategorier"):
        assert "<script>alert" not in bo.get(path, params={"q": '"><script>alert(1)</script>'}).text


def test_the_menu_leads_there_and_managers_to_their_overview(town: Town, enter: Enter) -> None:
    town.add_person("kim", "Kim Chef", "gata", roles=frozenset({Role.manager}))

    agent, manager = enter("bo").get("/ko").text, enter("kim").get("/oversikt").text

    assert 'href="/regler"' in agent
    assert 'href="/oversikt"' not in agent
    assert 'href="/oversikt" aria-current="page"' in manager
