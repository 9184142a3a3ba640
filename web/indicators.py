"""The page of statistics: how promises were kept month by month, as a picture and as tables; for leads and managers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from babel.dates import format_date
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.account_rights import may_see_figures
from domain.errors import BadInput
from domain.indicator import Promises, Watched, share
from domain.open_time import local_date
from domain.span import Span, span_of
from pipeline.indicators import read_promises, read_watched
from pipeline.indicators_csv import PROMISE_COLUMNS, as_csv, promise_row
from web.names import channel_name, unit_name
from web.visit import Visit, show
from web.words import Words

#: The drawing, in its own units: a month's width, a bar's, and the height of a hundred per cent.
STEP, BAR, HEIGHT = 60, 20, 100


@dataclass(frozen=True, slots=True)
class Bars:
    """One month of the drawing: how many of a hundred were told, and answered, in time; None: nothing was owed."""

    month: str
    notices: int | None
    answers: int | None
    x: int


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One line of the table of promises, in words."""

    month: str
    unit: str
    channel: str
    received: int
    notices: str
    answers: str
    median: str
    p95: str
    late: int
    wrong_contact: int
    is_few: bool


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One line of the table of accounts, in words."""

    month: str
    account: str
    name: str
    received: int
    days: str
    unwatched: int
    silent: int
    unreachable: int
    #: Something came, waited, or was found: worth a line.
    had_something: bool


@dataclass(frozen=True, slots=True)
class PromiseMonth:
    """The lines of one month."""

    month: str
    rows: tuple[PromiseRow, ...]


@dataclass(frozen=True, slots=True)
class WatchMonth:
    """One month: the accounts where something came or happened, and how many others there are."""

    month: str
    rows: tuple[WatchRow, ...]
    quiet: int


def show_statistics(visit: Visit) -> Response:
    """Show the page. Raises HTTPException 403 for who neither leads nor answers for anything."""
    span, fault = _span(visit)
    with visit.surroundings.database.read() as connection:
        promises = read_promises(connection, visit.site, visit.viewer, span, visit.now)
        watched = read_watched(connection, visit.site, visit.viewer, span, visit.now)
        return show(
            visit, connection, "statistics.html",
            bars=bars_of(promises, visit.words), promises=_promise_months(_promise_rows(promises, visit)),
            watched=_watch_months(_watch_rows(watched, visit.words)), fault=fault, first=f"{span.first:%Y-%m}",
            last=f"{span.last:%Y-%m}", step=STEP, bar=BAR, height=HEIGHT,
        )  # fmt: skip


def download_statistics(visit: Visit) -> Response:
    """Send the promises of the span as a table for spreadsheets. Raises HTTPException 403 as the page."""
    span, _ = _span(visit)
    with visit.surroundings.database.read() as connection:
        found = read_promises(connection, visit.site, visit.viewer, span, visit.now)
    # The mark tells spreadsheets that it is UTF-8.
    content = as_csv([promise_row(each, visit.site) for each in found], PROMISE_COLUMNS).encode("utf-8-sig")
    headers = {"Content-Disposition": 'attachment; filename="statistik.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def bars_of(promises: Iterable[Promises], words: Words) -> tuple[Bars, ...]:
    """Return the drawing's months, oldest first, each over all units and channels."""
    months: dict[date, list[Promises]] = defaultdict(list)
    for each in promises:
        months[each.month].append(each)
    return tuple(
        Bars(
            month=_month(month, words),
            notices=_of_hundred(sum(each.notices_in_time for each in found), sum(each.notices_owed for each in found)),
            answers=_of_hundred(sum(each.answered_in_time for each in found), sum(each.answers_owed for each in found)),
            x=STEP * number,
        )
        for number, (month, found) in enumerate(sorted(months.items()))
    )


def _span(visit: Visit) -> tuple[Span, str]:
    """Return the days that are asked for, and a sentence where they make no sense: then the last months are shown."""
    if not may_see_figures(visit.viewer):
        raise HTTPException(403)
    asked, today = visit.request.query_params, local_date(visit.now)
    try:
        return span_of(asked.get("fran", ""), asked.get("till", ""), today), ""
    except BadInput:
        return span_of("", "", today), visit.words.gettext("Välj en månad som 2026-11, och den tidigare först.")


def _promise_rows(promises: Sequence[Promises], visit: Visit) -> tuple[PromiseRow, ...]:
    words = visit.words
    return tuple(
        PromiseRow(
            month=_month(each.month, words),
            unit=unit_name(visit.site, each.unit),
            channel=channel_name(each.channel, words),
            received=each.received,
            notices=_share(each.notices_in_time, each.notices_owed, words),
            answers=_share(each.answered_in_time, each.answers_owed, words),
            median=_open_time(each.median_open_time, words),
            p95=_open_time(each.p95_open_time, words),
            late=each.open_late,
            wrong_contact=each.wrong_contact,
            is_few=each.is_few and each.answers_owed > 0,
        )
        for each in reversed(promises)
    )


def _promise_months(rows: Iterable[PromiseRow]) -> tuple[PromiseMonth, ...]:
    return tuple(PromiseMonth(month, tuple(found)) for month, found in groupby(rows, key=lambda row: row.month))


def _watch_months(rows: Iterable[WatchRow]) -> tuple[WatchMonth, ...]:
    months = []
    for month, found in groupby(rows, key=lambda row: row.month):
        every = tuple(found)
        shown = tuple(row for row in every if row.had_something)
        months.append(WatchMonth(month, shown, len(every) - len(shown)))
    return tuple(months)


def _watch_rows(watched: Sequence[Watched], words: Words) -> tuple[WatchRow, ...]:
    return tuple(
        WatchRow(
            month=_month(each.month, words),
            account=each.account.id,
            name=each.account.name,
            received=each.received,
            days=_share(each.days_watched, each.days_waiting, words),
            unwatched=each.unwatched,
            silent=each.silent,
            unreachable=each.unreachable,
            had_something=any((each.received, each.days_waiting, each.unwatched, each.silent, each.unreachable)),
        )
        for each in reversed(watched)
    )


def _month(month: date, words: Words) -> str:
    return format_date(month, "LLL yyyy", locale=words.locale).replace(". ", " ")


def _of_hundred(part: int, whole: int) -> int | None:
    kept = share(part, whole)
    return None if kept is None else round(100 * kept)


def _share(part: int, whole: int, words: Words) -> str:
    kept = _of_hundred(part, whole)
    if kept is None:
        return "–"
    return words.gettext("%(part)s av %(whole)s (%(share)s %%)") % {"part": part, "whole": whole, "share": kept}


def _open_time(taken: timedelta | None, words: Words) -> str:
    if taken is None:
        return "–"
    minutes = round(taken.total_seconds() / 60)
    return words.gettext("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
