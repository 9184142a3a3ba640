"""Replay: how many stored messages are decided again a second, and what 100,000 take.

    python -m bench.replay [--messages 100000]

Labelled messages go through the flow once; their rows and originals are then copied until there are enough, each with
an original of its own.
"""

import argparse
import resource
import tempfile
from dataclasses import replace
from datetime import timedelta
from os import cpu_count
from time import perf_counter

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.labelled import EXAMPLE, read
from domain.account import Channel
from domain.ids import RuleId, UnitId
from domain.rule import Actions, Conditions, Rule
from domain.site import Site
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.replay import Asked, plan, replay
from settings.load import load
from store.database import Connection, Database
from store.migrate import migrate
from store.schema import messages, originals
from tests.builders import TUESDAY
from tests.flow.installation import Installation, mail

#: What the issue asks for: so many in less than so long, on two cores.
ASKED, SECONDS = 100_000, 300

#: What the run of all benches takes.
SAMPLE = 4_000


def run(console: Console, count: int = SAMPLE) -> None:
    """Print messages a second for one process and for all cores, and what 100,000 take."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/replay.sqlite3")
        migrate(database)
        site = _fill(database, count)
        asked = Asked(candidate=_candidate(site), against=None, since=TUESDAY - timedelta(days=1))
        chunks = plan(database, asked.since)
        table = Table(title=f"replay of {count:,} messages, {sum(len(each.words) for each in site.categories):,} words")
        for column in (
            "processes",
            "seconds",
            "messages/s",
            f"{ASKED:,} take",
            "CPU ms/message",
            "on two idle cores",
            "changed",
            "MB a process",
        ):
            table.add_column(column, justify="right")
        for processes in (1, cpu_count() or 1):
            part = chunks if processes > 1 else chunks[: max(1, SAMPLE // chunks[0].count)]
            start, cpu = perf_counter(), _cpu_seconds()
            done = replay(database, asked, part, processes=processes)
            seconds = perf_counter() - start
            rate = done.messages / seconds
            each = (_cpu_seconds() - cpu) / done.messages
            table.add_row(
                str(processes), f"{seconds:.1f}", f"{rate:,.0f}", f"{ASKED / rate:,.0f} s", f"{1000 * each:.2f}",
                f"{ASKED * each / 2:,.0f} s", f"{len(done.changed):,}",
                f"{_most_memory(processes):.0f}",
            )  # fmt: skip
        console.print(table)
        database.close()


def _fill(database: Database, count: int) -> Site:
    """Let the labelled mails be decided, and copy them until there are enough; return the configuration."""
    site = load(EXAMPLE)
    town = Installation(database, site=site)
    town.connect()
    labelled = [each.message for each in read() if each.message.channel is Channel.email]
    for number, message in enumerate(labelled):
        text = f"{message.text}\n{message.quoted}"
        sender = f"p{number}@example.se"
        town.arrives(mail(text, subject=message.subject, sender=sender, id=f"<{number}@example.se>"))
    receive(town.runtime, town.account)
    decide(town.runtime)
    with database.write() as connection:
        decided = connection.scalar(sa.select(sa.func.count()).select_from(messages)) or 0
        for copy in range(1, -(-count // decided)):
            _copy(connection, copy, decided)
        connection.execute(messages.delete().where(messages.c.id > count))
    return site


def _copy(connection: Connection, copy: int, decided: int) -> None:
    """Copy the first messages, each with an original under a digest of its own."""
    suffix = f"{copy:08d}"
    for table, marked in ((originals, {"digest": 56}), (messages, {"digest": 56, "identity_key": 200})):
        columns = [column.name for column in table.c if column.name != "id"]
        values = [
            f"substr({name}, 1, {marked[name]}) || '{suffix}'" if name in marked else name for name in columns
        ]  # fmt: skip
        only = f"id <= {decided}" if table is messages else f"rowid <= {decided}"
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table.name} WHERE {only}"
        )


def _candidate(site: Site) -> Site:
    """Return the configuration with a rule more, which changes a part of the messages."""
    moved = Rule(
        id=RuleId("prov"), when=Conditions(words=("skola*", "väg*")), then=Actions(unit=UnitId(site.contact_center))
    )
    return replace(site, rules=(moved, *site.rules))


def _cpu_seconds() -> float:
    """Return the processor time of this process and of those that ended: it tells more on a busy machine."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _most_memory(processes: int) -> float:
    whose = resource.RUSAGE_CHILDREN if processes > 1 else resource.RUSAGE_SELF
    return resource.getrusage(whose).ru_maxrss / 1024


def main() -> None:
    """Measure as many as asked for."""
    parser = argparse.ArgumentParser(description="Measure the replay of stored messages.")
    parser.add_argument("--messages", type=int, default=SAMPLE, help="how many")
    run(Console(), parser.parse_args().messages)


if __name__ == "__main__":
    main()
