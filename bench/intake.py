"""Intake: a mailbox of mixed mails in Dovecot, received, stored and decided, beside a bare loop that only parses.

The bare loop is what a colleague would write in an afternoon: imapclient and the standard library's parser with its
modern policy (`default`), which decodes headers. The older `compat32` decodes nothing that is not asked for.

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
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import policy
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeVar

from imapclient import IMAPClient
from rich.console import Console
from rich.table import Table

from cli.roots import activate_site
from domain.account import AutoReply, ImapConnection, Security
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

#: How many workers decide at once on PostgreSQL.
WORKERS = (1, 2)


@dataclass(frozen=True)
class Spent:
    """What a run took."""

    seconds: dict[str, float]
    cpu_seconds: float
    peak_mb: float
    #: To load what is loaded once a process: the model of languages, and what the settings' examples teach.
    start_seconds: float = 0.0


def run(console: Console) -> None:
    """Print mails a second, CPU seconds a mail and peak memory of each run, the ratios, and what two workers give."""
    dovecot, postgres = Dovecot.start(), Postgres.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            runs, deciding = _runs(dovecot, postgres, Path(folder))
    finally:
        postgres.stop()
        dovecot.stop()
    console.print(_table(runs))
    for workers, seconds in deciding.items():
        console.print(f"PostgreSQL, deciding alone, {workers} worker processes: {MAILS / seconds:,.0f} mails/s")


def _runs(dovecot: Dovecot, postgres: Postgres, folder: Path) -> tuple[dict[str, Spent], dict[int, float]]:
    dovecot.add_user(ADDRESS)
    urls = {
        "SQLite": [f"sqlite:///{folder}/intake{number}.sqlite3" for number in range(ROUNDS)],
        "PostgreSQL": [postgres() for _ in range(ROUNDS)],
    }
    several = {workers: postgres() for workers in WORKERS}
    for url in (*(each for some in urls.values() for each in some), *several.values()):
        # While the mailbox is empty: what comes later is no history.
        _with_runtime(url, dovecot.imap_port, _receive)
    with dovecot.client(ADDRESS) as client:
        for original in _mixed():
            client.append("INBOX", original, (), datetime.now(UTC))
    port = dovecot.imap_port
    rounds = [_round(port, {name: some[number] for name, some in urls.items()}) for number in range(ROUNDS)]
    quickest = {name: min((each[name] for each in rounds), key=_whole) for name in rounds[0]}
    return quickest, {workers: _deciding(port, url, workers) for workers, url in several.items()}


def _round(port: int, urls: dict[str, str]) -> dict[str, Spent]:
    bare = {f"bare loop, {name} parser": _in_child("bare", port, name) for name in ("compat32", "default")}
    return bare | {name: _in_child("ours", port, url) for name, url in urls.items()}


def _whole(spent: Spent) -> float:
    return sum(spent.seconds.values())


def _deciding(port: int, url: str, workers: int) -> float:
    """Return how long so many processes take, once they have started, to decide what one has received."""
    _with_runtime(url, port, _receive)
    children = [
        subprocess.Popen(_command("decide", port, url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(workers)
    ]
    pipes = [(child.stdin, child.stdout) for child in children if child.stdin and child.stdout]
    for _, out in pipes:
        out.readline()
    started = time.perf_counter()
    for begin, _ in pipes:
        begin.write("begin\n")
        begin.close()
    decided = [json.loads(out.readline()) for _, out in pipes]
    seconds = time.perf_counter() - started
    if any(child.wait(60) for child in children) or sum(decided) != MAILS:
        raise RuntimeError(f"{workers} workers did something else than they should: {decided}")
    return seconds


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
    table = Table(title=f"{MAILS} mixed mails from Dovecot, one process each, the quickest of {ROUNDS}")
    for column in (
        "run",
        "receive s",
        "decide s",
        "mails/s",
        "CPU ms/mail",
        "peak MB",
        "start s",
        "speed, bare = 1",
        "CPU, bare = 1",
    ):
        table.add_column(column, justify="left" if column == "run" else "right")
    whole = {name: _whole(spent) for name, spent in runs.items()}
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
            f"{spent.start_seconds:.2f}",
            " / ".join(f"{seconds / whole[name]:.2f}" for seconds in bare),
            " / ".join(f"{spent.cpu_seconds / each.cpu_seconds:.1f}" for each in plain),
        )
    return table


def _command(kind: str, port: int, what: str) -> list[str]:
    return [sys.executable, "-m", "bench.intake", kind, str(port), what]


def _in_child(kind: str, port: int, what: str) -> Spent:
    done = subprocess.run(_command(kind, port, what), check=True, stdout=subprocess.PIPE, cwd=ROOT, timeout=600)
    return Spent(**json.loads(done.stdout.splitlines()[-1]))


def _child(kind: str, port: int, what: str) -> Spent:
    if kind == "bare":
        how = policy.default if what == "default" else policy.compat32
        start, cpu, seconds = 0.0, time.process_time(), {"receive": _timed(lambda: _bare(port, how))}
        cpu = time.process_time() - cpu
    else:
        start, cpu, seconds = _with_runtime(what, port, _ours)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Spent(seconds, cpu, peak_mb, start)


def _ours(runtime: Runtime) -> tuple[float, float, dict[str, float]]:
    """Return the seconds of the start, the CPU seconds after it, and the seconds of each step."""
    start = _timed(lambda: get_ready(runtime))
    cpu, began = _cpu_seconds(), time.perf_counter()
    receiving = threading.Thread(target=_receive, args=(runtime,))
    receiving.start()
    decided = Decided()
    while receiving.is_alive() or decided.fates.total() < MAILS:
        decided.include(decide(runtime))
        receiving.join(0.005)
    seconds = time.perf_counter() - began
    runtime.crew.close()
    if decided.fates.total() != MAILS or decided.replies < MAILS // 4:
        raise RuntimeError(f"the intake did something else than it should: {decided}")
    return start, _cpu_seconds() - cpu, {"receive": seconds}


def _receive(runtime: Runtime) -> None:
    receive(runtime, runtime.site().accounts[0].id)


def _decide_when_told(runtime: Runtime) -> int:
    get_ready(runtime)
    print("ready", flush=True)
    sys.stdin.readline()
    return decide(runtime).fates.total()


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


def _cpu_seconds() -> float:
    """Return the processor time of this process and of those that ended."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


if __name__ == "__main__":
    kind, port, what = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if kind == "decide":
        print(_with_runtime(what, port, _decide_when_told))
    else:
        print(json.dumps(asdict(_child(kind, port, what))))
