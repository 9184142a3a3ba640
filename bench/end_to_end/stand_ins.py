"""Stand-ins: SMTP server, Twilio and a page in a process of their own, that feed, and time what is answered.

Mail lies in Dovecot; it is delivered over LMTP, and the reply is timed when the SMTP server takes it.
"""

import multiprocessing
import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection
from typing import Any

from bench.providers import MAILBOX, NUMBER, PAGE, TEXTS, Addresses
from domain.account import Channel
from sandbox.graph import GraphServer
from sandbox.graph_records import Writer
from sandbox.smtp_server import SentMail, SmtpServer
from sandbox.twilio import TwilioServer
from sandbox.twilio_messages import SmsRecord
from tests.flow.installation import mail
from worker import SystemClock

#: How often it is looked for what the page has sent: it calls nobody.
LOOK_SECONDS = 0.02

#: What has no reply so long after the feed's end counts as this late.
GIVE_UP_SECONDS = 60.0


@dataclass(frozen=True)
class Accepted:
    """How many mails the SMTP server has taken since it was asked to begin, and when the last; `time.monotonic`."""

    count: int
    last_at: float


class StandIns:
    """The stand-ins as the bench sees them: ask, and wait for the answer."""

    def __init__(self, pipe: Connection, addresses: Addresses) -> None:
        """Speak through a pipe that has been opened."""
        self._pipe = pipe
        self.addresses = addresses

    def begin(self) -> None:
        """Count accepted mails from zero."""
        self._ask("begin")

    def accepted(self) -> Accepted:
        """Return what has been accepted."""
        answer: Accepted = self._ask("accepted")
        return answer

    def feed(self, seconds: float, each_second: float, channels: tuple[Channel, ...]) -> dict[Channel, list[float]]:
        """Let messages come on these channels in turn; return how long each waited for its reply, in seconds."""
        answer: dict[Channel, list[float]] = self._ask("feed", seconds, each_second, channels)
        return answer

    def _ask(self, *question: object) -> Any:
        self._pipe.send(question)
        return self._pipe.recv()


@contextmanager
def open_stand_ins(imap_port: int, lmtp_port: int) -> Iterator[StandIns]:
    """Run the stand-ins until the block ends; mail is delivered to this port and lies in the other."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, imap_port, lmtp_port), daemon=True
    )
    process.start()
    try:
        yield StandIns(ours, ours.recv())
    finally:
        ours.send(("stop",))
        process.join()


def _serve(pipe: Connection, imap_port: int, lmtp_port: int) -> None:
    with ExitStack() as running:
        town = _Town(lmtp_port)
        for server in (town.twilio, town.smtp, town.graph):
            server.start()
            running.callback(server.stop)
        pipe.send(
            Addresses(
                twilio_url=town.twilio.url, account_sid=town.twilio.account_sid, auth_token=town.twilio.auth_token,
                imap_port=imap_port, smtp_port=town.smtp.port, graph_url=town.graph.url, page_token=town.graph.token,
                post=town.graph.post().id,
            )
        )  # fmt: skip
        while (asked := pipe.recv())[0] != "stop":
            pipe.send(getattr(town, asked[0])(*asked[1:]))


class _Town:
    def __init__(self, lmtp_port: int) -> None:
        self._clock = SystemClock()
        self._lmtp_port = lmtp_port
        self.twilio = TwilioServer(self._clock, on_sent=self._text_answered)
        self.smtp = SmtpServer(self._clock, on_mail=self._mail_answered)
        self.graph = GraphServer(self._clock, page_id=PAGE)
        self._number = 0
        self._accepted, self._last_at = 0, 0.0
        #: When who wrote on which channel, and how long they waited.
        self._came: dict[str, tuple[Channel, float]] = {}
        self._waited: dict[str, float] = {}

    def begin(self) -> None:
        self._accepted, self._last_at = 0, 0.0

    def accepted(self) -> Accepted:
        return Accepted(self._accepted, self._last_at)

    def feed(self, seconds: float, each_second: float, channels: tuple[Channel, ...]) -> dict[Channel, list[float]]:
        self._came, self._waited = {}, {}
        stop = threading.Event()
        looking = threading.Thread(target=self._look_at_the_page, args=(stop,), daemon=True)
        looking.start()
        with smtplib.LMTP("127.0.0.1", self._lmtp_port, timeout=30) as line:
            self._write(seconds, each_second, channels, line)
        end = time.monotonic() + GIVE_UP_SECONDS
        while len(self._waited) < len(self._came) and time.monotonic() < end:
            time.sleep(0.05)
        stop.set()
        looking.join()
        waited: dict[Channel, list[float]] = {channel: [] for channel in channels}
        for who, (channel, _) in self._came.items():
            waited[channel].append(self._waited.get(who, GIVE_UP_SECONDS))
        return waited

    def _write(self, seconds: float, each_second: float, channels: tuple[Channel, ...], line: smtplib.LMTP) -> None:
        started, total = time.monotonic(), round(seconds * each_second)
        for place, channel in zip(range(total), cycle(channels), strict=False):
            time.sleep(max(0.0, started + place / each_second - time.monotonic()))
            self._number += 1
            n, text = self._number, TEXTS[self._number % len(TEXTS)].format(n=self._number)
            match channel:
                case Channel.email:
                    self._mail(n, text, line)
                case Channel.sms:
                    # Of many beginnings, as citizens' numbers are.
                    number = f"+467{n * 7919 % 10_000:04d}{n % 10_000:04d}"
                    self._note(number, channel)
                    self.twilio.receive(number, NUMBER, text)
                case Channel.facebook:
                    self._note(f"8{n:014d}", channel)
                    self.graph.write(Writer(id=f"8{n:014d}", name=f"Bo {n}"), text)

    def _mail(self, n: int, text: str, line: smtplib.LMTP) -> None:
        sender = f"anna{n}@example.se"
        original = mail(text, sender=sender, to=MAILBOX, id=f"<feed{n}@example.se>", at=self._clock.now())
        self._note(sender, Channel.email)
        line.sendmail(sender, [MAILBOX], original.partition(b"\r\n")[2])

    def _note(self, who: str, channel: Channel) -> None:
        self._came[who] = (channel, time.monotonic())

    def _answered(self, who: str) -> None:
        if who in self._came:
            self._waited.setdefault(who, time.monotonic() - self._came[who][1])

    def _text_answered(self, record: SmsRecord) -> None:
        self._answered(record.recipient)

    def _mail_answered(self, sent: SentMail) -> None:
        self._accepted, self._last_at = self._accepted + 1, time.monotonic()
        for each in sent.recipients:
            self._answered(each)

    def _look_at_the_page(self, stop: threading.Event) -> None:
        seen = len(self.graph.sent)
        while not stop.wait(LOOK_SECONDS):
            sent = self.graph.sent
            for record in sent[seen:]:
                recipient = getattr(record, "recipient", None)
                if recipient is not None:
                    self._answered(recipient.id)
            seen = len(sent)
