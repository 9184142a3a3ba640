"""Settled: what is to be written about one message of a batch."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.decision import Decision
from domain.follow_up import Followed
from domain.ids import OutgoingId, TicketId
from domain.message import Fate
from domain.ticket import Ticket
from pipeline.parsed import Parsed
from pipeline.report_back import ReportBack
from pipeline.writable import Written
from store.letters import Earlier
from store.new_tickets import NewTicket
from store.sent_answers import SentAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One message's decision, with all that follows from it; nothing of it is written yet."""

    parsed: Parsed
    fate: Fate
    #: What is kept of the decision with the message (P6).
    explanation: dict[str, Any]
    #: True: no message with its letter came before it.
    first_of_letter: bool = True
    #: The message whose letter it is a copy of, and whose ticket it shares.
    copy_of: Earlier | None = None
    #: What triage said; None: nothing was decided anew.
    decision: Decision | None = None
    #: True: what was decided hangs on the ticket that it goes on from, or on there being none.
    decides_by_thread: bool = False
    #: The ticket of our own message that it answers, and the one that it goes on from, when it was decided.
    answered: TicketId | None = None
    followed: Followed | None = None
    #: A ticket that exists already and that it follows up.
    joins: Ticket | None = None
    #: When an answer to it is due, if the ticket was answered before; None: it asks nothing.
    asked_again_due_at: datetime | None = None
    #: Our own message that it is attached to.
    outgoing: OutgoingId | None = None
    #: The ticket to open for it.
    opens: NewTicket | None = None
    #: The automatic reply, numbered as a sample until the ticket has its number.
    reply: Written | None = None
    #: What it says of one of our replies.
    report: ReportBack | None = None
    #: By what else its sender can be reached, in the sender's own words.
    given: tuple[str, ...] = ()
    #: The mail in Sent by which a person had answered it before it was decided (domain.md 3.3 row 36).
    answer: SentAnswer | None = None

    @property
    def set_aside(self) -> bool:
        """Whether a person must look at it."""
        return self.decision is not None and self.decision.needs_a_look
