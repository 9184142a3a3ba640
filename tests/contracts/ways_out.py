"""Ways out that the Sink contract is tried on: the same few things a test can do to each.

A new implementation is one class here and one line in `test_sink.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from connectors.facebook_sink import FacebookSink
from connectors.fake import FakeSink, Trouble
from connectors.graph_client import GraphClient
from connectors.smtp import SmtpSink
from connectors.twilio_client import TwilioClient
from connectors.twilio_sink import TwilioSink
from domain.account import FacebookConnection, Security, SmtpConnection, TwilioConnection
from domain.outgoing import OutgoingKind, Receipt, Rendered, Trace
from domain.page import WAY_HEADER, PageWay
from domain.protocols import Sink
from sandbox.graph import GraphServer
from sandbox.graph_behaviour import GraphTrouble
from sandbox.graph_records import Writer
from sandbox.twilio import TwilioServer
from sandbox.twilio_behaviour import TwilioTrouble
from tests.builders import TUESDAY
from tests.services.smtp import SmtpServer


@dataclass(frozen=True)
class StoppedClock:
    """A clock that stands still."""

    at: datetime = TUESDAY

    def now(self) -> datetime:
        return self.at


class WayOut(Protocol):
    """A wire that messages leave by, which tests may break."""

    #: Whether it can say no before it takes the message.
    says_no_early: bool
    #: Whether it knows afterwards what went.
    can_tell: bool

    def open(self, at: datetime = TUESDAY) -> Sink:
        """Return a sink whose clock stands still then."""
        ...

    def message_ids(self) -> list[str]:
        """Return the Message-IDs of what was taken, in order."""
        ...

    def be(self, trouble: Trouble | None) -> None:
        """Break in this way from now on; None: work."""
        ...


class FakeWayOut:
    """A FakeSink."""

    says_no_early = True
    can_tell = False

    def __init__(self) -> None:
        self.sink = FakeSink(StoppedClock())

    def open(self, at: datetime = TUESDAY) -> Sink:
        del at
        return self.sink

    def message_ids(self) -> list[str]:
        return [each.message_id for each in self.sink.sent]

    def be(self, trouble: Trouble | None) -> None:
        self.sink.trouble = trouble


class SmtpWayOut:
    """An SmtpSink on a real SMTP server in its own process."""

    says_no_early = True
    can_tell = False

    def __init__(self, server: SmtpServer) -> None:
        self.server = server
        self.connection = SmtpConnection(
            host=server.host, port=server.port, security=Security.none, local_hostname="localhost", timeout_seconds=5
        )

    def open(self, at: datetime = TUESDAY) -> Sink:
        return SmtpSink(self.connection, "", StoppedClock(at))

    def message_ids(self) -> list[str]:
        return [str(each.message["Message-ID"]) for each in self.server.received()]

    def be(self, trouble: Trouble | None) -> None:
        match trouble:
            case None:
                self.server.behave()
            case Trouble.failed:
                self.server.refuse("RCPT", "451 4.7.1 Come back")
            case Trouble.refused:
                self.server.refuse("RCPT", "550 5.1.1 Unknown")
            case Trouble.failed_on_wire:
                self.server.refuse("END", "452 4.3.1 Fullt")
            case Trouble.refused_on_wire:
                self.server.refuse("END", "554 5.7.1 Nej")
            case Trouble.lost:
                self.server.drop("END")
            case Trouble.gone:
                self.server.drop("END", keep=True)


class TwilioWayOut:
    """A TwilioSink on the stand-in of Twilio; what was taken is known by its words."""

    says_no_early = False
    can_tell = True

    def __init__(self) -> None:
        self.server = TwilioServer(StoppedClock())
        self.server.start()
        self.connection = TwilioConnection(
            account_sid=self.server.account_sid, secret="twilio", base_url=self.server.url, timeout_seconds=5
        )

    def open(self, at: datetime = TUESDAY) -> Sink:
        client = TwilioClient(self.connection, self.server.auth_token)
        return TwilioSink(client, "+46701740605", StoppedClock(at))

    def message_ids(self) -> list[str]:
        return [f"<{each.body.split()[-1]}@exempelby.example>" for each in self.server.sent]

    def be(self, trouble: Trouble | None) -> None:
        behaviour = self.server.behaviour
        behaviour.refused.clear()
        behaviour.trouble = None
        if not self.server.is_running:
            self.server.start()
        match trouble:
            case Trouble.failed:
                self.server.stop()
            case Trouble.refused | Trouble.refused_on_wire:
                behaviour.refused["anna@example.se"] = 21211
            case Trouble.failed_on_wire:
                behaviour.trouble = TwilioTrouble.busy
            case Trouble.lost:
                behaviour.trouble = TwilioTrouble.cut_before
            case Trouble.gone:
                behaviour.trouble = TwilioTrouble.cut_after


class MessengerWayOut:
    """A FacebookSink on the stand-in of the Graph API, to a person who wrote a moment ago."""

    says_no_early = False
    can_tell = True

    def __init__(self) -> None:
        self.server = GraphServer(StoppedClock())
        self.server.start()
        self.server.write(Writer(id="anna@example.se", name="Anna Exempel"), "Hej, gatlyktan är trasig")
        self.connection = FacebookConnection(
            secret="facebook", app_id=self.server.app_id, base_url=self.server.url, timeout_seconds=5
        )

    def open(self, at: datetime = TUESDAY) -> Sink:
        client = GraphClient(self.connection, self.server.token, self.server.app_secret)
        return FacebookSink(self.connection, self.server.page.id, client, StoppedClock(at))

    def message_ids(self) -> list[str]:
        return [f"<{each.text.split()[-1]}@exempelby.example>" for each in self.server.sent]

    def be(self, trouble: Trouble | None) -> None:
        behaviour = self.server.behaviour
        behaviour.unavailable.clear()
        behaviour.trouble = None
        if not self.server.is_running:
            self.server.start()
        match trouble:
            case Trouble.failed:
                self.server.stop()
            case Trouble.refused | Trouble.refused_on_wire:
                behaviour.unavailable.add("anna@example.se")
            case Trouble.failed_on_wire:
                behaviour.trouble = GraphTrouble.busy_to_write
            case Trouble.lost:
                behaviour.trouble = GraphTrouble.cut_before
            case Trouble.gone:
                behaviour.trouble = GraphTrouble.cut_after


class CommentWayOut(MessengerWayOut):
    """A FacebookSink that answers comments, each message another one: for all to see, or its writer in private."""

    def __init__(self, way: PageWay) -> None:
        super().__init__()
        self.way = way
        self.comments: dict[str, str] = {}
        self.are_gone = False

    def open(self, at: datetime = TUESDAY) -> Sink:
        return _ToComments(super().open(at), self.to_comment)

    def be(self, trouble: Trouble | None) -> None:
        super().be(trouble)
        self.are_gone = trouble in (Trouble.refused, Trouble.refused_on_wire)

    def to_comment(self, rendered: Rendered) -> Rendered:
        """Return the message as an answer to a comment of its own; what was deleted can be answered no more."""
        comment = self.comments.get(rendered.message_id) or self._written()
        self.comments[rendered.message_id] = comment
        if self.are_gone:
            self.server.archive.remove(comment)
        return replace(
            rendered, kind=OutgoingKind.answer, recipient=comment, headers=((WAY_HEADER, self.way.value),)
        )  # fmt: skip

    def _written(self) -> str:
        anna = Writer(id="300000000000001", name="Anna Exempel")
        return self.server.comment(self.server.post(), anna, "När öppnar badhuset?").id


@dataclass
class _ToComments:
    """A sink whose messages answer comments."""

    inner: Sink
    to_comment: Callable[[Rendered], Rendered]

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        return self.inner.send(self.to_comment(rendered), before_wire)

    def find_sent(self, rendered: Rendered, is_anothers: Callable[[str], bool]) -> Trace:
        return self.inner.find_sent(self.to_comment(rendered), is_anothers)

    def close(self) -> None:
        self.inner.close()
