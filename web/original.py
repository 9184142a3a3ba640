"""The original of a message, its attachments and the files beside it, as downloads: the exact bytes that came."""

from mimetypes import guess_extension

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.ids import FileId, MessageId
from pipeline.letter import letter_attachment
from store import events
from store.database import Connection
from store.files import get_file
from store.messages import get_message
from store.originals import get_original
from store.set_aside import get_original_set_aside, get_set_aside
from web.auth import actor_of
from web.conversation import suffix_of
from web.form import Form
from web.scanned import give
from web.ticket import find_ticket, note_sensitive_read
from web.visit import Visit, visit_of_form


def download_original(visit: Visit) -> Response:
    """Give the original of a message whose ticket the viewer may see; never to be shown by the browser itself."""
    return _original(visit, sure=False)


def download_file(visit: Visit) -> Response:
    """Give a file that came beside a message whose ticket the viewer may see; never to be shown by the browser."""
    return _file(visit, sure=False)


def download_attachment(visit: Visit) -> Response:
    """Give one attachment of a mail whose ticket the viewer may see; never to be shown by the browser."""
    return _attachment(visit, sure=False)


def take_original(request: Request, _form: Form) -> Response:
    """Give an original of which the visitor knows what the scanner says."""
    return _original(visit_of_form(request), sure=True)


def take_file(request: Request, _form: Form) -> Response:
    """Give a file of which the visitor knows what the scanner says."""
    return _file(visit_of_form(request), sure=True)


def take_attachment(request: Request, _form: Form) -> Response:
    """Give an attachment of which the visitor knows what the scanner says."""
    return _attachment(visit_of_form(request), sure=True)


def _original(visit: Visit, *, sure: bool) -> Response:
    with visit.surroundings.database.read() as connection:
        try:
            message = get_message(connection, visit.viewer, MessageId(visit.row))
        except KeyError:
            ticket, content, name = None, *_read_set_aside(connection, visit)
        else:
            ticket = find_ticket(connection, visit, message.ticket)
            content = get_original(connection, visit.viewer, message.organisation, message.digest)
            name = f"{ticket.number}-{message.id}{suffix_of(message.media_type)}"
    if ticket is not None:
        note_sensitive_read(visit, ticket, "original")
    else:
        _note_set_aside_read(visit)
    return give(visit, ticket, content, name, sure=sure)


def _read_set_aside(connection: Connection, visit: Visit) -> tuple[bytes, str]:
    """Return the original of a message without a ticket, and a name for it.

    Raises:
        HTTPException: 404 for one that the viewer may not see.
    """
    try:
        message = get_set_aside(connection, visit.viewer, MessageId(visit.row))
        content = get_original_set_aside(connection, visit.viewer, message.id)
    except KeyError:
        raise HTTPException(404) from None
    return content, f"{message.account}-{message.id}{suffix_of(message.media_type)}"


def _note_set_aside_read(visit: Visit) -> None:
    """Write down who opened it, sensitive or not: a line for the sensitive alone would tell who reads the log (P12)."""
    with visit.surroundings.database.write() as connection:
        events.append(
            connection, "set_aside_read", at=visit.now, organisation=visit.user.organisation,
            actor=actor_of(visit.user), message=MessageId(visit.row),
        )  # fmt: skip


def _file(visit: Visit, *, sure: bool) -> Response:
    with visit.surroundings.database.read() as connection:
        try:
            file, in_ticket, content = get_file(connection, visit.viewer, FileId(visit.row))
        except KeyError:
            raise HTTPException(404) from None
        ticket = find_ticket(connection, visit, in_ticket)
    note_sensitive_read(visit, ticket, "file")
    return give(visit, ticket, content, f"{ticket.number}-{file.id}{_suffix(file.media_type)}", sure=sure)


def _attachment(visit: Visit, *, sure: bool) -> Response:
    position: int = visit.request.path_params["part"]
    with visit.surroundings.database.read() as connection:
        try:
            message, part, content = letter_attachment(connection, visit.viewer, MessageId(visit.row), position)
        except KeyError:
            raise HTTPException(404) from None
        ticket = find_ticket(connection, visit, message.ticket)
    note_sensitive_read(visit, ticket, "attachment")
    name = f"{ticket.number}-{message.id}-{position + 1}{_suffix(part.media_type)}"
    return give(visit, ticket, content, name, sure=sure)


def _suffix(media_type: str) -> str:
    return guess_extension(media_type.partition(";")[0].strip()) or ".bin"
