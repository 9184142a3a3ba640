"""Parts: what of a mail is shown or downloaded by itself: its HTML as it was written, and one attachment's bytes."""

from domain.message import Attachment
from intake.attachments import attachments_of
from intake.body import is_attachment, is_text
from intake.charsets import charset_in_markup, decode
from intake.markup import MOST_MARKUP_CHARS
from intake.structure import even_lines, read_structure
from intake.transfer import transfer_decoded


def html_of(original: bytes) -> str:
    """Return the HTML of a mail, as it came and nothing to be trusted; empty: it has none. What is too long is cut."""
    structure = read_structure(even_lines(original))
    pieces = []
    for part in structure.parts:
        if part.media_type == "text/html" and is_text(part):
            octets = structure.original[part.start : min(part.end, part.start + 2 * MOST_MARKUP_CHARS)]
            decoded = transfer_decoded(octets, part.encoding)[0]
            pieces.append(decode(decoded, part.parameters.get("charset", "") or charset_in_markup(decoded))[0])
    return "\n".join(pieces)[:MOST_MARKUP_CHARS]


def attachment_in(original: bytes, position: int) -> tuple[Attachment, bytes]:
    """Return one attachment of a mail with its bytes; `position` counts from 0, as `Message.attachments` does.

    Raises:
        KeyError: it has no such attachment.
    """
    structure = read_structure(even_lines(original))
    parts = [part for part in structure.parts if is_attachment(part)]
    if not 0 <= position < len(parts):
        raise KeyError(position)
    part = parts[position]
    content, _ = transfer_decoded(structure.original[part.start : part.end], part.encoding)
    return attachments_of(structure, [part])[0], content
