"""Webhooks on the web: the whole request reaches the connector, and nothing too large does."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from domain.ids import AccountId
from domain.posted import Posted
from pipeline.webhook import Answered
from tests.web.town import Town

PUBLIC = "https://svarsvakt.exempelby.example"


class Taker:
    """Keeps what was posted."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, AccountId, Posted]] = []

    def __call__(self, wire: str, account: AccountId, posted: Posted) -> Answered:
        self.taken.append((wire, account, posted))
        return Answered(200, "<Response/>", "text/xml")


@pytest.fixture
def taker() -> Taker:
    return Taker()


def provider(town: Town, taker: Taker | None, public: str = PUBLIC) -> TestClient:
    """Return whoever posts, to pages that are reached from outside under an address."""
    town.site = replace(town.site, public_address=public)
    return TestClient(town.app(accept=taker))


def test_what_is_posted_reaches_the_connector_byte_for_byte(town: Town, taker: Taker) -> None:
    answer = provider(town, taker).post(
        "/hooks/twilio/sms-1?bodySHA256=abc", content=b"Body=a+b%20\xc3\xa5", headers={"X-Twilio-Signature": "s"}
    )

    [(wire, account, posted)] = taker.taken
    assert (wire, account, posted.method, posted.body) == ("twilio", "sms-1", "POST", b"Body=a+b%20\xc3\xa5")
    assert posted.url == f"{PUBLIC}/hooks/twilio/sms-1?bodySHA256=abc"
    assert (posted.query["bodySHA256"], posted.headers["x-twilio-signature"]) == ("abc", "s")
    assert (answer.status_code, answer.text) == (200, "<Response/>")
    assert answer.headers["content-type"].startswith("text/xml")


def test_a_handshake_is_a_get_and_reaches_the_connector_too(town: Town, taker: Taker) -> None:
    provider(town, taker).get("/hooks/facebook/sida?hub.challenge=7")

    assert taker.taken[0][2].query == {"hub.challenge": "7"}


def test_what_is_too_large_is_refused_before_it_is_read_whole(town: Town, taker: Taker) -> None:
    answer = provider(town, taker).post("/hooks/twilio/sms-1", content=b"x" * 1_000_001)

    assert (answer.status_code, taker.taken) == (413, [])


@pytest.mark.parametrize(("takes", "public"), [(True, ""), (False, PUBLIC)])
def test_without_a_public_address_there_are_no_webhooks(town: Town, taker: Taker, takes: bool, public: str) -> None:
    client = provider(town, taker if takes else None, public)

    assert client.post("/hooks/twilio/sms-1", content=b"").status_code == 404
    assert taker.taken == []
