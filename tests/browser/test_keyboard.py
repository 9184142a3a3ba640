"""The main paths without a mouse."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Served, at_the_desk
from tests.web.town import NOW

pytestmark = pytest.mark.service("chromium")


def has_focus(page: Page, name: str) -> bool:
    """Return whether the link of that name has the focus, in whichever window."""
    return bool(page.get_by_role("link", name=name).evaluate("link => link === document.activeElement"))


def wait_for_focus(page: Page, name: str) -> None:
    """Wait until the link of that name has the focus."""
    for _ in range(50):
        if has_focus(page, name):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{name} never got the focus")


def tab_to(page: Page, name: str) -> int:
    """Press Tab until the link of that name has the focus; return how often."""
    for presses in range(1, 30):
        page.keyboard.press("Tab")
        if has_focus(page, name):
            return presses
    raise AssertionError(f"{name} cannot be reached by Tab")


def test_a_ticket_is_opened_and_left_and_one_goes_on_where_one_was(chromium: Browser, served: Served) -> None:
    for number in range(5):
        served.town.answer_automatically(*served.town.add_ticket(subject=f"ärende {number}"), NOW)
    with at_the_desk(chromium, served) as page:
        tab_to(page, "ärende 2")

        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("ärende 2")
        tab_to(page, "Till kön")
        page.keyboard.press("Enter")

        page.wait_for_url("**/ko#open-3")
        wait_for_focus(page, "ärende 2")
        page.keyboard.press("Tab")
        wait_for_focus(page, "ärende 3")


def test_the_first_tab_skips_to_the_content(chromium: Browser, served: Served) -> None:
    served.town.add_ticket(subject="först")
    with at_the_desk(chromium, served) as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_in_viewport()

        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        # All of the filter is one stop until it is opened.
        expect(page.locator("summary", has_text="Begränsa listan")).to_be_focused()
        page.keyboard.press("Tab")

        expect(page.get_by_role("link", name="först")).to_be_focused()


def test_the_focus_can_be_seen_on_everything_that_takes_it(chromium: Browser, served: Served) -> None:
    ticket, message = served.town.add_ticket(quoted="> äldre")
    served.town.answer_automatically(ticket, message, NOW)
    unseen: list[str] = []

    with at_the_desk(chromium, served) as page:
        for path in ("/ko", f"/arende/{ticket}"):
            page.goto(path)
            for _ in range(12):
                page.keyboard.press("Tab")
                unseen += page.evaluate(
                    """() => {
                      const part = document.activeElement;
                      if (part === document.body) return [];
                      const rings = [getComputedStyle(part), getComputedStyle(part, "::after")];
                      const seen = rings.some((ring) => ring.outlineStyle !== "none" && ring.outlineWidth === "3px");
                      return seen ? [] : [part.outerHTML];
                    }"""
                )

    assert unseen == []


def test_an_alert_is_reached_from_its_account_and_back(chromium: Browser, served: Served) -> None:
    served.town.alert()
    with at_the_desk(chromium, served) as page:
        tab_to(page, "Konton")
        page.keyboard.press("Enter")
        tab_to(page, "Läs larmet till Kim Chef")
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", level=1)).to_have_text("Larm om Gata och park")
        tab_to(page, "Till kontona")
        page.keyboard.press("Enter")
        wait_for_focus(page, "Läs larmet till Kim Chef")
