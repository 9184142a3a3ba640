"""Push: from a mail's delivery to its automatic reply at the SMTP server, with hundreds of mailboxes held in IDLE."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import dramatiq
from rich.console import Console

from cli.loops import keep_sweeping
from cli.roots import activate_site
from domain.account import Account, AutoReply, ImapConnection, Security, SmtpConnection
from domain.hours import Span, WeeklyHours
from domain.ids import AccountId
from domain.site import Site
from pipeline.listen import Listener
from pipeline.receive import receive
from pipeline.runtime import Runtime
from pipeline.wires import RealWires
from settings.environment import Environment
from store.migrate import migrate
from tests.builders import account, site
from tests.flow.installation import mail
from tests.services.dovecot import Dovecot
from tests.services.smtp import SmtpServer
from worker import SystemClock, make_broker, make_runtime

MAILBOXES = 200
MAILS = 60

#: A mail that has no reply by then counts as this late.
GIVE_UP_SECONDS = 30.0


def run(console: Console) -> None:
    """Print the median and the 95th percentile."""
    dovecot, smtp = Dovecot.start(), SmtpServer.start()
    try:
        with tempfile.TemporaryDirectory() as folder, _running(Path(folder), dovecot, smtp) as (runtime, listener):
            console.print(f"{listener.idle} mailboxes held in IDLE; {MAILS} mails delivered one after the other")
            seconds = [until_answered(dovecot, smtp, each, n) for n, each in enumerate(_chosen(runtime))]
    finally:
        smtp.stop()
        dovecot.stop()
    cuts = quantiles(seconds, n=20)
    console.print(f"delivery to reply: median {cuts[9]:.2f} s, p95 {cuts[18]:.2f} s, longest {max(seconds):.2f} s")


def _chosen(runtime: Runtime) -> list[Account]:
    accounts = runtime.site().accounts
    return [accounts[(number * 37) % len(accounts)] for number in range(MAILS)]


def until_answered(dovecot: Dovecot, smtp: SmtpServer, to: Account, number: int) -> float:
    """Deliver a mail, and return the seconds until its automatic reply is at the SMTP server."""
    sender = f"anna{number}@example.se"
    before = len(smtp.received())
    started = time.perf_counter()
    dovecot.deliver(to.address, _mail(sender, to, number), envelope_from=sender)
    while len(smtp.received()) == before and time.perf_counter() - started < GIVE_UP_SECONDS:
        time.sleep(0.01)
    return time.perf_counter() - started


def _mail(sender: str, to: Account, number: int) -> bytes:
    original = mail(sender=sender, to=to.address, id=f"<push{number}@example.se>", at=datetime.now(UTC))
    return original.partition(b"\r\n")[2]  # LMTP writes the Return-Path


@contextmanager
def _running(folder: Path, dovecot: Dovecot, smtp: SmtpServer) -> Iterator[tuple[Runtime, Listener]]:
    clock = SystemClock()
    environment = Environment(site=folder, database=f"sqlite:///{folder}/push.sqlite3")
    broker = make_broker("")
    runtime = make_runtime(environment, broker, wires=RealWires(dovecot.password, clock))
    migrate(runtime.database)
    accounts = tuple(mailbox(dovecot, f"enhet{n}", dovecot.host, dovecot.imap_port) for n in range(MAILBOXES))
    activate_site(runtime, awake(smtp, accounts, timedelta(minutes=10)))
    for each in runtime.site().accounts:
        receive(runtime, each.id)
    listener = Listener(runtime, monotonic=time.monotonic, jitter=lambda: 1.0, holder="bench")
    stop = threading.Event()
    threads = [
        threading.Thread(target=listener.run, args=(stop,)),
        threading.Thread(target=keep_sweeping, args=(runtime, stop)),
    ]
    worker = dramatiq.Worker(broker, worker_timeout=100, worker_threads=6)
    worker.start()
    for thread in threads:
        thread.start()
    try:
        while listener.idle < MAILBOXES:
            time.sleep(0.1)
        yield runtime, listener
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        worker.stop()
        runtime.database.close()


def awake(smtp: SmtpServer, accounts: tuple[Account, ...], poll_every: timedelta) -> Site:
    """Return a municipality with these accounts that answers at all hours."""
    base = site()
    always = (Span(datetime.min.time(), datetime.max.time()),)
    hours = tuple(
        replace(each, weekly=(WeeklyHours(week=(always,) * 7),), half_day_closes=None) for each in base.schedules
    )
    way_out = SmtpConnection(host="127.0.0.1", port=smtp.port, security=Security.none)
    accounts = tuple(replace(each, smtp=way_out) for each in accounts)
    run = replace(base.run, poll_every=poll_every)
    return replace(base, accounts=accounts, schedules=hours, alert_smtp=way_out, run=run)


def mailbox(dovecot: Dovecot, name: str, host: str, port: int) -> Account:
    """Return an account with a mailbox of its own, which is read by way of this host and port."""
    address = dovecot.add_user(f"{name}@exempelby.example")
    way_in = ImapConnection(host=host, port=port, security=Security.none, user=address, secret=address)
    return account(id=AccountId(name), address=address, imap=way_in, auto_reply=AutoReply.on)
