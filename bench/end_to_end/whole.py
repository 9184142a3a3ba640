"""The whole bench: every shape drains, is fed and grows, beside the bare loop and django-helpdesk, in one run.

`python -m bench end-to-end [--quick] [--workers=1,2,4] [--mails=N] [--rates=1,10,50] [--seconds=S] [--stored=0,100000]
[--without-helpdesk]`, where `--workers=`, `--rates=` or `--stored=` without a number leaves that part out; the table on
the terminal, `end-to-end.json` and `end-to-end.svg` in `bench/results/`.
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from bench.end_to_end import helpdesk
from bench.end_to_end.drain import Ground
from bench.end_to_end.figures import Figures
from bench.end_to_end.mailbox import open_mailbox
from bench.end_to_end.parts import Asked, Parts, Servers
from bench.end_to_end.picture import write_picture
from bench.end_to_end.stand_ins import open_stand_ins
from bench.end_to_end.tables import print_tables, write_json
from bench.providers import MAILBOX
from tests.services.dovecot import Dovecot
from tests.services.postgres import Postgres
from tests.services.redis import Redis

RESULTS = Path(__file__).parents[1] / "results"

#: Of PostgreSQL: a million messages are written without a checkpoint each second, and new indexes not twice.
FILLED = {"max_wal_size": "8GB", "wal_level": "minimal", "max_wal_senders": "0", "shared_buffers": "128MB"}

FULL = Asked(
    workers=(1, 2, 4), mails=1_500, rates=(1, 10, 20, 50), seconds=20, stored=(0, 100_000, 1_000_000),
    with_helpdesk=True,
)  # fmt: skip
QUICK = Asked(workers=(2,), mails=500, rates=(20,), seconds=15, stored=(), with_helpdesk=True)


def run(console: Console, arguments: Sequence[str] = ()) -> None:
    """Measure what is asked for, print the tables, and write the results."""
    asked = read_arguments(arguments)
    python = helpdesk.helpdesk_python() if asked.with_helpdesk else None
    figures = Figures(machine=_machine())
    try:
        with _servers() as servers, Progress(console=console, transient=True) as progress:
            task = progress.add_task("")
            parts = Parts(asked, servers, figures, python, partial(_say, progress, task)).all()
            progress.update(task, total=len(parts))
            for name, part in parts:
                progress.update(task, description=name)
                part()
                progress.advance(task)
    finally:
        # A part that failed takes away nothing of those before it.
        print_tables(console, figures)
        write_results(RESULTS, figures)


def _say(progress: Progress, task: TaskID, what: str) -> None:
    progress.update(task, description=what)


def write_results(folder: Path, figures: Figures) -> None:
    """Write the figures as JSON and as a picture."""
    folder.mkdir(exist_ok=True)
    write_json(folder / "end-to-end.json", figures)
    write_picture(folder / "end-to-end.svg", figures)


def read_arguments(arguments: Sequence[str]) -> Asked:
    """Return what the command line asks for; says on stderr what is wrong with it, and ends."""
    parser = argparse.ArgumentParser("bench end-to-end")
    parser.add_argument("--quick", action="store_true", help="under three minutes: fewer of everything")
    parser.add_argument("--workers", type=_numbers)
    parser.add_argument("--mails", type=int)
    parser.add_argument("--rates", type=_rates)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--stored", type=_numbers)
    parser.add_argument("--without-helpdesk", action="store_true", help="no index is reachable to install it from")
    given = parser.parse_args(arguments)
    usual = QUICK if given.quick else FULL
    return Asked(
        workers=usual.workers if given.workers is None else given.workers,
        mails=given.mails or usual.mails,
        rates=usual.rates if given.rates is None else given.rates,
        seconds=given.seconds or usual.seconds,
        stored=usual.stored if given.stored is None else given.stored,
        with_helpdesk=not given.without_helpdesk,
    )


@contextmanager
def _servers() -> Iterator[Servers]:
    dovecot, postgres, redis = Dovecot.start(), Postgres.start(None, **FILLED), Redis.start()
    try:
        dovecot.add_user(MAILBOX)
        open_mailbox(dovecot, MAILBOX)
        with (
            tempfile.TemporaryDirectory(prefix="svarsvakt-bench-") as folder,
            open_stand_ins(dovecot.imap_port, dovecot.lmtp_port) as stand_ins,
        ):
            yield Servers(Ground(dovecot, stand_ins, Path(folder)), postgres, redis)
    finally:
        for server in (redis, postgres, dovecot):
            server.stop()


def _machine() -> dict[str, str | int]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
        "beside": "Dovecot, PostgreSQL (fsync=off), Redis and the stand-ins on the same machine",
    }


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(",") if each)


def _rates(text: str) -> tuple[float, ...]:
    return tuple(float(each) for each in text.split(",") if each)
