"""The pages with a million tickets in PostgreSQL, 5,000 of them open: how long the server takes, and how live they are.

The server is a process of its own; who looks and who writes are others. Set `BENCH_TICKETS` for fewer tickets, and
`BENCH_KEEP` to a folder where the filled database stays for the next time.
"""

import gzip
import hashlib
import http.client
import json
import multiprocessing
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote

from rich.console import Console
from rich.table import Table

from bench.many_tickets import add_people, clear, fill, words
from domain.viewer import MACHINE
from store.database import Database
from store.migrate import migrate
from store.sessions import add_session
from store.users import find_user
from tests.services.postgres import Postgres
from tests.services.programs import free_port, listens
from tests.web.town import NOW, Town, TownClock, town_site
from web.app import make_app
from web.cookies import SESSION
from web.server import PageServer, keep_what_is_loaded

TICKETS = int(os.environ.get("BENCH_TICKETS", "1000000"))

#: One in so many is open.
OPEN_SHARE = 200

#: How often each page is asked for.
TIMES = 60

LOOKING = 50
MESSAGES_A_SECOND = 20
LIVE_SECONDS = 20

#: What a municipality's server has at least; the tests' own is made for speed of starting.
SERVER = {"shared_buffers": "512MB", "max_wal_size": "8GB"}


def run(console: Console) -> None:
    """Make the database, unless one was kept, and print both tables."""
    kept = os.environ.get("BENCH_KEEP", "")
    server = Postgres.start(Path(kept) if kept else None, **SERVER)
    try:
        measure(console, _filled(console, server), TICKETS)
    finally:
        server.stop()


def _filled(console: Console, server: Postgres) -> str:
    """Return the URL of the database with the tickets; one that was kept is migrated."""
    name = f"pages_{TICKETS}"
    if not server.has(name):
        started = time.perf_counter()
        database = Database(server.make("half"))
        migrate(database)
        fill(database, TICKETS, TICKETS // OPEN_SHARE)
        add_people(database, LOOKING)
        database.close()
        server.call("half", name)
        console.print(f"filled in {time.perf_counter() - started:.0f} s")
    database = Database(server.url_of(name))
    migrate(database)
    clear(database, TICKETS)
    database.close()
    return server.url_of(name)


def measure(console: Console, url: str, tickets: int) -> None:
    """Print how long each page takes, and after how long a new ticket is seen."""
    cookies = _signed_in(url)
    with _served(url) as port:
        table = Table(title=f"{tickets:,} tickets, {tickets // OPEN_SHARE:,} open: milliseconds on the server")
        for column in ("page", "p50", "p95", "KB"):
            table.add_column(column, justify="left" if column == "page" else "right")
        for name, paths in _pages(tickets).items():
            console.print(f"asking for {name} …", end="\r")
            taken, size = _ask(port, cookies[0], paths)
            p50, p95 = _percentiles(taken)
            table.add_row(name, f"{p50 * 1000:.0f}", f"{p95 * 1000:.0f}", f"{size / 1000:.0f}")
        console.print(table)
        seen, expected = _watch(port, cookies, url)
    p50, p95 = _percentiles(seen)
    console.print(
        f"{LOOKING} people look, {MESSAGES_A_SECOND} messages a second for {LIVE_SECONDS} s: a new ticket is listed "
        f"after {p50:.2f} s (p50), {p95:.2f} s (p95), {max(seen):.2f} s at most; {len(seen)} of {expected} were seen."
    )


def _pages(tickets: int) -> dict[str, list[str]]:
    """Return addresses of each kind of page, different ones in turn."""
    known = words()
    rare, common = known[-TIMES:], known[: TIMES // 4]
    spread = [1 + (place * 7919) % tickets for place in range(TIMES)]
    return {
        "queue": ["/ko"] * TIMES,
        "queue, filtered": ["/ko?verksamhet=gata", "/ko?kanal=sms", "/ko?hos=nobody&bradska=U1", "/ko?titta=1"],
        "queue, closed": ["/ko?status=closed"],
        "list alone": ["/ko/rader"],
        "ticket": [f"/arende/{id}" for id in spread if (id % 50)],
        "search, rare word": [f"/sok?q={quote(word)}" for word in rare],
        "search, common word": [f"/sok?q={quote(word)}" for word in common],
        "search, two words": [f"/sok?q={quote(f'{a} {b}')}" for a, b in zip(rare, common * 4, strict=False)],
        "search, part of a word": ["/sok?q=efternamn33", "/sok?q=amn4711", "/sok?q=mn12345%40"],
        "search, number": [f"/sok?q=26-{id:07d}" for id in spread],
        "search, person": [f"/sok?q=namn{id % 200000}%40example.se" for id in spread],
        "search, nothing": ["/sok?q=finnsinte"],
    }


def _ask(port: int, cookie: str, paths: Sequence[str]) -> tuple[list[float], int]:
    """Ask for pages in turn; return the seconds of each but the first few, and the bytes of the last."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    taken: list[float] = []
    size = 0
    for place in range(TIMES + 5):
        path = paths[place % len(paths)]
        started = time.perf_counter()
        connection.request("GET", path, headers={"cookie": cookie})
        answer = connection.getresponse()
        size = len(answer.read())
        taken.append(time.perf_counter() - started)
        if answer.status not in {200, 404}:
            raise RuntimeError(f"{path} answered {answer.status}")
    connection.close()
    return taken[5:], size


@dataclass
class _Looking:
    """Somebody who has the queue open, as the script of the page does it."""

    port: int
    cookie: str
    #: When each ticket was first in the list, by its number.
    seen: dict[int, float] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Follow the stream, and ask for the list when it says that there is another."""
        for event, said in self._events():
            if event == "change":
                self._see(json.loads(said)["rows"])
                continue
            # The server closes a connection that rests for a few seconds.
            rows = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            headers = {"cookie": self.cookie, "accept-encoding": "gzip"}
            rows.request("GET", f"/ko/rader?version={said}", headers=headers)
            page = gzip.decompress(rows.getresponse().read())
            rows.close()
            self._see(re.findall(rb'<tr role="row" id="t(\d+)"', page))

    def _see(self, ids: Iterable[str | bytes]) -> None:
        now = time.time()
        for id in ids:
            self.seen.setdefault(int(id), now)

    def _events(self) -> Iterator[tuple[str, str]]:
        while not self.stopped.is_set():
            stream = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            stream.request("GET", "/ko/strom", headers={"cookie": self.cookie})
            answer = stream.getresponse()
            event = ""
            while not self.stopped.is_set() and (line := answer.readline()):
                if line.startswith(b"event: "):
                    event = line[7:].strip().decode()
                elif line.startswith(b"data: ") and event != "signed-out":
                    yield event, line[6:].strip().decode()
            stream.close()


def _watch(port: int, cookies: Sequence[str], url: str) -> tuple[list[float], int]:
    """Let messages come while people look; return how long each took to be seen by each, and of how many."""
    people = [_Looking(port, cookie) for cookie in cookies]
    threads = [threading.Thread(target=each.look, daemon=True) for each in people]
    for thread in threads:
        thread.start()
    time.sleep(3)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        committed = pool.apply(_write, (url, MESSAGES_A_SECOND * LIVE_SECONDS))
    time.sleep(3)
    for each in people:
        each.stopped.set()
    taken = [each.seen[id] - at for each in people for id, at in committed.items() if id in each.seen]
    return taken, len(people) * len(committed)


def _write(url: str, count: int) -> dict[int, float]:
    """Let messages come at the pace; return when each ticket was committed."""
    town = Town(Database(url), _count=10 * TICKETS)
    committed: dict[int, float] = {}
    started = time.time()
    for number in range(count):
        time.sleep(max(0.0, started + number / MESSAGES_A_SECOND - time.time()))
        ticket, _ = town.add_ticket(
            subject=f"ärende {number}", notice_due_at=NOW - timedelta(days=9000, minutes=number),
            sender_address=f"ny{number}@example.se", from_account=town.site.accounts[0],
        )  # fmt: skip
        committed[ticket] = time.time()
    town.database.close()
    return committed


@contextmanager
def _served(url: str) -> Iterator[int]:
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(url, port), daemon=True)
    process.start()
    while not listens(port):
        time.sleep(0.1)
    yield port
    process.terminate()
    process.join()


def _serve(url: str, port: int) -> None:
    site = town_site()
    app = make_app(database=Database(url), clock=TownClock(), site=lambda: site)
    keep_what_is_loaded()
    PageServer(app, port=port).run()


def _signed_in(url: str) -> list[str]:
    """Start a session for everybody; return the cookies."""
    database = Database(url)
    cookies = []
    with database.write() as connection:
        for number in range(LOOKING):
            user = find_user(connection, MACHINE, f"bo{number}")
            if user is None:
                raise RuntimeError("the people are missing")
            token = f"token-{number}-{time.time()}"
            add_session(connection, user, hashlib.sha256(token.encode()).hexdigest(), NOW)
            cookies.append(f"{SESSION}={token}")
    database.close()
    return cookies


def _percentiles(taken: Sequence[float]) -> tuple[float, float]:
    cut: Callable[[int], float] = quantiles(taken, n=20).__getitem__
    return cut(9), cut(18)
