"""IMAP4rev1's grammar, as far as the sandbox needs it: tokens, sets, dates, quoting. Source: RFC 3501 section 9."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias, Union

from domain.errors import SvarsvaktError

#: An atom or quoted string, a literal's bytes, or a parenthesised list.
Token: TypeAlias = Union[str, bytes, list["Token"]]  # noqa: UP007 (`|` cannot name what is not yet defined)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: Deeper lists than this are nobody's mail program.
_DEEPEST = 20


class CommandRefused(SvarsvaktError):
    """The server says NO or BAD to a command; the sentence is what the client reads."""

    def __init__(self, status: str, sentence: str) -> None:
        """Keep the status word, NO or BAD, and the sentence."""
        super().__init__(sentence)
        self.status = status


def bad(sentence: str) -> CommandRefused:
    """Return the error for a command that cannot be understood."""
    return CommandRefused("BAD", sentence)


def no(sentence: str) -> CommandRefused:
    """Return the error for a command that cannot be done."""
    return CommandRefused("NO", sentence)


def tokens(parts: Sequence[bytes]) -> list[Token]:
    """Split a command into tokens.

    Args:
        parts: text and literals by turns, beginning and ending with text; `{n}` already taken off the text.

    Raises:
        CommandRefused: BAD, when the grammar is broken.
    """
    top: list[Token] = []
    stack = [top]
    for index, part in enumerate(parts):
        if index % 2:
            stack[-1].append(part)
        else:
            _read_text(part.decode("utf-8", "surrogateescape"), stack)
    if len(stack) != 1:
        raise bad("A parenthesis is not closed")
    return top


def _read_text(text: str, stack: list[list[Token]]) -> None:
    at = 0
    while at < len(text):
        character = text[at]
        if character == " ":
            at += 1
        elif character == "(":
            _open_list(stack)
            at += 1
        elif character == ")":
            if len(stack) == 1:
                raise bad("A parenthesis was never opened")
            stack.pop()
            at += 1
        elif character == '"':
            at = _read_quoted(text, at, stack[-1])
        else:
            at = _read_atom(text, at, stack[-1])


def _open_list(stack: list[list[Token]]) -> None:
    if len(stack) > _DEEPEST:
        raise bad("Too many parentheses")
    inner: list[Token] = []
    stack[-1].append(inner)
    stack.append(inner)


def _read_quoted(text: str, at: int, into: list[Token]) -> int:
    found: list[str] = []
    at += 1
    while at < len(text) and text[at] != '"':
        if text[at] == "\\":
            at += 1
        found.append(text[at : at + 1])
        at += 1
    if at >= len(text):
        raise bad("A quoted string is not closed")
    into.append("".join(found))
    return at + 1


def _read_atom(text: str, at: int, into: list[Token]) -> int:
    """Read to the next space or parenthesis, but a `[section]` belongs to its atom whole."""
    start, in_section = at, False
    while at < len(text) and (in_section or text[at] not in ' ()"'):
        if text[at] in "[]":
            in_section = text[at] == "["
        at += 1
    into.append(text[start:at])
    return at


def word(token: Token) -> str:
    """Return a token that must be a string. Raises CommandRefused (BAD) for a list."""
    if isinstance(token, list):
        raise bad("A list stands where a string should")
    return token if isinstance(token, str) else token.decode("utf-8", "surrogateescape")


def in_set(spec: str, numbers: Sequence[int]) -> list[int]:
    """Return those of the ascending numbers that a sequence set names, ascending.

    `n:*` always holds the last number, even when n is above it (RFC 3501 section 9, seq-range).

    Raises:
        CommandRefused: BAD, when it is not a set.
    """
    if not numbers:
        return []
    last = numbers[-1]
    ranges = [_bounds(part, last) for part in spec.split(",")]
    return [number for number in numbers if any(low <= number <= high for low, high in ranges)]


def _bounds(part: str, last: int) -> tuple[int, int]:
    ends = part.split(":")
    if len(ends) > 2 or not all(end == "*" or (end.isascii() and end.isdigit()) for end in ends):
        raise bad(f"{part} is not a sequence set")
    first, *rest = [last if end == "*" else int(end) for end in ends]
    second = rest[0] if rest else first
    return min(first, second), max(first, second)


def internal_date(at: datetime) -> str:
    """Return an instant as INTERNALDATE writes it, in quotes and in UTC."""
    at = at.astimezone(UTC)
    return f'"{at.day:02d}-{MONTHS[at.month - 1]}-{at:%Y %H:%M:%S} +0000"'


def read_date(text: str) -> datetime:
    """Read `24-Nov-2026` (midnight UTC) or `24-Nov-2026 09:00:00 +0100`. Raises CommandRefused (BAD)."""
    day, _, clock = text.strip().partition(" ")
    try:
        number, month, year = day.split("-")
        date = datetime(int(year), MONTHS.index(month.title()) + 1, int(number), tzinfo=UTC)
        if not clock:
            return date
        hours, zone = clock.split()
        hour, minute, second = (int(part) for part in hours.split(":"))
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5])) * (-1 if zone[0] == "-" else 1)
        return date.replace(hour=hour, minute=minute, second=second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, IndexError) as error:
        raise bad(f"{text} is not a date") from error


def quoted(text: str) -> str:
    """Return the text as a quoted string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def numbers(values: Iterable[int]) -> str:
    """Return numbers as a set, separated by commas."""
    return ",".join(str(value) for value in values)
