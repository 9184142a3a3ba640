"""What a screen reader meets: roles, names and live regions of the queue and of a ticket, wide and narrow."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Served, at_the_desk
from tests.web.town import NOW, attachment

pytestmark = pytest.mark.service("chromium")

QUEUE = """
- heading "Kön" [level=1]
- region "Ärenden":
  - paragraph: 1 ärende Akut först, sedan det löfte som bryts först.
  - table:
    - rowgroup:
      - row:
        - columnheader "Löfte"
        - columnheader "Kanal"
        - columnheader "Från"
        - columnheader "Ärende"
        - columnheader "Verksamhet"
        - columnheader "Hos"
    - rowgroup:
      - row:
        - cell /om 12 min besked/
        - cell "E-post"
        - cell "Anna Exempel"
        - cell:
          - link "Hål i vägen"
          - text: 1 bilaga
        - cell "Gata och park"
        - cell
"""

TICKET = """
- heading "Hål i vägen" [level=1]
- region "Arbeta med ärendet":
  - paragraph: Ingen har tagit ärendet.
  - button "Ta ärendet"
- region "Löftet":
  - term: Besked
  - definition
  - term: Svar
  - definition
- region "Samtalet":
  - article:
    - heading "Anna Exempel" [level=3]
  - heading "Svara" [level=2]
  - textbox "Ditt svar"
  - button "Bilagor"
  - button "Skicka svaret"
  - button "Förhandsgranska"
- complementary:
  - region "Varför här"
  - region "Händelser"
"""


def live(page: Page) -> list[str]:
    """Return what is announced when it changes: each region's id."""
    found: list[str] = page.locator("main [role=status], main [aria-live]").evaluate_all(
        "all => all.map(each => each.id)"
    )
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_queue_and_ticket_say_the_same_wide_and_narrow(chromium: Browser, served: Served, width: int) -> None:
    ticket, _ = served.town.add_ticket(attachments=(attachment(),))
    with at_the_desk(chromium, served, width=width) as page:
        main = page.get_by_role("main")
        if width > 1000:
            # Narrow rows are cards: the columns' heads are not drawn there, and each cell speaks for itself.
            expect(main).to_match_aria_snapshot(QUEUE)
        expect(page.get_by_role("row").last.get_by_role("cell")).to_have_count(6)
        expect(page.get_by_role("navigation", name="Sidor")).to_be_visible()
        assert live(page) == ["queue-said", "queue-lost"]

        page.goto(f"/arende/{ticket}")

        expect(main).to_match_aria_snapshot(TICKET)
        assert live(page) == ["presence", "answer-kept", "answer-preview"]


def test_what_a_button_brings_on_the_page_is_told(chromium: Browser, served: Served) -> None:
    ticket, message = served.town.add_ticket()
    served.town.answer_automatically(ticket, message, NOW)
    with at_the_desk(chromium, served, width=390) as page:
        page.goto(f"/arende/{ticket}")
        page.get_by_label("Ditt svar").fill("Vi lagar det.")

        page.get_by_role("button", name="Förhandsgranska").click()

        expect(page.get_by_role("status").filter(has_text="Så här ser det ut för mottagaren")).to_be_visible()


def test_the_main_job_takes_the_same_six_keys_on_a_narrow_window(chromium: Browser, served: Served) -> None:
    served.town.add_ticket(subject="det första")
    with at_the_desk(chromium, served, width=390) as page:
        page.keyboard.press("j")
        page.keyboard.press("t")
        expect(page.get_by_text("Du har ärendet.")).to_be_visible()
        page.keyboard.press("a")
        expect(page.get_by_label("Ditt svar")).to_be_focused()
        page.keyboard.type("Hålet lagas.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("article.answer")).to_contain_text("Hålet lagas.")
        page.keyboard.press("c")
        expect(page.get_by_label("Vad blev det av ärendet?")).to_be_focused()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/ko")

        expect(page.get_by_text("Inga ärenden väntar.")).to_be_visible()
