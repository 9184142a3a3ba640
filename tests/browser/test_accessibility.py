"""Every page in every state, for everybody: axe finds nothing, in light and dark, wide and narrow.

A page is opened once and looked at in every way: to open it anew for each, with a town of its own, took twice as long
and found no more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

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
from store.calls import open_call
from store.desk import close_ticket, set_assignee
from store.notes import add_note
from tests.browser.conftest import LINK_KEY, Served, at_the_desk, serving
from tests.web.test_outbox_page import cut_off as cut_off_send
from tests.web.town import NOW, TOWN, attachment, explained, withheld

pytestmark = pytest.mark.service("chromium")

AXE = Axe()

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
    town.stop_replies()
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


@dataclass(frozen=True)
class Look:
    """One way to look at a page, and what axe asks then: every rule, those of colours, or nothing."""

    scheme: Literal["light", "dark"] = "light"
    width: int = 1280
    forced: bool = False
    rules: Sequence[str] | None = None


#: What a scheme of colours can make wrong: the rest of a page is the same in each.
COLOURS = ("color-contrast", "link-in-text-block")

#: The last is what a page is opened in.
LOOKS = (
    Look(width=1000, forced=True, rules=COLOURS), Look(width=1000, rules=()), Look(width=800, rules=()),
    Look(width=320), Look("dark", 320, rules=COLOURS), Look("dark", 1280, rules=COLOURS), Look(),
)  # fmt: skip


def in_every_look(page: Page) -> list[str]:
    """Return what is wrong with a page in any look; it is left as it was opened, its details open."""
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    found = []
    for look in LOOKS:
        page.emulate_media(color_scheme=look.scheme, forced_colors="active" if look.forced else "none")
        page.set_viewport_size({"width": look.width, "height": 800})
        wrong = cut_off(page) + overlapping(page) + (violations(page, look.rules) if look.rules != () else [])
        found += [f"{look}: {each}" for each in wrong]
    return found


def violations(page: Page, rules: Sequence[str] | None = None) -> list[str]:
    """Return what axe has against the page, by some of its rules or all."""
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    response = AXE.run(page, options={"resultTypes": ["violations"], **only}).response
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


@pytest.fixture(scope="module")
def filled(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, list[str]]]:
    """Serve a town with every kind of row, and give its pages: nobody here changes anything."""
    with serving(tmp_path_factory.mktemp("filled")) as served:
        yield served, fill(served)


@pytest.mark.timeout(300)
def test_axe_finds_nothing_and_nothing_is_cut_off(chromium: Browser, filled: tuple[Served, list[str]]) -> None:
    served, paths = filled
    found: dict[str, list[str]] = {}

    with at_the_desk(chromium, served) as page:
        for path in paths:
            page.goto(path)
            found[path] = in_every_look(page)

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


def test_targets_are_large_enough(chromium: Browser, filled: tuple[Served, list[str]]) -> None:
    served, paths = filled
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


def test_axe_finds_nothing_on_the_page_of_statistics(chromium: Browser, filled: tuple[Served, list[str]]) -> None:
    served, _ = filled
    served.town.add_person("lea", "Lea Lind", "kontaktcenter", roles=frozenset({Role.lead}))

    with at_the_desk(chromium, served, who="lea") as page:
        page.goto("/statistik")
        found = in_every_look(page)

    assert found == []


#: What is wrong in one look only.
FAULTS = {
    "@media (prefers-color-scheme: dark) { p { color: #777; background: #888 } }": {"dark 320", "dark 1280"},
    "@media (max-width: 400px) { p { width: 900px } }": {"light 320", "dark 320"},
    "@media (width: 800px) { p { margin-left: 700px; width: 200px } }": {"light 800"},
    "@media (max-width: 400px) { p { color: #777; background: #888 } }": {"light 320", "dark 320"},
}


@pytest.mark.parametrize("style", FAULTS)
def test_what_is_wrong_in_one_look_only_is_found(chromium: Browser, style: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    title, plain = "<title>Kön</title>", "body { color: #000; background: #fff }"
    page.set_content(f"<html lang=sv>{title}<style>{plain} {style}</style><main><h1>Kön</h1><p>Hej</p></main></html>")

    found = in_every_look(page)
    page.close()

    looks = {f"{look.scheme} {look.width}" for look in LOOKS if any(each.startswith(f"{look}:") for each in found)}
    assert looks == FAULTS[style]
