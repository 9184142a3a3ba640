"""Characters: what may stand in a text column, and what may stand on one line of a page."""

import re
import unicodedata

#: Everything that some program takes for the end of a line.
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
#: Controls that carry no text; tab and newline stay.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
#: Embeddings, overrides and isolates: they let a subject or a name show in another order than it is stored.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Half of a pair: no database and no UTF-8 encoder takes it.
_SURROGATES = re.compile("[\ud800-\udfff]")
#: Normalising sorts a run of combining marks in quadratic time, so that no longer piece is given at once.
_PIECE = 1_000


def storable(text: str) -> str:
    """Return the text without NUL, other controls and lone surrogates, in NFC, its lines ended by newlines.

    PostgreSQL refuses NUL and lone surrogates in text; SQLite stores the one and refuses the other.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    return text if text.isascii() else _composed(_SURROGATES.sub("\ufffd", text))


def one_line(text: str, limit: int | None = None) -> str:
    """Return the text on one line, without controls and without what turns the reading order.

    Args:
        text: of any length and origin.
        limit: the greatest number of characters; what exceeds it is cut.
    """
    if not (text.isascii() and text.isprintable()):
        text = _BIDI.sub("", storable(text))
    return " ".join(text.split())[:limit]


def _composed(text: str) -> str:
    return "\n".join(_composed_line(line) for line in text.split("\n"))


def _composed_line(line: str) -> str:
    if line.isascii():
        return line
    if len(line) <= _PIECE:
        return unicodedata.normalize("NFC", line)
    pieces = (line[start : start + _PIECE] for start in range(0, len(line), _PIECE))
    return "".join(unicodedata.normalize("NFC", piece) for piece in pieces)
