"""The two clocks of a ticket (P10): what starts, stops and moves which. Pure: clocks and what happened in, clocks out.

| What happened | Notice | Answer |
|---|---|---|
| an automatic reply that names a time was accepted by the wire | stops | runs on |
| the same in shadow, refused, cancelled or uncertain | runs on | runs on |
| that reply came back: the citizen never got it | runs again | runs on |
| a person's answer did not arrive | runs again, if it was the only notice | runs again |
| a person answered, here or in the mailbox | stops | stops |
| a holding reply was accepted | stops | gets the new time that it names |
| the citizen wrote again before the answer | runs on | runs on: the first promise stands |
| the citizen wrote again after the answer | stays | starts anew from that arrival |
| another ticket of the same citizen is merged into it | the earlier of the two | the earlier of the two |
| routed to another unit | runs on | the receiving unit's, from the original arrival |

Source: domain.md 0.3 fact 1, 5.4 C6, 1.14 G4.
"""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How both clocks of a ticket stand; instants in aware UTC."""

    #: None: the clock does not run.
    notice_due_at: datetime | None = None
    answer_due_at: datetime | None = None
    #: When the clock was stopped; None: it has not been.
    notice_met_at: datetime | None = None
    answer_met_at: datetime | None = None
    #: Where the answer is counted from; None: from the ticket's arrival.
    answer_from_at: datetime | None = None
    #: What the answer's time was before a holding reply named a later one; None: none did.
    first_answer_due_at: datetime | None = None
    #: When a person first answered, whatever was asked afterwards.
    first_answered_at: datetime | None = None
    #: When it was noted that the time had passed; None: it was not.
    notice_late_at: datetime | None = None
    answer_late_at: datetime | None = None
    #: Until when the channel takes an answer, where that is near (domain.md 3.8 row 2); None: it is not.
    window_closes_at: datetime | None = None

    @property
    def notice_runs(self) -> bool:
        """Whether a notice is owed."""
        return self.notice_due_at is not None and self.notice_met_at is None

    @property
    def answer_runs(self) -> bool:
        """Whether an answer is owed."""
        return self.answer_due_at is not None and self.answer_met_at is None

    @property
    def next_due_at(self) -> datetime | None:
        """The first clock that still runs, or the window that closes on the answer; the queue sorts by it."""
        answer = (self.answer_due_at, self.window_closes_at) if self.answer_runs else ()
        running = [self.notice_due_at if self.notice_runs else None, *answer]
        return min((due for due in running if due is not None), default=None)


def notice_given(clocks: Clocks, at: datetime) -> Clocks:
    """Stop the notice: the wire has accepted an automatic reply that names a time."""
    return replace(clocks, notice_met_at=at) if clocks.notice_runs else clocks


def window_closing(clocks: Clocks, until: datetime | None) -> Clocks:
    """Note until when the channel takes an answer; None: its end is not near, or has passed."""
    return clocks if clocks.window_closes_at == until else replace(clocks, window_closes_at=until)


def notice_bounced(clocks: Clocks) -> Clocks:
    """Let the notice run again: the automatic reply that stopped it never reached the citizen.

    Its time stays what it was, so that it may be late at once. After an answer nothing is owed.
    """
    if clocks.notice_met_at is None or clocks.answer_met_at is not None:
        return clocks
    return replace(clocks, notice_met_at=None, notice_late_at=None)


def answer_given(clocks: Clocks, at: datetime) -> Clocks:
    """Stop both: a person has answered, and an answer is a notice too."""
    if not clocks.answer_runs:
        return clocks
    return replace(notice_given(clocks, at), answer_met_at=at, first_answered_at=clocks.first_answered_at or at)


def answer_bounced(clocks: Clocks) -> Clocks:
    """Let the answer run again: what a person wrote never reached the citizen. Its time stays what it was."""
    if clocks.answer_met_at is None:
        return clocks
    first = None if clocks.first_answered_at == clocks.answer_met_at else clocks.first_answered_at
    return replace(clocks, answer_met_at=None, answer_late_at=None, first_answered_at=first)


def answer_held(clocks: Clocks, due_at: datetime, at: datetime) -> Clocks:
    """Give the answer the later time that an accepted holding reply names; it is a notice as well.

    A time that is no later moves nothing: what was promised first stands.
    """
    if not clocks.answer_runs or clocks.answer_due_at is None or due_at <= clocks.answer_due_at:
        return clocks
    first = clocks.first_answer_due_at or clocks.answer_due_at
    return replace(notice_given(clocks, at), answer_due_at=due_at, first_answer_due_at=first, answer_late_at=None)


def asked_again(clocks: Clocks, from_at: datetime, due_at: datetime) -> Clocks:
    """Start the answer anew for what the citizen wrote after it; while one is owed, the first promise stands."""
    if clocks.answer_runs:
        return clocks
    return replace(
        clocks, answer_from_at=from_at, answer_due_at=due_at, answer_met_at=None, first_answer_due_at=None,
        answer_late_at=None,
    )  # fmt: skip


def routed(clocks: Clocks, answer_due_at: datetime) -> Clocks:
    """Give the answer the time of the unit that receives the ticket; the notice keeps the first tier's (C6)."""
    return replace(clocks, answer_due_at=answer_due_at, answer_late_at=None) if clocks.answer_runs else clocks


def merged(clocks: Clocks, other: Clocks) -> Clocks:
    """Take over what another ticket of the same citizen has promised: the earliest stands.

    A notice that was given holds for both. An answer that is still owed to the other is owed.
    """
    if other.notice_runs and clocks.notice_met_at is None:
        clocks = replace(clocks, notice_due_at=_earliest(clocks.notice_due_at, other.notice_due_at))
    if not other.answer_runs:
        return clocks
    if clocks.answer_runs:
        return replace(clocks, answer_due_at=_earliest(clocks.answer_due_at, other.answer_due_at))
    return replace(
        clocks, answer_due_at=other.answer_due_at, answer_met_at=None, answer_late_at=other.answer_late_at,
        answer_from_at=other.answer_from_at, first_answer_due_at=other.first_answer_due_at,
    )  # fmt: skip


def taken_apart(clocks: Clocks, merged_with: Clocks, before: Clocks) -> Clocks:
    """Give back the times of before a merge, where they still are what the merge made them and still run."""
    if clocks.notice_runs and clocks.notice_due_at == merged_with.notice_due_at:
        clocks = replace(clocks, notice_due_at=before.notice_due_at)
    if clocks.answer_runs and clocks.answer_due_at == merged_with.answer_due_at:
        clocks = replace(clocks, answer_due_at=before.answer_due_at)
    return clocks


def _earliest(*dues: datetime | None) -> datetime | None:
    return min((due for due in dues if due is not None), default=None)


def counted_anew(clocks: Clocks, notice_due_at: datetime, answer_due_at: datetime) -> Clocks:
    """Move what still runs to times that were deliberately computed again (C7).

    What was late by the old time may not be by the new. An answer's time that a holding reply or a follow-up has set
    stays: it does not hang on the first arrival.
    """
    if clocks.notice_runs and clocks.notice_due_at != notice_due_at:
        clocks = replace(clocks, notice_due_at=notice_due_at, notice_late_at=None)
    by_arrival = clocks.first_answer_due_at is None and clocks.answer_from_at is None
    if clocks.answer_runs and by_arrival and clocks.answer_due_at != answer_due_at:
        clocks = replace(clocks, answer_due_at=answer_due_at, answer_late_at=None)
    return clocks


def gone_late(clocks: Clocks, now: datetime) -> Clocks:
    """Note which running clocks have passed their time; what is due at this very instant is not late (C2)."""
    if clocks.notice_runs and clocks.notice_late_at is None and (clocks.notice_due_at or now) < now:
        clocks = replace(clocks, notice_late_at=now)
    if clocks.answer_runs and clocks.answer_late_at is None and (clocks.answer_due_at or now) < now:
        clocks = replace(clocks, answer_late_at=now)
    return clocks
