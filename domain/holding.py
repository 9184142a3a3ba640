"""Holding replies: whether a citizen is told, before the promise breaks, that the answer takes longer. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.account import Account, AccountStatus, AutoReply, Channel, Mode
from domain.category import Secrecy, Urgency
from domain.decision import Reason
from domain.page import Window, window
from domain.service_level import Target
from domain.ticket import Ticket, TicketStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingSettings:
    """When a holding reply goes, and what it promises."""

    #: False: none ever goes.
    send: bool = True
    #: How much open time before the answer is due.
    before: timedelta = timedelta(hours=2)
    #: What the new time is counted by, from when the reply is decided; None: the answer's own target once more.
    target: Target | None = None
    #: Also for sensitive matters.
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One ticket whose answer is about to be late, with what a holding reply hangs on."""

    ticket: Ticket
    account: Account
    #: Where its automatic reply went, or would have; None: no machine may answer who wrote.
    recipient: str | None
    #: When the citizen last wrote.
    wrote_at: datetime
    #: The time that the holding reply would name.
    new_due_at: datetime


def withheld(settings: HoldingSettings, holding: Holding, now: datetime) -> tuple[Reason, ...]:
    """Return every reason against a holding reply, in the order of the table; none: it goes, once a ticket.

    The brakes (domain.md 3.3 rows 32-38) are asked when it is sent.

    Source: domain.md 1.12, 2.11, 7.2; field.md.
    """
    return tuple(Reason(row, why) for row, question in _AGAINST for why in question(settings, holding, now) if why)


def _switched_off(settings: HoldingSettings, holding: Holding, now: datetime) -> Iterator[str]:
    if not settings.send:
        yield "holding replies are switched off"


def _account(settings: HoldingSettings, holding: Holding, now: datetime) -> Iterator[str]:
    account = holding.account
    if account.auto_reply is AutoReply.off:
        yield "auto_reply is off"
    if account.status is AccountStatus.closed:
        yield "the account is closed"


def _nothing_is_read(settings: HoldingSettings, holding: Holding, now: datetime) -> Iterator[str]:
    if holding.account.mode is Mode.watch_only:
        yield f"the account's mode is {holding.account.mode}: nothing of it is read"


def _nobody_may_be_answered(settings: HoldingSettings, holding: Holding, now: datetime) -> Iterator[str]:
    if holding.recipient is None:
        yield "no automatic reply was allowed to who wrote"
    if holding.ticket.needs_a_look:
        yield "a person must look at the message first"


def _sensitive(settings: HoldingSettings, holding: Holding, now: datetime) -> Iterator[str]:
    if holding.ticket.secrecy is Secrecy.SK2 and not settings.sensitive:
        yield "the matter is sensitive"


def _urgent(settings: HoldingSettings, holding: Holding, now: datetime) -> Iterator[str]:
    if holding.ticket.urgency is Urgency.U0:
        yield "a person must act now: nothing may say that it takes longer"


def _messenger(settings: HoldingSettings, holding: Holding, now: datetime) -> Iterator[str]:
    if holding.ticket.channel is Channel.facebook and window(now - holding.wrote_at) is not Window.everybody:
        yield "more than 24 hours since the person wrote"


def _promise(settings: HoldingSettings, holding: Holding, now: datetime) -> Iterator[str]:
    clocks = holding.ticket.clocks
    if holding.ticket.status is TicketStatus.closed or clocks.answer_due_at is None or not clocks.answer_runs:
        yield "no answer is owed any more"
    elif clocks.answer_due_at <= now:
        yield "the promise is broken already: that is for a person to explain"
    elif holding.new_due_at <= clocks.answer_due_at:
        yield "the new time would be no later than the promised one"


#: Rows of the screen, promises, and names of our own: what each asks.
_AGAINST: tuple[tuple[str, Callable[[HoldingSettings, Holding, datetime], Iterator[str]]], ...] = (
    ("holding", _switched_off),
    ("P14", _account),
    ("mode", _nothing_is_read),
    ("screen", _nobody_may_be_answered),
    ("3.3/43", _sensitive),
    ("3.3/42", _urgent),
    ("3.8/2", _messenger),
    ("P9", _promise),
)
