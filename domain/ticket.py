"""Tickets (*ärenden*): a piece of work for staff, with two clocks (P10)."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from domain.account import Channel
from domain.category import Secrecy, Urgency
from domain.clocks import Clocks
from domain.decision import Queue
from domain.ids import AccountId, CategoryId, OrganisationId, TicketId, UnitId, UserId
from domain.outcome import Outcome, Registration


class TicketStatus(StrEnum):
    """Whether anything is left to do."""

    open = "open"
    closed = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket as the store gives it to somebody who may see it."""

    id: TicketId
    #: What the citizen is told: year and running number, such as 26-01234.
    number: str
    organisation: OrganisationId
    unit: UnitId
    account: AccountId
    channel: Channel
    status: TicketStatus
    queue: Queue
    needs_a_look: bool
    #: Why a person must look, in words.
    look_reason: str
    category: CategoryId
    language: str
    urgency: Urgency
    secrecy: Secrecy
    subject: str
    sender_name: str
    sender_address: str
    arrived_at: datetime
    #: None: the clock does not run.
    notice_due_at: datetime | None
    answer_due_at: datetime | None
    #: When the clock was stopped; None: it has not been.
    notice_met_at: datetime | None
    answer_met_at: datetime | None
    calendar: str
    assignee: UserId | None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    #: A form of our own brought it (R24).
    by_form: bool = False
    #: The older ticket that it goes on from.
    follows: TicketId | None = None
    #: When it was decided whether a holding reply goes; None: not yet.
    held_at: datetime | None = None
    #: As of `Clocks`.
    answer_from_at: datetime | None = None
    first_answer_due_at: datetime | None = None
    first_answered_at: datetime | None = None
    notice_late_at: datetime | None = None
    answer_late_at: datetime | None = None
    window_closes_at: datetime | None = None
    #: Of an observed account: outside the queue, opened and closed by evidence (design.md section 4).
    observed: bool = False
    #: What came of it; None: it is open, or no person closed it.
    outcome: Outcome | None = None
    registration: Registration = Registration.not_judged
    #: The register's own reference; empty: there is none.
    registered_as: str = ""

    @property
    def clocks(self) -> Clocks:
        """Both clocks."""
        return Clocks(**{field.name: getattr(self, field.name) for field in fields(Clocks)})

    @property
    def next_due_at(self) -> datetime | None:
        """The first clock that still runs; the queue sorts by it."""
        return self.clocks.next_due_at
