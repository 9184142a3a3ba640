"""The ticket's page: the conversation, the promise, and why it came here."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.category import Secrecy
from domain.errors import BadInput
from domain.ids import TicketId
from domain.outgoing import AttachedFile, OutgoingKind, SendState
from domain.ticket import Ticket
from pipeline.answer_faults import AnswerNotTaken, LongSms, TextNotTaken
from pipeline.beside import come
from pipeline.page_answer import hide_comment
from pipeline.sms_answer import SmsLength
from store import events, messages, sent, tags
from store.answers import list_file_names
from store.belongings import Belonging, find_belongings
from store.contacts import SameContact, list_same_contact
from store.database import Connection
from store.deliveries import list_deliveries
from store.evidence import list_of_messages
from store.files import list_files
from store.messages import StoredMessage
from store.sent import StoredOutgoing
from store.suppressions import find_suppression
from store.tickets import get_ticket
from store.undone import list_waiting
from web.answer import faults_of, form_of, store_answer
from web.answer_bank import with_phrase
from web.auth import actor_of
from web.beside import keep_text, known_of, presence_of
from web.conversation import Beside, conversation_of
from web.desk import desk_of, do
from web.event_words import events_of
from web.explanation import read_explanation
from web.form import Form
from web.matched_words import say_look_reason
from web.moving import moving_of
from web.names import CHANNELS, account_name, unit_name, urgency_name
from web.page_words import COMMENT, HIDE_WITH_REASON, comment_meant, comments_of, page_values
from web.promise import both_promises
from web.redirects import see_other
from web.reply_words import say_suppression
from web.undo import take_back
from web.visit import Visit, show, visit_of_form
from web.way_back import after, way_back
from web.why import why_of


def show_ticket(visit: Visit) -> Response:
    """Show a ticket. One that the viewer may not see is no different from one that does not exist."""
    return _show(visit)


def take_answer(request: Request, form: Form, files: tuple[AttachedFile, ...]) -> Response:
    """Put what a person wrote into the outbox; what cannot be sent is said, and the text stays."""
    visit = visit_of_form(request)
    if asked := next((each for each in _BEFORE_SENDING if each in form), None):
        return _BEFORE_SENDING[asked](visit, form)
    try:
        stored = store_answer(visit, form, files)
    except KeyError:
        raise HTTPException(404) from None
    except AnswerNotTaken as error:
        length = error.length if isinstance(error, LongSms) else None
        faults = faults_of(error, files, visit)
        text, way = form.get("text", ""), form.get("way", "")
        return _show(
            visit, text=text, way=way, comment=form.get("recipient", ""), faults=faults,
            status=422 if faults else 200, length=length,
        )  # fmt: skip
    return see_other(f"/arende/{visit.row}#ut-{stored}")


def take_undo(request: Request, form: Form) -> Response:
    """Take back what was just sent, or say that it is too late, with the ticket as it is now."""
    visit, fault = take_back(request, form)
    return _show(visit, fault=fault, status=409) if fault else see_other(f"/arende/{visit.row}#svara")


def _keep(visit: Visit, form: Form) -> Response:
    try:
        keep_text(visit, form.get("text", ""))
    except TextNotTaken as error:
        return _show(visit, text=form.get("text", ""), faults=faults_of(error, (), visit), status=422)
    return see_other(f"/arende/{visit.row}#svara")


def _insert(visit: Visit, form: Form) -> Response:
    with visit.surroundings.database.read() as connection:
        ticket = find_ticket(connection, visit, visit.row)
    text = with_phrase(visit, ticket, form.get("text", ""), form.get("phrase", ""))
    return _show(visit, text=text, way=form.get("way", ""))


def _preview(visit: Visit, form: Form) -> Response:
    return _show(visit, text=form.get("text", ""), way=form.get("way", ""), shows_preview=True)


#: What the buttons beside the one that sends do, where no script runs.
_BEFORE_SENDING: dict[str, Callable[[Visit, Form], Response]] = {
    "keep": _keep,
    "insert": _insert,
    "preview": _preview,
}


def take_desk(request: Request, form: Form) -> Response:
    """Do what staff asked for at the desk, or say why not, with the ticket as it is now."""
    visit = visit_of_form(request)
    fault = do(visit, form)
    if fault:
        return _show(visit, fault=fault, note=form.get("note", ""), kept=form, status=409)
    return after(visit, form)


def _show(
    visit: Visit, *, text: str = "", faults: tuple[str, ...] = (), length: SmsLength | None = None, fault: str = "",
    note: str = "", way: str = "", comment: str = "", shows_preview: bool = False, kept: Form | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    with visit.surroundings.database.read() as connection:
        ticket = find_ticket(connection, visit, visit.row)
        meant = comment_meant(connection, visit, ticket, comment or visit.request.query_params.get(COMMENT, ""))
        has = find_belongings(connection, visit.viewer, ticket.id)
        received = messages.list_of_ticket(connection, visit.viewer, ticket.id)
        form = form_of(
            connection, visit, ticket, received, has, text=text, faults=faults, length=length, way=way,
            shows_preview=shows_preview, comment=meant,
        )  # fmt: skip
        desk = desk_of(connection, visit, ticket, has, fault=fault, note=note)
        values = {**_values(connection, visit, ticket, received, has), **page_values(connection, visit, ticket, meant)}
        values["moving"] = moving_of(connection, visit, ticket, received, has, kept or {})
        values["presence"] = presence_of(connection, visit, ticket)
        values["known"] = known_of(ticket, max((each.id for each in received), default=None))
        response = show(visit, connection, "ticket.html", status=status, answer_form=form, desk=desk, **values)
    note_sensitive_read(visit, ticket, "page")
    # Nobody waits for it: it is written when the page has gone.
    response.background = BackgroundTask(come, visit.surroundings.database, visit.user, ticket, visit.now)
    return response


def take_hiding(request: Request, form: Form) -> Response:
    """Have a comment hidden at Facebook, with the reason."""
    visit = visit_of_form(request)
    try:
        stored = hide_comment(
            visit.surroundings.database, visit.site, visit.user, TicketId(visit.row or 0), form.get("comment", ""),
            form.get("reason", ""), visit.now,
        )  # fmt: skip
    except KeyError:
        raise HTTPException(404) from None
    except BadInput:
        said = (visit.words.gettext(HIDE_WITH_REASON),)
        return _show(visit, faults=said, comment=form.get("comment", ""), status=422)
    return see_other(f"/arende/{visit.row}#ut-{stored}")


def find_ticket(connection: Connection, visit: Visit, id: int | None) -> Ticket:
    """Return the ticket. Raises HTTPException 404 for one that the viewer may not see."""
    try:
        return get_ticket(connection, visit.viewer, TicketId(id or 0))
    except KeyError:
        raise HTTPException(404) from None


def note_sensitive_read(visit: Visit, ticket: Ticket, what: str) -> None:
    """Write down who opened a sensitive ticket."""
    if ticket.secrecy is not Secrecy.SK2:
        return
    with visit.surroundings.database.write() as connection:
        events.append(
            connection, "sensitive_read", at=visit.now, organisation=ticket.organisation, actor=actor_of(visit.user),
            account=ticket.account, ticket=ticket.id, what=what,
        )  # fmt: skip


def _values(
    connection: Connection, visit: Visit, ticket: Ticket, received: Sequence[StoredMessage], has: frozenset[Belonging]
) -> dict[str, Any]:  # fmt: skip
    viewer, words, site = visit.viewer, visit.words, visit.site
    replies = sent.list_of_ticket(connection, viewer, ticket.id)
    notice, answer = both_promises(ticket, replies, visit.now, words)
    opened_by = next((message for message in received if message.explanation), None)
    return {
        "ticket": ticket,
        "back": way_back(visit),
        "title": _title(ticket),
        "tags": tags.list_tags(connection, viewer, ticket.id) if Belonging.tags in has else (),
        "channel_name": words.gettext(CHANNELS[ticket.channel]),
        "account_name": account_name(site, ticket.account),
        "unit_name": unit_name(site, ticket.unit),
        "urgency": urgency_name(ticket.urgency, words),
        "language_name": words.language_name(ticket.language) if ticket.language else "",
        "follows": _find_followed(connection, visit, ticket),
        "same_contact": _same_contact(connection, visit, ticket),
        "notice": notice,
        "answer": answer,
        "entries": conversation_of(received, replies, _beside(connection, visit, ticket, received, has), words),
        "look_reasons": say_look_reason(ticket.look_reason, words),
        "unreached": _unreached(connection, visit, ticket, replies),
        "why": why_of(read_explanation(opened_by.explanation), site, words) if opened_by else None,
        "events": events_of(ticket.arrived_at, events.list_of_ticket(connection, viewer, ticket.id), words),
    }


def _beside(
    connection: Connection, visit: Visit, ticket: Ticket, received: Sequence[StoredMessage], has: frozenset[Belonging]
) -> Beside:  # fmt: skip
    """Return what stands beside the messages; what the ticket has nothing of is not asked for."""
    viewer, came = visit.viewer, [each.id for each in received]
    return Beside(
        sent_files=list_file_names(connection, viewer, ticket.id) if Belonging.sent_files in has else {},
        files=list_files(connection, viewer, ticket.id) if Belonging.files in has else (),
        deliveries=list_deliveries(connection, viewer, ticket.id) if Belonging.deliveries in has else {},
        comments=comments_of(connection, visit, ticket),
        evidence=list_of_messages(connection, viewer, came) if Belonging.evidence in has else {},
        waiting=list_waiting(connection, viewer, ticket.id, visit.user.id) if Belonging.answers in has else {},
    )


def _same_contact(connection: Connection, visit: Visit, ticket: Ticket) -> tuple[SameContact, ...]:
    accounts = [each.id for each in visit.site.accounts if each.organisation == ticket.organisation]
    if not ticket.sender_address:
        return ()
    return list_same_contact(
        connection, visit.viewer, ticket.organisation, ticket.sender_address.lower(), not_this=ticket.id,
        accounts=accounts,
    )  # fmt: skip


def _unreached(connection: Connection, visit: Visit, ticket: Ticket, replies: Sequence[StoredOutgoing]) -> str:
    """Return why whoever wrote is not reached by us; empty when nothing speaks against it."""
    address = ticket.sender_address.lower()
    found = find_suppression(connection, visit.viewer, ticket.organisation, address, visit.now)
    if found is not None:
        return say_suppression(found, visit.words)
    if any(each.kind is OutgoingKind.answer and _is_lost(each) for each in replies[-1:]):
        return visit.words.gettext("Svaret kom inte fram till den som skrev. Välj en annan väg, till exempel telefon.")
    bounced = any(each.bounced_at is not None for each in replies)
    arrived = any(each.bounced_at is None and each.state is SendState.sent for each in replies)
    return visit.words.gettext("Vårt besked kom inte fram till den som skrev.") if bounced and not arrived else ""


def _is_lost(sent: StoredOutgoing) -> bool:
    return sent.bounced_at is not None or sent.state is SendState.refused


def _find_followed(connection: Connection, visit: Visit, ticket: Ticket) -> Ticket | None:
    """Return the older ticket that this one goes on from, if the viewer may see it."""
    try:
        return None if ticket.follows is None else get_ticket(connection, visit.viewer, ticket.follows)
    except KeyError:
        return None


def _title(ticket: Ticket) -> str:
    """Return the page's title: it stands in tabs and histories, so a sensitive ticket's says nothing (P12)."""
    if ticket.secrecy is Secrecy.SK2 or not ticket.subject:
        return ticket.number
    return f"{ticket.number} {ticket.subject}"
