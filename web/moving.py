"""Moving tickets and messages: merge, take apart, split, forward; and what else the same person has written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.category import Secrecy
from domain.ids import MessageId, TicketId, UnitId
from domain.rerouting import RerouteReason
from domain.ticket import Ticket, TicketStatus
from pipeline.answer_faults import TextNotTaken
from pipeline.desk import Desk, NotDone
from pipeline.forward import NeedsYes, OurOwn, forward_outside, forward_to_unit, note_answered
from pipeline.merge import merge, split, take_apart
from store.belongings import Belonging
from store.database import Connection
from store.forwards import Forward, list_forwards
from store.merges import find_merge, list_merged
from store.messages import StoredMessage
from store.others import OtherTicket, list_others
from store.tickets import find_tickets
from web.form import Form
from web.names import unit_name
from web.times import ShownTime, say_exactly, shown_time
from web.visit import Visit
from web.words import Words, mark

#: So many characters of a message tell which it is.
FIRST_CHARS = 60

NEEDS_YES = mark("Ärendet innehåller personuppgifter eller är känsligt. Kryssa i att det får skickas vidare.")
OUR_OWN = mark("Adressen är vår egen. Välj verksamheten i stället, så får den ärendet.")

#: What is said when a form of this kind was not taken, whatever was wrong with it.
FAULTS = {
    "merge": mark("Välj ett annat ärende från samma person, som inte redan är ihopslaget."),
    "take_apart": mark("Ärendena är inte ihopslagna längre."),
    "split": mark("Välj ett av flera meddelanden i ärendet."),
    "forward": mark("Skriv en e-postadress utanför kommunen och vad du vill fråga."),
    "forward_unit": mark("Välj en annan verksamhet."),
    "forward_answered": mark("Välj en vidarebefordran i listan."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOther:
    """Another ticket of the same person."""

    id: TicketId
    number: str
    subject: str
    time: ShownTime
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownForward:
    """Something that was sent on."""

    id: int
    to: str
    time: ShownTime
    #: Whether an answer has come, or when it was asked for.
    state: str
    is_answered: bool
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """What can be merged, split and forwarded, and what has been."""

    others: tuple[ShownOther, ...]
    #: What is shown within this ticket.
    merged: tuple[ShownOther, ...]
    #: Within which ticket this one is shown; None: it stands for itself.
    into: ShownOther | None
    #: Messages that can have a ticket of their own: the row, and how it begins.
    messages: tuple[tuple[MessageId, str], ...]
    forwards: tuple[ShownForward, ...]
    #: A forward must be said yes to.
    asks_yes: bool
    is_mail: bool
    #: What was written and not taken, so that nothing is lost.
    to: str = ""
    text: str = ""


def moving_of(
    connection: Connection, visit: Visit, ticket: Ticket, received: Sequence[StoredMessage], has: frozenset[Belonging],
    kept: Form,
) -> Moving:  # fmt: skip
    """Return what can be moved, and what has been."""
    viewer, words = visit.viewer, visit.words
    is_merged = Belonging.merges in has
    merged = [each.ticket for each in list_merged(connection, viewer, ticket.id)] if is_merged else []
    found = find_merge(connection, viewer, ticket.id) if is_merged else None
    forwarded = list_forwards(connection, viewer, ticket.id) if Belonging.forwards in has else ()
    into = found.into if found is not None else None
    known = find_tickets(connection, viewer, [*merged, *([into] if into else [])])
    own = [each for each in received if each.ticket == ticket.id]
    accounts = [each.id for each in visit.site.accounts if each.organisation == ticket.organisation]
    others = list_others(connection, viewer, ticket.sender_address, not_this=ticket.id, accounts=accounts)
    return Moving(
        others=tuple(_other(each, words) for each in others if each.id not in merged),
        merged=tuple(_other(known[each], words) for each in merged if each in known),
        into=_other(known[into], words) if into is not None and into in known else None,
        messages=tuple((each.id, _beginning(each, words)) for each in own) if len(own) > 1 else (),
        forwards=tuple(_forward(each, visit) for each in forwarded),
        asks_yes=ticket.secrecy is not Secrecy.SK0,
        is_mail=any(each.id == ticket.account and each.channel == "email" for each in visit.site.accounts),
        to=kept.get("to", "") if kept.get("act") == "forward" else "",
        text=kept.get("text", "") if kept.get("act") == "forward" else "",
    )


def say_fault(act: str, error: NotDone, words: Words) -> str:
    """Return why something was not moved, and what to do."""
    match error:
        case NeedsYes():
            return words.gettext(NEEDS_YES)
        case OurOwn():
            return words.gettext(OUR_OWN)
    return words.gettext(FAULTS[act])


def _merge(desk: Desk, id: TicketId, form: Form) -> None:
    merge(desk, id, TicketId(int(form.get("other", ""))))


def _take_apart(desk: Desk, id: TicketId, form: Form) -> None:
    take_apart(desk, id, TicketId(int(form.get("other", ""))))


def _split(desk: Desk, id: TicketId, form: Form) -> None:
    split(desk, id, MessageId(int(form.get("message", ""))))


def _forward_outside(desk: Desk, id: TicketId, form: Form) -> None:
    try:
        forward_outside(desk, id, form.get("to", ""), form.get("text", ""), sure="sure" in form)
    except TextNotTaken as error:
        raise NotDone(str(error)) from None


def _forward_unit(desk: Desk, id: TicketId, form: Form) -> None:
    forward_to_unit(desk, id, UnitId(form.get("unit", "")), form.get("why", ""), reason_of(form))


def reason_of(form: Form) -> RerouteReason | None:
    """Return why a ticket is given to another unit; None: nothing was chosen. Raises ValueError for none of ours."""
    chosen = form.get("reason", "")
    return RerouteReason(chosen) if chosen else None


def _answered(desk: Desk, id: TicketId, form: Form) -> None:
    note_answered(desk, id, int(form.get("forward", "")))


MOVES: dict[str, Callable[[Desk, TicketId, Form], None]] = {
    "merge": _merge,
    "take_apart": _take_apart,
    "split": _split,
    "forward": _forward_outside,
    "forward_unit": _forward_unit,
    "forward_answered": _answered,
}


def _other(other: Ticket | OtherTicket, words: Words) -> ShownOther:
    return ShownOther(
        id=other.id, number=other.number, subject=other.subject, time=shown_time(other.arrived_at, words),
        is_open=other.status is TicketStatus.open,
    )  # fmt: skip


def _beginning(message: StoredMessage, words: Words) -> str:
    return f"{shown_time(message.arrived_at, words).text}: {' '.join(message.text.split())[:FIRST_CHARS]}"


def _forward(forward: Forward, visit: Visit) -> ShownForward:
    words, late = visit.words, forward.answered_at is None and forward.due_at < visit.now
    if forward.answered_at is not None:
        state = words.gettext("svar kom %(at)s") % {"at": say_exactly(forward.answered_at, words)}
    elif late:
        state = words.gettext("inget svar, det skulle ha kommit %(at)s") % {"at": say_exactly(forward.due_at, words)}
    else:
        state = words.gettext("svar väntas senast %(at)s") % {"at": say_exactly(forward.due_at, words)}
    return ShownForward(
        id=forward.id, to=forward.sent_to if forward.outgoing else unit_name(visit.site, UnitId(forward.sent_to)),
        time=shown_time(forward.at, words), state=state, is_answered=forward.answered_at is not None, is_late=late,
    )  # fmt: skip
