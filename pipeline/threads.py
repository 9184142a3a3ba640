"""Threads: which tickets the messages of a batch go on from, asked once a kind for all of them.

Reads: tickets by our own messages, by the mails in them, by their number, by who wrote.
Writes: nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.account import Channel
from domain.follow_up import Followed, numbers_in
from domain.ids import AccountId, OrganisationId, TicketId
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE
from pipeline.parsed import Parsed
from store.database import Connection
from store.merges import find_into
from store.threads import find_tickets_by_number, find_tickets_of_mail, find_tickets_of_senders, find_writers
from store.tickets import find_tickets

#: Channels on which a message names nothing that it answers: the sender's open ticket is meant.
THREADLESS = frozenset({Channel.sms, Channel.facebook})

Named = tuple[OrganisationId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """The tickets that a batch may go on from, and by what they are known."""

    tickets: Mapping[TicketId, Ticket]
    by_mail: Mapping[Named, Collection[TicketId]]
    by_number: Mapping[Named, TicketId]
    by_sender: Mapping[tuple[AccountId, str], TicketId]
    writers: Mapping[TicketId, Collection[str]]


def gather_threads(connection: Connection, batch: Sequence[Parsed], answered: Collection[TicketId]) -> Threads:
    """Ask the store for every ticket that the batch may go on from; `answered` are those of our own messages."""
    by_mail = find_tickets_of_mail(connection, MACHINE, {named for each in batch for named in _mails(each)})
    by_number = find_tickets_by_number(connection, MACHINE, {named for each in batch for named in _numbers(each)})
    by_sender = find_tickets_of_senders(connection, MACHINE, {key for each in batch for key in _senders(each)})
    named = {*by_number.values(), *(id for ids in by_mail.values() for id in ids)}
    return Threads(
        tickets=_with_merged(connection, {*named, *answered, *by_sender.values()}),
        by_mail=by_mail,
        by_number=by_number,
        by_sender=by_sender,
        writers=find_writers(connection, MACHINE, named),
    )


def _with_merged(connection: Connection, ids: Collection[TicketId]) -> dict[TicketId, Ticket]:
    """Return the tickets by their rows; in place of one that is merged into another, the other."""
    into = find_into(connection, MACHINE, ids)
    found = find_tickets(connection, MACHINE, {*ids, *into.values()})
    return {id: found[into.get(id, id)] for id in ids if into.get(id, id) in found}


def find_followed(parsed: Parsed, threads: Threads, answered: TicketId | None) -> Followed | None:
    """Return the ticket that a message goes on from; None: it begins something new.

    What it answers of ours says it best; then an earlier mail or a number that it names, if its sender has written in
    that ticket; then, where the channel knows no threads, the sender alone. An open ticket goes before a closed one.
    """
    if answered is not None and answered in threads.tickets:
        return Followed(threads.tickets[answered], by_our_message=True)
    mails = (id for named in _mails(parsed) for id in threads.by_mail.get(named, ()))
    numbers = (threads.by_number[named] for named in _numbers(parsed) if named in threads.by_number)
    for ids in (mails, numbers):
        found = _best(threads.tickets[id] for id in ids if id in threads.tickets and _wrote_in(parsed, threads, id))
        if found is not None:
            return Followed(found)
    of_sender = [threads.by_sender[key] for key in _senders(parsed) if key in threads.by_sender]
    found = _best(threads.tickets[id] for id in of_sender if id in threads.tickets)
    return None if found is None else Followed(found, by_sender_alone=True)


def may_go_on(parsed: Parsed) -> bool:
    """Say whether a message names anything by which it could go on from a ticket."""
    return bool(parsed.referred or next(_numbers(parsed), None) or next(_senders(parsed), None))


def in_turn(batch: Iterable[Parsed]) -> Iterator[list[Parsed]]:
    """Cut a batch where a message may go on from one before it in the batch, whose ticket does not exist yet."""
    part: list[Parsed] = []
    known: set[object] = set()
    for each in batch:
        if part and not known.isdisjoint((*_mails(each), *_senders(each))):
            yield part
            part, known = [], set()
        part.append(each)
        known.update(_senders(each))
        if each.message.message_id is not None:
            known.add((each.account.organisation, each.message.message_id))
    if part:
        yield part


def _mails(parsed: Parsed) -> Iterator[Named]:
    return ((parsed.account.organisation, id) for id in parsed.referred)


def _numbers(parsed: Parsed) -> Iterator[Named]:
    return ((parsed.account.organisation, number) for number in numbers_in(parsed.message.subject))


def _senders(parsed: Parsed) -> Iterator[tuple[AccountId, str]]:
    """Yield by whose ticket a message may go on: what is written in public goes on only from what it replies to."""
    sender = _sender(parsed)
    if sender and parsed.account.channel in THREADLESS and parsed.message.header("kind") != "comment":
        yield parsed.account.id, sender


def _wrote_in(parsed: Parsed, threads: Threads, id: TicketId) -> bool:
    sender = _sender(parsed)
    return bool(sender) and (
        sender in threads.writers.get(id, ()) or sender == threads.tickets[id].sender_address.lower()
    )


def _sender(parsed: Parsed) -> str:
    return parsed.message.sender.address.lower() if parsed.message.sender is not None else ""


def _best(tickets: Iterable[Ticket]) -> Ticket | None:
    return max(tickets, key=lambda each: (each.status is TicketStatus.open, each.id), default=None)
