"""Follow-ups: what a citizen writes in addition, and which ticket it goes on from. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.account import Account
from domain.category import UNCLEAR, Secrecy
from domain.decision import Decision, Queue
from domain.ticket import Ticket, TicketStatus

#: As `store.tickets` numbers them: the year and a running number. The subject is short and the pattern linear.
_NUMBER = re.compile(r"(?<![\d-])\d{2}-\d{5,9}(?![\d-])")

#: So many numbers of one subject are looked up.
MOST_NUMBERS = 3

#: Rows of the screen by which a sender may be forged: what such a mail says of who wrote it proves nothing.
FORGED = frozenset({"3.3/29"})

#: Rows by which nothing new is asked, such as a bare thanks.
ASKS_NOTHING = frozenset({"3.7/6"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpSettings:
    """How long a closed ticket can be gone on with."""

    #: Ten working days, after which a question counts as unanswered (domain.md 4.2, A4).
    reopen_within: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Followed:
    """The ticket that a message goes on from, and how that is known."""

    ticket: Ticket
    #: True: it answers one of our own messages, whose Message-ID only its reader has seen. False: it names the
    #: ticket's number or an earlier mail, and its sender is one who wrote in the ticket.
    by_our_message: bool = False
    #: True: the channel knows no threads, and the sender's latest ticket is taken.
    by_sender_alone: bool = False


def numbers_in(subject: str) -> tuple[str, ...]:
    """Return what looks like ticket numbers in a subject.

    >>> numbers_in("SV: Vi har tagit emot ditt meddelande – 26-00042")
    ('26-00042',)
    """
    return tuple(dict.fromkeys(_NUMBER.findall(subject)))[:MOST_NUMBERS]


def joins(followed: Followed, account: Account, decision: Decision, settings: FollowUpSettings, now: datetime) -> bool:
    """Say whether a message lands in the ticket that it goes on from; else it gets one of its own that names it.

    It stays out where that would hide it, or show it to others than may see it (P12): what was written to another
    account, is about something that another compartment must see, is dangerous, or must be looked at by a person.
    It stays out of a ticket that has been closed for long, and of any closed one where there are no threads: there
    nobody can tell a follow-up from a new errand.
    """
    rows = {reason.row for reason in decision.reply.reasons}
    if rows & FORGED and not followed.by_our_message:
        return False
    ordinary = decision.queue is Queue.normal and not decision.needs_a_look and not decision.classification.safety
    return ordinary and _same_place(followed.ticket, account, decision) and _is_open_to(followed, settings, now)


def kept_secret(decision: Decision, ticket: Ticket, account: Account) -> Decision:
    """Return the decision about what goes on from a ticket without joining it, so that it shows no more (P12).

    A reply quotes what it answers: what goes on from a sensitive ticket is as sensitive, and stays with its unit,
    unless that belongs to another organisation (P2). A safety class has its own word on who must see it, and what is
    sensitive by itself goes to its own compartment.
    """
    if ticket.secrecy is not Secrecy.SK2 or decision.secrecy is Secrecy.SK2 or decision.classification.safety:
        return decision
    unit = ticket.unit if ticket.organisation == account.organisation else decision.unit
    return replace(decision, secrecy=Secrecy.SK2, unit=unit)


def asks_something(decision: Decision) -> bool:
    """Say whether an answer is owed for what was written."""
    return not any(reason.row in ASKS_NOTHING for reason in decision.reply.reasons)


def _same_place(ticket: Ticket, account: Account, decision: Decision) -> bool:
    if ticket.organisation != account.organisation:
        return False
    if ticket.secrecy is Secrecy.SK2:
        # "Yes, Thursday suits me" says nothing by itself: it stays in the compartment where it is understood.
        return ticket.unit == decision.unit or decision.classification.category == UNCLEAR
    if decision.secrecy is Secrecy.SK2:
        return False
    return ticket.account == account.id or ticket.unit == decision.unit


def _is_open_to(followed: Followed, settings: FollowUpSettings, now: datetime) -> bool:
    ticket = followed.ticket
    if ticket.status is TicketStatus.open:
        return True
    closed_at = ticket.closed_at or ticket.arrived_at
    return not followed.by_sender_alone and now - closed_at <= settings.reopen_within
