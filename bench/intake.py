"""Intake: a mailbox of mixed mails in Dovecot, received, stored and decided, beside a bare loop that only parses.

Each run is a process of its own, so that its memory is its own: `python -m bench.intake RUN` is what `run` starts.
"""

import email
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import policy
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from imapclient import IMAPClient
from rich.console import Console
from rich.table import Table

from cli.roots import activate_site
from domain.account import AutoReply, ImapConnection, Security
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.runtime import Runtime
from pipeline.wires import RealWires
from settings.environment import Environment
from store.migrate import migrate
from tests.builders import account, site
from tests.flow.installation import numbered
from tests.services.dovecot import PASSWORD, Dovecot
from tests.services.postgres import Postgres
from worker import SystemClock, make_broker, make_runtime

MAILS = 2_000

SPECIMENS = Path(__file__).parents[1] / "tests" / "mails" / "parse"

#: Larger specimens are about bombs: one in a hundred mails would be one.
LARGEST_BYTES = 100_000

ADDRESS = "kontaktcenter@exempelby.example"


@dataclass(frozen=True)
class Spent:
    """What a run took."""

    seconds: dict[str, float]
    cpu_seconds: float
    peak_mb: float


def run(console: Console) -> None:
    """Print mails a second, CPU seconds a mail and peak memory of each run, and the ratios to the bare loops."""
    dovecot, postgres = Dovecot.start(), Postgres.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            runs = _runs(dovecot, {"SQLite": f"sqlite:///{folder}/intake.sqlite3", "PostgreSQL": postgres()})
    finally:
        postgres.stop()
        dovecot.stop()
    console.print(_table(runs))


def _runs(dovecot: Dovecot, databases: dict[str, str]) -> dict[str, Spent]:
    dovecot.add_user(ADDRESS)
    for url in databases.values():
        # While the mailbox is empty: what comes later is no history.
        _with_runtime(url, dovecot.imap_port, _connect)
    with dovecot.client(ADDRESS) as client:
        for original in _mixed():
            client.append("INBOX", original, (), datetime.now(UTC))
    port = dovecot.imap_port
    bare = {f"bare loop, {name} parser": _in_child("bare", port, name) for name in ("compat32", "default")}
    return bare | {name: _in_child("ours", port, url) for name, url in databases.items()}


def _mixed() -> Iterator[bytes]:
    """Yield every other mail as a citizen writes it, and every other after a specimen, no two the same."""
    specimens = [each for path in sorted(SPECIMENS.glob("*.eml")) if len(each := path.read_bytes()) <= LARGEST_BYTES]
    plain, odd = numbered(MAILS // 2), islice(cycle(specimens), MAILS // 2)
    for number, (citizen, specimen) in enumerate(zip(plain, odd, strict=True)):
        yield citizen
        own = f"Message-ID: <odd{number}@example.se>\r\n".encode()
        without = re.sub(rb"(?im)^message-id:.*\r?\n(?:[ \t].*\r?\n)*", b"", specimen, count=1)
        yield own + without


def _table(runs: dict[str, Spent]) -> Table:
    table = Table(title=f"{MAILS} mixed mails from Dovecot, one process each")
    for column in (
        "run",
        "receive s",
        "decide s",
        "mails/s",
        "CPU ms/mail",
        "peak MB",
        "speed, bare = 1",
        "CPU, bare = 1",
    ):
        table.add_column(column, justify="left" if column == "run" else "right")
    whole = {name: sum(spent.seconds.values()) for name, spent in runs.items()}
    plain = [spent for name, spent in runs.items() if name.startswith("bare")]
    bare = [seconds for name, seconds in whole.items() if name.startswith("bare")]
    for name, spent in runs.items():
        table.add_row(
            name,
            f"{spent.seconds['receive']:.2f}",
            f"{spent.seconds['decide']:.2f}" if "decide" in spent.seconds else "-",
            f"{MAILS / whole[name]:,.0f}",
            f"{spent.cpu_seconds / MAILS * 1000:.2f}",
            f"{spent.peak_mb:.0f}",
            " / ".join(f"{seconds / whole[name]:.2f}" for seconds in bare),
            " / ".join(f"{spent.cpu_seconds / each.cpu_seconds:.1f}" for each in plain),
        )
    return table


def _in_child(kind: str, port: int, what: str) -> Spent:
    command = [sys.executable, "-m", "bench.intake", kind, str(port), what]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1], timeout=600)
    return Spent(**json.loads(done.stdout.splitlines()[-1]))


def _child(kind: str, port: int, what: str) -> Spent:
    started = time.process_time()
    if kind == "bare":
        seconds = {"receive": _timed(lambda: _bare(port, policy.default if what == "default" else policy.compat32))}
    else:
        seconds = _with_runtime(what, port, _ours)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Spent(seconds, time.process_time() - started, peak_mb)


def _ours(runtime: Runtime) -> dict[str, float]:
    id = runtime.site().accounts[0].id
    seconds = {"receive": _timed(lambda: receive(runtime, id)), "decide": 0.0}
    started = time.perf_counter()
    decided = decide(runtime)
    seconds["decide"] = time.perf_counter() - started
    if decided.fates.total() != MAILS or decided.replies < MAILS // 4:
        raise RuntimeError(f"the intake did something else than it should: {decided}")
    return seconds


def _bare(port: int, how: Any) -> None:
    """Fetch and parse, as a simple poller does; what the library cannot read is passed over."""
    with IMAPClient("127.0.0.1", port, ssl=False) as client:
        client.plain_login(ADDRESS, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        uids = client.search(["ALL"])
        for first in range(0, len(uids), 50):
            for found in client.fetch(uids[first : first + 50], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"]).values():
                try:
                    _parse(email.message_from_bytes(found[b"BODY[]"], policy=how))
                except (LookupError, ValueError, AttributeError, TypeError):
                    continue


def _parse(message: Any) -> tuple[str, str, str]:
    text = next(
        (part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/plain"), b""
    )
    return str(message["From"]), str(message["Subject"]), (text or b"").decode("utf-8", "replace")


def _with_runtime(url: str, port: int, work: Callable[[Runtime], dict[str, float]]) -> dict[str, float]:
    environment = Environment(site=Path("site"), database=url)
    runtime = make_runtime(environment, make_broker(""), wires=RealWires(lambda _: PASSWORD, SystemClock()))
    try:
        migrate(runtime.database)
        way_in = ImapConnection(host="127.0.0.1", port=port, security=Security.none, user=ADDRESS, secret="DOVECOT")
        activate_site(runtime, site(accounts=(account(address=ADDRESS, imap=way_in, auto_reply=AutoReply.on),)))
        return work(runtime)
    finally:
        runtime.database.close()


def _connect(runtime: Runtime) -> dict[str, float]:
    receive(runtime, runtime.site().accounts[0].id)
    return {}


def _timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(asdict(_child(sys.argv[1], int(sys.argv[2]), sys.argv[3]))))
