"""Ways out that the Sink contract is tried on: the same few things a test can do to each.

A new implementation is one class here and one line in `test_sink.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connectors.fake import FakeSink, Trouble
from connectors.smtp import SmtpSink
from domain.account import Security, SmtpConnection
from domain.protocols import Sink
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

    def open(self) -> Sink:
        """Return a sink."""
        ...

    def message_ids(self) -> list[str]:
        """Return the Message-IDs of what was taken, in order."""
        ...

    def be(self, trouble: Trouble | None) -> None:
        """Break in this way from now on; None: work."""
        ...


class FakeWayOut:
    """A FakeSink."""

    def __init__(self) -> None:
        self.sink = FakeSink(StoppedClock())

    def open(self) -> Sink:
        return self.sink

    def message_ids(self) -> list[str]:
        return [each.message_id for each in self.sink.sent]

    def be(self, trouble: Trouble | None) -> None:
        self.sink.trouble = trouble


class SmtpWayOut:
    """An SmtpSink on a real SMTP server in its own process."""

    def __init__(self, server: SmtpServer) -> None:
        self.server = server
        self.connection = SmtpConnection(
            host=server.host, port=server.port, security=Security.none, local_hostname="localhost", timeout_seconds=5
        )

    def open(self) -> Sink:
        return SmtpSink(self.connection, "", StoppedClock())

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
