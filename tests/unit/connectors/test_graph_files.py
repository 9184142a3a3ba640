"""What the Graph API's client makes of each answer for a file."""

from io import BytesIO

import pytest
from requests import Response, Session

from connectors.graph_client import GraphClient
from domain.account import FacebookConnection
from domain.errors import Unreachable
from domain.message import FileState

ADDRESS = "https://scontent.fbcdn.net/lykta.jpg"


def answer(monkeypatch: pytest.MonkeyPatch, status: int) -> GraphClient:
    """Return a client whose every question is answered so."""
    response = Response()
    response.status_code, response.raw = status, BytesIO()
    monkeypatch.setattr(Session, "request", lambda *_, **__: response)
    return GraphClient(FacebookConnection(secret="facebook"), "token")


@pytest.mark.parametrize("status", [404, 410])
def test_a_file_that_meta_no_longer_has_is_gone(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    assert answer(monkeypatch, status).download(ADDRESS, 1000) == (FileState.gone, "", b"")


@pytest.mark.parametrize("status", [204, 302, 403, 429, 500, 503])
def test_a_file_that_is_not_given_now_is_asked_for_again(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with pytest.raises(Unreachable):
        answer(monkeypatch, status).download(ADDRESS, 1000)
