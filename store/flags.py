"""Flags: what the mailbox says of its messages now, and what that shows of handling."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa

from domain.account import Account
from domain.evidence import EvidenceKind
from domain.message import Arrival, FolderRole, Observation
from domain.viewer import MACHINE
from store.columns import as_key
from store.entries import Entry, find_entries
from store.evidence import Seen, add_evidence
from store.ledger import add_signs
from store.schema import ledger, messages

#: What setting a flag shows, and what taking it away does; names in lower case, as servers write them in any.
SHOWN: Mapping[str, tuple[EvidenceKind, EvidenceKind]] = MappingProxyType(
    {
        "\\seen": (EvidenceKind.seen, EvidenceKind.unseen),
        "\\answered": (EvidenceKind.answered, EvidenceKind.unanswered),
        "\\flagged": (EvidenceKind.flagged, EvidenceKind.unflagged),
        "\\deleted": (EvidenceKind.deleted, EvidenceKind.undeleted),
    }
)

#: Set by mail programs when they forward; nobody takes it away to say otherwise.
FORWARDED = "$forwarded"

#: These say nothing of handling.
SILENT = frozenset({"\\recent", "\\draft"})


def note_flags(
    connection: sa.Connection, account: Account, observations: Sequence[Observation], at: datetime
) -> tuple[Seen, ...]:
    """Note the flags that messages have now; return what that shows.

    A message that the ledger does not know is added when its date is told, as in a watch_only account.
    """
    known = find_entries(connection, MACHINE, account.id, [each.identity for each in observations])
    unknown = [each for each in observations if as_key(each.identity) not in known and "at" in each.details]
    add_signs(connection, account, [_sign(each) for each in unknown], at)
    noted: list[Seen] = []
    for each in observations:
        entry = known.get(as_key(each.identity))
        if entry is None:
            continue
        flags = frozenset(each.details["flags"])
        seen = list(_changes(entry, flags))
        if seen or flags != entry.flags:
            _update(connection, entry, flags)
        noted += add_evidence(connection, account, seen, at)
    return tuple(noted)


def _changes(entry: Entry, flags: frozenset[str]) -> Iterable[Seen]:
    before, now = _lower(entry.flags), _lower(flags)
    for name, (given, taken) in SHOWN.items():
        if (name in now) != (name in before):
            yield Seen(entry.id, entry.message, given if name in now else taken)
    if FORWARDED in now - before:
        yield Seen(entry.id, entry.message, EvidenceKind.forwarded)
    words = {name for name in now ^ before if name not in SHOWN and name != FORWARDED}
    if words:
        details = {"set": sorted(words & now), "taken": sorted(words & before)}
        yield Seen(entry.id, entry.message, EvidenceKind.keyword, details)


def _update(connection: sa.Connection, entry: Entry, flags: frozenset[str]) -> None:
    connection.execute(ledger.update().where(ledger.c.id == entry.id).values(flags=sorted(flags)))
    if entry.message is not None:
        # What waits is decided by what the mailbox says now: an answered mail gets no reply (domain.md 3.3 row 36).
        connection.execute(messages.update().where(messages.c.id == entry.message).values(flags=sorted(flags)))


def _sign(observation: Observation) -> Arrival:
    details = observation.details
    return Arrival(
        identity=observation.identity,
        original=b"",
        media_type="",
        provider_at=datetime.fromisoformat(details["at"]),
        folder=observation.identity.rsplit("/", 2)[0],
        role=FolderRole(details["role"]),
        flags=frozenset(details["flags"]),
        history=bool(details.get("history")),
    )


def _lower(flags: Iterable[str]) -> set[str]:
    return {flag.lower() for flag in flags} - SILENT
