"""The pages of rules, trials and what must be looked at, in every state: axe finds nothing, nothing is cut off."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from domain.ids import AccountId, CategoryId, RuleId, UnitId
from domain.rule import Actions, Conditions, Rule
from domain.viewer import Role
from store.rule_hits import RuleHit, add_hits
from tests.browser.conftest import Served, at_the_desk
from tests.browser.test_accessibility import LONG, fill, in_every_look
from tests.web.test_look_page import set_aside
from tests.web.test_rule_trials import change, work
from tests.web.town import NOW, TOWN

pytestmark = pytest.mark.service("chromium")

RULES = (
    Rule(
        id=RuleId("gata-standard"), why="Hål i vägen ska till gatan.",
        then=Actions(unit=UnitId("gata"), tags=(LONG[:40],)),
        when=Conditions(categories=(CategoryId("gata"),), senders=(LONG.lower(),), words=("hål*", "grop*")),
    ),
    Rule(id=RuleId("aldrig"), when=Conditions(accounts=(AccountId("gata"),), categories=(CategoryId("fara"),))),
    Rule(id=RuleId("anteckning"), note=True, then=Actions(needs_a_look=True, notify_at_once=True)),
)  # fmt: skip


@pytest.mark.timeout(300)
def test_axe_finds_nothing_on_the_pages_of_rules(chromium: Browser, served: Served) -> None:
    fill(served)
    town = served.town
    town.add_person("lea", "Lea Lind", "kontaktcenter", roles=frozenset({Role.lead, Role.manager}))
    town.site = replace(town.site, rules=RULES)
    ticket, message = town.add_ticket(subject=LONG)
    with town.database.write() as connection:
        add_hits(connection, [RuleHit(message, RULES[0].id, TOWN)], NOW)
    set_aside(town, LONG)
    found: dict[str, list[str]] = {}

    with at_the_desk(chromium, served, who="lea") as page:
        for path in ("/titta", "/regler", "/regler/gata-standard", "/kategorier", "/kategorier/gata"):
            page.goto(path)
            found[path] = in_every_look(page)
        page.goto("/prova")
        found["try"] = in_every_look(page)
        page.get_by_label("Text").fill("Det är ett hål i vägen. " + LONG)
        page.get_by_role("button", name="Prova", exact=True).click()
        page.get_by_role("heading", name="Regler som nästan träffade").wait_for()
        found["tried"] = in_every_look(page)
        page.goto("/prov")
        page.get_by_label("Klistra in rules.toml").fill(f'[[rules]]\nid = "{LONG}"\nthen = {{ unit = "{LONG}" }}')
        page.get_by_role("button", name="Börja provet").click()
        page.get_by_role("alert").wait_for()
        found["faults"] = in_every_look(page)
        page.get_by_label("Klistra in rules.toml").fill("")
        page.get_by_role("button", name="Börja provet").click()
        page.get_by_role("progressbar").wait_for()
        found["goes on"] = in_every_look(page)
        work(town, change(ticket, message))
        page.get_by_role("heading", name="Verksamhet").wait_for()
        found["over"] = in_every_look(page)

    assert {name: faults for name, faults in found.items() if faults} == {}
