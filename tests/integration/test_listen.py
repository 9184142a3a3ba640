"""Lines held in IDLE on a real server: a change rings at once, and a server that dies is no hot loop."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.idle import IdleLine
from domain.account import ImapConnection, Security
from domain.errors import Unreachable
from domain.ids import AccountId
from domain.protocols import Step
from pipeline.listen import Listener
from tests.flow.installation import FakeWires, Installation, mail, small_site
from tests.services.dovecot import Dovecot
from tests.tables import embedded_with_tables

pytestmark = [pytest.mark.service("dovecot"), pytest.mark.xdist_group("listen")]


class Bell:
    """Keeps which accounts were rung for, and when."""

    def __init__(self) -> None:
        self.rung: list[tuple[AccountId | None, float]] = []

    def ring(self, step: Step, account: AccountId | None = None) -> None:
        self.rung.append((account, time.monotonic()))


class DovecotWires(FakeWires):
    """Lines to a real server; the rest in memory."""

    def line(self, account: object) -> IdleLine | None:  # type: ignore[override]
        return IdleLine(account.imap, "hemligt")  # type: ignore[attr-defined]


@pytest.fixture
def way(dovecot: Dovecot) -> ImapConnection:
    return ImapConnection(
        host=dovecot.host,
        port=dovecot.imap_port,
        security=Security.none,
        user=dovecot.add_user(),
        timeout_seconds=5,
    )


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def listener(way: ImapConnection, bell: Bell, tmp_path: Path) -> Iterator[Listener]:
    """Run a listener on one mailbox, in a thread."""
    database = embedded_with_tables(tmp_path / "listen.sqlite3")
    site = small_site()
    town = Installation(database, site=replace(site, accounts=(replace(site.accounts[0], imap=way),)))
    runtime = replace(town.runtime, wires=DovecotWires(town.clock), bell=bell)
    made = Listener(runtime, monotonic=time.monotonic, jitter=lambda: 0.01, holder="test")
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    yield made
    stop.set()
    thread.join(10)
    database.close()
    assert not thread.is_alive()


def until(question: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something is so. Raises AssertionError when it does not become so in time."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_mail_that_arrives_rings_its_account(
    listener: Listener, bell: Bell, dovecot: Dovecot, way: ImapConnection
) -> None:
    until(lambda: listener.idle == 1)
    rung = len(bell.rung)

    dovecot.deliver(way.user, mail())

    until(lambda: len(bell.rung) > rung, seconds=2.0)


def test_a_line_that_is_opened_rings_once_for_what_came_before(listener: Listener, bell: Bell) -> None:
    until(lambda: listener.idle == 1)

    assert len(bell.rung) == 1


def test_a_server_that_dies_and_comes_back_is_listened_to_again_without_a_hot_loop(
    listener: Listener, bell: Bell, dovecot: Dovecot, way: ImapConnection
) -> None:
    until(lambda: listener.idle == 1)

    dovecot.server.stop()
    until(lambda: listener.idle == 0)
    before = time.process_time()
    time.sleep(1.0)
    spent = time.process_time() - before
    dovecot.server.start()

    until(lambda: listener.idle == 1, seconds=20)
    rung = len(bell.rung)
    dovecot.deliver(way.user, mail())
    until(lambda: len(bell.rung) > rung, seconds=2.0)
    assert spent < 0.5


def test_a_line_survives_being_renewed(way: ImapConnection, dovecot: Dovecot) -> None:
    line = IdleLine(way, "hemligt")
    line.open()

    assert not line.renew()
    dovecot.deliver(way.user, mail())

    until(line.renew, seconds=3.0)
    line.close()


def test_a_closed_line_says_so(way: ImapConnection) -> None:
    with pytest.raises(Unreachable, match="is closed"):
        IdleLine(way, "hemligt").fileno()


def test_a_wrong_password_is_a_sign_in_that_failed(way: ImapConnection) -> None:
    with pytest.raises(Unreachable) as refused:
        IdleLine(way, "fel").open()

    assert refused.value.step == "sign_in"
