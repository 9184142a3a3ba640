"""A server that hangs, wherever it does: the account says so in time, and is read again when the server is back."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dramatiq
import pytest

from cli.loops import keep_sweeping
from cli.roots import activate_site
from domain.account import Account, ImapConnection, Security
from domain.finding import Heartbeat
from domain.viewer import MACHINE
from pipeline.listen import Listener
from pipeline.runtime import Runtime
from pipeline.wires import RealWires
from settings.environment import Environment
from store.accounts import list_heartbeats
from store.migrate import migrate
from store.reconciliations import list_reconciliations
from tests.builders import account, site
from tests.flow.installation import mail
from tests.services.dovecot import Dovecot
from tests.services.hanging import HangingServer
from worker import SystemClock, make_broker, make_runtime

pytestmark = [pytest.mark.service("dovecot"), pytest.mark.xdist_group("hangs"), pytest.mark.timeout(60)]

#: How often the account is visited, and how long its server may be silent.
POLL_EVERY, SILENCE_SECONDS = timedelta(seconds=2), 1.5

#: What the machine itself may take on top of the waits.
SLACK_SECONDS = 12.0

#: So rarely that no visit is due while a test runs.
NEVER = timedelta(hours=1)


@pytest.fixture
def server(dovecot: Dovecot) -> Iterator[HangingServer]:
    """Run a server that is well until it is told to hang."""
    server = HangingServer("127.0.0.1", dovecot.imap_port, at=None)
    yield server
    server.stop()


@pytest.fixture
def watched(dovecot: Dovecot, server: HangingServer) -> Account:
    """Give an account on that server."""
    user = dovecot.add_user()
    way_in = ImapConnection(
        host="127.0.0.1", port=server.port, security=Security.none, user=user, secret=user,
        timeout_seconds=SILENCE_SECONDS,
    )  # fmt: skip
    return account(address=user, imap=way_in)


@contextmanager
def installation(folder: Path, dovecot: Dovecot, watched: Account, *, poll_every: timedelta) -> Iterator[Runtime]:
    """Run worker, scheduler and listener with this account; the listener asks its line four times a second."""
    environment = Environment(site=folder, database=f"sqlite:///{folder}/hangs.sqlite3")
    broker = make_broker("")
    runtime = make_runtime(environment, broker, wires=RealWires(dovecot.password, SystemClock()))
    migrate(runtime.database)
    base = site(accounts=(watched,))
    activate_site(runtime, replace(base, run=replace(base.run, poll_every=poll_every)))
    listener = Listener(runtime, monotonic=time.monotonic, jitter=lambda: 0.01, holder="test")
    worker, stop = dramatiq.Worker(broker, worker_timeout=100, worker_threads=4), threading.Event()
    loops = [
        threading.Thread(target=listener.run, args=(stop,)),
        threading.Thread(target=keep_sweeping, args=(runtime, stop)),
    ]
    worker.start()
    for loop in loops:
        loop.start()
    try:
        until("it was never read", lambda: bool((found := heartbeat(runtime)) and found.read_at), 30)
        until("it was never compared", lambda: is_compared(runtime), 20)
        until("it was never listened to", lambda: listener.idle == 1, 20)
        yield runtime
    finally:
        stop.set()
        for loop in loops:
            loop.join()
        worker.stop()
        runtime.database.close()


def heartbeat(runtime: Runtime) -> Heartbeat | None:
    """Return how the last visits to the account went."""
    with runtime.database.read() as connection:
        return next(iter(list_heartbeats(connection, MACHINE)), None)


def is_compared(runtime: Runtime) -> bool:
    """Say whether the first comparison is done, which is a visit too."""
    with runtime.database.read() as connection:
        return any(each.at is not None for each in list_reconciliations(connection, MACHINE))


def is_named(runtime: Runtime) -> bool:
    """Say whether the account is said to be unreachable."""
    return bool((found := heartbeat(runtime)) and found.failing_since)


def until(what: str, question: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so. Raises AssertionError when it does not become so."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.mark.parametrize("at", [b"", b"\r\n", b"BODY.PEEK", None], ids=["greeting", "command", "fetch", "everything"])
def test_a_server_that_hangs_is_named_after_a_visit_and_its_silence_and_is_read_again_when_it_is_back(
    tmp_path: Path, dovecot: Dovecot, server: HangingServer, watched: Account, at: bytes | None
) -> None:
    with installation(tmp_path, dovecot, watched, poll_every=POLL_EVERY) as runtime:
        server.hang(at)
        dovecot.append(watched.address, mail())

        in_time = POLL_EVERY.total_seconds() + SILENCE_SECONDS + SLACK_SECONDS
        until("it was not named in time", lambda: is_named(runtime), in_time)
        found = heartbeat(runtime)
        server.recover()
        until("it was not read again", lambda: not is_named(runtime), in_time + SILENCE_SECONDS)

    assert found is not None
    assert (found.failed_step, "did not answer in time" in found.failure) == ("tcp", True)


def test_a_server_that_hangs_while_a_line_idles_is_named_though_no_visit_is_due(
    tmp_path: Path, dovecot: Dovecot, server: HangingServer, watched: Account
) -> None:
    with installation(tmp_path, dovecot, watched, poll_every=NEVER) as runtime:
        server.hang()

        until("it was not named in time", lambda: is_named(runtime), 2 * SILENCE_SECONDS + SLACK_SECONDS)


def test_a_line_that_went_deaf_is_replaced_though_the_server_is_well(
    tmp_path: Path, dovecot: Dovecot, server: HangingServer, watched: Account
) -> None:
    server.hang(b"DONE")
    with installation(tmp_path, dovecot, watched, poll_every=NEVER) as runtime:
        taken = server.taken

        # The visit that the broken line asks for, and the line that replaces it.
        until("no line replaced it", lambda: server.taken >= taken + 2, SILENCE_SECONDS + SLACK_SECONDS)

        assert not is_named(runtime)
