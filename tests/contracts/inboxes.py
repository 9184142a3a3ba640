"""Inboxes beside mail that the Source contract is tried on: the same few things a test can do to each.

A new channel is one class here and one line in `test_channel_source.py`.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from connectors.twilio_client import TwilioClient
from connectors.twilio_list import TwilioList
from connectors.twilio_sms import TwilioSource
from domain.account import TwilioConnection
from domain.protocols import Source
from sandbox.twilio import TwilioServer
from sandbox.twilio_behaviour import TwilioTrouble
from tests.unit.sandbox.fakes import HandClock

NUMBER = "+46701740605"
CITIZEN = "+46701740699"


class Outage(StrEnum):
    """Ways in which a provider cannot be read, with the step that says so."""

    away = "tcp"
    down = "down"
    busy = "busy"
    garbled = "protocol"
    slow = "slow"


class Inbox(Protocol):
    """An account of a provider that tests may break."""

    clock: HandClock

    def open(self) -> Source:
        """Return a source with the right secret, as a process that has just started."""
        ...

    def open_with_wrong_secret(self) -> Source:
        """Return a source that must not get in."""
        ...

    def receive(self, text: str, *, ago: timedelta = timedelta()) -> str:
        """Let a citizen write, and return the identity; with `ago` it is dated earlier and listed only now."""
        ...

    def remove(self, identity: str) -> None:
        """Delete a message at the provider."""
        ...

    def shuffle(self) -> None:
        """List what is newest somewhere else than first."""
        ...

    def fail(self, outage: Outage) -> None:
        """Be unreadable from now on."""
        ...

    def recover(self) -> None:
        """Be readable again."""
        ...


class TwilioInbox:
    """A number at the stand-in of Twilio."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.server = TwilioServer(self.clock)
        self.server.start()

    def connection(self) -> TwilioConnection:
        return TwilioConnection(
            account_sid=self.server.account_sid, secret="twilio", base_url=self.server.url, timeout_seconds=2.0
        )

    def open(self, number: str = NUMBER) -> Source:
        return self.open_with(self.server.auth_token, number)

    def open_with_wrong_secret(self) -> Source:
        return self.open_with("0" * 32, NUMBER)

    def open_with(self, secret: str, number: str) -> Source:
        listing = TwilioList(TwilioClient(self.connection(), secret), self.clock, fresh_for=timedelta(0))
        return TwilioSource(self.connection(), number, listing, self.clock)

    def receive(self, text: str, *, ago: timedelta = timedelta()) -> str:
        return self.server.receive(CITIZEN, NUMBER, text, ago=ago).sid

    def remove(self, identity: str) -> None:
        self.server.archive.remove(identity)

    def shuffle(self) -> None:
        self.server.behaviour.trouble = TwilioTrouble.shuffled

    def fail(self, outage: Outage) -> None:
        match outage:
            case Outage.away:
                self.server.stop()
            case Outage.slow:
                self.server.behaviour.slow_seconds = 5.0
                self.server.behaviour.trouble = TwilioTrouble.slow
            case _:
                self.server.behaviour.trouble = TwilioTrouble[outage.name]

    def recover(self) -> None:
        self.server.behaviour.trouble = None
        if not self.server.is_running:
            self.server.start()
