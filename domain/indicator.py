"""Indicators: how well promises are kept, as numbers without personal data (domain.md 1.10, 4.2)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.account import Account, Channel
from domain.ids import AccountId, OrganisationId, UnitId
from domain.outcome import Outcome
from domain.ticket import TicketStatus

#: Fewer items than this say little: a share of them is marked (domain.md 4.2).
FEW = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What of one ticket is counted: its clocks, and nothing of what it is about; instants in aware UTC."""

    organisation: OrganisationId
    unit: UnitId
    account: AccountId
    channel: Channel
    status: TicketStatus
    outcome: Outcome | None
    arrived_at: datetime
    closed_at: datetime | None
    notice_due_at: datetime
    notice_met_at: datetime | None
    answer_due_at: datetime | None
    answer_met_at: datetime | None
    first_answer_due_at: datetime | None
    first_answered_at: datetime | None
    #: It went the wrong way first because of a wrong address, number or name (R63).
    wrong_contact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """How the promises about what came in a month to a unit on a channel were kept."""

    month: date
    organisation: OrganisationId
    unit: UnitId
    channel: Channel
    received: int
    #: Notices that fell due or were given, those in time, and those that a machine gave.
    notices_owed: int
    notices_in_time: int
    notices_automatic: int
    #: Answers by a person that fell due or were given, and those within what was promised first.
    answers_owed: int
    answered_in_time: int
    answered: int
    #: Closed as needing no answer, as spam, as the same as another, or sent on to somebody else.
    needed_none: int
    #: Open, and past the time that was promised.
    open_late: int
    #: Open time from the arrival to a person's first answer; None: nobody has answered yet.
    median_open_time: timedelta | None
    p95_open_time: timedelta | None
    #: Came to another unit first because of a wrong address, number or name (R63).
    wrong_contact: int = 0

    @property
    def is_few(self) -> bool:
        """Whether there are too few for a share to say much."""
        return self.answers_owed < FEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """A message that people were to handle: when it came, and when somebody handled it; None: nobody has."""

    account: AccountId
    arrived_at: datetime
    handled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How an account was watched in a month (E1: "Alla e-postkonton ska bevakas alla arbetsdagar")."""

    month: date
    account: Account
    received: int
    #: Working days on which something waited, and those of them on which a person did something in the account.
    days_waiting: int
    days_watched: int
    #: Findings that opened in the month: people did not handle, nothing came, could not be read.
    unwatched: int
    silent: int
    unreachable: int


def share(part: int, whole: int) -> float | None:
    """Return a share between 0 and 1; None of nothing.

    >>> share(3, 4), share(0, 0)
    (0.75, None)
    """
    return part / whole if whole else None
