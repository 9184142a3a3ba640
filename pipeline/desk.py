"""Desk: what staff do with a ticket: take, hand over, note, route again, register, close, open again.

Reads: the ticket as the person may see it.
Writes: the ticket, its answer clock when another unit gets it, notes; an event for each change, and that its messages
are handled by it.

Every change is conditional on what the page showed: who comes second is told, and nothing is undone behind anybody's
back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.category import DANGER, Category, Secrecy
from domain.clocks import routed
from domain.errors import BadInput
from domain.ids import CategoryId, TicketId, UnitId, UserId
from domain.open_time import local_date
from domain.outcome import LONGEST_REFERENCE, Outcome, Registration
from domain.promises import answer_from
from domain.rerouting import RerouteReason
from domain.site import Site
from domain.ticket import Ticket, TicketStatus
from pipeline.handled import note_acted
from store.clocks import set_clocks
from store.corrections import Correction, add_correction
from store.database import Connection, Database
from store.desk import close_ticket, mark_looked_at, route_again, set_assignee, set_registration
from store.events import append
from store.notes import add_note
from store.tickets import get_ticket, mark_reopened
from store.users import User, list_colleagues

#: A note holds no more characters than this: a form holds 20 kB, and a letter such as å takes six bytes in it.
LONGEST_NOTE = 3_000

#: What is in the register, or is to be, may carry its reference: a matter often has one before the letter comes.
WITH_REFERENCE = frozenset({Registration.registered, Registration.to_be_registered})


#: Why something was changed is said in no more characters than this.
LONGEST_WHY = 500

#: What shows that somebody has a ticket in hand, or is done with it (P11).
HANDLED_BY = frozenset(
    {
        "taken",
        "handed_over",
        "noted",
        "routed_again",
        "registration_set",
        "closed",
        "looked_at",
        "merged",
        "forwarded",
        "holding_asked",
    }
)


class NotDone(BadInput):
    """The change was not made; the sentence says why."""


class TakenMeanwhile(NotDone):
    """Somebody else has the ticket."""

    def __init__(self, holder: UserId | None) -> None:
        """Keep who has it; None: nobody has it any more."""
        super().__init__("somebody else has the ticket now: look at it again")
        self.holder = holder


class ChangedMeanwhile(NotDone):
    """The ticket was closed or opened since the page was shown."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A person at work: what they do is done as them, and seen with their eyes.

    Every method raises KeyError for a ticket that does not exist, or that the person may not see.
    """

    database: Database
    site: Site
    user: User
    now: datetime

    def take(self, id: TicketId) -> None:
        """Take a ticket that nobody has. Raises TakenMeanwhile: of two, one gets it."""
        self._assign(id, holder=None, to=self.user.id, kind="taken")

    def release(self, id: TicketId) -> None:
        """Give one's own ticket back to the queue. Raises TakenMeanwhile when it is somebody else's."""
        self._assign(id, holder=self.user.id, to=None, kind="released")

    def hand_over(self, id: TicketId, holder: UserId | None, to: UserId) -> None:
        """Give a ticket to a colleague who may see it.

        Args:
            id: the ticket.
            holder: who had it when the page was shown; None: nobody.
            to: the colleague.

        Raises:
            TakenMeanwhile: somebody else has it now.
            NotDone: there is no such colleague, or the ticket is outside their compartment.
        """
        with self.database.read() as connection:
            colleague = next((each for each in list_colleagues(connection, self.user.viewer) if each.id == to), None)
            if colleague is None or colleague.is_closed or not _sees(connection, colleague, id):
                raise NotDone("choose a colleague who may see the ticket")
        self._assign(id, holder=holder, to=to, kind="handed_over", to_user=colleague.name)

    def note(self, id: TicketId, text: str) -> None:
        """Write a note for colleagues. Raises NotDone for an empty or a very long one."""
        written = text.replace("\r\n", "\n").strip()
        if not written or len(written) > LONGEST_NOTE:
            raise NotDone(f"write a note of 1 to {LONGEST_NOTE} characters")
        with self.changing(id) as (connection, ticket):
            add_note(
                connection, ticket.organisation, id, author=self.user.display_name, text=written, at=self.now
            )  # fmt: skip
            self.log(connection, ticket, "noted")

    def close(self, id: TicketId, outcome: Outcome, *, unseen: bool = False) -> None:
        """Close a ticket; what was to be looked at has been.

        Args:
            id: the ticket.
            outcome: what became of it.
            unseen: only while nobody has looked at it or taken it: the page showed it as such.

        Raises:
            ChangedMeanwhile: it is closed already, or somebody works with it.
        """
        with self.changing(id) as (connection, ticket):
            if unseen and not (ticket.needs_a_look and ticket.assignee in {None, self.user.id}):
                raise ChangedMeanwhile("somebody has looked at the ticket")
            if not close_ticket(connection, id, outcome, self.now):
                raise ChangedMeanwhile("the ticket is closed already")
            mark_looked_at(connection, id)
            self.log(connection, ticket, "closed", outcome=outcome)

    def reopen(self, id: TicketId) -> None:
        """Open a closed ticket again. Raises ChangedMeanwhile when it is open already."""
        with self.changing(id) as (connection, ticket):
            if not mark_reopened(connection, id):
                raise ChangedMeanwhile("the ticket is open already")
            self.log(connection, ticket, "reopened")

    def looked_at(self, id: TicketId) -> None:
        """Say that a person has looked at what no machine could judge."""
        with self.changing(id) as (connection, ticket):
            if mark_looked_at(connection, id):
                self.log(connection, ticket, "looked_at")

    def route(
        self, id: TicketId, unit: UnitId, category: CategoryId, why: str = "", reason: RerouteReason | None = None
    ) -> None:
        """Give a ticket another unit or category: the answer's time becomes the receiving unit's (C6).

        It never becomes less secret by that. It is kept as a correction, with why, so that rules
        and contact entries can be mended by it (R63).

        Raises:
            NotDone: the configuration has no such unit in the organisation, or no such category.
        """
        why = " ".join(why.split())
        if len(why) > LONGEST_WHY:
            raise NotDone(f"say why in at most {LONGEST_WHY} characters")
        known = self._category(category)
        if not any(each.id == unit and each.organisation == self.user.organisation for each in self.site.units):
            raise NotDone("choose a unit of the organisation")
        with self.changing(id) as (connection, ticket):
            if (ticket.unit, ticket.category) == (unit, category):
                return
            secrecy = max(ticket.secrecy, known.secrecy) if known else ticket.secrecy
            route_again(connection, id, unit=unit, category=category, secrecy=secrecy, danger=category == DANGER)
            self._count_anew(connection, ticket, unit, category)
            add_correction(connection, self._corrected(ticket, unit, category, why, reason))
            self.log(
                connection, ticket, "routed_again", was_unit=ticket.unit, unit=unit, was_category=ticket.category,
                category=category, reason=reason or "",
            )  # fmt: skip

    def register(self, id: TicketId, registration: Registration, reference: str) -> None:
        """Say whether the ticket's documents are registered, or are to be, and under what reference.

        Raises:
            NotDone: registered without a reference, a reference that is too long, or a secret one said not to need it.
        """
        reference = " ".join(reference.split())
        if len(reference) > LONGEST_REFERENCE or (registration is Registration.registered and not reference):
            raise NotDone("write the reference that the register gave")
        with self.changing(id) as (connection, ticket):
            if registration is Registration.not_needed and ticket.secrecy is Secrecy.SK2:
                raise NotDone("what is secret is always registered")
            kept = reference if registration in WITH_REFERENCE else ""
            set_registration(connection, id, registration, kept)
            self.log(connection, ticket, "registration_set", registration=registration, reference=kept)

    def _assign(self, id: TicketId, *, holder: UserId | None, to: UserId | None, kind: str, **details: Any) -> None:
        with self.changing(id) as (connection, ticket):
            if ticket.status is TicketStatus.closed:
                raise ChangedMeanwhile("the ticket is closed")
            if ticket.observed:
                raise NotDone("it is handled in its own mailbox: work with it there")
            if not set_assignee(connection, id, holder, to):
                raise TakenMeanwhile(ticket.assignee)
            self.log(connection, ticket, kind, **details)

    def _corrected(
        self, ticket: Ticket, unit: UnitId, category: CategoryId, why: str, reason: RerouteReason | None
    ) -> Correction:
        return Correction(
            ticket=ticket.id, organisation=ticket.organisation, at=self.now, by=f"user/{self.user.name}",
            was_unit=ticket.unit, unit=unit, was_category=ticket.category, category=category, why=why, reason=reason,
        )  # fmt: skip

    def _count_anew(self, connection: Connection, ticket: Ticket, unit: UnitId, category: CategoryId) -> None:
        """Give the answer the receiving unit's time; one that a holding reply named stays: the citizen was told it."""
        if not ticket.clocks.answer_runs or ticket.first_answer_due_at is not None:
            return
        today = local_date(ticket.opened_at or ticket.arrived_at)
        from_at = ticket.answer_from_at or ticket.arrived_at
        try:
            due_at = answer_from(self.site, self.site.account(ticket.account), unit, category, from_at, today)
        except (BadInput, KeyError):
            # Its account is configured no more, or its hours never come: what was promised stands.
            return
        set_clocks(connection, ticket.id, lambda clocks: routed(clocks, due_at))

    def _category(self, id: CategoryId) -> Category | None:
        known = self.site.find_category(id)
        if known is None and id:
            raise NotDone("choose a category of the configuration")
        return known

    @contextmanager
    def changing(self, id: TicketId) -> Iterator[tuple[Connection, Ticket]]:
        """Yield a transaction and the ticket in it, as the person may see it."""
        with self.database.write() as connection:
            yield connection, get_ticket(connection, self.user.viewer, id)

    def log(self, connection: Connection, ticket: Ticket, kind: str, **details: Any) -> None:
        """Write down what was done, and that the ticket is in hand."""
        append(
            connection, kind, at=self.now, organisation=ticket.organisation, actor=f"user/{self.user.name}",
            account=ticket.account, ticket=ticket.id, **details,
        )  # fmt: skip
        account = self.site.find_account(ticket.account)
        if kind in HANDLED_BY and account is not None:
            note_acted(connection, account, ticket.id, self.now, by=kind)


def _sees(connection: Connection, colleague: User, id: TicketId) -> bool:
    try:
        get_ticket(connection, colleague.viewer, id)
    except KeyError:
        return False
    return True
