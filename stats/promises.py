"""Promises kept: what came, and how soon citizens heard and got an answer; by month, unit and channel. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median

from domain.indicator import Counted, Promises
from domain.open_time import local_date
from domain.outcome import Outcome
from domain.ticket import TicketStatus

#: These close a ticket without an answer being owed.
NEEDS_NONE = frozenset({Outcome.needs_no_answer, Outcome.spam, Outcome.duplicate, Outcome.sent_on})

#: Open time between two instants, for a ticket; None where its hours are not known.
OpenTime = Callable[[Counted, datetime], timedelta | None]


def promises_of(counted: Iterable[Counted], open_time: OpenTime, now: datetime) -> tuple[Promises, ...]:
    """Return the figures of each month, unit and channel in which something came, in that order.

    Args:
        counted: what came.
        open_time: gives the open time from a ticket's arrival to an instant.
        now: what is due later is not owed yet; aware UTC.
    """
    groups: dict[tuple[date, str, str, str], list[Counted]] = defaultdict(list)
    for each in counted:
        month = local_date(each.arrived_at).replace(day=1)
        groups[month, each.organisation, each.unit, each.channel].append(each)
    return tuple(_figures(key[0], groups[key], open_time, now) for key in sorted(groups))


def answered_at(ticket: Counted) -> datetime | None:
    """Return when a person first answered, or helped in another way; None: nobody has."""
    if ticket.first_answered_at is not None:
        return ticket.first_answered_at
    by_hand = ticket.outcome in {Outcome.answered, Outcome.helped}
    return ticket.answer_met_at or (ticket.closed_at if by_hand else None)


def percentile(values: Sequence[timedelta], share: float) -> timedelta:
    """Return the smallest value that so large a share of them does not exceed; `values` holds at least one.

    >>> percentile([timedelta(hours=each) for each in range(1, 21)], 0.95)
    datetime.timedelta(seconds=68400)
    """
    return sorted(values)[max(ceil(share * len(values)), 1) - 1]


def _figures(month: date, tickets: Sequence[Counted], open_time: OpenTime, now: datetime) -> Promises:
    first = tickets[0]
    notices = [each for each in tickets if each.notice_met_at is not None or each.notice_due_at < now]
    answers = [each for each in tickets if _is_answer_owed(each, now)]
    times = [taken for each in tickets if (at := answered_at(each)) and (taken := open_time(each, at)) is not None]
    return Promises(
        month=month,
        organisation=first.organisation,
        unit=first.unit,
        channel=first.channel,
        received=len(tickets),
        notices_owed=len(notices),
        notices_in_time=sum(_is_notice_in_time(each) for each in notices),
        notices_automatic=sum(_is_automatic(each) for each in notices),
        answers_owed=len(answers),
        answered_in_time=sum(_is_in_time(each) for each in answers),
        answered=sum(answered_at(each) is not None for each in tickets),
        needed_none=sum(each.outcome in NEEDS_NONE for each in tickets),
        open_late=sum(_is_late(each, now) for each in tickets),
        wrong_contact=sum(each.wrong_contact for each in tickets),
        median_open_time=timedelta(seconds=median(each.total_seconds() for each in times)) if times else None,
        p95_open_time=percentile(times, 0.95) if times else None,
    )


def _promised_at(ticket: Counted) -> datetime | None:
    """Return what was promised first: a holding reply names a later time, and does not undo it."""
    return ticket.first_answer_due_at or ticket.answer_due_at


def _is_notice_in_time(ticket: Counted) -> bool:
    return ticket.notice_met_at is not None and ticket.notice_met_at <= ticket.notice_due_at


def _is_automatic(ticket: Counted) -> bool:
    """Ask whether a machine gave the notice: a person's answer stops both clocks at the same instant."""
    return ticket.notice_met_at is not None and ticket.notice_met_at != answered_at(ticket)


def _is_answer_owed(ticket: Counted, now: datetime) -> bool:
    promised_at = _promised_at(ticket)
    if promised_at is None or ticket.outcome in NEEDS_NONE:
        return False
    if answered_at(ticket) is not None:
        return True
    return ticket.status is TicketStatus.open and promised_at < now


def _is_in_time(ticket: Counted) -> bool:
    """Ask whether the answer kept its promise; after a follow-up the promise is that of the last question."""
    promised_at, at = _promised_at(ticket), answered_at(ticket)
    return promised_at is not None and at is not None and at <= promised_at


def _is_late(ticket: Counted, now: datetime) -> bool:
    promised_at = ticket.answer_due_at
    owes = ticket.answer_met_at is None and promised_at is not None and promised_at < now
    return ticket.status is TicketStatus.open and owes
