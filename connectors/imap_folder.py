"""One IMAP folder: opened read-only, searched and fetched by lists of UIDs. Raises what the library raises."""

import imaplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient

from domain.instant import as_utc
from domain.message import Arrival, FolderRole, Observation

#: UIDs looked through by one SEARCH: imaplib takes no answer longer than a million characters.
WINDOW = 2000

#: Bytes of originals held at once, unless one alone is bigger.
BATCH_BYTES = 32_000_000

#: For an INTERNALDATE that cannot be read: the oldest instant sorts first, so that a person sees the message.
UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)

#: What junk is called where the server does not mark it by SPECIAL-USE (RFC 6154); in lower case.
JUNK_NAMES = frozenset({"junk", "junk e-mail", "junk email", "spam", "skräppost", "roskaposti"})


class Withheld(Exception):
    """The server lists a message and does not hand it over; carries its identity."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it was when it was opened."""

    name: str
    role: FolderRole
    uidvalidity: int
    #: Every message that existed then has a lower UID.
    uid_next: int

    def identity(self, uid: int) -> str:
        """Return the message's identity within the account (P2)."""
        return f"{self.name}/{self.uidvalidity}/{uid}"


def find_folders(client: IMAPClient, inbox: str) -> tuple[tuple[str, FolderRole], ...]:
    """Return what is read: the inbox, then junk where there is one (mail held there has arrived: NJA 2024 s. 3)."""
    listed = [(flags, name) for flags, _, name in client.list_folders() if name != inbox and rb"\Noselect" not in flags]
    marked = [name for flags, name in listed if rb"\Junk" in flags]
    named = [name for _, name in listed if name.lower() in JUNK_NAMES]
    return ((inbox, FolderRole.inbox), *((name, FolderRole.junk) for name in (marked or named)[:1]))


def examine(client: IMAPClient, name: str, role: FolderRole) -> Folder:
    """Open a folder read-only: EXAMINE takes away no flag, not even Recent (P4)."""
    answer = client.select_folder(name, readonly=True)
    uid_next = answer.get(b"UIDNEXT")
    if uid_next is None:
        uid_next = max(client.search(["UID", "*"]), default=0) + 1
    return Folder(name, role, int(answer[b"UIDVALIDITY"]), int(uid_next))


def uids_after(client: IMAPClient, folder: Folder, uid: int) -> Iterator[int]:
    """Yield the UIDs above this one in ascending order, searching only as far as they are asked for."""
    low, span = uid + 1, WINDOW
    while low + span < folder.uid_next:
        yield from sorted(client.search(["UID", f"{low}:{low + span - 1}"]))
        # Wide gaps, as in a mailbox that lives long, are crossed in ever longer steps.
        low, span = low + span, span * 2
    # `n:*` gives the last message even when it lies below n (RFC 9051 section 6.4.8).
    yield from sorted(found for found in client.search(["UID", f"{low}:*"]) if found >= low)


def fetch_arrivals(
    client: IMAPClient, folder: Folder, uids: Sequence[int], history_until: int
) -> tuple[list[Arrival], int]:
    """Fetch originals with date and flags, leaving no trace.

    Returns:
        The arrivals by UID, and the UID up to which everything was delivered or is gone: lower than the last one asked
        for when the rest would be too big to hold, or is withheld.

    Raises:
        Withheld: the first message is there and the server does not hand it over.
    """
    uids = _that_fit(client, uids)
    found = _fetch(client, uids, ["BODY.PEEK[]", "INTERNALDATE", "FLAGS"])
    whole = {uid: each for uid, each in found.items() if each.get(b"BODY[]") is not None}
    delivered = _before_withheld(client, folder, uids, whole)
    arrivals = [
        Arrival(
            identity=folder.identity(uid),
            original=whole[uid][b"BODY[]"],
            media_type="message/rfc822",
            provider_at=_time(whole[uid]),
            folder=folder.name,
            role=folder.role,
            flags=frozenset(_flags(whole[uid])),
            history=uid <= history_until,
        )
        for uid in delivered
        if uid in whole
    ]
    return arrivals, delivered[-1]


def fetch_flags(client: IMAPClient, folder: Folder, uids: Sequence[int]) -> list[Observation]:
    """Fetch date and flags only: all that is ever seen of a personal mailbox (mode `watch_only`)."""
    found = _fetch(client, uids, ["INTERNALDATE", "FLAGS"])
    return [
        Observation(
            identity=folder.identity(uid),
            kind="flags",
            details={"flags": sorted(_flags(found[uid])), "at": _time(found[uid]).isoformat(), "role": folder.role},
        )
        for uid in uids
        if uid in found
    ]


def _that_fit(client: IMAPClient, uids: Sequence[int]) -> Sequence[int]:
    sizes = _fetch(client, uids, ["RFC822.SIZE"])
    total, fitting = 0, 0
    for uid in uids:
        total += int(sizes.get(uid, {}).get(b"RFC822.SIZE") or 0)
        if fitting and total > BATCH_BYTES:
            break
        fitting += 1
    return uids[:fitting]


def _fetch(client: IMAPClient, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
    try:
        found = client.fetch(list(uids), list(items))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        # A no means as a rule that one of them was deleted meanwhile (RFC 2180 section 4.1.2).
        found = client.fetch(_still_there(client, uids), list(items))
    return dict(found)


def _before_withheld(
    client: IMAPClient, folder: Folder, uids: Sequence[int], whole: dict[int, dict[bytes, Any]]
) -> Sequence[int]:
    missing = [uid for uid in uids if uid not in whole]
    withheld = _still_there(client, missing) if missing else []
    if uids[0] in withheld:
        raise Withheld(folder.identity(uids[0]))
    return uids[: uids.index(withheld[0])] if withheld else uids


def _still_there(client: IMAPClient, uids: Sequence[int]) -> list[int]:
    # NOOP lets the server tell of deletions, which a FETCH must not (RFC 9051 section 5.5).
    client.noop()
    return sorted(client.search(["UID", ",".join(map(str, uids))]))


def _flags(found: dict[bytes, Any]) -> list[str]:
    return [flag.decode("utf-8", "replace") for flag in found.get(b"FLAGS", ())]


def _time(found: dict[bytes, Any]) -> datetime:
    at = found.get(b"INTERNALDATE")
    return as_utc(at) if at is not None else UNKNOWN_TIME
