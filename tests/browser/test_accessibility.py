"""Every page in every state, for everybody: axe finds nothing, in light and dark, wide and narrow."""

from dataclasses import replace
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from domain.alerting import Call
from domain.category import Secrecy, Urgency
from domain.decision import Queue
from domain.errors import Unreachable
from domain.ids import AccountId, FindingId, TicketId, UnitId, UserId
from domain.outcome import Outcome
from domain.viewer import Role
from pipeline.alert_link import AlertLink, sign
from store.accounts import mark_failed
from store.breaker import hold_breaker, open_breaker
from store.calls import open_call
from store.desk import close_ticket, set_assignee
from store.notes import add_note
from tests.browser.conftest import LINK_KEY, Served, at_the_desk
from tests.web.test_outbox_page import cut_off as cut_off_send
from tests.web.town import NOW, TOWN, attachment, explained, withheld

pytestmark = pytest.mark.service("chromium")

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft@example.se"


def fill(served: Served) -> list[str]:
    """Put every kind of row into the town; return the pages."""
    town = served.town
    town.add_ticket(notice_due_at=NOW.replace(hour=7), urgency=Urgency.U1, sender_name="", sender_address=LONG)
    whole, message = town.add_ticket(text="Hej!\n" + LONG, quoted="> äldre", attachments=(attachment(),))
    town.answer_automatically(whole, message, NOW)
    broken, _ = town.add_ticket(
        withheld("3.3/11"), needs_a_look=True, look_reason="3.3/11", subject="", text="", defects=("no boundary",)
    )
    town.add_ticket(explained(language="fi"), language="fi", subject="Milloin kirjasto aukeaa?")
    secret, _ = town.add_ticket(secrecy=Secrecy.SK2, urgency=Urgency.U0, unit=UnitId("kontaktcenter"))
    town.add_ticket(withheld(), queue=Queue.low, notice_due_at=None, answer_due_at=None, subject=LONG)
    finding, alert = town.alert()
    with town.database.write() as connection:
        mark_failed(connection, AccountId("gata"), TOWN, NOW, Unreachable("sign_in", "check the secret"))
    finished, _ = town.add_ticket(subject="Tack för hjälpen")
    uncertain = cut_off_send(town, whole)
    with town.database.write() as connection:
        hold_breaker(connection)
        open_breaker(connection, "500 automatic messages", NOW)
    with town.database.write() as connection:
        set_assignee(connection, whole, None, UserId(2))
        add_note(connection, TOWN, whole, author="Cilla Berg", text=f"Ringde {LONG}", at=NOW)
        close_ticket(connection, finished, Outcome.helped, NOW)
    tickets = [f"/arende/{ticket}" for ticket in (whole, broken, secret, finished)]
    return [
        "/ko",
        *tickets,
        "/konton",
        "/konto/gata",
        f"/larm/{alert}",
        *alert_links(served, finding, whole),
        "/utskick",
        f"/utskick/{uncertain}",
        "/nowhere",
    ]


def alert_links(served: Served, finding: FindingId, ticket: TicketId) -> list[str]:
    """Return the pages behind signed links: of a finding, of a call, and one that does not hold."""
    town = served.town
    account = town.site.accounts[0]
    with town.database.write() as connection:
        open_call(
            connection,
            Call(
                ticket=ticket, organisation=TOWN, account=account.id, unit=account.unit, number="26-00001",
                arrived_at=NOW, opened_at=NOW,
            ),
        )  # fmt: skip
    base = AlertLink(reader="kim.chef@exempelby.example", expires_at=NOW + timedelta(days=1), finding=finding)
    links = (base, replace(base, finding=None, call=ticket), replace(base, expires_at=NOW))
    return [f"/kvittera/{sign(link, LINK_KEY)}" for link in links]


def violations(page: Page) -> list[str]:
    """Return what axe has against the page."""
    response = Axe().run(page).response
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in response["violations"]
        for node in each["nodes"]
    ]


def cut_off(page: Page) -> list[str]:
    """Return what stands outside of the window or of the table that holds it."""
    found: list[str] = page.evaluate(
        """() => {
          const inside = (part) => {
            const holder = (part.closest("table") || document.documentElement).getBoundingClientRect();
            const box = part.getBoundingClientRect();
            return box.width < 2 || (box.left >= holder.left - 1 && box.right <= holder.right + 1);
          };
          return [...document.querySelectorAll("main *")]
            .filter((part) => !part.closest(".visually-hidden") && !inside(part)).map((part) => part.outerHTML);
        }"""
    )
    return found


def overlapping(page: Page) -> list[str]:
    """Return cells of the queue whose content reaches into the next."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("td")]
          .filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.outerHTML)"""
    )
    return found


@pytest.mark.parametrize(
    ("scheme", "width", "forced"),
    [("light", 1280, False), ("dark", 1280, False), ("light", 320, False), ("dark", 320, False), ("light", 1000, True)],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    chromium: Browser, served: Served, scheme: str, width: int, forced: bool
) -> None:
    paths = fill(served)
    found: dict[str, list[str]] = {}

    with at_the_desk(chromium, served, scheme=scheme, width=width, forced=forced) as page:
        for path in paths:
            page.goto(path)
            page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
            found[path] = violations(page) + cut_off(page) + overlapping(page)

    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("width", [800, 1000])
def test_nothing_is_cut_off_in_between(chromium: Browser, served: Served, width: int) -> None:
    paths = fill(served)
    found: dict[str, list[str]] = {}

    with at_the_desk(chromium, served, width=width) as page:
        for path in paths:
            page.goto(path)
            found[path] = cut_off(page) + overlapping(page)

    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_the_empty_pages_and_the_sign_in_are_as_good(
    chromium: Browser, served: Served, scheme: str, width: int
) -> None:
    with at_the_desk(chromium, served, scheme=scheme, width=width) as page:
        empty = violations(page)
        page.get_by_role("button", name="Logga ut").click()
        sign_in = violations(page)
        page.get_by_label("Användarnamn").fill("bo")
        page.get_by_label("Lösenord").fill("fel lösenord")
        page.get_by_role("button", name="Logga in").click()
        page.get_by_role("alert").wait_for()
        fault = violations(page)

    assert (empty, sign_in, fault) == ([], [], [])


def test_targets_are_large_enough(chromium: Browser, served: Served) -> None:
    paths = fill(served)
    small: list[str] = []

    with at_the_desk(chromium, served) as page:
        for path in paths:
            page.goto(path)
            small += page.evaluate(
                """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
                  .filter((part) => !part.closest(".visually-hidden, .skip, dialog:not([open])"))
                  .filter((part) => !part.hidden && !part.closest("p, td"))
                  .filter((part) => part.getBoundingClientRect().height < 24).map((part) => part.outerHTML)"""
            )

    assert small == []


@pytest.mark.parametrize(
    ("scheme", "width", "forced"),
    [("light", 1280, False), ("dark", 1280, False), ("light", 320, False), ("light", 1000, True)],
)
def test_axe_finds_nothing_on_the_page_of_statistics(
    chromium: Browser, served: Served, scheme: str, width: int, forced: bool
) -> None:
    fill(served)
    served.town.add_person("lea", "Lea Lind", "kontaktcenter", roles=frozenset({Role.lead}))

    with at_the_desk(chromium, served, scheme=scheme, width=width, forced=forced, who="lea") as page:
        page.goto("/statistik")
        found = violations(page) + cut_off(page) + overlapping(page)

    assert found == []
