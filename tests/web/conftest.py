"""A town for each test, and a browser for each person in it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.tables import give_back
from tests.web.town import CHEAP, PASSWORD, Town
from web import passwords

Enter = Callable[[str], TestClient]


@pytest.fixture(autouse=True, scope="module")
def cheap_hashes() -> Iterator[None]:
    """Let what the pages hash cost nothing: how hard a hash is to check is tried in `tests/unit/web/`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", CHEAP)
        yield


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Give a town without tickets."""
    town = Town.build(tmp_path)
    yield town
    give_back(town.database)


@pytest.fixture
def nobody(town: Town) -> TestClient:
    """Give the browser of somebody who has not signed in: Anna, the citizen."""
    return TestClient(town.app(), follow_redirects=False)


@pytest.fixture
def enter(town: Town) -> Enter:
    """Give a function that signs somebody in and returns their browser."""
    app = town.app()

    def enter(name: str) -> TestClient:
        client = TestClient(app, follow_redirects=False)
        answer = sign_in(client, name, PASSWORD)
        assert answer == 303
        return client

    return enter


@pytest.fixture
def bo(enter: Enter) -> TestClient:
    """Give the browser of Bo in the contact center."""
    return enter("bo")


def sign_in(client: TestClient, name: str, password: str) -> int:
    """Fill in the sign-in form; return the answer's status."""
    form = {"csrf": csrf_of(client, "/logga-in"), "name": name, "password": password, "next": "/ko"}
    return client.post("/logga-in", data=form).status_code


def csrf_of(client: TestClient, path: str) -> str:
    """Return the token that stands in a page's forms."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)
    assert found
    return found[1]
