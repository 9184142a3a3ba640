"""The parts of the end-to-end bench work on tiny numbers, and its figures say what they should."""

import json
import os
import xml.etree.ElementTree as ET
from email import message_from_bytes
from io import StringIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from rich.console import Console

from bench.end_to_end.figures import Drained, Figures, waited
from bench.end_to_end.mailbox import letters, reveal, sender_of
from bench.end_to_end.picture import LONGEST, charts_of
from bench.end_to_end.product import Shape
from bench.end_to_end.spent import cpu_seconds, resident_mb
from bench.end_to_end.stored import copying, fill, multiplied
from bench.end_to_end.tables import bare_each_second, print_tables
from bench.end_to_end.whole import FULL, QUICK, read_arguments, write_results
from domain.account import Channel
from store.database import Database
from store.migrate import migrate
from store.schema import metadata
from tests.builders import TUESDAY
from tests.flow.installation import Installation, numbered


def drained(name: str, seconds: float, stored: int = 0) -> Drained:
    return Drained(
        name=name, stored=stored, messages=100, seconds=seconds, cpu_seconds=0.5, peak_mb=100.0, load=1.0
    )  # fmt: skip


@pytest.fixture
def figures() -> Figures:
    return Figures(
        machine={"at": "2026-11-24", "cores": 2},
        drained=[drained("bare loop", 1.0), drained("ours & more", 2.0), drained("bare loop", 3.0)],
        waited=[waited("ours", 20, Channel.sms, [float(each) for each in range(101)], 1.0)],
        grown=[drained("ours", 2.0, 0), drained("ours", 2.0, 1000)],
    )


def test_percentiles_are_of_what_was_waited() -> None:
    found = waited("ours", 20, Channel.sms, [float(each) for each in range(101)], 1.0)

    assert (found.p50, found.p95, found.p99, found.longest, found.messages) == (50.0, 95.0, 99.0, 100.0, 101)


def test_one_message_alone_is_every_percentile() -> None:
    found = waited("ours", 1, Channel.email, [0.7], 1.0)

    assert found.p50 == found.p99 == found.longest == 0.7


def test_rates_and_costs_are_a_messages(figures: Figures) -> None:
    assert figures.drained[1].each_second == 50.0
    assert figures.drained[1].cpu_ms == 5.0
    assert bare_each_second(figures.drained) == pytest.approx((100 + 100 / 3) / 2)


def test_the_tables_name_every_run_and_its_ratio_to_the_bare_loop(figures: Figures) -> None:
    console = Console(width=200, record=True, file=StringIO())

    print_tables(console, figures)

    line = next(each for each in console.export_text().splitlines() if "ours & more" in each)
    assert "0.75" in line


def test_the_results_are_json_and_a_picture_that_browsers_read(figures: Figures, tmp_path: Path) -> None:
    write_results(tmp_path, figures)

    read = json.loads((tmp_path / "end-to-end.json").read_text())
    drawn = ET.fromstring((tmp_path / "end-to-end.svg").read_text())
    assert [each["name"] for each in read["drained"]] == ["bare loop", "ours & more", "bare loop"]
    assert "ours & more" in "".join(drawn.itertext())


def test_the_longest_bar_of_a_chart_fills_it_and_charts_do_not_overlap(figures: Figures) -> None:
    charts = charts_of(figures)

    assert [max(bar.length for bar in chart.bars) for chart in charts] == [LONGEST] * 3
    ends = [chart.bars[-1].y for chart in charts]
    assert all(end < chart.y for end, chart in zip(ends, charts[1:], strict=False))


def test_the_picture_of_nothing_has_no_chart() -> None:
    assert charts_of(Figures()) == ()


def test_options_change_what_is_measured_and_leave_the_rest() -> None:
    assert read_arguments([]) == FULL
    assert read_arguments(["--quick"]) == QUICK
    asked = read_arguments(["--workers=1,4", "--rates=0.5", "--stored=", "--without-helpdesk"])
    assert (asked.workers, asked.rates, asked.stored, asked.with_helpdesk) == ((1, 4), (0.5,), (), False)
    assert asked.mails == FULL.mails
    assert (read_arguments(["--workers=", "--rates="]).workers, read_arguments(["--rates="]).rates) == ((), ())


def test_every_letter_is_of_a_citizen_of_its_own() -> None:
    written = [message_from_bytes(each) for each in letters(7, 3, "kontaktcenter@exempelby.example", TUESDAY)]

    assert [each["Return-Path"] for each in written] == [f"<{sender_of(number)}>" for number in (7, 8, 9)]
    assert len({each["Message-ID"] for each in written}) == 3


def test_mails_that_lie_ready_are_seen_only_once_they_are_revealed(tmp_path: Path) -> None:
    for folder in ("tmp", "new"):
        (tmp_path / folder).mkdir()
    (tmp_path / "tmp" / "1").write_bytes(b"Hej")

    reveal([tmp_path / "tmp" / "1"])

    assert (tmp_path / "new" / "1").read_bytes() == b"Hej"


def test_what_our_own_processes_take_is_counted_and_that_of_others_is_not() -> None:
    ours = {os.getpgrp()}

    assert cpu_seconds(ours) > 0
    assert resident_mb(ours) > 10
    assert cpu_seconds(set()) == resident_mb(set()) == 0


def test_a_process_counts_with_its_children_that_have_ended(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    before = "S 1 42 42 0 -1 0 0 0 0 0".split()
    times, after = ["100", "50", "25", "25"], ["20", "0", "1", "0", "0", "0"]
    (tmp_path / "7" / "stat").write_text(" ".join(["7", "(a (b)", *before, *times, *after, "1000", "256"]) + "\n")

    assert cpu_seconds({42}, tmp_path) == 200 / os.sysconf("SC_CLK_TCK")


def test_a_crew_is_no_larger_than_the_machine() -> None:
    assert Shape(1, "").name == "SQLite, alone"
    assert Shape(2, "").crew == 1
    assert Shape(99, "").crew == os.cpu_count()
    assert Shape(4, "", "redis://x").name == "PostgreSQL, 4 workers"


def test_a_small_database_is_multiplied_into_one_that_has_seen_much(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'stored.sqlite3'}"
    database = Database(url)
    migrate(database)
    town = Installation(database)
    town.connect()
    for original in numbered(4):
        town.arrives(original)
    town.round()

    # Nobody else may use it meanwhile.
    database.close()
    filled = fill(url, 40)

    with database.read() as connection:
        counted = {
            name: connection.execute(sa.select(sa.func.count()).select_from(metadata.tables[name])).scalar_one()
            for name in ("messages", "tickets", "outgoing", "originals", "search_words")
            if name in metadata.tables
        }
        senders = connection.execute(sa.text("SELECT count(DISTINCT sender_key) FROM tickets")).scalar_one()
        still_open = connection.execute(sa.text("SELECT count(*) FROM tickets WHERE status = 'open'")).scalar_one()
        lost = connection.execute(
            sa.text("SELECT count(*) FROM messages m LEFT JOIN originals o USING (organisation_id, digest)"
                    " WHERE o.digest IS NULL")
        ).scalar_one()  # fmt: skip
    database.close()
    assert filled.messages == 40
    assert set(counted.values()) == {40}
    assert (senders, still_open, lost) == (40, 4, 0)


def test_what_is_multiplied_is_written_for_both_databases() -> None:
    for dialect in ("sqlite", "postgresql"):
        for table in multiplied(dialect):
            statement = copying(table, dialect, first=3, last=9, step=100)
            assert f"INSERT INTO {table.name} " in statement
            assert f"FROM source_{table.name} " in statement
