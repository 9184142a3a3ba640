"""Catch-up: ten thousand mails, one of them of 30 MB, in Dovecot after an outage, or at first connection.

The worker is a process of its own with the threads of the small shape: it receives, decides and sends at the same time.
Goals: everything once, oldest first, under 350 MB resident; of old mail nothing but history and one finding.
"""

import base64
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.loops import small_shape
from cli.roots import activate_site
from domain.account import AutoReply, ImapConnection, Security
from domain.ids import AccountId
from domain.message import Fate
from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.receive import receive
from pipeline.runtime import Runtime
from pipeline.wires import RealWires
from settings.environment import Environment
from store.entries import list_there
from store.findings import list_open_findings
from store.leases import list_live
from store.messages import count_by_fate
from store.migrate import migrate
from tests.builders import account, site
from tests.flow.installation import mail
from tests.services.dovecot import PASSWORD, Dovecot
from tests.services.postgres import Postgres
from worker import SystemClock, make_broker, make_runtime

MAILS = 10_000

ADDRESS = "kontaktcenter@exempelby.example"

#: What the big one weighs on the wire.
BIG_BYTES = 30_000_000

#: How large the attachments of the others are: most have none, a few a photograph or a scan.
ATTACHED_BYTES = (0, 0, 0, 0, 0, 0, 0, 20_000, 60_000, 400_000)

#: As long as the catch-up may take.
PATIENCE_SECONDS = 1200.0


@dataclass(frozen=True)
class CaughtUp:
    """What a catch-up took, and what it left."""

    seconds: float
    start_mb: float
    peak_mb: float
    #: How many messages have each fate.
    fates: dict[str, int]
    #: The UIDs as they were stored, oldest row first.
    uids: list[int]
    tickets: int
    #: Rows of the outbox.
    outgoing: int
    #: The evidence of each open finding.
    findings: list[str]

    @property
    def mails(self) -> int:
        """How many messages there are."""
        return sum(self.fates.values())

    @property
    def once_and_in_order(self) -> bool:
        """Whether each message was stored once, oldest first."""
        return self.uids == sorted(set(self.uids)) and len(self.uids) == self.mails


def run(console: Console) -> None:
    """Print how long both take and the peak of resident memory, on both databases."""
    table = Table(title=f"{MAILS} mails and one of {BIG_BYTES // 1_000_000} MB, from Dovecot")
    for column in ("", "seconds", "mails/s", "MB at start", "peak MB (goal: 350)", "tickets", "history", "findings"):
        table.add_column(column, justify="right" if column else "left")
    dovecot, postgres = Dovecot.start(), Postgres.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for what, find in (("outage", catch_up), ("first connection", first_connection)):
                for name, url in {"SQLite": f"sqlite:///{folder}/{find.__name__}", "PostgreSQL": postgres()}.items():
                    table.add_row(f"{what}, {name}", *_row(find(dovecot, url, MAILS)))
    finally:
        postgres.stop()
        dovecot.stop()
    console.print(table)


def _row(spent: CaughtUp) -> tuple[str, ...]:
    if not spent.once_and_in_order or spent.mails != MAILS + 1:
        raise RuntimeError(f"{spent.mails} of {MAILS + 1} messages, in order: {spent.once_and_in_order}")
    return (
        f"{spent.seconds:.1f}", f"{spent.mails / spent.seconds:,.0f}", f"{spent.start_mb:.0f}", f"{spent.peak_mb:.0f}",
        f"{spent.tickets:,}", f"{spent.fates.get(Fate.history, 0):,}", f"{len(spent.findings)}",
    )  # fmt: skip


def catch_up(dovecot: Dovecot, url: str, mails: int) -> CaughtUp:
    """Connect an empty mailbox, let mails gather in it, and return what a worker of its own takes to catch up."""
    user = dovecot.add_user()
    _child("connect", url, dovecot.imap_port, user, 0)
    fill(dovecot, user, mails)
    return CaughtUp(**_child("work", url, dovecot.imap_port, user, mails + 1))


def first_connection(dovecot: Dovecot, url: str, mails: int) -> CaughtUp:
    """Let mails gather in a mailbox, and return what a worker of its own takes to connect it."""
    user = dovecot.add_user()
    with dovecot.client(user) as client:
        # So that the folders are there to be filled.
        client.select_folder("INBOX")
    fill(dovecot, user, mails)
    return CaughtUp(**_child("work", url, dovecot.imap_port, user, mails + 1))


def fill(dovecot: Dovecot, user: str, mails: int) -> None:
    """Put mails straight into a mailbox's files, as a delivery does, with the big one in the middle."""
    new = dovecot.folder / "mail" / user / "Maildir" / "new"
    owner = new.stat()
    for number, original in enumerate(waiting(mails)):
        file = new / f"{1_700_000_000 + number}.M{number}.bench"
        file.write_bytes(original.replace(b"\r\n", b"\n"))
        # The server runs as an ordinary user.
        if owner.st_uid != file.stat().st_uid:
            os.chown(file, owner.st_uid, owner.st_gid)


def waiting(mails: int) -> Iterator[bytes]:
    """Yield as many different mails, and a big one in the middle."""
    chance = random.Random(1)
    for number in range(mails):
        if number == mails // 2:
            yield with_attachment("stor", BIG_BYTES * 3 // 4, chance)
        yield with_attachment(str(number), ATTACHED_BYTES[number % len(ATTACHED_BYTES)], chance)


def with_attachment(name: str, size_bytes: int, chance: random.Random) -> bytes:
    """Return a citizen's mail with an attachment that cannot be compressed."""
    plain = mail(
        f"Hej! Hål {name} i vägen på Storgatan. " + "Det har varit där länge. " * chance.randrange(1, 40),
        sender=f"person{name}@example.se",
        id=f"<{name}@example.se>",
    )
    if not size_bytes:
        return plain
    head, _, text = plain.partition(b"\r\n\r\n")
    head = head.replace(b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", b"")
    attached = base64.encodebytes(chance.randbytes(size_bytes)).replace(b"\n", b"\r\n")
    return (
        head.rstrip() + b'\r\nContent-Type: multipart/mixed; boundary="gr"\r\n\r\n--gr\r\n'
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text + b"\r\n--gr\r\n"
        b'Content-Type: image/jpeg; name="bild.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + attached + b"--gr--\r\n"
    )  # fmt: skip


def _child(work: str, url: str, port: int, user: str, mails: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.catch_up", work, url, str(port), user, str(mails)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1], timeout=PATIENCE_SECONDS + 60
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _in_child(work: str, url: str, port: int, user: str, mails: int) -> dict[str, Any]:
    broker = make_broker("")
    environment = Environment(site=Path("site"), database=url)
    runtime = make_runtime(environment, broker, wires=RealWires(lambda _: PASSWORD, SystemClock()))
    try:
        migrate(runtime.database)
        way_in = ImapConnection(host="127.0.0.1", port=port, security=Security.none, user=user, secret="DOVECOT")
        # In shadow: everything is done for each mail but the sending.
        watched = account(address=ADDRESS, imap=way_in, auto_reply=AutoReply.shadow)
        activate_site(runtime, site(accounts=(watched,)))
        if work == "connect":
            receive(runtime, watched.id)
            return {}
        started, start_mb = time.perf_counter(), _resident_mb("VmRSS")
        with small_shape(broker, runtime):
            runtime.bell.ring(Step.receive, watched.id)
            _wait(runtime, mails)
        seconds = time.perf_counter() - started
        return asdict(_found(runtime, watched.id, seconds, start_mb))
    finally:
        runtime.database.close()


def _wait(runtime: Runtime, mails: int) -> None:
    deadline, stop = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while not stop.wait(1):
        with runtime.database.read() as connection:
            fates, live = count_by_fate(connection, MACHINE), list_live(connection, MACHINE)
        if fates.get(Fate.ticket, 0) + fates.get(Fate.history, 0) == mails and not _visited(live):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"not caught up: {fates}")


def _visited(live: frozenset[str]) -> bool:
    return any(lease.startswith("account/") for lease in live)


def _found(runtime: Runtime, id: AccountId, seconds: float, start_mb: float) -> CaughtUp:
    with runtime.database.read() as connection:
        entries = list_there(connection, MACHINE, id)
        return CaughtUp(
            seconds=seconds,
            start_mb=start_mb,
            peak_mb=_resident_mb("VmHWM"),
            fates={str(fate): count for fate, count in count_by_fate(connection, MACHINE).items()},
            uids=[
                int(each.identity.rpartition("/")[2]) for each in sorted(entries, key=lambda each: each.message or 0)
            ],
            tickets=connection.exec_driver_sql("SELECT count(*) FROM tickets").scalar_one(),
            outgoing=connection.exec_driver_sql("SELECT count(*) FROM outgoing").scalar_one(),
            findings=[each.evidence for each in list_open_findings(connection, MACHINE)],
        )


def _resident_mb(name: str) -> float:
    """Return a line of /proc/self/status: VmRSS is what is resident, VmHWM its highest."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    print(json.dumps(_in_child(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))))
