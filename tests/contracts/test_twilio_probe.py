"""The way to a number at Twilio: each step is named when it fails."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.twilio_client import TwilioClient
from connectors.twilio_probe import TwilioProbe
from domain.finding import Health
from sandbox.twilio_behaviour import TwilioTrouble
from tests.contracts.inboxes import NUMBER, TwilioInbox


@pytest.fixture
def inbox() -> Iterator[TwilioInbox]:
    """Give a number at Twilio that somebody has written to."""
    inbox = TwilioInbox()
    inbox.receive("Hej")
    yield inbox
    if inbox.server.is_running:
        inbox.server.stop()


def probe(inbox: TwilioInbox, *, number: str = NUMBER, secret: str = "", url: str = "") -> Health:
    connection = replace(inbox.connection(), base_url=url or inbox.server.url)
    return TwilioProbe(connection, number, TwilioClient(connection, secret or inbox.server.auth_token)).probe()


def test_a_way_that_works_is_walked_to_its_end(inbox: TwilioInbox) -> None:
    health = probe(inbox)

    assert health.ok
    assert [step for step, _, _ in health.steps] == ["name", "tcp", "tls", "sign_in", "sign_in", "permission"]


def test_a_host_that_does_not_exist_is_named(inbox: TwilioInbox) -> None:
    assert probe(inbox, url="https://twilio.invalid").steps[-1][:2] == ("name", False)


def test_a_server_that_is_away_is_named(inbox: TwilioInbox) -> None:
    connection = inbox.connection()
    inbox.server.stop()

    health = TwilioProbe(connection, NUMBER, TwilioClient(connection, "0" * 32)).probe()

    assert health.steps[-1][:2] == ("tcp", False)


def test_a_line_that_is_not_protected_though_it_should_be_is_named(inbox: TwilioInbox) -> None:
    assert probe(inbox, url=inbox.server.url.replace("http:", "https:")).steps[-1][:2] == ("tls", False)


def test_a_wrong_secret_is_named(inbox: TwilioInbox) -> None:
    assert probe(inbox, secret="0" * 32).steps[-1][:2] == ("sign_in", False)


def test_a_number_of_somebody_else_is_named(inbox: TwilioInbox) -> None:
    step, ok, sentence = probe(inbox, number="+46701740698").steps[-1]

    assert (step, ok) == ("sign_in", False)
    assert "+46701740698" in sentence


def test_an_outage_at_the_provider_is_named(inbox: TwilioInbox) -> None:
    inbox.server.behaviour.trouble = TwilioTrouble.down

    assert not probe(inbox).ok
