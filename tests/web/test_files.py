"""Files beside a message: on the ticket's page, and as downloads for those who may see the ticket."""

import pytest
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import MessageId
from domain.message import Arrival, FileState, Media
from domain.viewer import MACHINE
from store.files import add_files, list_files
from tests.web.conftest import Enter
from tests.web.town import NOW, Town

PICTURE = b"\xff\xd8\xffbild"
BESIDE = (
    Media(name="bilaga-1", media_type="image/jpeg", content=PICTURE),
    Media(name="bilaga-2", state=FileState.waiting, reference="MM1/1"),
    Media(name="bilaga-3", state=FileState.too_large),
)


def add(town: Town, message: MessageId) -> None:
    arrival = Arrival(identity="MM1", original=b"", media_type="application/json", provider_at=NOW, media=BESIDE)
    with town.database.write() as connection:
        add_files(connection, town.site.accounts[0], [arrival], {"MM1": message})


@pytest.fixture
def picture(town: Town) -> tuple[int, int]:
    """Give a ticket with three files, and the row of the first."""
    ticket, message = town.add_ticket()
    add(town, message)
    with town.database.read() as connection:
        return ticket, list_files(connection, MACHINE, ticket)[0].id


def test_files_are_named_with_what_keeps_them(bo: TestClient, picture: tuple[int, int]) -> None:
    ticket, file = picture

    page = bo.get(f"/arende/{ticket}").text

    assert f'<a href="/fil/{file}">bilaga-1</a>' in page
    assert "hämtas" in page
    assert "för stor: finns hos leverantören" in page
    assert "med bilagorna" not in page


def test_a_file_is_given_byte_for_byte_and_never_shown(bo: TestClient, picture: tuple[int, int]) -> None:
    answer = bo.get(f"/fil/{picture[1]}")

    assert answer.content == PICTURE
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].endswith('.jpg"')


@pytest.mark.parametrize("after", [1, 2, 1000])
def test_what_is_not_here_is_not_given(bo: TestClient, picture: tuple[int, int], after: int) -> None:
    assert bo.get(f"/fil/{picture[1] + after}").status_code == 404


def test_nobody_else_gets_a_file(town: Town, nobody: TestClient, enter: Enter, picture: tuple[int, int]) -> None:
    with town.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE tickets SET secrecy = '{Secrecy.SK2}', unit_id = 'social'")

    assert nobody.get(f"/fil/{picture[1]}").status_code == 303
    assert enter("bo").get(f"/fil/{picture[1]}").status_code == 404
