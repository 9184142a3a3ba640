"""What staff can do with a ticket from its page, and what happens when they do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

from domain.category import Secrecy
from domain.ids import CategoryId, TicketId, UnitId, UserId
from domain.outcome import LONGEST_REFERENCE, Outcome, Registration
from domain.rerouting import RerouteReason
from domain.ticket import Ticket, TicketStatus
from pipeline.desk import LONGEST_NOTE, ChangedMeanwhile, Desk, NotDone, TakenMeanwhile
from pipeline.hold_by_hand import HoldingWithheld
from store.belongings import Belonging
from store.database import Connection
from store.notes import list_notes
from store.users import find_display_name, list_colleagues
from web.form import Form
from web.holding import hold, may_hold, say_withheld_holding
from web.moving import MOVES, reason_of, say_fault
from web.names import category_name
from web.times import ShownTime, shown_time
from web.visit import Visit
from web.words import Words, mark

OUTCOMES = {
    Outcome.answered: mark("Den som skrev har fått svar"),
    Outcome.helped: mark("Den som skrev har fått hjälp på annat sätt"),
    Outcome.needs_no_answer: mark("Behöver inget svar"),
    Outcome.sent_on: mark("Någon annan har tagit över"),
    Outcome.duplicate: mark("Samma sak som ett annat ärende"),
    Outcome.spam: mark("Skräp"),
}

REGISTRATIONS = {
    Registration.not_judged: mark("Inte bedömt"),
    Registration.to_be_registered: mark("Ska registreras"),
    Registration.registered: mark("Registrerat"),
    Registration.not_needed: mark("Behöver inte registreras"),
}


REASONS = {
    RerouteReason.wrong_contact: mark("Fel kontaktuppgift"),
    RerouteReason.wrongly_sorted: mark("Fel sorterat"),
    RerouteReason.more_known: mark("Mer blev känt"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a list to choose from."""

    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNote:
    """One note."""

    author: str
    time: ShownTime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskForms:
    """What can be done with the ticket now."""

    is_open: bool
    is_mine: bool
    #: Who wrote can be told that it takes longer.
    may_hold: bool
    #: Who has it; empty: nobody.
    holder: str
    #: The holder's row as the forms carry it; empty: nobody.
    holder_id: str
    outcome: str
    colleagues: tuple[Choice, ...]
    units: tuple[Choice, ...]
    categories: tuple[Choice, ...]
    outcomes: tuple[Choice, ...]
    registrations: tuple[Choice, ...]
    #: Why a ticket is given to another unit; the first says nothing.
    reasons: tuple[Choice, ...]
    registration: str
    reference: str
    longest_reference: int
    notes: tuple[ShownNote, ...]
    longest_note: int
    #: What was not done and why; empty: nothing went wrong.
    fault: str = ""
    #: The note that was not taken, so that nothing written is lost.
    note: str = ""


def desk_of(
    connection: Connection, visit: Visit, ticket: Ticket, has: frozenset[Belonging], *, fault: str = "", note: str = ""
) -> DeskForms:  # fmt: skip
    """Return what the visitor can do with a ticket."""
    words, site = visit.words, visit.site
    written = list_notes(connection, visit.viewer, ticket.id) if Belonging.notes in has else ()
    units = [each for each in site.units if each.organisation == ticket.organisation]
    return DeskForms(
        is_open=ticket.status is TicketStatus.open,
        may_hold=may_hold(ticket),
        is_mine=ticket.assignee == visit.user.id,
        holder=_holder(connection, visit, ticket.assignee),
        holder_id="" if ticket.assignee is None else str(ticket.assignee),
        outcome=words.gettext(OUTCOMES[ticket.outcome]) if ticket.outcome else "",
        colleagues=tuple(
            Choice(value=str(each.id), text=each.display_name)
            for each in list_colleagues(connection, visit.viewer)
            if each.id != ticket.assignee and not each.is_closed
        ),
        units=tuple(Choice(value=each.id, text=each.name, chosen=each.id == ticket.unit) for each in units),
        categories=_categories(visit, ticket),
        outcomes=_choices(OUTCOMES, None, words),
        registrations=_choices(_registrations_of(ticket), ticket.registration, words),
        reasons=_choices(REASONS, None, words),
        registration=words.gettext(REGISTRATIONS[ticket.registration]),
        reference=ticket.registered_as,
        longest_reference=LONGEST_REFERENCE,
        notes=tuple(ShownNote(author=each.author, time=shown_time(each.at, words), text=each.text) for each in written),
        longest_note=LONGEST_NOTE,
        fault=fault,
        note=note,
    )


Act = Callable[[Desk, TicketId, Form], None]


def do(visit: Visit, form: Form) -> str:
    """Do what the form asks; return what was not done and why, in words; empty: it is done.

    Raises:
        HTTPException: 404 for a ticket that the visitor may not see, 400 for a form that is none of ours.
    """
    surroundings = visit.surroundings
    desk = Desk(surroundings.database, visit.site, visit.user, visit.now)
    act = (ACTS | MOVES).get(form.get("act", ""))
    if act is None:
        raise HTTPException(400)
    try:
        act(desk, TicketId(visit.row), form)
    except KeyError:
        raise HTTPException(404) from None
    except ValueError:
        raise HTTPException(400) from None
    except NotDone as error:
        return _said(visit, form, error)
    return ""


def _take(desk: Desk, id: TicketId, _form: Form) -> None:
    desk.take(id)


def _release(desk: Desk, id: TicketId, _form: Form) -> None:
    desk.release(id)


def _hand_over(desk: Desk, id: TicketId, form: Form) -> None:
    holder = form.get("holder", "")
    desk.hand_over(id, UserId(int(holder)) if holder else None, UserId(int(form.get("to", ""))))


def _note(desk: Desk, id: TicketId, form: Form) -> None:
    desk.note(id, form.get("note", ""))


def _close(desk: Desk, id: TicketId, form: Form) -> None:
    desk.close(id, Outcome(form.get("outcome", "")))


def _reopen(desk: Desk, id: TicketId, _form: Form) -> None:
    desk.reopen(id)


def _looked_at(desk: Desk, id: TicketId, _form: Form) -> None:
    desk.looked_at(id)


def _route(desk: Desk, id: TicketId, form: Form) -> None:
    desk.route(
        id, UnitId(form.get("unit", "")), CategoryId(form.get("category", "")), form.get("why", ""), reason_of(form)
    )


def _register(desk: Desk, id: TicketId, form: Form) -> None:
    desk.register(id, Registration(form.get("registration", "")), form.get("reference", ""))


ACTS: dict[str, Act] = {
    "take": _take,
    "release": _release,
    "hand_over": _hand_over,
    "note": _note,
    "close": _close,
    "reopen": _reopen,
    "looked_at": _looked_at,
    "route": _route,
    "register": _register,
    "hold": hold,
}

#: What is said when a form of this kind was not taken, whatever was wrong with it.
FAULTS = {
    "note": mark("Skriv en anteckning på högst %(longest)s tecken."),
    "hand_over": mark("Välj en kollega som får se ärendet."),
    "route": mark("Välj en verksamhet och en kategori i listorna."),
    "register": mark("Skriv diarienumret. Det som är hemligt ska alltid registreras."),
}


def _said(visit: Visit, form: Form, error: NotDone) -> str:
    words = visit.words
    match error:
        case TakenMeanwhile(holder=None):
            return words.gettext("Ingen har ärendet längre. Ta det om du vill arbeta med det.")
        case TakenMeanwhile(holder=holder):
            with visit.surroundings.database.read() as connection:
                return words.gettext("%(who)s har tagit ärendet under tiden.") % {
                    "who": _holder(connection, visit, holder)
                }
        case ChangedMeanwhile():
            return words.gettext("Ärendet ändrades under tiden. Så här ser det ut nu.")
        case HoldingWithheld():
            return say_withheld_holding(error, words)
    if form["act"] in MOVES:
        return say_fault(form["act"], error, words)
    fault = FAULTS[form["act"]]
    return words.gettext(fault) % {"longest": LONGEST_NOTE}


def _holder(connection: Connection, visit: Visit, holder: UserId | None) -> str:
    if holder is None:
        return ""
    return find_display_name(connection, visit.viewer, holder) or visit.words.gettext("En kollega")


def _categories(visit: Visit, ticket: Ticket) -> tuple[Choice, ...]:
    named = sorted((category_name(visit.site, each.id), each.id) for each in visit.site.categories)
    return tuple(Choice(value=id, text=name, chosen=id == ticket.category) for name, id in named)


def _registrations_of(ticket: Ticket) -> dict[Registration, str]:
    secret = ticket.secrecy is Secrecy.SK2
    return {each: text for each, text in REGISTRATIONS.items() if not (secret and each is Registration.not_needed)}


def _choices(named: Mapping[Any, str], chosen: object, words: Words) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=str(value), text=words.gettext(text), chosen=value is chosen) for value, text in named.items()
    )
