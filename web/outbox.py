"""The page of what a person must settle: sends that may have gone or not, and the circuit breaker (P8)."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import BadInput
from domain.ids import OutgoingId
from domain.outgoing import OutgoingKind
from domain.ticket import Ticket
from domain.viewer import Role
from pipeline.settle import Settling, settle
from pipeline.stop_replies import close_by_hand, home_of
from store.breaker import get_breaker
from store.database import Connection
from store.sent import StoredOutgoing
from store.tickets import get_ticket
from store.unsettled import get_uncertain, list_refused, list_uncertain
from web.auth import actor_of
from web.form import Form
from web.names import account_name
from web.redirects import see_other
from web.ticket import note_sensitive_read
from web.times import ShownTime, shown_time
from web.visit import Visit, show, visit_of_form
from web.words import mark

PAGE = "/utskick"

KINDS = {
    OutgoingKind.receipt: mark("Automatiskt svar"),
    OutgoingKind.holding: mark("Besked om att svaret dröjer"),
    OutgoingKind.answer: mark("Svar"),
    OutgoingKind.alert: mark("Larm"),
    OutgoingKind.hiding: mark("Kommentar som ska döljas"),
    OutgoingKind.forwarded: mark("Vidarebefordrat"),
}

#: Who may let automatic replies go again.
MAY_RESUME = frozenset({Role.lead, Role.manager, Role.administrator})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSend:
    """One uncertain or refused send."""

    id: int
    kind: str
    recipient: str
    subject: str
    text: str
    language: str
    account_name: str
    #: Row and number of its ticket; 0 and empty: it has none.
    ticket: int
    number: str
    #: What the wire said, in English.
    why: str
    time: ShownTime


def show_outbox(visit: Visit) -> Response:
    """Show every uncertain send that the viewer may see, and every refused one that nothing followed; oldest first."""
    with visit.surroundings.database.read() as connection:
        breaker = get_breaker(connection, visit.viewer)
        return show(
            visit,
            connection,
            "outbox.html",
            sends=[
                _shown(visit, each, _ticket_of(connection, visit, each))
                for each in list_uncertain(connection, visit.viewer)
            ],
            refused=[
                _shown(visit, each, _ticket_of(connection, visit, each))
                for each in list_refused(connection, visit.viewer)
            ],
            stopped_at=shown_time(breaker.opened_at, visit.words) if breaker.opened_at else None,
            may_resume=_may_resume(visit),
        )


def show_send(visit: Visit) -> Response:
    """Show one uncertain send with both ways to settle it."""
    return _show_send(visit)


def take_settling(request: Request, form: Form) -> Response:
    """Settle a send, if the person has confirmed it; somebody else may have been faster."""
    visit = visit_of_form(request)
    said = form.get("settling", "")
    if said not in list(Settling) or form.get("confirmed") != "yes":
        return _show_send(visit, unconfirmed=True)
    try:
        settle(
            visit.surroundings.database, visit.viewer, OutgoingId(visit.row), Settling(said),
            actor=actor_of(visit.user), now=visit.now,
        )  # fmt: skip
    except BadInput:
        # Settled meanwhile, or never seen by this viewer: the list shows what is left.
        return see_other(PAGE)
    return see_other(PAGE)


def take_resume(request: Request, _form: Form) -> Response:
    """Let automatic replies go again. Raises HTTPException 404 for who may not."""
    visit = visit_of_form(request)
    if not _may_resume(visit):
        raise HTTPException(404)
    close_by_hand(visit.surroundings.database, visit.site, actor=actor_of(visit.user), now=visit.now)
    return see_other(PAGE)


def _may_resume(visit: Visit) -> bool:
    """Ask whether the visitor may: of the organisation that the contact center belongs to, whose brake it is."""
    return bool(visit.user.roles & MAY_RESUME) and visit.viewer.organisation == home_of(visit.site).organisation


def _show_send(visit: Visit, *, unconfirmed: bool = False) -> Response:
    with visit.surroundings.database.read() as connection:
        try:
            uncertain = get_uncertain(connection, visit.viewer, OutgoingId(visit.row))
        except KeyError:
            raise HTTPException(404) from None
        ticket = _ticket_of(connection, visit, uncertain)
        response = show(
            visit,
            connection,
            "outbox_send.html",
            status=422 if unconfirmed else 200,
            send=_shown(visit, uncertain, ticket),
            unconfirmed=unconfirmed,
        )
    if ticket is not None:
        note_sensitive_read(visit, ticket, "send")
    return response


def _ticket_of(connection: Connection, visit: Visit, uncertain: StoredOutgoing) -> Ticket | None:
    return get_ticket(connection, visit.viewer, uncertain.ticket) if uncertain.ticket is not None else None


def _shown(visit: Visit, uncertain: StoredOutgoing, ticket: Ticket | None) -> ShownSend:
    return ShownSend(
        id=uncertain.id,
        kind=visit.words.gettext(KINDS[uncertain.kind]),
        recipient=uncertain.recipient,
        subject=uncertain.subject,
        text=uncertain.text,
        language=uncertain.language,
        account_name=account_name(visit.site, uncertain.account),
        ticket=ticket.id if ticket else 0,
        number=ticket.number if ticket else "",
        why=uncertain.why,
        time=shown_time(uncertain.created_at, visit.words),
    )
