"""The ledger: what exists in the accounts, under every identity that a provider gave it (P2)."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from domain.account import Account, Channel
from domain.canary import marks_in
from domain.evidence import EvidenceKind
from domain.ids import AccountId, Digest, MessageId
from domain.message import Arrival, FolderRole, Listing
from domain.viewer import MACHINE
from store.canaries import note_arrived
from store.columns import as_key
from store.entries import Entry, by_message, find_entries, list_entries, place_of
from store.evidence import Seen, add_evidence
from store.handlings import Owed, add_owed, was_read
from store.messages import KNOWN_BY, add_arrivals
from store.rows import insert_new
from store.schema import ledger, messages
from store.statements import in_parts
from store.traffic import add_arrived


def note_arrivals(
    connection: sa.Connection, account: Account, arrivals: Sequence[Arrival], at: datetime
) -> tuple[int, tuple[Seen, ...]]:
    """Store what arrived, originals first; return how many messages are new (P1, P2), and what was seen of old ones.

    What was fetched before is passed over. A mail that the account has byte for byte (moved, or its folder renumbered)
    goes on under its new identity.
    """
    known = find_entries(connection, MACHINE, account.id, [each.identity for each in arrivals])
    fresh = [each for each in arrivals if as_key(each.identity) not in known]
    recognised = _recognised(connection, account, fresh)
    arrived = [each for each in fresh if each.identity not in recognised]
    new = add_arrivals(connection, account, arrived, at)
    add_arrived(connection, account, _in_inbox(_no_canaries(connection, account, arrived, at)), at)
    rows = _message_rows(connection, account.id, [each.identity for each in fresh])
    belongs = [recognised.get(each.identity) or rows.get(as_key(each.identity)) for each in fresh]
    _add(connection, account, zip(fresh, belongs, strict=True), at)
    back = [each for each in fresh if each.identity in recognised]
    return new, _note_return(connection, account, back, recognised, at)


def add_signs(connection: sa.Connection, account: Account, arrivals: Sequence[Arrival], at: datetime) -> None:
    """Put messages of which only date and flags are known into the ledger; the originals of `arrivals` are empty.

    What came to the inbox since the account is read is to be handled; what was opened by then, has been.
    """
    _add(connection, account, ((each, None) for each in arrivals), at)
    add_arrived(connection, account, _in_inbox(arrivals), at)
    came = {as_key(each.identity): each for each in arrivals if each.role is FolderRole.inbox and not each.history}
    entries = find_entries(connection, MACHINE, account.id, [each.identity for each in came.values()])
    add_owed(connection, [_owed(account, entry, came[key].flags) for key, entry in entries.items() if key in came])


def note_listing(connection: sa.Connection, account: Account, listing: Listing, at: datetime) -> tuple[Seen, ...]:
    """Note what a folder no longer holds, as moved to where else it was found, or as gone; return what was seen."""
    there = {as_key(identity) for identity in listing.identities}
    in_folder = list_entries(
        connection,
        MACHINE,
        ledger.c.account_id == account.id,
        ledger.c.gone_at.is_(None),
        ledger.c.folder == listing.folder,
    )
    return note_gone(connection, account, [entry for entry in in_folder if as_key(entry.identity) not in there], at)


def note_gone(connection: sa.Connection, account: Account, gone: Sequence[Entry], at: datetime) -> tuple[Seen, ...]:
    """Note that identities no longer exist; return what was seen."""
    mark_gone(connection, [entry.id for entry in gone], at)
    elsewhere = by_message(connection, MACHINE, {entry.message for entry in gone if entry.message is not None})
    seen = [_fate_of(entry, elsewhere.get(entry.message, []) if entry.message else []) for entry in gone]
    return add_evidence(connection, account, [each for each in seen if each is not None], at)


def mark_gone(connection: sa.Connection, entries: Collection[int], at: datetime) -> None:
    """Note that rows of the ledger are no longer at the provider."""
    for some in in_parts(sorted(entries)):
        connection.execute(ledger.update().where(ledger.c.id.in_(some)).values(gone_at=at))


def note_back(connection: sa.Connection, account: Account, back: Sequence[Entry], at: datetime) -> tuple[Seen, ...]:
    """Note that identities exist after all that had been taken for gone; return what was seen."""
    for some in in_parts([entry.id for entry in back]):
        connection.execute(ledger.update().where(ledger.c.id.in_(some)).values(gone_at=None))
    kind = EvidenceKind.returned
    seen = [Seen(each.id, each.message, kind, {"to": each.folder}, arrived_at=each.provider_at) for each in back]
    return add_evidence(connection, account, seen, at)


def adopt(connection: sa.Connection, account: Account, copy: MessageId, first: MessageId, at: datetime) -> None:
    """Let evidence about a copy, which the server rendered anew, go on as evidence about the first (P2)."""
    before = by_message(connection, MACHINE, {first}, gone=True).get(first, [])
    connection.execute(ledger.update().where(ledger.c.message_row == copy).values(message_row=first))
    now = [entry for entry in by_message(connection, MACHINE, {first}).get(first, []) if entry not in before]
    if before and all(entry.gone for entry in before):
        add_evidence(connection, account, [_came_back(entry, before) for entry in now[:1]], at)


def _owed(account: Account, entry: Entry, flags: Collection[str]) -> Owed:
    read = was_read(flags)
    return Owed(
        organisation=account.organisation,
        account=account.id,
        entry=entry.id,
        arrived_at=entry.provider_at,
        handled_at=entry.provider_at if read else None,
        how=EvidenceKind.seen if read else None,
    )


def _no_canaries(
    connection: sa.Connection, account: Account, arrivals: Sequence[Arrival], at: datetime
) -> list[Arrival]:
    """Return the arrivals that are no test mails of ours, which count as no traffic; note of those that they came."""
    marks = {each.identity: marks_in(each.original) for each in arrivals} if account.canary else {}
    ours = note_arrived(connection, account.id, {mark for some in marks.values() for mark in some}, at)
    return [each for each in arrivals if not ours & marks.get(each.identity, frozenset())]


def _in_inbox(arrivals: Iterable[Arrival]) -> list[datetime]:
    return [each.provider_at for each in arrivals if each.role is FolderRole.inbox]


def _recognised(connection: sa.Connection, account: Account, fresh: Sequence[Arrival]) -> dict[str, MessageId]:
    """Return which message of the account each arrival is, byte for byte: the fast path of the fingerprint.

    The same bytes once more in one place are not a message that was moved: they were delivered twice.
    """
    if account.channel is not Channel.email or not fresh:
        return {}
    digests = {each.identity: Digest(hashlib.sha256(each.original).hexdigest()) for each in fresh}
    candidates = _by_digest(connection, account, set(digests.values()))
    places = {
        (row, place_of(entry.identity))
        for row, entries in by_message(
            connection, MACHINE, {row for rows in candidates.values() for row in rows}
        ).items()
        for entry in entries
    }
    found: dict[str, MessageId] = {}
    for identity, digest in digests.items():
        place = place_of(identity)
        row = next((row for row in candidates.get(digest, []) if (row, place) not in places), None)
        if row is not None:
            found[identity] = row
            places.add((row, place))
    return found


def _by_digest(connection: sa.Connection, account: Account, digests: Collection[Digest]) -> dict[str, list[MessageId]]:
    query = (
        sa.select(messages.c.digest, messages.c.id)
        .where(
            messages.c.organisation_id == account.organisation,
            messages.c.account_id == account.id,
            messages.c.digest.in_(sorted(digests)),
        )
        .order_by(messages.c.id)
    )
    found: dict[str, list[MessageId]] = defaultdict(list)
    for digest, id in connection.execute(query):
        found[digest].append(MessageId(id))
    return found


def _message_rows(connection: sa.Connection, account: AccountId, identities: Sequence[str]) -> dict[str, MessageId]:
    query = sa.select(messages.c.identity_key, messages.c.id).where(
        messages.c.account_id == account, messages.c.identity_key.in_(identities)
    )
    return {key: MessageId(id) for key, id in connection.execute(query)} if identities else {}


def _add(
    connection: sa.Connection, account: Account, arrivals: Iterable[tuple[Arrival, MessageId | None]], at: datetime
) -> None:
    rows = [
        {
            "organisation_id": account.organisation,
            "account_id": account.id,
            "identity": arrival.identity,
            "identity_key": arrival.identity,
            "folder": arrival.folder,
            "role": arrival.role,
            "provider_at": arrival.provider_at,
            "flags": sorted(arrival.flags),
            "history": arrival.history,
            "noted_at": at,
            "message_row": message,
        }
        for arrival, message in arrivals
    ]
    # What another worker or a webhook has brought at the same moment is in it already.
    insert_new(connection, ledger, rows, conflict=KNOWN_BY)


def _note_return(
    connection: sa.Connection, account: Account, arrivals: Sequence[Arrival], recognised: dict[str, MessageId],
    at: datetime,
) -> tuple[Seen, ...]:  # fmt: skip
    """Note of known messages under new identities that they came back, if they had been taken for gone."""
    entries = find_entries(connection, MACHINE, account.id, [each.identity for each in arrivals])
    known = by_message(connection, MACHINE, set(recognised.values()), gone=True)
    seen = []
    for entry in entries.values():
        others = [each for each in known.get(entry.message, []) if each.id != entry.id] if entry.message else []
        if others and all(other.gone for other in others):
            seen.append(_came_back(entry, others))
    return add_evidence(connection, account, seen, at)


def _came_back(entry: Entry, others: Sequence[Entry]) -> Seen:
    last = max(others, key=lambda each: each.id)
    kind = EvidenceKind.returned if last.folder == entry.folder else EvidenceKind.moved
    details = {"from": last.folder, "to": entry.folder}
    return Seen(entry.id, entry.message, kind, details, arrived_at=entry.provider_at)


def _fate_of(entry: Entry, there: Sequence[Entry]) -> Seen | None:
    """Say what became of an identity: nothing to tell when the same folder has the message under another."""
    if not there:
        details = {"from": entry.folder}
        return Seen(entry.id, entry.message, EvidenceKind.gone, details, arrived_at=entry.provider_at)
    if any(other.folder == entry.folder for other in there):
        return None
    newest = max(there, key=lambda each: each.id)
    details = {"from": entry.folder, "to": newest.folder}
    return Seen(newest.id, entry.message, EvidenceKind.moved, details, arrived_at=entry.provider_at)
