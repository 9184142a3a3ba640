"""Indicators as tables for spreadsheets and machines: no name, no address and no text of anybody stands in them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from domain.indicator import Promises, Watched, share
from domain.site import Site

PROMISE_COLUMNS = (
    "month", "organisation", "unit", "unit_name", "channel", "received", "notices_owed", "notices_in_time",
    "notices_automatic", "notice_share", "answers_owed", "answered_in_time", "answer_share", "answered", "needed_none",
    "open_late", "median_open_minutes", "p95_open_minutes", "few", "wrong_contact",
)  # fmt: skip
WATCH_COLUMNS = (
    "month", "organisation", "account", "unit", "channel", "received", "days_waiting", "days_watched", "watched_share",
    "unwatched", "silent", "unreachable",
)  # fmt: skip


def promise_row(figures: Promises, site: Site) -> dict[str, object]:
    """Return the figures of a month, unit and channel by name; times in minutes, shares between 0 and 1."""
    return {
        "month": f"{figures.month:%Y-%m}",
        "organisation": figures.organisation,
        "unit": figures.unit,
        "unit_name": _unit_name(site, figures),
        "channel": str(figures.channel),
        "received": figures.received,
        "notices_owed": figures.notices_owed,
        "notices_in_time": figures.notices_in_time,
        "notices_automatic": figures.notices_automatic,
        "notice_share": _rounded(share(figures.notices_in_time, figures.notices_owed)),
        "answers_owed": figures.answers_owed,
        "answered_in_time": figures.answered_in_time,
        "answer_share": _rounded(share(figures.answered_in_time, figures.answers_owed)),
        "answered": figures.answered,
        "needed_none": figures.needed_none,
        "open_late": figures.open_late,
        "median_open_minutes": _minutes(figures.median_open_time),
        "p95_open_minutes": _minutes(figures.p95_open_time),
        "few": figures.is_few,
        "wrong_contact": figures.wrong_contact,
    }


def watch_row(figures: Watched) -> dict[str, object]:
    """Return the figures of a month and account by name."""
    return {
        "month": f"{figures.month:%Y-%m}",
        "organisation": figures.account.organisation,
        "account": figures.account.id,
        "unit": figures.account.unit,
        "channel": str(figures.account.channel),
        "received": figures.received,
        "days_waiting": figures.days_waiting,
        "days_watched": figures.days_watched,
        "watched_share": _rounded(share(figures.days_watched, figures.days_waiting)),
        "unwatched": figures.unwatched,
        "silent": figures.silent,
        "unreachable": figures.unreachable,
    }


def as_csv(rows: Sequence[Mapping[str, object]], columns: Iterable[str]) -> str:
    """Return rows as a table, cells parted by semicolons, with decimal points."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return text.getvalue()


def _unit_name(site: Site, figures: Promises) -> str:
    return next((unit.name for unit in site.units if unit.id == figures.unit), figures.unit)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _minutes(value: timedelta | None) -> int | None:
    return None if value is None else round(value.total_seconds() / 60)
