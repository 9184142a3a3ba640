"""Structure: the parts of a mail, found without copying, decoding or recursion.

The standard library's parser takes a whole mail apart before anything can be refused: 30 MB become 500 MB, and nesting
becomes recursion. Here a part is two offsets into the original, so that attachments cost nothing, and every loop has an
end. Parameters are read by the standard library. Source: RFC 2045 and 2046.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import Message as Carrier
from functools import lru_cache

from intake.characters import one_line
from intake.charsets import decode
from intake.headers import HeaderBlock, decode_words, read_block

#: Honest mail nests to about 8: report in list digest in forward.
MOST_DEPTH = 20
#: A mail with a hundred pictures has about 110 parts.
MOST_PARTS = 500
#: Lines that begin as a boundary and are none; each costs a step.
MOST_FALSE_BOUNDARIES = 10_000
#: How far a boundary that nobody declared is looked for.
MOST_GUESS_BYTES = 65_536
#: The standard library reads parameters in quadratic time.
MOST_PARAMETER_CHARS = 4_096

_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,63}/[\w!#$&^.+-]{1,63}\Z", re.ASCII)
_LIKELY_BOUNDARY = re.compile(rb"\n--([^\s]{1,70})[ \t]*\r?\ncontent-", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: what its headers say, and where its body lies in the original."""

    media_type: str
    parameters: dict[str, str]
    #: 7bit, 8bit, binary, quoted-printable, base64, in lower case.
    encoding: str
    #: inline, attachment or empty.
    disposition: str
    name: str
    start: int
    end: int
    depth: int
    #: Offset of the multipart/alternative it is one rendering in; -1: none.
    alternative: int

    @property
    def is_multipart(self) -> bool:
        """Say whether it holds other parts and no content of its own."""
        return self.media_type.startswith("multipart/")


@dataclass(slots=True)
class Structure:
    """The headers and parts of a mail, outermost first."""

    original: bytes
    headers: HeaderBlock
    parts: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    #: True: something was not read that may hold text.
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class _Region:
    start: int
    end: int
    depth: int
    alternative: int
    default_type: str


def even_lines(original: bytes) -> bytes:
    """Return the mail without what precedes it, with newlines where it ends its lines by a bare return."""
    original = original.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in original and b"\r" in original:
        return original.replace(b"\r", b"\n")
    return original


def read_structure(original: bytes) -> Structure:
    """Return the parts of a mail whose line ends are even."""
    headers = read_block(original, 0, len(original))
    structure = Structure(original, headers)
    waiting = [_Region(0, len(original), 0, -1, "text/plain")]
    while waiting:
        if len(structure.parts) == MOST_PARTS:
            structure.defects.append(f"the parts were cut: more than {MOST_PARTS}")
            break
        region = waiting.pop()
        block = read_block(original, region.start, region.end) if region.depth else headers
        part = _part(block, region)
        structure.parts.append(part)
        if part.is_multipart:
            waiting.extend(reversed(_children(structure, part)))
    return structure


def _part(block: HeaderBlock, region: _Region) -> Part:
    content_type = block.text("content-type")
    media_type = content_type.partition(";")[0].strip().lower() if content_type else region.default_type
    if not _MEDIA_TYPE.match(media_type):
        media_type = "text/plain"
    parameters = read_parameters(content_type)
    disposition = block.text("content-disposition")
    name = read_parameters(disposition).get("filename") or parameters.get("name", "")
    return Part(
        media_type=media_type,
        parameters=parameters,
        encoding=block.text("content-transfer-encoding").strip().lower()[:60],
        disposition=disposition.partition(";")[0].strip().lower()[:60],
        name=one_line(decode_words(name), 300),
        start=block.body,
        end=max(block.body, region.end),
        depth=region.depth,
        alternative=region.alternative,
    )


def read_parameters(value: str) -> dict[str, str]:
    """Return the parameters of a header such as Content-Type, with RFC 2231 undone; empty when they make no sense."""
    return dict(_parameters(value[:MOST_PARAMETER_CHARS])) if ";" in value else {}


@lru_cache(maxsize=1024)
def _parameters(value: str) -> tuple[tuple[str, str], ...]:
    """Return the names and values; kept, for most parts of most mails say the same few things."""
    carrier = Carrier()
    carrier["Content-Type"] = value
    try:
        pairs = carrier.get_params([])
    except (TypeError, ValueError, IndexError):  # the standard library trips over mixed continuations
        return ()
    return tuple((key.lower(), _parameter(given)) for key, given in pairs[1:])


def _parameter(given: str | tuple[str | None, str | None, str]) -> str:
    if isinstance(given, str):
        return given
    charset, _, value = given
    return decode(value.encode("latin-1", errors="replace"), charset or "")[0]


def _children(structure: Structure, part: Part) -> list[_Region]:
    if part.depth == MOST_DEPTH:
        structure.defects.append(f"the parts were cut: nested deeper than {MOST_DEPTH}")
        structure.unreadable = True
        return []
    spans = _spans(structure, part)
    if not spans:
        structure.defects.append("no boundary was found: the whole was read as text")
        structure.unreadable = True
        structure.parts.append(_as_text(part))
    alternative = part.start if part.media_type == "multipart/alternative" else part.alternative
    default_type = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
    return [_Region(start, end, part.depth + 1, alternative, default_type) for start, end in spans]


def _as_text(part: Part) -> Part:
    return replace(part, media_type="text/plain", parameters={}, encoding="", disposition="", name="")


def _spans(structure: Structure, part: Part) -> list[tuple[int, int]]:
    boundary = part.parameters.get("boundary", "").rstrip().encode("ascii", errors="replace")
    spans = _split(structure, part, boundary) if boundary else []
    if spans:
        return spans
    window = min(part.end, part.start + MOST_GUESS_BYTES)
    likely = _LIKELY_BOUNDARY.search(structure.original, max(0, part.start - 1), window)
    if not likely:
        return []
    structure.defects.append("the boundary is not the declared one: it was guessed")
    return _split(structure, part, likely[1])


def _split(structure: Structure, part: Part, boundary: bytes) -> list[tuple[int, int]]:
    """Return where the parts between the boundary's lines begin and end, at most one more than is allowed."""
    spans: list[tuple[int, int]] = []
    begun = -1
    for at, after, closes in _boundary_lines(structure.original, part, b"\n--" + boundary):
        if begun >= 0:
            spans.append((begun, max(begun, at)))
        if closes or len(spans) > MOST_PARTS:
            return spans
        begun = after
    if begun >= 0:
        structure.defects.append("the last boundary is missing")
        spans.append((begun, part.end))
    return spans


def _boundary_lines(original: bytes, part: Part, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where what stands before the line ends, where what follows begins, and whether the line closes."""
    misses = 0
    at = original.find(delimiter, max(0, part.start - 1), part.end)
    while at >= 0 and misses < MOST_FALSE_BOUNDARIES:
        end_of_line = original.find(b"\n", at + 1, part.end)
        end_of_line = part.end if end_of_line < 0 else end_of_line
        after = at + len(delimiter)
        rest = original[after : min(end_of_line, after + 100)].strip()
        if rest in (b"", b"--"):
            yield _without_return(original, at), min(end_of_line + 1, part.end), rest == b"--"
        else:
            misses += 1
        at = original.find(delimiter, end_of_line, part.end)


def _without_return(original: bytes, at: int) -> int:
    return at - 1 if original[at - 1 : at] == b"\r" else at
