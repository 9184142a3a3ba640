"""Originals fetched from an open folder: whole, or in parts when they are big, with what the server withholds.

Raises what the library raises.
"""

import imaplib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from imapclient import IMAPClient

from connectors.imap_folder import Folder
from domain.instant import as_utc
from domain.message import Arrival, Observation

#: Bytes of originals held at once, unless one alone is bigger.
BATCH_BYTES = 16_000_000

#: A bigger mail is fetched in parts of this size, so that it is held once and not once a layer of the library.
PART_BYTES = 1_000_000

#: No mail server in use takes mail as big as this; a mail that seems to have no end is withheld.
MOST_BYTES = 256_000_000

#: For an INTERNALDATE that cannot be read: the oldest instant sorts first, so that a person sees the message.
UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)

#: What is read of a mail in Sent: whom it answers, whom it went to, and whether a machine wrote it.
SENT_HEADERS = (
    "MESSAGE-ID IN-REPLY-TO REFERENCES FROM TO CC BCC RESENT-TO RESENT-CC DATE AUTO-SUBMITTED X-SVARSVAKT-LOOP"
)

#: Characters of the headers of one mail in Sent that are kept.
MOST_HEADERS = 65_536


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one fetch of originals gave."""

    #: By UID.
    arrivals: tuple[Arrival, ...]
    #: The UID up to which everything was delivered, is gone or is withheld; 0: nothing was asked for.
    reached: int
    #: UIDs that the server lists and does not hand over.
    withheld: tuple[int, ...] = ()


def fetch_arrivals(
    client: IMAPClient, folder: Folder, uids: Sequence[int], history_until: int, *, ask: Collection[int] | None = None
) -> Fetched:
    """Fetch originals with date and flags, leaving no trace.

    Fewer than `uids` are fetched when the rest would be too big to hold. Of those, only what is in `ask` is asked for,
    if it is given: the others count as withheld.
    """
    if not uids:
        return Fetched((), 0)
    ask = uids if ask is None else ask
    # A server that does not even tell of flags is ill: then it is not these messages.
    _asked(client, [uid for uid in uids if uid not in ask], ["FLAGS"])
    sizes = _sizes(client, [uid for uid in uids if uid in ask])
    uids = _that_fit(uids, sizes)
    big = [uid for uid in uids if uid in ask and sizes.get(uid, 0) > PART_BYTES]
    small = [uid for uid in uids if uid in ask and uid not in big]
    found = _fetch(client, small, ["BODY.PEEK[]", "INTERNALDATE", "FLAGS"])
    whole = {uid: each for uid, each in found.items() if each.get(b"BODY[]") is not None}
    for uid in big:
        whole |= _in_parts(client, uid)
    missing = [uid for uid in uids if uid not in whole]
    arrivals = tuple(_arrival(folder, uid, whole[uid], history_until) for uid in uids if uid in whole)
    return Fetched(arrivals, uids[-1], tuple(_still_there(client, missing)) if missing else ())


def fetch_flags(client: IMAPClient, folder: Folder, uids: Sequence[int]) -> list[Observation]:
    """Fetch the flags of messages that were delivered."""
    found = _fetch(client, uids, ["FLAGS"])
    return [
        Observation(
            identity=folder.identity(uid),
            kind="flags",
            details={"flags": sorted(_flags(found[uid])), "role": folder.role},
        )
        for uid in uids
        if uid in found and b"FLAGS" in found[uid]
    ]


def fetch_signs(client: IMAPClient, folder: Folder, uids: Sequence[int], history_until: int) -> list[Observation]:
    """Fetch date and flags only: all that is ever seen of a personal mailbox (mode `watch_only`)."""
    found = _fetch(client, uids, ["INTERNALDATE", "FLAGS"])
    return [
        Observation(
            identity=folder.identity(uid),
            kind="flags",
            details={
                "flags": sorted(_flags(found[uid])),
                "at": _time(found[uid]).isoformat(),
                "role": folder.role,
                "history": uid <= history_until,
            },
        )
        for uid in uids
        if uid in found
    ]


def fetch_sent(client: IMAPClient, folder: Folder, uids: Sequence[int]) -> list[Observation]:
    """Fetch the headers of mail that left the account: whom it answers, and never what it says."""
    found = _fetch(client, uids, [f"BODY.PEEK[HEADER.FIELDS ({SENT_HEADERS})]", "INTERNALDATE"])
    return [
        Observation(
            identity=folder.identity(uid),
            kind="sent",
            # Every byte is a character of Latin-1, so that nothing is lost on the way to who can read it.
            details={
                "headers": _headers(found[uid])[:MOST_HEADERS].decode("latin-1"),
                "at": _time(found[uid]).isoformat(),
            },
        )
        for uid in uids
        if uid in found
    ]


def _arrival(folder: Folder, uid: int, found: dict[bytes, Any], history_until: int) -> Arrival:
    return Arrival(
        identity=folder.identity(uid),
        original=found[b"BODY[]"],
        media_type="message/rfc822",
        provider_at=_time(found),
        folder=folder.name,
        role=folder.role,
        flags=frozenset(_flags(found)),
        history=uid <= history_until,
    )


def _sizes(client: IMAPClient, uids: Sequence[int]) -> dict[int, int]:
    found = _fetch(client, uids, ["RFC822.SIZE"])
    return {uid: int(each.get(b"RFC822.SIZE") or 0) for uid, each in found.items()}


def _that_fit(uids: Sequence[int], sizes: dict[int, int]) -> Sequence[int]:
    total, fitting = 0, 0
    for uid in uids:
        total += sizes.get(uid, 0)
        if fitting and total > BATCH_BYTES:
            break
        fitting += 1
    return uids[:fitting]


def _in_parts(client: IMAPClient, uid: int) -> dict[int, dict[bytes, Any]]:
    """Return one big mail as `_fetch` would; nothing when it is gone or withheld.

    The size that the server tells is only near the truth on some servers: the mail ends where a part comes up short.
    """
    found = _fetch(client, [uid], ["INTERNALDATE", "FLAGS"])
    if uid not in found:
        return {}
    content = BytesIO()
    while content.tell() < MOST_BYTES:
        offset = content.tell()
        part = _part(client, uid, offset)
        if part is None:
            return {}
        content.write(part)
        if len(part) < PART_BYTES:
            # The buffer's own bytes: no second copy of the mail is made.
            return {uid: {**found[uid], b"BODY[]": content.getvalue()}}
    return {}


def _part(client: IMAPClient, uid: int, offset: int) -> bytes | None:
    found = _fetch(client, [uid], [f"BODY.PEEK[]<{offset}.{PART_BYTES}>"]).get(uid, {})
    part = next((value for key, value in found.items() if key.startswith(b"BODY[]")), None)
    # Past the end some servers say NIL.
    return b"" if part is None and offset and b"SEQ" in found else part


def _fetch(client: IMAPClient, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
    """Fetch; a no to all of them is asked again of each, so that one bad message does not stand in front of others."""
    if not uids:
        return {}
    try:
        return _asked(client, uids, items)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        # A no means as a rule that one of them was deleted meanwhile (RFC 2180 section 4.1.2).
        there = _still_there(client, uids)
    try:
        return _asked(client, there, items) if len(there) < len(uids) else _one_by_one(client, there, items)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        return _one_by_one(client, there, items)


def _one_by_one(client: IMAPClient, uids: Iterable[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
    found: dict[int, dict[bytes, Any]] = {}
    refused: list[int] = []
    for uid in uids:
        try:
            found |= _asked(client, [uid], items)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            refused.append(uid)
    if refused and not found:
        # A server that will not even tell of flags refuses more than these messages: this raises.
        _asked(client, refused[:1], ["FLAGS"])
    return found


def _asked(client: IMAPClient, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
    return dict(client.fetch(list(uids), list(items))) if uids else {}


def _still_there(client: IMAPClient, uids: Sequence[int]) -> list[int]:
    # NOOP lets the server tell of deletions, which a FETCH must not (RFC 9051 section 5.5).
    client.noop()
    return sorted(client.search(["UID", ",".join(map(str, uids))]))


def _headers(found: dict[bytes, Any]) -> bytes:
    return next((value or b"" for key, value in found.items() if key.startswith(b"BODY[HEADER")), b"")


def _flags(found: dict[bytes, Any]) -> list[str]:
    return [flag.decode("utf-8", "replace") for flag in found.get(b"FLAGS", ())]


def _time(found: dict[bytes, Any]) -> datetime:
    at = found.get(b"INTERNALDATE")
    return as_utc(at) if at is not None else UNKNOWN_TIME
