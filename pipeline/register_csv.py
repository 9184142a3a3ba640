"""The account register as a table for spreadsheets (R61): no secret, and nothing of any message, stands in it."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime

from domain.instant import STOCKHOLM
from domain.register import Line
from domain.site import Site

COLUMNS = (
    "account", "name", "address", "channel", "organisation", "unit", "tier", "mode", "auto_reply", "status", "manager",
    "deputy", "last_arrival", "last_handled", "unhandled", "oldest_unhandled", "last_read", "received_30_days",
    "handled_30_days", "red_days", "findings", "days_since_alert", "reviewed_on",
)  # fmt: skip

#: A cell that begins so would be computed by a spreadsheet.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(lines: Iterable[Line], site: Site, today: date) -> str:
    """Return the register, cells parted by semicolons; times are Swedish local time."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([_cell(each) for each in _cells(line, site, today)])
    return text.getvalue()


def _cells(line: Line, site: Site, today: date) -> tuple[object, ...]:
    account, work, heartbeat = line.account, line.workload, line.heartbeat
    return (
        account.id, account.name, account.address, account.channel, site.organisation(account.organisation).name,
        site.unit(account.unit).name, account.tier, account.mode, account.auto_reply, account.status,
        line.manager.name if line.manager else "", line.deputy.name if line.deputy else "",
        work.last_arrival_at, work.last_handled_at, work.unhandled, work.oldest_unhandled_at,
        heartbeat.read_at if heartbeat else None, sum(day.received for day in line.days),
        sum(day.handled for day in line.days), sum(bool(day.red) for day in line.days),
        ", ".join(finding.kind for finding in line.findings),
        line.days_since_alert(today), account.reviewed_on,
    )  # fmt: skip


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
    if isinstance(value, int):
        return value
    text = str(value)
    is_number = text[:1] == "+" and text[1:].isdigit()
    return f"'{text}" if text.startswith(_FORMULAS) and not is_number else text
