"""What SEARCH finds: its keys as questions about one mail. Source: RFC 3501 6.4.4."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date
from types import MappingProxyType
from typing import TypeAlias

from sandbox.imap_fetch import field_name, header_fields
from sandbox.imap_syntax import Token, bad, in_set, read_date, word
from sandbox.mail_store import StoredMail

Question: TypeAlias = Callable[[StoredMail], bool]

_FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "SEEN": "\\Seen",
        "ANSWERED": "\\Answered",
        "FLAGGED": "\\Flagged",
        "DELETED": "\\Deleted",
        "DRAFT": "\\Draft",
    }
)


class SearchKeys:
    """Reads a SEARCH command's keys against what a folder holds now."""

    def __init__(self, uids: Sequence[int], view: Sequence[int]) -> None:
        """Keep the folder's UIDs, and the UIDs by message sequence number as the client knows them."""
        self._uids = uids
        self._view = view

    def question(self, keys: Sequence[Token]) -> Question:
        """Return the question that all keys together ask.

        Raises:
            CommandRefused: BAD, when a key is unknown, lacks its argument or is not built here.
        """
        left = iter(keys)
        questions: list[Question] = []
        for token in left:
            questions.append(self._one(token, left))
        return lambda mail: all(ask(mail) for ask in questions)

    def _one(self, token: Token, left: Iterator[Token]) -> Question:
        if isinstance(token, list):
            return self.question(token)
        key = word(token).upper()
        if key in _FLAGS:
            return _has_flag(_FLAGS[key])
        if key.startswith("UN") and key[2:] in _FLAGS:
            return _not(_has_flag(_FLAGS[key[2:]]))
        if key[:1].isdigit() or key.startswith("*"):
            return self._in_sequence(key)
        return self._with_argument(key, left)

    def _with_argument(self, key: str, left: Iterator[Token]) -> Question:
        match key:
            case "ALL":
                return lambda mail: True
            case "UID":
                uids = set(in_set(_argument(key, left), self._uids))
                return lambda mail: mail.uid in uids
            case "NOT":
                return _not(self._next(key, left))
            case "OR":
                one, other = self._next(key, left), self._next(key, left)
                return lambda mail: one(mail) or other(mail)
            case "CHARSET":
                _argument(key, left)
                return lambda mail: True
            case "HEADER":
                return _has_header(_argument(key, left), _argument(key, left))
            case "FROM" | "TO" | "CC" | "SUBJECT":
                return _has_header(key, _argument(key, left))
            case "KEYWORD":
                return _has_flag(_argument(key, left))
            case "SINCE" | "BEFORE" | "ON":
                return _dated(key, read_date(_argument(key, left)).date())
        raise bad(f"{key} is not a search key of this server")

    def _next(self, key: str, left: Iterator[Token]) -> Question:
        token = next(left, None)
        if token is None:
            raise bad(f"{key} lacks its argument")
        return self._one(token, left)

    def _in_sequence(self, spec: str) -> Question:
        places = in_set(spec, range(1, len(self._view) + 1))
        uids = {self._view[place - 1] for place in places}
        return lambda mail: mail.uid in uids


def _argument(key: str, left: Iterator[Token]) -> str:
    token = next(left, None)
    if token is None:
        raise bad(f"{key} lacks its argument")
    return word(token)


def _not(question: Question) -> Question:
    return lambda mail: not question(mail)


def _has_flag(flag: str) -> Question:
    return lambda mail: flag.lower() in {each.lower() for each in mail.flags}


def _has_header(name: str, part: str) -> Question:
    """Ask for a header as it stands in the original; encoded words are not decoded."""
    wanted = part.lower().encode("utf-8", "surrogateescape")

    def ask(mail: StoredMail) -> bool:
        fields = (field for field in header_fields(mail.original) if field_name(field) == name.lower())
        return any(wanted in field.partition(b":")[2].lower() for field in fields)

    return ask


def _dated(key: str, day: date) -> Question:
    compare: Mapping[str, Callable[[date], bool]] = {
        "SINCE": lambda at: at >= day,
        "BEFORE": lambda at: at < day,
        "ON": lambda at: at == day,
    }
    return lambda mail: compare[key](mail.at.astimezone(UTC).date())
