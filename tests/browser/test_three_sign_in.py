"""Three people: how Bo proves who he is, with his organisation's account or a code, and ends what he left open."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Page, expect

from connectors.oidc import OidcProvider
from domain.ids import UnitId
from domain.signing_in import IdentitySettings, Membership
from domain.viewer import Role
from sandbox.oidc import OidcServer
from tests.browser.office import Office
from tests.browser.serving import Server
from tests.web.town import PASSWORD, TOWN

pytestmark = pytest.mark.service("chromium")

MEMBERS = (
    Membership(group="kc-agenter", organisation=TOWN, units=(UnitId("kontaktcenter"),), roles=(Role.agent,)),
)  # fmt: skip


@pytest.fixture
def provided(office: Office) -> Iterator[str]:
    """Give the address of the same office's pages, with the organisation's own accounts beside the local ones."""
    identity = OidcServer(office.installation.clock)
    identity.start()
    settings = IdentitySettings(
        issuer=identity.issuer, client_id="svarsvakt", label="Exempelby konto", members=MEMBERS
    )  # fmt: skip
    provider = OidcProvider(settings, str, office.installation.clock)
    local = office.town.site
    office.town.site = replace(local, identity=settings)
    server = Server(office.town, provider=lambda _site: provider)
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
    identity.stop()
    office.town.site = local


def sign_in(page: Page, who: str) -> None:
    """Fill in the form of the sign-in page."""
    page.get_by_label("Användarnamn").fill(who)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()


def test_the_organisations_account_leads_to_the_page_that_was_asked_for(office: Office, provided: str) -> None:
    context = office.fresh_window()
    page = context.new_page()
    page.goto(f"{provided}/konton")

    page.get_by_role("link", name="Logga in med Exempelby konto").click()

    page.wait_for_url(f"{provided}/konton")
    expect(page.get_by_role("link", name="Bo Karlsson")).to_be_visible()
    context.close()


def test_a_password_alone_opens_nothing_once_codes_are_used(office: Office) -> None:
    page = office.window("bea")
    page.goto("/mitt")
    page.get_by_role("button", name="Börja använda koder").click()
    key = page.locator(".code-key").inner_text().replace(" ", "")
    page.get_by_label("Koden som appen visar").fill(pyotp.TOTP(key).at(office.now))
    page.get_by_role("button", name="Använd koder").click()
    expect(page.get_by_text("Klart: vid nästa inloggning frågas efter en kod.")).to_be_visible()
    office.installation.clock.forward(minutes=1)
    context = office.fresh_window()
    fresh = context.new_page()

    fresh.goto("/ko")
    sign_in(fresh, "bea")
    fresh.wait_for_url("**/logga-in/kod")
    assert fresh.request.get("/ko", max_redirects=0).status == 303
    fresh.locator("input[name=code]").fill(pyotp.TOTP(key).at(office.now + timedelta(hours=1)))
    fresh.keyboard.press("Enter")
    expect(fresh.get_by_role("alert")).to_be_visible()
    fresh.locator("input[name=code]").fill(pyotp.TOTP(key).at(office.now))
    fresh.keyboard.press("Enter")

    fresh.wait_for_url("**/ko")
    context.close()


def test_what_bo_left_open_elsewhere_he_ends_from_his_own_page(office: Office) -> None:
    page = office.window("bo")
    with office.second_window("bo") as forgotten:
        page.goto("/mitt")
        expect(page.get_by_role("button", name="Logga ut där")).to_have_count(1)

        page.get_by_role("button", name="Logga ut där").click()

        expect(page.get_by_role("button", name="Logga ut där")).to_have_count(0)
        # A stream asks every five seconds whether its session still holds.
        office.installation.clock.forward(seconds=6)
        forgotten.wait_for_url("**/logga-in?next=%2Fko", timeout=10_000)
    page.goto("/ko")
    expect(page).to_have_url(re.compile("/ko$"))


def test_whoever_signs_out_is_out(office: Office) -> None:
    with office.second_window("cilla") as page:
        page.get_by_role("button", name="Logga ut").click()

        page.goto("/ko")

        expect(page).to_have_url(re.compile("/logga-in"))
