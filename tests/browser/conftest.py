"""A real browser, and the pages served to it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.services.programs import free_port, listens, need
from tests.web.town import PASSWORD, Town
from web.server import PageServer

#: Chromium must talk to nobody but us.
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


#: What alert links are signed with here.
LINK_KEY = "a key of thirty-two random letters"


@dataclass
class Served:
    """A town whose pages are served."""

    town: Town
    address: str
    server: "Server"


class Server:
    """The pages in a thread: stopped and started again on the same port."""

    def __init__(self, town: Town) -> None:
        """Choose a port."""
        self.town = town
        self.port = free_port()
        self.start()

    def start(self) -> None:
        """Serve, and wait until connections are taken."""
        self._pages = PageServer(
            self.town.app(link_key=lambda _: LINK_KEY, code_secret=lambda _: LINK_KEY), port=self.port
        )
        self._thread = threading.Thread(target=self._pages.run)
        self._thread.start()
        while not listens(self.port):
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, and every stream with it."""
        self._pages.should_exit = True
        self._thread.join(timeout=20)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run Chromium for the tests of a file. Not longer: its event loop would be in the way of other tests'."""
    path = need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Serve a town without tickets."""
    town = Town.build(tmp_path)
    server = Server(town)
    yield Served(town, f"http://127.0.0.1:{server.port}", server)
    server.stop()
    town.database.close()


@contextmanager
def at_the_desk(
    chromium: Browser,
    served: Served,
    *,
    scheme: str = "light",
    width: int = 1280,
    forced: bool = False,
    who: str = "bo",
) -> Iterator[Page]:
    """Sign somebody in, in a window of their own; what the console says against a page fails the test."""
    context = chromium.new_context(
        base_url=served.address,
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 800},
        forced_colors="active" if forced else "none",
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/logga-in")
    page.get_by_label("Användarnamn").fill(who)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_url("**/ko")
    yield page
    context.close()
    # What the server refuses or cannot be asked is for the test to judge.
    assert [each for each in complaints if not each.startswith("Failed to load resource")] == []
