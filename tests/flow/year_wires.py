"""What the town of the simulated year is connected to: mailboxes in memory, mail and SMS on real wires on loopback."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from connectors.fake import FakeSink, FakeSource
from connectors.mime import mime
from connectors.web_page import Content
from domain.account import Account, Channel, Mode
from domain.canary import HEADER
from domain.ids import AccountId
from domain.message import Batch, PageActivity
from domain.outgoing import OutgoingKind, Receipt, Rendered
from domain.protocols import Clock, Sink
from domain.site import Site
from pipeline.wires import RealWires
from tests.flow.installation import SetClock
from tests.flow.year_town import CONTACT_PAGE, SECRET


class YearMailbox(FakeSource):
    """A mailbox, number or page in memory that also tells what ends, and when a page last said something."""

    ends: tuple[tuple[str, datetime], ...] | None = None
    last_post_at: datetime | None = None

    def fetch(self, cursor: Mapping[str, Any] | None) -> Batch:
        batch = super().fetch(cursor)
        activity = None if self.last_post_at is None else PageActivity(last_post_at=self.last_post_at)
        return replace(batch, ends=self.ends, activity=activity)


class YearSink(FakeSink):
    """A way out for citizens; a test mail of ours is brought to the mailbox that it is for."""

    def __init__(self, clock: Clock, bring: Callable[[Rendered], None]) -> None:
        super().__init__(clock)
        self._bring = bring

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        receipt = super().send(rendered, before_wire)
        if any(name == HEADER for name, _ in rendered.headers):
            self._bring(rendered)
        return receipt


@dataclass(slots=True)
class YearWires:
    """One mailbox in memory an account; alerts leave by SMTP and SMS as in a running installation."""

    clock: SetClock
    alerts: RealWires
    sources: dict[AccountId, YearMailbox] = field(default_factory=dict)
    #: Accounts that no test mail reaches.
    swallowing: set[AccountId] = field(default_factory=set)
    #: To whom a test mail has come since somebody asked.
    brought: set[AccountId] = field(default_factory=set)
    out: YearSink = field(init=False)

    def __post_init__(self) -> None:
        self.out = YearSink(self.clock, self._bring)

    def source(self, account: Account) -> YearMailbox | None:
        if not account.is_connected:
            return None
        return self.sources.setdefault(account.id, YearMailbox(watch_only=account.mode is Mode.watch_only))

    def line(self, account: Account) -> None:
        return None

    def hook(self, wire: str, account: Account) -> None:
        return None

    def sink(self, site: Site, account: Account, kind: OutgoingKind) -> Sink | None:
        return self.alerts.sink(site, account, kind) if kind is OutgoingKind.alert else self.out

    def _bring(self, rendered: Rendered) -> None:
        if rendered.account not in self.swallowing:
            self.sources[rendered.account].put(mime(rendered, self.clock.now()), at=self.clock.now())
            self.brought.add(rendered.account)


@dataclass(slots=True)
class ContactPage:
    """The municipality's page of addresses, as the crawler reads it."""

    #: What it does not show, and what it shows that it should not.
    hidden: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    shown: tuple[str, ...] = ()

    def __call__(self, site: Site) -> "ContactPage":
        self.shown = tuple(each.address for each in site.accounts if each.channel is Channel.email)
        return self

    def read(self, url: str, *, etag: str = "", modified: str = "") -> Content:
        assert url == CONTACT_PAGE
        addresses = sorted((set(self.shown) - self.hidden) | self.kept)
        version = str(hash(tuple(addresses)))
        return Content(None if etag == version else f"<p>{'<p>'.join(addresses)}", etag=version)

    def close(self) -> None:
        """There is no line."""


def written(account: Account, number: int, about: str, when: datetime) -> tuple[bytes, str]:
    """Return the original of what a citizen writes to an account, and its media type."""
    text = f"Hej! Jag har en fråga om {about}. Vi ses vid {SECRET}."
    if account.channel is Channel.sms:
        return _sms(account, number, text, when), "application/json"
    if account.channel is Channel.facebook:
        return _page_message(account, number, text, when), "application/json"
    return _mail(account, number, about, text, when), "message/rfc822"


def _mail(account: Account, number: int, about: str, text: str, when: datetime) -> bytes:
    stamp = f"{when.astimezone(UTC):%a, %d %b %Y %H:%M:%S +0000}"
    lines = (
        f"Return-Path: <person{number}@example.se>",
        f"Received: from mail.example.se by mx.exempelby.example with ESMTP; {stamp}",
        f"From: Person {number} <person{number}@example.se>", f"To: {account.address}", f"Subject: Om {about}",
        f"Date: {stamp}", f"Message-ID: <{number}@example.se>", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", text, "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def vacation(account: Account, number: int, when: datetime) -> bytes:
    """Return the absence notice that a mail program sent from an account about a mail of a citizen's."""
    stamp = f"{when.astimezone(UTC):%a, %d %b %Y %H:%M:%S +0000}"
    lines = (
        f"From: {account.address}", f"To: person{number}@example.se", "Subject: Autosvar", f"Date: {stamp}",
        f"Message-ID: <vacation-{number}@exempelby.example>", f"In-Reply-To: <{number}@example.se>",
        "Auto-Submitted: auto-replied", "MIME-Version: 1.0", "Content-Type: text/plain", "", "Jag är borta.", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def _sms(account: Account, number: int, text: str, when: datetime) -> bytes:
    stamp = f"{when.astimezone(UTC):%a, %d %b %Y %H:%M:%S +0000}"
    return json.dumps({
        "account_sid": "AC" + "0" * 32, "api_version": "2010-04-01", "body": text, "date_created": stamp,
        "date_sent": stamp, "date_updated": stamp, "direction": "inbound", "error_code": None, "error_message": None,
        "from": f"+467017406{30 + number % 60}", "messaging_service_sid": None, "num_media": "0",
        "num_segments": "1", "price": None, "price_unit": "SEK", "sid": f"SM{number:032x}", "status": "received",
        "to": account.address,
    }).encode()  # fmt: skip


def _page_message(account: Account, number: int, text: str, when: datetime) -> bytes:
    return json.dumps({
        "id": f"m_{number:020d}", "created_time": f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S+0000}",
        "from": {"id": str(200000000000000 + number), "name": f"Person {number}"},
        "to": {"data": [{"id": account.address, "name": account.name}]}, "message": text,
    }).encode()  # fmt: skip
