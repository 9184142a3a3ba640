"""Mail servers that hang: each of their accounts is named and tried again, and nobody else's mail is later for it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from cli.loops import small_shape
from cli.roots import activate_site
from domain.account import Account, AutoReply, ImapConnection, Security, SmtpConnection
from domain.finding import Heartbeat
from domain.hours import Span, WeeklyHours
from domain.ids import AccountId
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from pipeline.wires import RealWires
from settings.environment import Environment
from store.accounts import list_heartbeats
from store.migrate import migrate
from tests.builders import account, site
from tests.flow.installation import mail
from tests.services.dovecot import Dovecot
from tests.services.hanging import HangingServer
from tests.services.smtp import SmtpServer
from worker import SystemClock, make_broker, make_runtime

pytestmark = [pytest.mark.service("dovecot"), pytest.mark.xdist_group("isolation"), pytest.mark.timeout(180)]

HEALTHY, HANGING_EACH = 28, 4

#: How many mails are timed, with the servers that hang and without.
TIMED = 10

#: Where each server hangs: before its greeting, after it, and in the middle of fetching.
HANGS_AT = {"127.0.0.2": b"", "127.0.0.3": b"\r\n", "127.0.0.4": b"BODY.PEEK"}

WHOLE_DAY = (Span(datetime.min.time(), datetime.max.time()),)


@pytest.fixture
def hanging(dovecot: Dovecot) -> Iterator[list[HangingServer]]:
    """Run a server for each way to hang."""
    servers = [HangingServer(host, dovecot.imap_port, at=at) for host, at in HANGS_AT.items()]
    yield servers
    for server in servers:
        server.stop()


@pytest.fixture
def runtime(tmp_path: Path, dovecot: Dovecot) -> Iterator[Runtime]:
    """Run an installation in this process, without accounts."""
    environment = Environment(site=tmp_path, database=f"sqlite:///{tmp_path}/isolation.sqlite3")
    broker = make_broker("")
    runtime = make_runtime(environment, broker, wires=RealWires(dovecot.password, SystemClock()))
    migrate(runtime.database)
    activate_site(runtime, site(accounts=()))
    with small_shape(broker, runtime):
        yield runtime
    runtime.database.close()


def town(smtp: SmtpServer, accounts: list[Account]) -> Site:
    """Return a municipality that answers at all hours and polls often."""
    base = site()
    way_out = SmtpConnection(host="127.0.0.1", port=smtp.port, security=Security.none)
    hours = tuple(
        replace(each, weekly=(WeeklyHours(week=(WHOLE_DAY,) * 7),), half_day_closes=None)  # type: ignore[arg-type]
        for each in base.schedules
    )
    return replace(
        base,
        accounts=tuple(replace(each, smtp=way_out) for each in accounts),
        schedules=hours,
        alert_smtp=way_out,
        run=replace(base.run, poll_every=timedelta(seconds=10)),
    )


def mailbox(dovecot: Dovecot, name: str, host: str, port: int) -> Account:
    """Return an account with a mailbox of its own."""
    address = dovecot.add_user(f"{name}@exempelby.example")
    way_in = ImapConnection(
        host=host, port=port, security=Security.none, user=address, secret=address, timeout_seconds=4
    )
    return account(id=AccountId(name), address=address, imap=way_in, auto_reply=AutoReply.on)


def heartbeats(runtime: Runtime) -> dict[AccountId, Heartbeat]:
    """Return how the last visits went."""
    with runtime.database.read() as connection:
        return {each.account: each for each in list_heartbeats(connection, MACHINE)}


def until(what: str, question: Callable[[], bool], seconds: float) -> float:
    """Wait until something is so; return the seconds it took. Raises AssertionError when it does not become so."""
    started = time.monotonic()
    while not question():
        assert time.monotonic() - started < seconds, what
        time.sleep(0.02)
    return time.monotonic() - started


def answered(dovecot: Dovecot, smtp: SmtpServer, to: Account, sender: str) -> float:
    """Deliver a mail and return the seconds until its automatic reply."""
    before = len(smtp.received())
    original = mail(sender=sender, to=to.address, id=f"<{sender}>", at=datetime.now(UTC)).partition(b"\r\n")[2]
    dovecot.deliver(to.address, original, envelope_from=sender)
    return until(f"{sender} got no reply", lambda: len(smtp.received()) > before, 30)


def test_servers_that_hang_are_named_and_tried_again_and_delay_nobody_else(
    runtime: Runtime, dovecot: Dovecot, smtp_server: SmtpServer, hanging: list[HangingServer]
) -> None:
    healthy = [mailbox(dovecot, f"frisk{n}", dovecot.host, dovecot.imap_port) for n in range(HEALTHY)]
    ill = [
        mailbox(dovecot, f"hang{server.port}{n}", host, server.port)
        for host, server in zip(HANGS_AT, hanging, strict=True)
        for n in range(HANGING_EACH)
    ]
    for each in ill:
        dovecot.append(each.address, mail())

    activate_site(runtime, town(smtp_server, healthy))
    until("not all were read", lambda: sum(b.read_at is not None for b in heartbeats(runtime).values()) == HEALTHY, 40)
    without = [answered(dovecot, smtp_server, healthy[n], f"utan{n}@example.se") for n in range(TIMED)]
    activate_site(runtime, town(smtp_server, [*healthy, *ill]))
    named = until(
        "not all that hang were named",
        lambda: all((b := heartbeats(runtime).get(each.id)) and b.failing_since for each in ill),
        60,
    )
    first = heartbeats(runtime)
    beside = [answered(dovecot, smtp_server, healthy[n], f"med{n}@example.se") for n in range(TIMED)]
    until(
        "not all that hang were tried again",
        lambda: all(heartbeats(runtime)[each.id].visited_at != first[each.id].visited_at for each in ill),
        90,
    )

    print(
        f"{len(ill)} of {len(ill) + HEALTHY} accounts hang, all named within {named:.0f} s; delivery to reply: "
        f"median {median(without):.2f} s without them, {median(beside):.2f} s beside them "
        f"(ratio {median(beside) / median(without):.2f}); longest {max(without):.2f} s and {max(beside):.2f} s"
    )
    assert {heartbeats(runtime)[each.id].failed_step for each in ill} == {"tcp"}
    assert all("did not answer in time" in heartbeats(runtime)[each.id].failure for each in ill)
    assert not [each.id for each in healthy if heartbeats(runtime)[each.id].failing_since]
    # Had the others to wait for a server that hangs, it would be its timeout of 4 seconds.
    assert median(beside) < median(without) + 2.0
