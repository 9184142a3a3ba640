"""Delay: after an outage a person tells the citizens of a chosen account and time that their answer is late.

Reads: open tickets, their first message, what has been sent about them.
Writes: delay notices in the outbox, one a ticket, and an event each; a transaction a ticket.

The brakes are asked when each is about to go, as for every automatic reply (P7).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.later import later_reply
from desk.route import thread_of_reply
from domain.account import Account, Channel
from domain.category import Secrecy
from domain.errors import BadInput
from domain.ids import AccountId, TicketId, UnitId
from domain.message import Arrival, Message
from domain.open_time import local_date
from domain.outgoing import OutgoingKind, SendState
from domain.promises import answer_from
from domain.protocols import Step
from domain.reply_template import ReplyName
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import MACHINE
from intake.parse import parse
from outbox.render import render
from pipeline.runtime import Runtime
from store import messages, sent
from store.database import Connection
from store.events import append
from store.originals import get_original
from store.outgoing import add_outgoing
from store.sent import StoredOutgoing
from store.tickets import get_ticket, list_arrived
from triage.destination import destination
from triage.screen.table import speaks_against
from triage.trust import authentication

#: Rows that speak of the hour and not of whoever wrote: a receipt went shortly before, too many went, it lay too long,
#: we could promise no time.
OF_THE_HOUR = frozenset({"3.3/33", "3.3/34", "3.3/37", "3.3/38", "3.7/5"})

#: How a notice ends that never went: the ticket may get another.
NEVER_WENT = (SendState.cancelled, SendState.refused)

#: Messenger takes nothing automatic later than this after the citizen's message (domain.md 2.11).
FACEBOOK_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which tickets: those of one account whose message arrived within a span."""

    account: AccountId
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayNotice:
    """What becomes of one chosen ticket."""

    ticket: TicketId
    number: str
    unit: UnitId
    #: Of what is sensitive only number and unit are shown.
    secrecy: Secrecy
    arrived_at: datetime
    language: str
    #: The time that the notice names; None: it gets none.
    answer_at: datetime | None = None
    #: Why it gets none; empty: it does.
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    notice: DelayNotice
    ticket: Ticket
    message: Message
    to: str
    answer_at: datetime
    #: Makes the Message-ID one that nobody guesses, and the same for whoever sends at the same time.
    key: str


def find_delayed(runtime: Runtime, chosen: Chosen) -> tuple[DelayNotice, ...]:
    """Return what would become of every open ticket that is chosen, in order of arrival; nothing is written.

    Raises:
        BadInput: there is no such account, or more tickets than may go at once.
    """
    site = runtime.site()
    told = _judge_all(runtime, site, _account(site, chosen), chosen)
    return tuple(each.notice if isinstance(each, _Ready) else each for each in told)


def send_delay_notices(runtime: Runtime, chosen: Chosen, *, actor: str) -> tuple[DelayNotice, ...]:
    """Put a delay notice into the outbox for every chosen ticket that may get one; return what became of each.

    Safe to run twice, and by two at once: a ticket gets one.

    Raises:
        BadInput: as `find_delayed`, or a text that cannot be written.
    """
    site = runtime.site()
    account = _account(site, chosen)
    done = []
    for each in _judge_all(runtime, site, account, chosen):
        if isinstance(each, DelayNotice):
            done.append(each)
            continue
        with runtime.database.write() as connection:
            done.append(_announce(connection, site, account, each, runtime.now, actor))
    if any(not each.why_not for each in done):
        runtime.bell.ring(Step.send)
    return tuple(done)


def _judge_all(runtime: Runtime, site: Site, account: Account, chosen: Chosen) -> list["_Ready | DelayNotice"]:
    """Read the originals of all that is chosen, before anything is written: others wait to write meanwhile."""
    with runtime.database.read() as connection:
        tickets = list_arrived(connection, MACHINE, account.id, chosen.since, chosen.until)
        told = [_judged(connection, site, account, ticket, runtime.now) for ticket in tickets]
    _refuse_too_many(site, sum(isinstance(each, _Ready) for each in told))
    return told


def _account(site: Site, chosen: Chosen) -> Account:
    if chosen.until <= chosen.since:
        raise BadInput("the span ends before it begins: give a later --until")
    try:
        return site.account(chosen.account)
    except KeyError:
        known = ", ".join(account.id for account in site.accounts)
        raise BadInput(f"there is no account {chosen.account}: the configuration has {known}") from None


def _refuse_too_many(site: Site, count: int) -> None:
    """Leave room for receipts: above the rate of the installation every automatic reply would stop (row 34)."""
    most = max(1, site.brakes.installation_per_hour // 2)
    if count > most:
        raise BadInput(f"{count} notices are more than the {most} that may go at once: choose a shorter span")


def _announce(
    connection: Connection, site: Site, account: Account, judged: _Ready, now: datetime, actor: str
) -> DelayNotice:
    id = judged.ticket.id
    ticket = get_ticket(connection, MACHINE, id)
    if why_not := _settled_by(_earlier(connection, id), ticket):
        return _none(ticket, why_not)
    intent = later_reply(
        ticket, account, site, kind=OutgoingKind.receipt, template=ReplyName.delay, to=judged.to,
        references=thread_of_reply(judged.message), answer_at=judged.answer_at, now=now,
    )  # fmt: skip
    draft = render(intent, site, key=judged.key, now=now)
    outgoing = add_outgoing(connection, intent, draft, at=now, ticket=id)
    if outgoing is None:
        return _none(judged.ticket, "somebody else has just sent it one")
    append(
        connection, "delay_announced", at=now, organisation=account.organisation, actor=actor, account=account.id,
        ticket=id, outgoing=outgoing, answer_at=judged.answer_at.isoformat(),
    )  # fmt: skip
    return judged.notice


def _judged(
    connection: Connection, site: Site, account: Account, ticket: Ticket, now: datetime
) -> _Ready | DelayNotice:
    """Return what a notice about a ticket needs, or the ticket with the reason why it gets none."""
    earlier = _earlier(connection, ticket.id)
    if why_not := _settled_by(earlier, ticket):
        return _none(ticket, why_not)
    first = next(iter(messages.list_of_ticket(connection, MACHINE, ticket.id)), None)
    if first is None:
        return _none(ticket, "it has no message to answer")
    if against := next(iter(_against(first)), ""):
        return _none(ticket, f"{against} speaks against an automatic reply")
    if account.channel is Channel.facebook and now - ticket.arrived_at > FACEBOOK_WINDOW:
        return _none(ticket, "Messenger takes nothing automatic after 24 hours: a person must write")
    original = get_original(connection, MACHINE, first.organisation, first.digest)
    message = _parsed(original, first, account, site)
    to, why = _destination(message, account, site)
    if to is None:
        return _none(ticket, why)
    answer_at = _answer_at(site, account, ticket, now)
    tried = hashlib.sha256(f"{first.digest} {len(earlier)}".encode()).hexdigest()[:12]
    return _Ready(
        notice=_notice(ticket, answer_at=answer_at),
        ticket=ticket,
        message=message,
        to=to,
        answer_at=answer_at,
        key=f"{ticket.number}.delay.{tried}",
    )


def _earlier(connection: Connection, id: TicketId) -> list[StoredOutgoing]:
    """Return the delay notices of a ticket."""
    return [each for each in sent.list_of_ticket(connection, MACHINE, id) if each.template == ReplyName.delay]


def _settled_by(earlier: Sequence[StoredOutgoing], ticket: Ticket) -> str:
    """Return why a ticket needs no notice, which may have become so just now; empty: it does."""
    if any(each.state not in NEVER_WENT for each in earlier):
        return "it has got one already"
    return "a person has answered" if ticket.answer_met_at is not None else ""


def _against(first: messages.StoredMessage) -> Iterator[str]:
    """Yield the rows that spoke against a reply when the message was decided, but for those of the hour."""
    for reason in first.explanation.get("automatic_reply", {}).get("reasons", ()):
        if speaks_against(reason["row"]) and reason["row"] not in OF_THE_HOUR:
            yield reason["row"]


def _parsed(original: bytes, first: messages.StoredMessage, account: Account, site: Site) -> Message:
    arrival = Arrival(identity="", original=original, media_type=first.media_type, provider_at=first.arrived_at)
    return parse(arrival, channel=account.channel, mail=site.mail)


def _destination(message: Message, account: Account, site: Site) -> tuple[str | None, str]:
    if account.channel is Channel.email:
        return destination(message, site, authentication(message, site.mail).passed)
    return (message.sender.address if message.sender else None), "nobody is known who could be answered"


def _answer_at(site: Site, account: Account, ticket: Ticket, now: datetime) -> datetime:
    """Return the promised time while it is still to come, else one that is counted from now."""
    if ticket.answer_due_at is not None and ticket.answer_due_at > now:
        return ticket.answer_due_at
    return answer_from(site, account, ticket.unit, ticket.category, now, local_date(now))


def _notice(ticket: Ticket, *, answer_at: datetime | None = None, why_not: str = "") -> DelayNotice:
    return DelayNotice(
        ticket=ticket.id, number=ticket.number, unit=ticket.unit, secrecy=ticket.secrecy,
        arrived_at=ticket.arrived_at, language=ticket.language, answer_at=answer_at, why_not=why_not,
    )  # fmt: skip


def _none(ticket: Ticket, why: str) -> DelayNotice:
    return _notice(ticket, why_not=why)
