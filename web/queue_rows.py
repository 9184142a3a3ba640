"""The queue's rows: tickets in words, the promise first. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.category import Secrecy, Urgency
from domain.decision import Queue
from domain.ids import TicketId, UserId
from domain.site import Site
from domain.ticket import Ticket
from store.queue_marks import QueueMark
from web.explanation import read_reply
from web.names import CHANNELS, unit_name, urgency_name
from web.promise import ShownPromise, first_promise
from web.reply_words import say_withheld
from web.words import SOURCE, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One ticket in the queue."""

    id: int
    number: str
    promise: ShownPromise
    #: The channel's id, for its icon, and its name.
    channel: str
    channel_name: str
    sender: str
    #: The subject, else how the text begins; empty: the message has neither, or neither may be seen.
    subject: str
    #: ISO code of the citizen's language.
    language: str
    #: Empty for Swedish, which needs no mark.
    language_name: str
    unit: str
    #: Empty for what is not urgent.
    urgency: str
    is_sensitive: bool
    needs_a_look: bool
    #: In the low queue: a person checks it when there is time.
    is_low: bool
    attachments: int
    #: Why the citizen has got no automatic reply; empty: one went, or will.
    withheld: str
    #: A person's answer did not arrive.
    is_unreached: bool
    #: Who has it; empty: nobody.
    holder: str


def rows_of(
    tickets: Sequence[Ticket], marks: Mapping[TicketId, QueueMark], holders: Mapping[UserId, str], site: Site,
    now: datetime, words: Words,
) -> tuple[Row, ...]:  # fmt: skip
    """Return the rows in the order of the tickets; `holders` are the names of who may have them."""
    return tuple(
        _row(each, marks.get(each.id), holders.get(each.assignee, "") if each.assignee else "", site, now, words)
        for each in tickets
    )


def version_of(tickets: Sequence[Ticket], marks: Mapping[TicketId, QueueMark], now: datetime) -> str:
    """Return what changes when the rows do: with the tickets, their marks, and each minute that passes."""
    content = "\n".join([minute_of(now).isoformat(), *(f"{ticket} {marks.get(ticket.id)}" for ticket in tickets)])
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16]


def minute_of(now: datetime) -> datetime:
    """Return the minute that an instant is in: what is said of times changes with it."""
    return now.replace(second=0, microsecond=0)


def _row(
    ticket: Ticket, queue_mark: QueueMark | None, holder: str, site: Site, now: datetime, words: Words
) -> Row:  # fmt: skip
    is_urgent = ticket.urgency in {Urgency.U0, Urgency.U1}
    is_foreign = ticket.language not in {"", SOURCE}
    return Row(
        id=ticket.id,
        number=ticket.number,
        promise=first_promise(ticket, now, words),
        channel=ticket.channel,
        channel_name=words.gettext(CHANNELS[ticket.channel]),
        sender=ticket.sender_name or ticket.sender_address or words.gettext("Okänd avsändare"),
        subject=ticket.subject or (queue_mark.beginning if queue_mark else ""),
        language=ticket.language,
        language_name=words.language_name(ticket.language) if is_foreign else "",
        unit=unit_name(site, ticket.unit),
        urgency=urgency_name(ticket.urgency, words) if is_urgent else "",
        is_sensitive=ticket.secrecy is Secrecy.SK2,
        needs_a_look=ticket.needs_a_look,
        is_low=ticket.queue is Queue.low,
        attachments=queue_mark.attachments if queue_mark else 0,
        withheld=say_withheld(read_reply(queue_mark.reply), queue_mark.state, words) if queue_mark else "",
        is_unreached=queue_mark is not None and queue_mark.answer_lost,
        holder=holder,
    )
