"""Body: the text of a mail, chosen among its parts, and the parts that are not text."""

from dataclasses import dataclass

from domain.message import Attachment
from intake.armour import without_armour
from intake.attachments import attachments_of
from intake.characters import storable
from intake.charsets import charset_in_markup, decode
from intake.flowed import unflowed
from intake.markup import MOST_MARKUP_CHARS, MOST_TEXT_CHARS, text_from_markup
from intake.structure import Part, Structure
from intake.transfer import transfer_decoded

#: Encoded bytes read of all texts together; the slowest HTML we could think of takes half a second for each million.
MOST_ENCODED_BYTES = 2 * MOST_MARKUP_CHARS
#: Texts joined into one; a digest of a mailing list has about fifty.
MOST_TEXTS = 100

_TEXTS = ("text/plain", "text/html")


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says."""

    text: str
    attachments: tuple[Attachment, ...]
    defects: tuple[str, ...]


def read_body(structure: Structure, most_bytes: int = MOST_ENCODED_BYTES) -> Body:
    """Return the text, plain if there is any, else made from HTML, and the attachments.

    Args:
        structure: the parts.
        most_bytes: of all texts together, encoded; what exceeds it is cut.
    """
    defects: list[str] = []
    pieces: list[str] = []
    room, octets_left = MOST_TEXT_CHARS, most_bytes
    for part in _chosen(structure, defects):
        text = _read_text(structure.original, part, octets_left, defects)
        octets_left = max(0, octets_left - (part.end - part.start))
        if not text.strip() or _is_said(text, pieces):
            continue
        if len(text) > room:
            defects.append(f"the text was cut: more than {MOST_TEXT_CHARS} characters")
        pieces.append(text[:room].strip("\n"))
        room -= len(pieces[-1])
        if room <= 0:
            break
    attachments = attachments_of(structure, [part for part in structure.parts if is_attachment(part)])
    return Body("\n\n".join(pieces), attachments, tuple(defects))


def is_text(part: Part) -> bool:
    """Say whether a part is what the mail says."""
    if part.media_type not in _TEXTS or part.disposition == "attachment":
        return False
    return part.depth == 0 or not part.name


def is_attachment(part: Part) -> bool:
    """Say whether a part is something that came with the mail."""
    return not part.is_multipart and not is_text(part)


def _chosen(structure: Structure, defects: list[str]) -> list[Part]:
    """Return the texts to read, in order; of several renderings of one text the plain ones, unless they are blank."""
    texts = [part for part in structure.parts if is_text(part)]
    if len(texts) > MOST_TEXTS:
        defects.append(f"the texts were cut: more than {MOST_TEXTS}")
    texts = texts[:MOST_TEXTS]
    plain = {part.alternative for part in texts if part.alternative >= 0 and _has_plain(structure.original, part)}
    return [part for part in texts if part.media_type == "text/plain" or part.alternative not in plain]


def _has_plain(original: bytes, part: Part) -> bool:
    if part.media_type != "text/plain":
        return False
    beginning = original[part.start : min(part.end, part.start + 2_000)]
    return bool(transfer_decoded(beginning, part.encoding)[0].strip())


def _is_said(text: str, pieces: list[str]) -> bool:
    """Say whether the same words stand there already: mail with both renderings but not declared as such."""
    words = text.split()
    return any(piece.split() == words for piece in pieces)


def _read_text(original: bytes, part: Part, limit: int, defects: list[str]) -> str:
    """Return the text of a part, fit to be stored; what was wrong is added to the defects."""
    octets, transfer_defect = transfer_decoded(original[part.start : min(part.end, part.start + limit)], part.encoding)
    if part.end - part.start > limit:
        octets = octets[: octets.rfind(b"\n") + 1] or octets
        defects.append("a text was cut: too many bytes")
    is_markup = part.media_type == "text/html"
    charset = part.parameters.get("charset", "") or (charset_in_markup(octets) if is_markup else "")
    text, charset_defect = decode(octets, charset)
    text, markup_defect = text_from_markup(text) if is_markup else (_as_written(part, text), "")
    defects.extend(defect for defect in (transfer_defect, charset_defect, markup_defect) if defect)
    return storable(text[: MOST_TEXT_CHARS + 1])


def _as_written(part: Part, text: str) -> str:
    """Return plain text without the line breaks and armour that were put in for its transport."""
    if part.parameters.get("format", "").lower() == "flowed":
        delete_space = part.parameters.get("delsp", "").lower() == "yes"
        text = unflowed(text[: MOST_TEXT_CHARS + 1], delete_space=delete_space)
    return without_armour(text)
