"""The page of what a person must look at: tickets that no machine could judge, and what was set aside, with why."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.account_rights import may_see_account
from domain.finding import Finding, FindingKind
from domain.ids import MessageId, TicketId
from domain.looked_over import Verdict
from domain.outcome import Outcome
from domain.queue_filter import QueueFilter
from domain.ticket import Ticket
from pipeline.desk import Desk, NotDone
from pipeline.look_over import LookOver
from store.database import Connection
from store.findings import list_open_findings
from store.messages import StoredMessage, list_opening
from store.queue_filter import conditions
from store.set_aside import list_set_aside
from store.tickets import list_tickets
from web.explanation import read_explanation
from web.form import Form
from web.matched_words import say_look_reason
from web.names import account_name, channel_name, unit_name
from web.redirects import see_other
from web.times import ShownTime, shown_time
from web.visit import Visit, show, visit_of_form
from web.why import WhyRow, why_rows
from web.words import mark

PAGE = "/titta"

#: Tickets shown at most, and messages that were set aside.
MOST_TICKETS = 100
MOST_SET_ASIDE = 100

#: What was set aside longer ago has been let be.
SET_ASIDE_FOR = timedelta(days=30)

#: What the provider holds back or says no to.
HELD_BACK = frozenset({FindingKind.withheld, FindingKind.missed})

CHANGED = mark("Någon annan har redan tagit hand om det. Listan visar vad som är kvar.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookTicket:
    """A ticket that a person must look at."""

    id: int
    number: str
    subject: str
    who: str
    unit: str
    channel: str
    channel_name: str
    language: str
    arrived: ShownTime
    reasons: tuple[str, ...]
    #: The row of the message that opened it; 0: there is none.
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A message that was set aside."""

    id: int
    subject: str
    who: str
    account: str
    arrived: ShownTime
    rows: tuple[WhyRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """What the provider does not hand over."""

    account: str
    name: str
    evidence: str
    since: ShownTime


def show_look(visit: Visit) -> Response:
    """Show the page."""
    return _page(visit)


def take_look(request: Request, form: Form) -> Response:
    """Do to a ticket or to a message what the person says of it."""
    visit = visit_of_form(request)
    try:
        verdict = Verdict(form.get("do", ""))
    except ValueError:
        raise HTTPException(400) from None
    try:
        if form.get("what") == "ticket":
            _say_of_ticket(visit, verdict)
        else:
            LookOver(visit.surroundings.database, visit.site, visit.user, visit.now).say(MessageId(visit.row), verdict)
    except KeyError:
        raise HTTPException(404) from None
    except NotDone:
        return _page(visit, fault=visit.words.gettext(CHANGED))
    return see_other(PAGE)


def _say_of_ticket(visit: Visit, verdict: Verdict) -> None:
    desk, id = Desk(visit.surroundings.database, visit.site, visit.user, visit.now), TicketId(visit.row)
    if verdict is Verdict.to_queue:
        desk.looked_at(id)
    else:
        desk.close(id, Outcome.spam if verdict is Verdict.spam else Outcome.needs_no_answer, unseen=True)


def _page(visit: Visit, *, fault: str = "") -> Response:
    with visit.surroundings.database.read() as connection:
        found = list_tickets(
            connection, visit.viewer, only=conditions(QueueFilter(look=True), visit.viewer.user), observed=None,
            limit=MOST_TICKETS,
        )  # fmt: skip
        aside = list_set_aside(connection, visit.viewer, visit.now - SET_ASIDE_FOR, limit=MOST_SET_ASIDE)
        return show(
            visit, connection, "look.html", status=409 if fault else 200, fault=fault,
            tickets=_tickets(connection, visit, found), aside=[_aside(each, visit) for each in aside],
            held=[_held(each, visit) for each in _held_back(connection, visit)], most=MOST_SET_ASIDE,
        )  # fmt: skip


def _tickets(connection: Connection, visit: Visit, found: tuple[Ticket, ...]) -> list[LookTicket]:
    opening = list_opening(connection, visit.viewer, [each.id for each in found])
    return [_ticket(each, opening.get(each.id), visit) for each in found]


def _ticket(ticket: Ticket, message: MessageId | None, visit: Visit) -> LookTicket:
    return LookTicket(
        id=ticket.id, number=ticket.number, subject=ticket.subject, unit=unit_name(visit.site, ticket.unit),
        who=ticket.sender_name or ticket.sender_address or visit.words.gettext("Okänd avsändare"),
        channel=ticket.channel, channel_name=channel_name(ticket.channel, visit.words), language=ticket.language,
        arrived=shown_time(ticket.arrived_at, visit.words), original=message or 0,
        reasons=say_look_reason(ticket.look_reason, visit.words),
    )  # fmt: skip


def _aside(message: StoredMessage, visit: Visit) -> Aside:
    return Aside(
        id=message.id, subject=message.subject, account=account_name(visit.site, message.account),
        who=message.sender_name or message.sender_address or visit.words.gettext("Okänd avsändare"),
        arrived=shown_time(message.arrived_at, visit.words),
        rows=why_rows(read_explanation(message.explanation).reply, visit.words),
    )  # fmt: skip


def _held_back(connection: Connection, visit: Visit) -> list[Finding]:
    """Return what providers do not hand over, of the accounts of the visitor's register."""
    seen = {each.id for each in visit.site.accounts if may_see_account(visit.site, visit.viewer, each)}
    found = list_open_findings(connection, visit.viewer)
    return [each for each in found if each.kind in HELD_BACK and each.account in seen]


def _held(finding: Finding, visit: Visit) -> HeldBack:
    return HeldBack(
        account=finding.account, name=account_name(visit.site, finding.account), evidence=finding.evidence,
        since=shown_time(finding.opened_at, visit.words),
    )  # fmt: skip
