"""The main job by single keys: open, take, answer, close."""

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.account import Channel
from tests.browser.conftest import Served, at_the_desk
from tests.browser.test_accessibility import cut_off, violations

pytestmark = pytest.mark.service("chromium")

#: Keys for the whole job, the letters of the answer aside.
MOST_KEYS = 6


class Counting:
    """A keyboard that counts what is pressed, letters of a text aside."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1


def test_the_main_job_takes_six_keys_and_no_mouse(chromium: Browser, served: Served) -> None:
    served.town.add_ticket(subject="det första")
    with at_the_desk(chromium, served) as page:
        keys = Counting(page)

        keys.press("j")
        expect(page.get_by_role("link", name="det första")).to_be_focused()
        keys.press("t")
        expect(page.get_by_text("Du har ärendet.")).to_be_visible()
        keys.press("a")
        expect(page.get_by_label("Ditt svar")).to_be_focused()
        page.keyboard.type("Hej! Hålet lagas i morgon, t.ex. kl. 9?")
        keys.press("Control+Enter")
        expect(page.locator("article.answer")).to_contain_text("Hålet lagas i morgon, t.ex. kl. 9?")
        keys.press("c")
        expect(page.get_by_label("Vad blev det av ärendet?")).to_be_focused()
        keys.press("Control+Enter")
        page.wait_for_url("**/ko")

        expect(page.get_by_text("Inga ärenden väntar.")).to_be_visible()
        assert keys.pressed == MOST_KEYS


def test_j_and_k_move_enter_opens_and_g_q_goes_back(chromium: Browser, served: Served) -> None:
    for number in range(3):
        served.town.add_ticket(subject=f"ärende {number}")
    with at_the_desk(chromium, served) as page:
        for key in ("j", "j", "j", "j", "k"):
            page.keyboard.press(key)
        expect(page.get_by_role("link", name="ärende 1")).to_be_focused()

        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("ärende 1")
        page.keyboard.press("n")
        expect(page.get_by_label("Ny anteckning")).to_be_focused()
        page.keyboard.type("gq jk")
        expect(page.get_by_label("Ny anteckning")).to_have_value("gq jk")
        page.get_by_role("heading", level=1).evaluate("() => document.activeElement.blur()")
        page.keyboard.press("g")
        page.keyboard.press("q")
        page.wait_for_url("**/ko")


def test_search_by_key_finds_and_the_keys_move_among_what_is_found(chromium: Browser, served: Served) -> None:
    served.town.add_ticket(subject="brunt vatten")
    served.town.add_ticket(subject="mera vatten")
    with at_the_desk(chromium, served) as page:
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type("vatten")
        page.keyboard.press("Enter")
        page.wait_for_url("**/sok?q=vatten")
        faults = violations(page)
        page.keyboard.press("j")
        page.keyboard.press("j")

        expect(page.get_by_role("link", name="brunt vatten")).to_be_focused()
        assert faults == []


def test_the_keys_are_shown_switched_off_and_remembered(chromium: Browser, served: Served) -> None:
    served.town.add_ticket(subject="det första")
    with at_the_desk(chromium, served) as page:
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Tangenter")).to_be_visible()
        faults = violations(page)
        page.get_by_role("button", name="Stäng av tangenterna").click()
        page.wait_for_url("**/ko")

        page.keyboard.press("j")
        page.keyboard.press("?")

        expect(page.get_by_role("dialog")).to_have_count(0)
        assert page.evaluate("document.activeElement === document.body")
        assert faults == []
        page.get_by_role("button", name="Tangenter", exact=True).click()
        with page.expect_navigation():
            page.get_by_role("button", name="Slå på tangenterna").click()
        page.keyboard.press("j")
        expect(page.get_by_role("link", name="det första")).to_be_focused()


def test_without_a_stream_the_list_is_asked_for_and_nothing_is_said_to_be_lost(
    chromium: Browser, served: Served
) -> None:
    served.town.add_ticket(subject="först")
    with at_the_desk(chromium, served) as page:
        page.route("**/ko/strom*", lambda route: route.abort())
        page.reload()

        served.town.add_ticket(subject="sedan")

        expect(page.get_by_role("link", name="sedan")).to_be_visible(timeout=15_000)
        expect(page.locator("#queue-said")).to_have_text("1 nytt ärende i kön")
        expect(page.locator("#queue-lost")).to_be_empty()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_a_view_is_saved_and_nothing_of_it_is_cut_off(
    chromium: Browser, served: Served, width: int, scheme: str
) -> None:
    served.town.add_ticket(channel=Channel.sms)
    with at_the_desk(chromium, served, width=width, scheme=scheme) as page:
        page.goto("/ko?kanal=sms")
        page.get_by_text("Spara vyn").click()
        page.get_by_label("Namn").fill("Alla sms som ingen har tagit")
        page.keyboard.press("Control+Enter")

        expect(page.get_by_role("link", name="Alla sms som ingen har tagit 1")).to_be_visible()
        page.get_by_text("Ändra vyn").click(force=True)
        assert violations(page) + cut_off(page) == []
