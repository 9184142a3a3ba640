"""SMS: how long a citizen waits for the automatic reply while all channels are busy, and how fast a pile is taken in.

The whole small shape in this process, on SQLite; the providers' stand-ins in another, which feed and time.
Goal: 99 of 100 SMS have their reply accepted by the provider within ten seconds of their arrival.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from statistics import quantiles
from typing import Any

import dramatiq
from rich.console import Console
from rich.table import Table

from bench.providers import MAILBOX, NUMBER, PAGE, PASSWORD, Addresses, Providers, open_providers
from cli.loops import small_shape
from cli.roots import activate_site
from connectors.graph_client import GraphClient
from connectors.twilio_client import TwilioClient
from domain.account import (
    Account,
    AutoReply,
    Channel,
    FacebookConnection,
    ImapConnection,
    Security,
    SmtpConnection,
    Tier,
    TwilioConnection,
)
from domain.hours import Span, WeeklyHours
from domain.ids import AccountId
from domain.site import Site
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.runtime import Runtime
from pipeline.wires import RealWires
from settings.environment import Environment
from store.migrate import migrate
from tests.builders import account, site
from worker import SystemClock, make_broker, make_runtime

FEED_SECONDS = 60.0
EACH_SECOND = 20
PILE = 1_000

GOAL_SECONDS = 10.0


def run(console: Console) -> None:
    """Print how long replies took, and messages per second of a pile beside the stand-in's bare list."""
    with open_providers() as providers:
        waited = sorted(until_answered(providers))
    cuts = quantiles(waited, n=100)
    channels = f"{EACH_SECOND} messages a second by SMS, mail and Messenger for {FEED_SECONDS:.0f} s"
    console.print(f"{channels}; {len(waited)} SMS, to accepted reply (goal: p99 under {GOAL_SECONDS:.0f} s):")
    console.print(
        f"p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, p99 {cuts[98]:.2f} s, longest {waited[-1]:.2f} s", highlight=False
    )
    table = Table(title=f"{PILE} SMS and {PILE} comments waiting, one thread, SQLite")
    for column in ("", "listed/s by the stand-in alone", "stored/s", "stored and decided/s"):
        table.add_column(column, justify="right" if column else "left")
    with open_providers() as providers:
        for name, rates in taken_in(providers).items():
            table.add_row(name, *(f"{each:,.0f}" for each in rates))
    console.print(table)


def until_answered(providers: Providers) -> list[float]:
    """Return how many seconds each SMS waited for its reply."""
    broker = make_broker("")
    with _connected(providers, broker) as runtime, small_shape(broker, runtime):
        return providers.feed(FEED_SECONDS, EACH_SECOND)


def taken_in(providers: Providers) -> dict[str, tuple[float, float, float]]:
    """Return of SMS and of comments how many are listed, stored, and stored and decided in a second."""
    with _connected(providers, make_broker("")) as runtime:
        providers.pile(PILE, 0)
        texts = _taken_in(runtime, AccountId("sms"), _list_texts(providers.addresses))
        providers.pile(0, PILE)
        comments = _taken_in(runtime, AccountId("sida"), _list_comments(providers.addresses))
    return {"SMS": texts, "comments": comments}


def _taken_in(runtime: Runtime, id: AccountId, listing_seconds: float) -> tuple[float, float, float]:
    started = time.perf_counter()
    new = 0
    while new < PILE:
        new += receive(runtime, id).new
    stored = time.perf_counter() - started
    decided = sum(decide(runtime).fates.values())
    both = time.perf_counter() - started
    if decided != PILE:
        raise RuntimeError(f"{decided} of {PILE} messages were decided")
    return PILE / listing_seconds, PILE / stored, PILE / both


def _list_texts(addresses: Addresses) -> float:
    client, started = TwilioClient(_twilio(addresses), addresses.auth_token), time.perf_counter()
    listed = client.get("/Messages.json", {"PageSize": 1000, "To": NUMBER})["messages"]
    seconds = time.perf_counter() - started
    client.close()
    if len(listed) != PILE:
        raise RuntimeError(f"{len(listed)} of {PILE} SMS are listed")
    return seconds


def _list_comments(addresses: Addresses) -> float:
    client, started = GraphClient(_page(addresses), addresses.page_token), time.perf_counter()
    listed = sum(len(page) for page in client.pages(addresses.post, "comments", limit=100))
    seconds = time.perf_counter() - started
    client.close()
    if listed != PILE:
        raise RuntimeError(f"{listed} of {PILE} comments are listed")
    return seconds


@contextmanager
def _connected(providers: Providers, broker: dramatiq.Broker) -> Iterator[Runtime]:
    """Give an installation whose accounts were read while they were empty (P14)."""
    addresses, clock = providers.addresses, SystemClock()
    shown = {"twilio": addresses.auth_token, "mail": PASSWORD, "facebook": addresses.page_token}
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment(database=f"sqlite:///{folder}/sms.sqlite3")
        runtime = make_runtime(environment, broker, wires=RealWires(shown.__getitem__, clock), alone=True)
        migrate(runtime.database)
        activate_site(runtime, awake(addresses))
        for each in runtime.site().accounts:
            receive(runtime, each.id)
        yield runtime
        runtime.database.close()


def awake(addresses: Addresses) -> Site:
    """Return a municipality that answers at all hours on a number, a mailbox and a page, and stops for no rush."""
    base = site()
    always = (Span(datetime.min.time(), datetime.max.time()),)
    hours = tuple(
        replace(each, weekly=(WeeklyHours(week=(always,) * 7),), half_day_closes=None) for each in base.schedules
    )
    smtp = SmtpConnection(host="127.0.0.1", port=addresses.smtp_port, security=Security.none)
    imap = ImapConnection(
        host="127.0.0.1", port=addresses.imap_port, security=Security.none, user=MAILBOX, secret="mail"
    )  # fmt: skip
    accounts = (
        _account("sms", Channel.sms, NUMBER, twilio=_twilio(addresses)),
        _account("brev", Channel.email, MAILBOX, imap=imap, smtp=smtp),
        _account("sida", Channel.facebook, PAGE, facebook=_page(addresses)),
    )
    brakes = replace(base.brakes, installation_per_hour=1_000_000)
    return replace(base, accounts=accounts, schedules=hours, alert_smtp=smtp, brakes=brakes)


def _account(id: str, channel: Channel, address: str, **connections: Any) -> Account:
    base = account(
        id=AccountId(id), name=id, channel=channel, address=address, tier=Tier.contact_center, auto_reply=AutoReply.on
    )
    return replace(base, **{"imap": None, "smtp": None, **connections})


def _twilio(addresses: Addresses) -> TwilioConnection:
    return TwilioConnection(account_sid=addresses.account_sid, secret="twilio", base_url=addresses.twilio_url)


def _page(addresses: Addresses) -> FacebookConnection:
    return FacebookConnection(secret="facebook", base_url=addresses.graph_url)
