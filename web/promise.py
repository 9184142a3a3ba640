"""The promise as it is shown: the first clock that still runs, and on the ticket's page both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.outgoing import AUTOMATIC_REPLIES, SendState
from domain.ticket import Ticket
from store.sent import StoredOutgoing
from web.times import say_date_clock, say_due, say_exactly
from web.words import Words

#: From here on a promise is said to be near.
SOON = timedelta(hours=1)


class PromiseState(StrEnum):
    """How a promise stands; each has a colour, an icon and a word."""

    late = "late"
    soon = "soon"
    later = "later"
    #: The clock was stopped.
    kept = "kept"
    #: No clock runs.
    none = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPromise:
    """One clock in words."""

    state: PromiseState
    #: `besked` or `svar`; empty: no clock runs.
    which: str
    #: As people say it.
    text: str
    #: ISO 8601 and in full; empty: no time.
    at: str = ""
    exactly: str = ""
    #: What stopped the clock, or what is asked for; empty in lists.
    note: str = ""
    #: On the ticket's page: the one that breaks first.
    is_next: bool = False


def first_promise(ticket: Ticket, now: datetime, words: Words) -> ShownPromise:
    """Return the first clock that still runs."""
    due = ticket.next_due_at
    if due is None:
        return ShownPromise(state=PromiseState.none, which="", text=words.gettext("inget löfte"))
    is_notice = ticket.notice_met_at is None and due == ticket.notice_due_at
    which = words.gettext("besked") if is_notice else words.gettext("svar")
    if not is_notice and due == ticket.window_closes_at:
        which = words.gettext("svar i Messenger")
    return ShownPromise(
        state=_state(due, now),
        which=which,
        text=say_due(due, now, words),
        at=due.isoformat(),
        exactly=say_exactly(due, words),
    )


def both_promises(
    ticket: Ticket, sent: Sequence[StoredOutgoing], now: datetime, words: Words
) -> tuple[ShownPromise, ShownPromise]:
    """Return the notice clock and the answer clock, with what stopped them."""
    notice = _clock(words.gettext("Besked"), ticket.notice_due_at, ticket.notice_met_at, now, words)
    answer = _with_first(
        _clock(words.gettext("Svar"), ticket.answer_due_at, ticket.answer_met_at, now, words), ticket, words
    )
    next_due = ticket.next_due_at
    is_notice = next_due is not None and ticket.notice_met_at is None and next_due == ticket.notice_due_at
    return (
        replace(_with_stopper(notice, sent, words), is_next=is_notice),
        replace(answer, is_next=next_due is not None and not is_notice),
    )


def _clock(which: str, due: datetime | None, met: datetime | None, now: datetime, words: Words) -> ShownPromise:
    if due is None:
        text = words.gettext("ingen klocka går")
        return ShownPromise(state=PromiseState.none, which=which, text=text)
    if met is None:
        latest = words.gettext("senast %(when)s") % {"when": say_date_clock(due, words)}
        return ShownPromise(
            state=_state(due, now), which=which, text=latest, at=due.isoformat(), exactly=say_exactly(due, words),
            note=say_due(due, now, words) if due - now < SOON else "",
        )  # fmt: skip
    text = words.gettext("gavs %(when)s") % {"when": say_date_clock(met, words)}
    note = words.gettext("för sent") if met > due else ""
    return ShownPromise(
        state=PromiseState.kept, which=which, text=text, at=met.isoformat(), exactly=say_exactly(met, words), note=note
    )


def _with_first(answer: ShownPromise, ticket: Ticket, words: Words) -> ShownPromise:
    """Name the time that was promised before a holding reply named a later one."""
    if ticket.first_answer_due_at is None:
        return answer
    first = words.gettext("först lovat %(when)s") % {"when": say_date_clock(ticket.first_answer_due_at, words)}
    return replace(answer, note=", ".join(filter(None, (answer.note, first))))


def _with_stopper(notice: ShownPromise, sent: Sequence[StoredOutgoing], words: Words) -> ShownPromise:
    if notice.state is not PromiseState.kept:
        return notice
    automatic = any(
        each.kind in AUTOMATIC_REPLIES and each.state is SendState.sent and each.bounced_at is None for each in sent
    )
    stopper = words.gettext("automatiskt svar") if automatic else words.gettext("av en medarbetare")
    return replace(notice, note=", ".join(filter(None, (stopper, notice.note))))


def _state(due: datetime, now: datetime) -> PromiseState:
    if due < now:
        return PromiseState.late
    return PromiseState.soon if due - now < SOON else PromiseState.later
