"""Observe: note what people did in the mailbox, and stop the answer clock of what they answered (P4, P10).

Reads: what a batch observed; the ledger; what Sent answers.
Writes: evidence, the ledger, the answer clock of tickets, how far our messages have come, events; all in the caller's
transaction, but for `settle`, which has its own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from domain.account import Account
from domain.evidence import EvidenceKind
from domain.ids import MessageId, TicketId
from domain.message import Arrival, Batch, Message, Observation
from domain.site import Site
from domain.viewer import MACHINE
from intake.evidence import correspondents, read_sent
from intake.parse import parse
from pipeline.delivery import note_deliveries
from pipeline.handled import note_handled, note_said
from pipeline.page import note_page
from store.clocks import mark_answer_met
from store.database import Connection, Database
from store.events import append
from store.evidence import Seen, add_about_message
from store.flags import note_flags
from store.handlings import note_auto_reply, set_ticket_handled
from store.ledger import note_listing
from store.messages import find_ticket
from store.originals import get_original
from store.sent import find_our_messages
from store.sent_answers import SentAnswer, Unsettled, add_sent_answers, find_unsettled, mark_settled

#: A message may be decided at the very moment that we read what answers it, each without seeing the other, or a worker
#: may die before it has settled what it read: such answers are looked for again, for this long.
LOOKED_FOR = timedelta(days=1)


def observe(
    connection: Connection, site: Site, account: Account, batch: Batch, seen: Sequence[Seen], now: datetime
) -> None:
    """Note what a batch observed; `seen` is what its arrivals have shown already."""
    flags = [each for each in batch.observations if each.kind == "flags"]
    noted = [*seen, *note_flags(connection, account, flags, now)]
    for listing in batch.listings:
        noted += note_listing(connection, account, listing, now)
    for each in batch.observations:
        if each.kind == "sent":
            _keep_answer(connection, site, account, each, now)
    note_page(connection, account, batch.observations, now)
    note_handled(connection, account, noted, now)
    for message in dict.fromkeys(each.message for each in noted if each.kind is EvidenceKind.answered):
        if message is not None:
            ticket = find_ticket(connection, MACHINE, message)
            _stop_clock(connection, account, message, ticket, by="flag", at=now, now=now)
    note_deliveries(connection, account, batch.observations, site.brakes, now)
    _tell(connection, account, noted, now)


def first_answer(answers: Iterable[SentAnswer], message: Message, site: Site) -> SentAnswer | None:
    """Return the first of the mails in Sent that refer to a message by which a person answered it, if there is one."""
    addresses = correspondents(message, site.mail)
    return next((each for each in answers if each.went_to(addresses)), None)


def note_answer(
    connection: Connection, account: Account, message: MessageId, ticket: TicketId | None, answer: SentAnswer,
    arrived_at: datetime, now: datetime,
) -> None:  # fmt: skip
    """Note that a person has answered a message, and stop the answer clock of its ticket."""
    kind, details = EvidenceKind.answered, {"by": "sent"}
    if add_about_message(
        connection, account, message, kind, at=answer.at, noted_at=now, key=answer.key, details=details
    ):  # fmt: skip
        note_said(connection, account, message, kind, answer.at, now)
    # A mail program whose clock is wrong must not answer before the question, nor in the future.
    at = min(max(answer.at, arrived_at), now)
    _stop_clock(connection, account, message, ticket, by="sent", at=at, now=now)


def _keep_answer(connection: Connection, site: Site, account: Account, observation: Observation, now: datetime) -> None:
    """Keep what a person's mail in Sent refers to; an automatic reply of ours answers nothing (P10)."""
    at = datetime.fromisoformat(observation.details["at"])
    mail = read_sent(observation.details["headers"], at, {each.id for each in site.accounts}, site.mail)
    if mail is None or not (mail.by_person or mail.by_other_machine) or not (mail.in_reply_to or mail.references):
        return
    if mail.message_id is not None and find_our_messages(connection, MACHINE, [mail.message_id]):
        return
    if mail.by_other_machine:
        note_auto_reply(connection, account.id, min(at, now))
        return
    add_sent_answers(
        connection,
        account,
        key=mail.message_id or observation.identity,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        recipients=mail.recipients,
        at=at,
        noted_at=now,
    )


def settle(database: Database, site: Site, account: Account, now: datetime) -> None:
    """Note which messages the mails in Sent answer, of those that are decided. Safe to run twice, and by two at once.

    Originals are read before anything is written: a big one must not hold up everybody else who writes.
    """
    with database.read() as connection:
        unsettled = find_unsettled(connection, MACHINE, account.id, now - LOOKED_FOR)
    read: list[tuple[Unsettled, frozenset[str]]] = []
    for each in unsettled:
        with database.read() as connection:
            original = get_original(connection, MACHINE, each.organisation, each.digest)
        read.append((each, _correspondents(original, each, account, site)))
    if not read:
        return
    mine: dict[int, bool] = {}
    with database.write() as connection:
        for each, addresses in read:
            # One that lost its lease may be at it too: who marks a mail first notes what it answers.
            if each.id not in mine:
                mine[each.id] = mark_settled(connection, each.id, now)
            if mine[each.id]:
                _settle(connection, site, account, each, addresses, now)


def _correspondents(original: bytes, unsettled: Unsettled, account: Account, site: Site) -> frozenset[str]:
    arrival = Arrival(
        identity="", original=original, media_type=unsettled.media_type, provider_at=unsettled.arrived_at
    )  # fmt: skip
    return frozenset(correspondents(parse(arrival, channel=account.channel, mail=site.mail), site.mail))


def _settle(
    connection: Connection, site: Site, account: Account, unsettled: Unsettled, addresses: frozenset[str], now: datetime
) -> None:
    answer = unsettled.answer
    if answer.went_to(addresses):
        note_answer(connection, account, unsettled.message, unsettled.ticket, answer, unsettled.arrived_at, now)
    elif answer.direct:
        kind = EvidenceKind.forwarded
        details = {"by": "sent", "outside": not answer.went_to(site.own_addresses)}
        if add_about_message(
            connection, account, unsettled.message, kind, at=answer.at, noted_at=now, key=answer.key, details=details
        ):  # fmt: skip
            note_said(connection, account, unsettled.message, kind, answer.at, now)


def _stop_clock(
    connection: Connection, account: Account, message: MessageId, ticket: TicketId | None, *, by: str, at: datetime,
    now: datetime,
) -> None:  # fmt: skip
    if ticket is None:
        return
    set_ticket_handled(connection, ticket, at, EvidenceKind.answered)
    if mark_answer_met(connection, ticket, at):
        append(
            connection, "answer_seen", at=now, organisation=account.organisation, actor="observe", account=account.id,
            message=message, ticket=ticket, by=by, answered_at=at.isoformat(),
        )  # fmt: skip


def _tell(connection: Connection, account: Account, noted: Iterable[Seen], now: datetime) -> None:
    counts = Counter(str(each.kind) for each in noted)
    if counts:
        append(
            connection, "observed", at=now, organisation=account.organisation, actor="observe", account=account.id,
            evidence=dict(sorted(counts.items())),
        )  # fmt: skip
