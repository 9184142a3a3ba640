"""The preview of an answer: the whole mail, SMS or Facebook answer as the citizen will get it."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.account import Channel
from domain.ids import TicketId
from domain.ticket import Ticket
from pipeline.answer import Heading, checked_text, heading_of
from pipeline.answer_faults import AnswerNotTaken, TextNotTaken
from pipeline.sms_answer import length_of
from store.tickets import get_ticket
from web.form import Form
from web.rendering import render_page
from web.sms_words import say_length
from web.visit import Visit, visit_of_form


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would go."""

    to: str
    subject: str
    text: str
    language: str
    #: Of an SMS: how many parts it takes.
    length: str


def preview_of(visit: Visit, heading: Heading, text: str, language: str) -> Preview | None:
    """Return what the citizen would get; None: nothing is written, or too much."""
    try:
        whole = heading.whole(checked_text(visit.site, text))
    except TextNotTaken:
        return None
    return Preview(
        to=heading.recipient, subject=heading.subject, text=whole, language=language,
        length=say_length(length_of(whole, visit.site), visit.words) if heading.by_sms else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownLength:
    """How long an SMS becomes."""

    parts: int
    text: str


def sms_length(visit: Visit, ticket: Ticket, text: str) -> ShownLength | None:
    """Return how long an answer by SMS becomes, signed; None: it goes another way, or nothing is written."""
    if ticket.channel is not Channel.sms:
        return None
    with visit.surroundings.database.read() as connection:
        try:
            heading = heading_of(connection, visit.viewer, visit.site, visit.user, ticket, visit.now)
            whole = heading.whole(checked_text(visit.site, text))
        except AnswerNotTaken:
            return None
    length = length_of(whole, visit.site)
    return ShownLength(1 if length.is_too_long else length.segments.parts, say_length(length, visit.words))


def take_preview(request: Request, form: Form) -> Response:
    """Show what stands in the answer's field as the citizen will get it."""
    visit = visit_of_form(request)
    with visit.surroundings.database.read() as connection:
        try:
            ticket = get_ticket(connection, visit.viewer, TicketId(visit.row))
            comment = form.get("recipient", "")
            heading = heading_of(connection, visit.viewer, visit.site, visit.user, ticket, visit.now, comment)
        except KeyError:
            raise HTTPException(404) from None
        except AnswerNotTaken:
            raise HTTPException(409) from None
    preview = preview_of(visit, heading, form.get("text", ""), ticket.language)
    return render_page("preview.html", visit.words, preview=preview)
