"""A real browser, and the pages served to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.office import Office
from tests.browser.serving import LINK_KEY, Served, Server, complains
from tests.services.programs import need
from tests.web.town import PASSWORD, Town

__all__ = ["LINK_KEY", "Served", "at_the_desk"]

#: Chromium must talk to nobody but us.
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process have all the tests of a file: each other that had some would start Chromium and an office too."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group(f"browser/{item.path.stem}"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run Chromium for the tests of a file. Not longer: its event loop would be in the way of other tests'."""
    path = need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def office(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open one office for the tests of a file: each test has tickets of its own."""
    office = Office(tmp_path_factory.mktemp("office"), chromium)
    yield office
    office.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Serve a town without tickets."""
    with serving(tmp_path) as served:
        yield served


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Serve a town without tickets, whose database lies in the folder."""
    town = Town.build(folder)
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
    page.on("console", lambda said: complaints.append(said.text) if complains(said) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/logga-in")
    page.get_by_label("Användarnamn").fill(who)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_url("**/ko")
    yield page
    context.close()
    assert complaints == []
