"""Stats: how promises were kept by month, unit and channel, and on how many days each account was watched."""

from typing import Annotated

import typer

from cli.output import JSON, errors_to_exit_codes, print_lines, print_table
from cli.roots import opened
from domain.indicator import share
from domain.open_time import local_date
from domain.span import span_of
from domain.viewer import OPERATOR
from pipeline.indicators import read_promises, read_watched
from pipeline.indicators_csv import PROMISE_COLUMNS, WATCH_COLUMNS, as_csv, promise_row, watch_row


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("stats")(errors_to_exit_codes(stats))


def stats(
    since: Annotated[str, typer.Option("--from", help="The first day or month: 2026-11-01 or 2026-11.")] = "",
    until: Annotated[str, typer.Option("--to", help="The last day or month, included.")] = "",
    accounts: Annotated[bool, typer.Option("--accounts", help="How accounts were watched, not promises.")] = False,
    as_json: JSON = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")] = False,
) -> None:
    """Tell how promises were kept and how accounts were watched, month by month, without personal data."""
    with opened() as root, root.runtime.database.read() as connection:
        site, now = root.runtime.site(), root.runtime.now
        span = span_of(since, until, local_date(now))
        if accounts:
            rows = [watch_row(each) for each in read_watched(connection, site, OPERATOR, span, now)]
        else:
            rows = [promise_row(each, site) for each in read_promises(connection, site, OPERATOR, span, now)]
    if as_json:
        print_lines(rows)
    elif csv:
        print(as_csv(rows, WATCH_COLUMNS if accounts else PROMISE_COLUMNS), end="")
    else:
        _print_table(rows, accounts=accounts)


def _print_table(rows: list[dict[str, object]], *, accounts: bool) -> None:
    if accounts:
        print_table(
            ("month", "account", "channel", "received", "days watched", "unwatched", "silent", "unreachable"),
            ((each["month"], each["account"], each["channel"], each["received"],
              f"{each['days_watched']} of {each['days_waiting']}", each["unwatched"], each["silent"],
              each["unreachable"]) for each in rows),
            empty="The configuration has no accounts.",
        )  # fmt: skip
        return
    print_table(
        ("month", "unit", "channel", "received", "told in time", "answered in time", "median", "95 %", "late",
         "wrong contact"),
        ((each["month"], each["unit"], each["channel"], each["received"],
          _of(each, "notices_in_time", "notices_owed"), _of(each, "answered_in_time", "answers_owed"),
          _hours(each["median_open_minutes"]), _hours(each["p95_open_minutes"]), each["open_late"],
          each["wrong_contact"]) for each in rows),
        empty="Nothing came in these days.",
    )  # fmt: skip


def _of(row: dict[str, object], part: str, whole: str) -> str:
    kept, owed = int(str(row[part])), int(str(row[whole]))
    portion = share(kept, owed)
    return "–" if portion is None else f"{kept} of {owed} ({portion:.0%})"


def _hours(minutes: object) -> str:
    return "–" if minutes is None else f"{int(str(minutes)) // 60} h {int(str(minutes)) % 60} min"
