"""Inboxes beside mail that the Source contract is tried on: the same few things a test can do to each.

A new channel is one class here and one line in `test_channel_source.py`.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from connectors.facebook_page import FacebookSource
from connectors.graph_client import GraphClient
from connectors.twilio_client import TwilioClient
from connectors.twilio_list import TwilioList
from connectors.twilio_sms import TwilioSource
from domain.account import FacebookConnection, TwilioConnection
from domain.protocols import Source
from sandbox.graph import GraphServer
from sandbox.graph_behaviour import GraphTrouble
from sandbox.graph_records import Writer
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
    timeout_seconds: float

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
        self.timeout_seconds = 2.0
        self.server = TwilioServer(self.clock)
        self.server.start()

    def connection(self) -> TwilioConnection:
        return TwilioConnection(
            account_sid=self.server.account_sid,
            secret="twilio",
            base_url=self.server.url,
            timeout_seconds=self.timeout_seconds,
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


class _PageInbox:
    """A page at the stand-in of the Graph API."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.timeout_seconds = 2.0
        self.server = GraphServer(self.clock)
        self.server.start()
        self.people = 0

    def connection(self) -> FacebookConnection:
        return FacebookConnection(
            secret="facebook",
            app_id=self.server.app_id,
            app_secret="app",
            base_url=self.server.url,
            timeout_seconds=self.timeout_seconds,
        )

    def open(self) -> Source:
        return self.open_with(self.server.token)

    def open_with_wrong_secret(self) -> Source:
        return self.open_with("EAA" + "0" * 48)

    def open_with(self, token: str) -> Source:
        client = GraphClient(self.connection(), token, self.server.app_secret)
        return FacebookSource(self.connection(), self.server.page.id, client, self.clock)

    def somebody(self) -> Writer:
        """Return a citizen who has not written before."""
        self.people += 1
        return Writer(id=f"{300000000000000 + self.people}", name="Alva Tallvinge")

    def remove(self, identity: str) -> None:
        self.server.archive.remove(identity)

    def shuffle(self) -> None:
        self.server.behaviour.trouble = GraphTrouble.shuffled

    def fail(self, outage: Outage) -> None:
        match outage:
            case Outage.away:
                self.server.stop()
            case Outage.slow:
                self.server.behaviour.slow_seconds = 5.0
                self.server.behaviour.trouble = GraphTrouble.slow
            case _:
                self.server.behaviour.trouble = GraphTrouble[outage.name]

    def recover(self) -> None:
        self.server.behaviour.trouble = None
        if not self.server.is_running:
            self.server.start()


class MessengerInbox(_PageInbox):
    """A page's Messenger: each message from somebody new."""

    def receive(self, text: str, *, ago: timedelta = timedelta()) -> str:
        return self.server.write(self.somebody(), text, ago=ago).id


class ChatInbox(_PageInbox):
    """One conversation."""

    def receive(self, text: str, *, ago: timedelta = timedelta()) -> str:
        return self.server.write(Writer(id="300000000000000", name="Alva Tallvinge"), text, ago=ago).id


class CommentsInbox(_PageInbox):
    """The comments under one of a page's posts."""

    def __init__(self) -> None:
        super().__init__()
        self.post = self.server.post()

    def receive(self, text: str, *, ago: timedelta = timedelta()) -> str:
        return self.server.comment(self.post, self.somebody(), text, ago=ago).id


class VisitorsInbox(_PageInbox):
    """Posts that visitors write at a page."""

    def receive(self, text: str, *, ago: timedelta = timedelta()) -> str:
        return self.server.post(self.somebody(), text, ago=ago).id


class MentionsInbox(_PageInbox):
    """Posts elsewhere that name a page."""

    def receive(self, text: str, *, ago: timedelta = timedelta()) -> str:
        return self.server.post(self.somebody(), text, ago=ago, mention=True).id
