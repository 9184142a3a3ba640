"""Commit: a decided batch goes into the store, all of it or nothing.

Reads: nothing.
Writes: letters, tickets, replies and alerts in the outbox, the messages' rows, which rules hit, suppressions, events,
evidence; all in the caller's transaction, one statement of a kind.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.ids import Digest, MessageId, TicketId
from domain.message import Fate, Message
from domain.site import Site
from domain.viewer import MACHINE
from intake.evidence import answers_beside_us
from pipeline.go_on import go_on
from pipeline.handled import note_owed
from pipeline.notify import follow_rules
from pipeline.observe import note_answer
from pipeline.opt_out import note_opt_word
from pipeline.report_back import note_reports
from pipeline.restored import lost_until
from pipeline.same_thread import goes_on_from_the_same, hold_touched
from pipeline.settled import Settled
from pipeline.writable import numbered
from store.contacts import ContactPoint, add_contact_points
from store.database import Connection
from store.events import NewEvent, append_all
from store.handlings import Owed, note_auto_reply
from store.ledger import adopt
from store.letters import claim_letters
from store.messages import DecidedMessage, mark_decided
from store.new_tickets import open_tickets
from store.outgoing import NewOutgoing, add_all_outgoing
from store.promised import find_promised
from store.rule_hits import RuleHit, add_hits


class ClaimLost(Exception):
    """Another worker holds a message of the batch: this transaction must not be committed."""


class DecidedTooSoon(Exception):
    """What it was decided by has changed: this transaction must not be committed, and the batch decided anew."""


class LetterTaken(DecidedTooSoon):
    """Another worker has just decided a copy."""


class ThreadMoved(DecidedTooSoon):
    """A ticket that a message goes on from was opened, closed or given away meanwhile."""


def commit(
    connection: Connection, batch: Sequence[Settled], worker: str, site: Site, digest: Digest, now: datetime
) -> int:  # fmt: skip
    """Write down what was decided of a batch; return about how many tickets somebody is to be called.

    What others may wait for comes in one order: letters, the tickets that the batch touches, then ticket numbers as
    late as can be.

    Raises:
        ClaimLost: another worker took a message over; the caller's transaction must roll back.
        DecidedTooSoon: another worker brought a letter first, or a ticket that it was decided by is another now;
            likewise, and it is worth another try.
    """
    if not claim_letters(connection, {each.parsed.letter_key: _id(each) for each in batch if each.first_of_letter}):
        raise LetterTaken("a copy of one of the letters was decided meanwhile")
    hold_touched(connection, batch)
    _note_what_came_before(connection, batch, now)
    if not goes_on_from_the_same(connection, batch):
        raise ThreadMoved("a ticket that one of the messages goes on from is another than when it was decided")
    opened = _open(connection, batch, site, now)
    tickets = _tickets(batch, opened)
    if not mark_decided(connection, [_row(each, tickets) for each in batch], worker, at=now):
        raise ClaimLost(f"one of messages {_id(batch[0])} to {_id(batch[-1])} is no longer ours")
    add_hits(connection, [hit for each in batch for hit in _hits(each)], now)
    for each in batch:
        if each.joins is not None:
            go_on(connection, each.joins, _id(each), each.parsed.message.arrived_at, each.asked_again_due_at, now)
    append_all(connection, [_event(each, tickets, digest, now) for each in batch])
    _note_given(connection, batch)
    # In one order, as above; what one number says stays in its own.
    for each in sorted(batch, key=lambda one: one.parsed.address):
        if each.fate is not Fate.history:
            note_opt_word(connection, each.parsed.account, each.parsed.message, _id(each), tickets.get(_id(each)), now)
    _note_owed(connection, batch, tickets)
    _note_other_machines(connection, batch, site, now)
    for each in batch:
        if each.answer is not None:
            message, account = each.parsed.message, each.parsed.account
            ticket = tickets.get(_id(each))
            note_answer(connection, account, _id(each), ticket, each.answer, message.arrived_at, now)
    return sum(_follow_rules(connection, each, opened, now) for each in batch)


def _note_given(connection: Connection, batch: Sequence[Settled]) -> None:
    """Keep by what else the senders of tickets can be reached, where they wrote it themselves."""
    rows = [
        ContactPoint(each.parsed.account.organisation, _id(each), sender.address.lower(), value)
        for each in batch
        if (sender := each.parsed.message.sender) is not None
        for value in each.given
    ]
    add_contact_points(connection, rows)


def _note_what_came_before(connection: Connection, batch: Sequence[Settled], now: datetime) -> None:
    """Note what the batch says of messages that we know: copies in one account, and reports about our replies."""
    for each in batch:
        account = each.parsed.account
        if each.copy_of is not None and each.copy_of.account == account.id:
            adopt(connection, account, _id(each), each.copy_of.id, now)
    note_reports(connection, [(each.parsed.account, each.report) for each in batch if each.report is not None], now)


def _open(
    connection: Connection, batch: Sequence[Settled], site: Site, now: datetime
) -> dict[MessageId, tuple[TicketId, str]]:
    """Open tickets and put replies into the outbox; return row and number of the ticket that each message opened."""
    opens = {_id(each): each.opens for each in batch if each.opens is not None}
    opened = dict(zip(opens, open_tickets(connection, list(opens.values())), strict=True))
    replies = []
    lost = lost_until(connection) if any(each.reply for each in batch) else now
    for each in batch:
        if each.reply is not None:
            ticket, number = opened[_id(each)]
            reply = numbered(each.reply, site, number, key=_reply_key(each), now=now)
            in_doubt = each.parsed.waiting.arrival.provider_at < lost
            new = NewOutgoing(
                intent=reply.intent, draft=reply.draft, ticket=ticket, message=_id(each), in_doubt=in_doubt
            )  # fmt: skip
            replies.append(new)
    add_all_outgoing(connection, replies, at=now)
    return opened


def _reply_key(settled: Settled) -> str:
    """Return what makes a reply's Message-ID its own: the same for the same message, also on a restored machine.

    By it a reply is found among the sent mail that a lost machine sent. Nobody guesses it who has not seen the original
    with its stamps: who could, might report it as not arrived.
    """
    arrival, account = settled.parsed.waiting.arrival, settled.parsed.account
    told = hashlib.sha256(f"{account.id} {arrival.identity} ".encode("utf-8", "surrogatepass"))
    told.update(arrival.original)
    return f"reply.{told.hexdigest()[:32]}"


def _tickets(
    batch: Sequence[Settled], opened: Mapping[MessageId, tuple[TicketId, str]]
) -> dict[MessageId, TicketId]:  # fmt: skip
    """Return the ticket of each message that has one: its own, the one it follows up, or its first's."""
    tickets = {id: ticket for id, (ticket, _) in opened.items()}
    for each in batch:
        first = each.copy_of
        shared = each.joins.id if each.joins else (first.ticket or tickets.get(first.id)) if first else None
        if shared is not None:
            tickets[_id(each)] = shared
    return tickets


def _note_owed(connection: Connection, batch: Sequence[Settled], tickets: Mapping[MessageId, TicketId]) -> None:
    """Note what people are to handle: what has a ticket whose clocks run; a copy in its own account is no new one."""
    candidates = {
        _id(each): each for each in batch if not (each.copy_of and each.copy_of.account == each.parsed.account.id)
    }
    promised = find_promised(connection, MACHINE, {tickets[id] for id in candidates if id in tickets})
    owed = {id: each.parsed for id, each in candidates.items() if tickets.get(id) in promised}
    note_owed(
        connection,
        [
            Owed(organisation=each.account.organisation, account=each.account.id, message=id,
                 arrived_at=each.message.arrived_at)
            for id, each in owed.items()
        ],
        {id: each.message.flags for id, each in owed.items()},
        {each.account.id: each.account for each in owed.values()},
    )  # fmt: skip


def _note_other_machines(connection: Connection, batch: Sequence[Settled], site: Site, now: datetime) -> None:
    """Note which of our own addresses another machine answers from, such as a notice of absence that came to us."""
    accounts = {each.id for each in site.accounts}
    for each in batch:
        message = each.parsed.message
        sender = message.sender.address.lower() if message.sender else ""
        if sender not in site.own_addresses:
            continue
        owner = next(owner for owner in site.accounts if sender in owner.addresses)
        if answers_beside_us(message, accounts, site.mail):
            note_auto_reply(connection, owner.id, min(message.arrived_at, now))


def _follow_rules(
    connection: Connection, settled: Settled, opened: Mapping[MessageId, tuple[TicketId, str]], now: datetime
) -> bool:
    """Do to a message's ticket what the rules say; return whether somebody is to be called."""
    joined = (settled.joins.id, settled.joins.number) if settled.joins is not None else None
    ticket, parsed = joined or opened.get(_id(settled)), settled.parsed
    if ticket is None or settled.decision is None:
        return False
    return follow_rules(connection, parsed.account, parsed.message, settled.decision, *ticket, now)


def _row(settled: Settled, tickets: Mapping[MessageId, TicketId]) -> DecidedMessage:
    parsed = settled.parsed
    return DecidedMessage(
        id=_id(settled),
        fate=settled.fate,
        message=parsed.message,
        letter=parsed.letter,
        ticket=tickets.get(_id(settled)),
        outgoing=settled.outgoing,
        explanation=settled.explanation,
    )


def _event(settled: Settled, tickets: Mapping[MessageId, TicketId], digest: Digest, now: datetime) -> NewEvent:
    account = settled.parsed.account
    return NewEvent(
        "decided",
        at=now,
        organisation=account.organisation,
        actor="decide",
        account=account.id,
        message=_id(settled),
        ticket=tickets.get(_id(settled)),
        details={"fate": settled.fate, "site": digest, **_arrival(settled.parsed.message)},
    )


def _arrival(message: Message) -> dict[str, Any]:
    """Return whose time the arrival is, and how far the border server and the provider are apart (P5)."""
    seconds = message.arrival_difference.total_seconds() if message.arrival_difference is not None else None
    difference = {} if seconds is None else {"arrival_difference_seconds": seconds}
    return {"arrival": message.arrival_why, **difference} if message.arrival_why else {}


def _hits(settled: Settled) -> list[RuleHit]:
    """Return the rules that hit a message which was decided anew, each once."""
    rules = dict.fromkeys(each.id for each in settled.decision.rules) if settled.decision is not None else ()
    return [RuleHit(_id(settled), rule, settled.parsed.account.organisation) for rule in rules]


def _id(settled: Settled) -> MessageId:
    return settled.parsed.waiting.id
