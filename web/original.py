"""The original of a message and the files beside it, as downloads: the exact bytes that came."""

from mimetypes import guess_extension

from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.ids import FileId, MessageId
from store.database import Connection
from store.files import get_file
from store.messages import StoredMessage, get_message
from store.originals import get_original
from web.conversation import suffix_of
from web.ticket import find_ticket, note_sensitive_read
from web.visit import Visit


def download_original(visit: Visit) -> Response:
    """Give the original of a message whose ticket the viewer may see; never to be shown by the browser itself."""
    with visit.surroundings.database.read() as connection:
        message = _find_message(connection, visit)
        ticket = find_ticket(connection, visit, message.ticket)
        content = get_original(connection, visit.viewer, message.organisation, message.digest)
    note_sensitive_read(visit, ticket, "original")
    return _download(content, f"{ticket.number}-{message.id}{suffix_of(message.media_type)}")


def download_file(visit: Visit) -> Response:
    """Give a file that came beside a message whose ticket the viewer may see; never to be shown by the browser."""
    with visit.surroundings.database.read() as connection:
        try:
            file, in_ticket, content = get_file(connection, visit.viewer, FileId(visit.row))
        except KeyError:
            raise HTTPException(404) from None
        ticket = find_ticket(connection, visit, in_ticket)
    note_sensitive_read(visit, ticket, "file")
    suffix = guess_extension(file.media_type.partition(";")[0].strip()) or ".bin"
    return _download(content, f"{ticket.number}-{file.id}{suffix}")


def _download(content: bytes, name: str) -> Response:
    return Response(
        content,
        media_type="application/octet-stream",
        headers={"content-disposition": f'attachment; filename="{name}"', "content-security-policy": "sandbox"},
    )


def _find_message(connection: Connection, visit: Visit) -> StoredMessage:
    try:
        return get_message(connection, visit.viewer, MessageId(visit.row))
    except KeyError:
        raise HTTPException(404) from None
