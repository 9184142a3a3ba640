"""The providers' stand-ins in a process of their own, so that they take none of ours: they feed and time."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from sandbox.graph import GraphServer
from sandbox.graph_records import CommentRecord, Writer
from sandbox.imap_server import ImapServer
from sandbox.smtp_server import SmtpServer
from sandbox.twilio import TwilioServer
from sandbox.twilio_messages import SmsRecord
from tests.flow.installation import mail
from worker import SystemClock

NUMBER = "+46701740605"
MAILBOX = "kontaktcenter@exempelby.example"
PASSWORD = "bench"
PAGE = "100000000000001"

#: What has no reply by then counts as this late.
GIVE_UP_SECONDS = 60.0

TEXTS = (
    "Hej, gatlyktan utanför Storgatan {n} är trasig",
    "Det är ett stort hål i vägen vid Kvarngatan {n}",
    "Papperskorgen vid lekplatsen på Skolgatan {n} är full",
)


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the stand-ins answer, and what they ask to be shown."""

    twilio_url: str
    account_sid: str
    auth_token: str
    imap_port: int
    smtp_port: int
    graph_url: str
    page_token: str
    #: The post under which comments gather.
    post: str


class Providers:
    """The stand-ins as the bench sees them: ask, and wait for the answer."""

    def __init__(self, pipe: Connection, addresses: Addresses) -> None:
        """Speak through a pipe that has been opened."""
        self._pipe = pipe
        self.addresses = addresses

    def feed(self, seconds: float, each_second: int) -> list[float]:
        """Let SMS, mail and Messenger messages come in turn; return how long each SMS waited for its reply."""
        self._pipe.send(("feed", seconds, each_second))
        return list(self._pipe.recv())

    def pile(self, texts: int, comments: int) -> None:
        """Let SMS and comments gather at once."""
        self._pipe.send(("pile", texts, comments))
        self._pipe.recv()


@contextmanager
def open_providers() -> Iterator[Providers]:
    """Run the stand-ins until the block ends."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Providers(ours, ours.recv())
    finally:
        ours.send(("stop",))
        process.join()


def _serve(pipe: Connection) -> None:
    clock = SystemClock()
    with ExitStack() as running:
        town = _Town(clock)
        for server in (town.twilio, town.imap, town.smtp, town.graph):
            server.start()
            running.callback(server.stop)
        town.post = town.graph.post()
        town.imap.add_user(MAILBOX, PASSWORD)
        pipe.send(
            Addresses(
                twilio_url=town.twilio.url, account_sid=town.twilio.account_sid, auth_token=town.twilio.auth_token,
                imap_port=town.imap.port, smtp_port=town.smtp.port, graph_url=town.graph.url,
                page_token=town.graph.token, post=town.post.id,
            )
        )  # fmt: skip
        while (asked := pipe.recv())[0] != "stop":
            pipe.send(getattr(town, asked[0])(*asked[1:]))


class _Town:
    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self.twilio = TwilioServer(clock, on_sent=self._answered)
        self.imap = ImapServer(clock)
        self.smtp = SmtpServer(clock)
        self.graph = GraphServer(clock, page_id=PAGE)
        self.post: CommentRecord
        self._came: dict[str, float] = {}
        self._waited: dict[str, float] = {}
        self._count = 0

    def feed(self, seconds: float, each_second: int) -> list[float]:
        self._came, self._waited = {}, {}
        started, total = time.perf_counter(), int(seconds * each_second)
        for place in range(total):
            time.sleep(max(0.0, started + place / each_second - time.perf_counter()))
            (self._text, self._mail, self._write)[place % 3]()
        end = time.perf_counter() + GIVE_UP_SECONDS
        while len(self._waited) < len(self._came) and time.perf_counter() < end:
            time.sleep(0.05)
        return [self._waited.get(number, GIVE_UP_SECONDS) for number in self._came]

    def pile(self, texts: int, comments: int) -> None:
        for _ in range(texts):
            self._text()
        for _ in range(comments):
            n = self._next()
            self.graph.comment(self.post, Writer(id=f"9{n:014d}", name=f"Anna {n}"), TEXTS[n % 3].format(n=n))

    def _text(self) -> None:
        n = self._next()
        # Of many beginnings, as citizens' numbers are.
        number = f"+467{n * 7919 % 10_000:04d}{n % 10_000:04d}"
        self._came[number] = time.perf_counter()
        self.twilio.receive(number, NUMBER, TEXTS[n % 3].format(n=n))

    def _mail(self) -> None:
        n = self._next()
        sender = f"anna{n}@example.se"
        text, now = TEXTS[n % 3].format(n=n), self._clock.now()
        original = mail(text, sender=sender, to=MAILBOX, id=f"<b{n}@example.se>", at=now)
        self.imap.deliver(MAILBOX, original.partition(b"\r\n")[2], now, envelope_sender=sender)

    def _write(self) -> None:
        n = self._next()
        self.graph.write(Writer(id=f"8{n:014d}", name=f"Bo {n}"), TEXTS[n % 3].format(n=n))

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _answered(self, record: SmsRecord) -> None:
        if record.recipient in self._came:
            self._waited.setdefault(record.recipient, time.perf_counter() - self._came[record.recipient])
