"""One IMAP folder: found, opened read-only, and searched for UIDs. Raises what the library raises."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from imapclient import IMAPClient

from domain.account import ImapConnection
from domain.message import FolderRole

#: UIDs looked through by one SEARCH.
WINDOW = 2000

#: The most UIDs that one SEARCH looks through in a folder with wide gaps: imaplib takes no answer longer than a
#: million characters, and a UID may take eleven.
WIDEST = 90_000


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it was when it was opened."""

    name: str
    role: FolderRole
    uidvalidity: int
    #: Every message that existed then has a lower UID.
    uid_next: int
    #: How many messages existed then; None: the server did not say.
    existing: int | None = field(default=None, kw_only=True)
    #: The highest MODSEQ then (RFC 7162); 0: the server does not count changes.
    modseq: int = field(default=0, kw_only=True)

    def identity(self, uid: int) -> str:
        """Return the message's identity within the account (P2)."""
        return f"{self.name}/{self.uidvalidity}/{uid}"


def find_folders(client: IMAPClient, connection: ImapConnection) -> tuple[tuple[str, FolderRole], ...]:
    """Return the folders that are read: the inbox, junk and sent mail where there are any.

    What is held in junk has arrived (NJA 2024 s. 3); what lies in Sent is evidence of answers.
    """
    inbox = connection.inbox
    listed = [(flags, name) for flags, _, name in client.list_folders() if name != inbox and rb"\Noselect" not in flags]
    junk = _found(listed, rb"\Junk", connection.junk)
    sent = _found([each for each in listed if each[1] != junk], rb"\Sent", connection.sent)
    found = ((inbox, FolderRole.inbox), (junk, FolderRole.junk), (sent, FolderRole.sent))
    return tuple((name, role) for name, role in found if name is not None)


def examine(client: IMAPClient, name: str, role: FolderRole) -> Folder:
    """Open a folder read-only: EXAMINE takes away no flag, not even Recent (P4)."""
    answer = client.select_folder(name, readonly=True)
    uid_next = answer.get(b"UIDNEXT")
    if uid_next is None:
        uid_next = max(client.search(["UID", "*"]), default=0) + 1
    existing = answer.get(b"EXISTS")
    return Folder(
        name,
        role,
        int(answer[b"UIDVALIDITY"]),
        int(uid_next),
        existing=None if existing is None else int(existing),
        modseq=_number(answer.get(b"HIGHESTMODSEQ")),
    )


def uids_after(client: IMAPClient, folder: Folder, uid: int, *, window: int = WINDOW) -> Iterator[int]:
    """Yield the UIDs above this one in ascending order, searching only as far as they are asked for.

    `window`: UIDs looked through by one SEARCH; to read one in an answer takes longer than to find it.
    """
    low, span = uid + 1, window
    while low + span < folder.uid_next:
        found = sorted(client.search(["UID", f"{low}:{low + span - 1}"]))
        yield from found
        low, span = low + span, _next_span(span, found, window)
    # `n:*` gives the last message even when it lies below n (RFC 9051 section 6.4.8).
    yield from sorted(found for found in client.search(["UID", f"{low}:*"]) if found >= low)


def uids_until(client: IMAPClient, uid: int, *criteria: str, above: int = 0) -> Iterator[int]:
    """Yield the UIDs up to this one that meet the criteria, in ascending order, above `above`."""
    for low in range(above + 1, uid + 1, WIDEST):
        high = min(low + WIDEST - 1, uid)
        yield from sorted(_search(client, ["UID", f"{low}:{high}", *criteria]))


def newest_until(client: IMAPClient, uid: int, most: int) -> list[int]:
    """Return the UIDs of the newest messages up to this one, ascending, at most so many."""
    newest: list[int] = []
    high, span = uid, WINDOW
    while high > 0 and len(newest) < most:
        low = max(1, high - span + 1)
        found = sorted(client.search(["UID", f"{low}:{high}"]))
        newest = found + newest
        high, span = low - 1, _next_span(span, found, WINDOW)
    return newest[-most:]


def _search(client: IMAPClient, criteria: list[str]) -> list[int]:
    """Search. Where nothing changed Cyrus answers `(MODSEQ 1)` and no number, which the library cannot read."""
    try:
        found: list[int] = client.search(criteria)
    except ValueError:
        if "MODSEQ" not in criteria:
            raise
        return []
    return found


def _next_span(span: int, found: list[int], window: int) -> int:
    """Cross wide gaps, as in a mailbox that lives long, in ever longer steps."""
    return window if len(found) > window // 2 else min(span * 2, WIDEST)


def _found(listed: list[tuple[tuple[bytes, ...], str]], mark: bytes, names: tuple[str, ...]) -> str | None:
    """Return the folder that the server marks for a use (RFC 6154), else the first of the names that exists."""
    marked = [name for flags, name in listed if mark in flags]
    called = {name.casefold(): name for _, name in reversed(listed)}
    named = [called[name.casefold()] for name in names if name.casefold() in called]
    return next(iter(marked or named), None)


def _number(said: object) -> int:
    """Return a number of a response code; 0 when there is none."""
    return int(said) if isinstance(said, int | str | bytes) else 0
