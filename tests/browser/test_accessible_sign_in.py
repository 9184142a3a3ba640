"""Signing in with a code, one's own page, the people, the overview and the log, for everybody and for the keyboard."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page

from domain.ids import PersonId
from domain.signing_in import SignInSettings
from domain.viewer import Role
from tests.browser.conftest import Served, at_the_desk
from tests.browser.test_accessibility import fill, in_every_look
from tests.web.town import PASSWORD

pytestmark = pytest.mark.service("chromium")

EVERYTHING = frozenset({Role.agent, Role.manager, Role.administrator})


@pytest.fixture
def coded(served: Served) -> Served:
    """Serve a town where codes can be used, with somebody who may see every page."""
    town = served.town
    town.site = replace(town.site, sign_in=SignInSettings(code_secret="koder"))
    town.add_person("adam", "Adam Holm", "kontaktcenter", roles=EVERYTHING, person=PersonId("nadja"))
    return served


def begin_codes(page: Page) -> str:
    """Begin codes on one's own page by the keyboard; return the key."""
    page.goto("/mitt")
    page.get_by_role("button", name="Börja använda koder").press("Enter")
    key = page.locator(".code-key").inner_text().replace(" ", "")
    assert re.fullmatch(r"[A-Z2-7]{32}", key)
    return key


@pytest.mark.timeout(300)
def test_axe_finds_nothing_on_the_pages_of_people(chromium: Browser, coded: Served) -> None:
    fill(coded)
    coded.town.clock.instant += timedelta(minutes=1)
    found: dict[str, list[str]] = {}

    with at_the_desk(chromium, coded, who="adam") as page:
        for path in ("/mitt", "/anvandare", "/oversikt", "/logg"):
            page.goto(path)
            found[path] = in_every_look(page)
        key = begin_codes(page)
        found["the key"] = in_every_look(page)
        page.get_by_label("Koden som appen visar").fill(pyotp.TOTP(key).at(coded.town.clock.instant))
        page.get_by_role("button", name="Använd koder").click()
        page.get_by_text("Klart: vid nästa inloggning").wait_for()
        found["the spare codes"] = in_every_look(page)
        page.get_by_role("button", name="Logga ut", exact=True).click()
        page.get_by_label("Användarnamn").fill("adam")
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.get_by_role("button", name="Logga in").click()
        page.wait_for_url("**/logga-in/kod")
        found["the code"] = in_every_look(page)

    assert {path: faults for path, faults in found.items() if faults} == {}


def test_signing_in_with_a_code_takes_the_keyboard_only(chromium: Browser, coded: Served) -> None:
    with at_the_desk(chromium, coded, who="adam") as page:
        key = begin_codes(page)
        page.get_by_label("Koden som appen visar").fill(pyotp.TOTP(key).at(coded.town.clock.instant))
        page.keyboard.press("Enter")
        page.get_by_text("Klart: vid nästa inloggning").wait_for()
        page.get_by_role("button", name="Logga ut", exact=True).press("Enter")
        coded.town.clock.instant += timedelta(minutes=1)
        page.get_by_label("Användarnamn").fill("adam")
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/logga-in/kod")
        page.keyboard.type(pyotp.TOTP(key).at(coded.town.clock.instant))
        page.keyboard.press("Enter")
        page.wait_for_url("**/ko")
