"""Handled: keep what people have handled, by the evidence of their mailboxes and of our desk.

The tickets of observed mailboxes are opened and closed by it.

Reads: evidence, which ticket a message belongs to.
Writes: handlings, traffic, when a person was last seen in an account, the status of observed tickets, events; all in
the caller's transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.account import Account
from domain.evidence import Evidence, EvidenceKind
from domain.ids import AccountId, MessageId, TicketId
from domain.viewer import MACHINE
from store.database import Connection
from store.events import append
from store.evidence import Seen, add_about_message, list_of_entries, list_of_messages
from store.handlings import Owed, add_owed, note_person, set_handled, was_read
from store.observed import close_observed, list_messages_of, list_tickets_of
from store.tickets import mark_reopened
from store.traffic import add_handled
from watch.handling import INBOX, handling, shows_a_person
from watch.observed import closing


def note_owed(
    connection: Connection, owed: Sequence[Owed], flags: Mapping[MessageId, Collection[str]],
    accounts: Mapping[AccountId, Account],
) -> None:  # fmt: skip
    """Note what people are to handle of a decided batch, and what they had handled before it was decided.

    `flags`: what each message had when it was fetched; opened by then, it was handled when it came.
    `accounts`: those of what is owed, whose inboxes may have other names.
    """
    signs = list_of_messages(connection, MACHINE, [each.message for each in owed if each.message is not None])
    add_owed(connection, [_as_handled(each, signs, flags, _inbox(accounts[each.account])) for each in owed])


def note_handled(connection: Connection, account: Account, noted: Collection[Seen], now: datetime) -> None:
    """Work out anew whether what evidence was noted about is handled, and what that does to observed tickets."""
    if not noted:
        return
    times = [min(each.at or now, now) for each in noted if shows_a_person(each.kind, each.arrived_at, each.at or now)]
    _note_person(connection, account, times)
    entries = {each.entry for each in noted if each.message is None}
    for entry, evidence in list_of_entries(connection, MACHINE, entries).items():
        _set(connection, evidence, _inbox(account), entry=entry)
    _settle(connection, account, {each.message for each in noted if each.message is not None}, now)


def note_said(
    connection: Connection, account: Account, message: MessageId, kind: EvidenceKind, at: datetime, now: datetime
) -> None:
    """Note that a mail in Sent answers a message or passes it on; the evidence of it is written already."""
    note_handled(connection, account, [Seen(0, message, kind, at=min(at, now))], now)


def note_acted(connection: Connection, account: Account, ticket: TicketId, now: datetime, *, by: str) -> None:
    """Note that somebody did something about a ticket in our desk: each of its messages is handled by it."""
    messages = list_messages_of(connection, MACHINE, ticket)
    for message in messages:
        add_about_message(
            connection, account, message, EvidenceKind.acted, at=now, noted_at=now, key=f"{by}/{now.isoformat()}",
            details={"by": by},
        )  # fmt: skip
    _note_person(connection, account, [now])
    _settle(connection, account, messages, now)


def _as_handled(
    owed: Owed, signs: Mapping[MessageId, Sequence[Evidence]], flags: Mapping[MessageId, Collection[str]], inbox: str
) -> Owed:
    if owed.message is None:
        return owed
    done = handling(signs.get(owed.message, ()), inbox=inbox)
    if done is not None:
        return replace(owed, handled_at=done.at, how=done.how)
    read = was_read(flags.get(owed.message, ()))
    return replace(owed, handled_at=owed.arrived_at, how=EvidenceKind.seen) if read else owed


def _settle(connection: Connection, account: Account, messages: Collection[MessageId], now: datetime) -> None:
    inbox = _inbox(account)
    for message, evidence in list_of_messages(connection, MACHINE, messages).items():
        _set(connection, evidence, inbox, message=message)
    for ticket in list_tickets_of(connection, MACHINE, messages):
        if ticket.observed:
            _follow(connection, account, ticket.id, inbox, now)


def _inbox(account: Account) -> str:
    return account.imap.inbox if account.imap is not None else INBOX


def _note_person(connection: Connection, account: Account, times: Sequence[datetime]) -> None:
    if times:
        note_person(connection, account, max(times))
        add_handled(connection, account, times)


def _set(
    connection: Connection, evidence: Sequence[Evidence], inbox: str, *, message: MessageId | None = None,
    entry: int | None = None,
) -> None:  # fmt: skip
    done = handling(evidence, inbox=inbox)
    set_handled(
        connection, message=message, entry=entry, at=done.at if done else None, how=done.how if done else None
    )  # fmt: skip


def _follow(connection: Connection, account: Account, ticket: TicketId, inbox: str, now: datetime) -> None:
    """Close an observed ticket when all its messages are done with; open it again when one is not."""
    messages = list_messages_of(connection, MACHINE, ticket)
    signs = list_of_messages(connection, MACHINE, messages)
    ends = [closing(signs.get(each, ()), inbox=inbox) for each in messages]
    done = [each for each in ends if each is not None]
    if len(done) < len(ends):
        if mark_reopened(connection, ticket):
            _tell(connection, account, ticket, "reopened", now)
    elif done:
        last = max(done, key=lambda each: each.at)
        if close_observed(connection, ticket, min(last.at, now)):
            _tell(connection, account, ticket, "closed_by_evidence", now, how=last.how)


def _tell(connection: Connection, account: Account, ticket: TicketId, kind: str, now: datetime, **details: Any) -> None:
    append(
        connection, kind, at=now, organisation=account.organisation, actor="observe", account=account.id,
        ticket=ticket, **details,
    )  # fmt: skip
