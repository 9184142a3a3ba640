"""Letter: what of a stored mail is shown or downloaded by itself.

Reads: the message and its original, as the person may see them.
Writes: nothing.
"""

from domain.ids import MessageId
from domain.message import Attachment
from domain.viewer import Viewer
from intake.parts import attachment_in, html_of
from store.database import Connection
from store.messages import StoredMessage, get_message
from store.originals import get_original

MAIL = "message/rfc822"


def letter_html(connection: Connection, viewer: Viewer, id: MessageId) -> tuple[StoredMessage, str]:
    """Return a message and its HTML as it came: nothing to be trusted. Raises KeyError for none that is seen."""
    message = get_message(connection, viewer, id)
    if message.media_type != MAIL:
        return message, ""
    return message, html_of(get_original(connection, viewer, message.organisation, message.digest))


def letter_attachment(
    connection: Connection, viewer: Viewer, id: MessageId, position: int
) -> tuple[StoredMessage, Attachment, bytes]:  # fmt: skip
    """Return a message and one attachment of its mail, counted from 0. Raises KeyError for none that is seen."""
    message = get_message(connection, viewer, id)
    if message.media_type != MAIL:
        raise KeyError(position)
    original = get_original(connection, viewer, message.organisation, message.digest)
    return (message, *attachment_in(original, position))
