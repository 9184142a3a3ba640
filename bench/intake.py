"""Intake: a mailbox of mixed mails in Dovecot, received, stored and decided, beside a bare loop that only parses.

The bare loop is what a colleague would write in an afternoon: imapclient, fifty mails a FETCH, and the standard
library's parser with its modern policy (`default`), which decodes headers; From, Subject and the first text are read.
The older `compat32` decodes nothing that is not asked for. It stores nothing, and decides nothing.

Ours is what `svarsvakt run` does with the same mailbox: receive in one thread, decide in another, each batch committed
with `synchronous=FULL` on SQLite (claims alone wait for no disk); on the tests' PostgreSQL, which has `fsync=off`. With
a crew, processes decide in place of the second thread. Sending is not part of it.

Each run is a process of its own, so that its memory is its own: `python -m bench.intake RUN` is what `run` starts.
"""

import email
import json
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import policy
from itertools import cycle, islice
from multiprocessing import active_children
from os import getloadavg, sysconf
from pathlib import Path
from typing import Any, TypeVar

from imapclient import IMAPClient
from rich.console import Console
from rich.table import Table

from cli.roots import activate_site
from domain.account import AutoReply, ImapConnection, Security
from pipeline.crew import ProcessCrew
from pipeline.decide import decide
from pipeline.decided import Decided
from pipeline.get_ready import get_ready
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

Answer = TypeVar("Answer")

MAILS = 2_000

ROOT = Path(__file__).parents[1]

SPECIMENS = ROOT / "tests" / "mails" / "parse"

#: Larger specimens are about bombs: one in a hundred mails would be one.
LARGEST_BYTES = 100_000

ADDRESS = "kontaktcenter@exempelby.example"


#: Each run is made so often, in turns, and the quickest counts: what others do on the machine only ever slows down.
ROUNDS = 3

#: Processes that decide beside ours; 0: it does so itself.
CREWS = (0, 2)


@dataclass(frozen=True)
class Spent:
    """What a run took."""

    seconds: float
    cpu_seconds: float
    #: Of all its processes together.
    peak_mb: float
    #: Of the machine, when the run had ended: what others do on it.
    load: float
    #: To load what is loaded once a process: the model of languages, and what the settings' examples teach.
    start_seconds: float = 0.0


def run(console: Console) -> None:
    """Print mails a second, CPU seconds a mail and peak memory of each run, and the ratios to the bare loops."""
    dovecot, postgres = Dovecot.start(), Postgres.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            runs = _runs(dovecot, postgres, Path(folder))
    finally:
        postgres.stop()
        dovecot.stop()
    console.print(_table(runs))


def _runs(dovecot: Dovecot, postgres: Postgres, folder: Path) -> dict[str, Spent]:
    dovecot.add_user(ADDRESS)
    rounds = [
        {
            **{("SQLite", crew): f"sqlite:///{folder}/intake{crew}_{number}.sqlite3" for crew in CREWS},
            **{("PostgreSQL", crew): postgres() for crew in CREWS},
        }
        for number in range(ROUNDS)
    ]
    for url in (url for urls in rounds for url in urls.values()):
        # While the mailbox is empty: what comes later is no history.
        _with_runtime(url, dovecot.imap_port, _receive)
    with dovecot.client(ADDRESS) as client:
        for original in _mixed():
            client.append("INBOX", original, (), datetime.now(UTC))
    made = [_round(dovecot.imap_port, urls) for urls in rounds]
    return {name: min((each[name] for each in made), key=lambda spent: spent.seconds) for name in made[0]}


def _round(port: int, urls: dict[tuple[str, int], str]) -> dict[str, Spent]:
    bare = {f"bare, {name}": _in_child("bare", port, name) for name in ("compat32", "default")}
    ours = {
        f"{name}, crew of {crew}" if crew else f"{name}, alone": _in_child(str(crew), port, url)
        for (name, crew), url in urls.items()
    }
    return bare | ours


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
    table = Table(title=f"{MAILS} mixed mails from Dovecot, the quickest of {ROUNDS} rounds")
    for column in ("run", "mails/s", "bare = 1", "CPU ms/mail", "bare = 1", "peak MB", "start s", "load"):
        table.add_column(column, justify="left" if column == "run" else "right")
    bare = runs["bare, default"]
    for name, spent in runs.items():
        table.add_row(
            name,
            f"{MAILS / spent.seconds:,.0f}",
            f"{bare.seconds / spent.seconds:.2f}",
            f"{spent.cpu_seconds / MAILS * 1000:.2f}",
            f"{spent.cpu_seconds / bare.cpu_seconds:.1f}",
            f"{spent.peak_mb:.0f}",
            f"{spent.start_seconds:.1f}",
            f"{spent.load:.1f}",
        )
    return table


def _in_child(kind: str, port: int, what: str) -> Spent:
    command = [sys.executable, "-m", "bench.intake", kind, str(port), what]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT, timeout=600)
    return Spent(**json.loads(done.stdout.splitlines()[-1]))


def _child(kind: str, port: int, what: str) -> Spent:
    if kind == "bare":
        how = policy.default if what == "default" else policy.compat32
        start, cpu, seconds = 0.0, _cpu_seconds(()), _timed(lambda: _bare(port, how))
        cpu = _cpu_seconds(()) - cpu
    else:
        start, cpu, seconds = _with_runtime(what, port, _ours, int(kind))
    peaks = (resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, largest_of_crew = (peak / 1024 for peak in peaks)
    crew = int(kind) if kind.isdecimal() else 0
    return Spent(seconds, cpu, own + crew * largest_of_crew, getloadavg()[0], start)


def _ours(runtime: Runtime) -> tuple[float, float, float]:
    """Return the seconds of the start, the CPU seconds after it, and the seconds."""
    start = _timed(lambda: _get_ready(runtime))
    members = [each.pid or 0 for each in active_children()]
    cpu, began = _cpu_seconds(members), time.perf_counter()
    receiving = threading.Thread(target=_receive, args=(runtime,))
    receiving.start()
    decided = Decided()
    while receiving.is_alive() or decided.fates.total() < MAILS:
        decided.include(decide(runtime))
        receiving.join(0.005)
    seconds, cpu = time.perf_counter() - began, _cpu_seconds(members) - cpu
    runtime.crew.close()
    if decided.fates.total() != MAILS or decided.replies < MAILS // 4:
        raise RuntimeError(f"the intake did something else than it should: {decided}")
    return start, cpu, seconds


def _get_ready(runtime: Runtime) -> None:
    get_ready(runtime.site(), runtime.now)
    if isinstance(runtime.crew, ProcessCrew):
        runtime.crew.get_ready()


def _receive(runtime: Runtime) -> None:
    receive(runtime, runtime.site().accounts[0].id)


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


def _with_runtime(url: str, port: int, work: Callable[[Runtime], Answer], processes: int = 0) -> Answer:
    environment = Environment(site=Path("site"), database=url, deciding_processes=processes)
    runtime = make_runtime(environment, make_broker(""), wires=RealWires(lambda _: PASSWORD, SystemClock()))
    try:
        migrate(runtime.database)
        way_in = ImapConnection(host="127.0.0.1", port=port, security=Security.none, user=ADDRESS, secret="DOVECOT")
        activate_site(runtime, site(accounts=(account(address=ADDRESS, imap=way_in, auto_reply=AutoReply.on),)))
        return work(runtime)
    finally:
        runtime.database.close()


def _cpu_seconds(members: Iterable[int]) -> float:
    """Return the processor time of this process and of these."""
    ticks = 0
    for pid in members:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after_name[11]) + int(after_name[12])
    return time.process_time() + ticks / sysconf("SC_CLK_TCK")


def _timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(asdict(_child(sys.argv[1], int(sys.argv[2]), sys.argv[3]))))
