"""Context: gather from the store what triage must know beside the messages of a batch, so that triage stays pure.

One question of a kind for all of them; what they mean for each other is added from `pipeline.so_far`.

Reads: earlier letters, our own outgoing messages and their tickets, the reply history, what Sent answers, the senders'
earlier languages, who has opted out, how many SMS came from numbers that begin alike.
Writes: nothing.

Not gathered: `Context.sibling_accounts` (domain.md 3.3 row 27). A copy in another mailbox is known by its letter, and
shares the ticket and reply of the copy that was decided first; which mailbox that was is chance.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.account import Channel
from domain.brakes import ReplyHistory
from domain.context import Context
from domain.flood import Beginning
from domain.follow_up import Followed
from domain.ids import AccountId, Digest, OrganisationId, OutgoingId, TicketId
from domain.outgoing import AUTOMATIC_REPLIES, OutgoingKind
from domain.page import ANSWERS_BY_ITSELF_FOR
from domain.site import Site
from domain.suppression import SuppressionReason
from domain.ticket import TicketStatus
from domain.viewer import MACHINE
from pipeline.observe import first_answer
from pipeline.parsed import Parsed
from pipeline.so_far import SoFar
from pipeline.threads import Threads, find_followed, gather_threads
from store.canaries import find_canaries
from store.correspondents import Correspondent, find_earlier_languages, find_known
from store.database import Connection
from store.letters import Earlier, LetterKey, find_letters, find_letters_under
from store.pages import find_answered_in_private, list_answering_by_themselves
from store.reply_history import find_reply_histories
from store.sent import OurMessage, find_our_messages
from store.sent_answers import SentAnswer, find_sent_answers
from store.sms_floods import count_beginnings
from store.suppressions import find_suppressions

#: Kinds that no person wrote.
AUTOMATIC = AUTOMATIC_REPLIES | {OutgoingKind.alert}

HOUR = timedelta(hours=1)

#: A Message-ID in one organisation.
Named = tuple[OrganisationId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the store knows around a batch."""

    letters: Mapping[LetterKey, Earlier]
    letters_under: Mapping[Named, Collection[Digest]]
    #: By Message-ID, of every organisation.
    ours: Mapping[str, OurMessage]
    threads: Threads
    answers: Mapping[Named, Sequence[SentAnswer]]
    histories: Mapping[Correspondent, ReplyHistory]
    languages: Mapping[Correspondent, str]
    #: To whom we have written; asked only where a rule asks.
    known: Collection[Correspondent]
    #: Why numbers get no SMS.
    opted_out: Mapping[Correspondent, str]
    #: The marks of test mails of ours, each with the account that it was sent to.
    canaries: Collection[tuple[AccountId, str]]
    #: SMS of the last hour, by how their numbers begin.
    beginnings: Mapping[Beginning, int]
    #: Pages that answer by themselves, by Meta's own settings.
    by_themselves: Collection[AccountId] = frozenset()
    #: Comments that were answered in private, by their account.
    in_private: Collection[tuple[AccountId, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The context for triage, and what the message belongs to."""

    context: Context
    #: Our message that it answers or reports on.
    ours: OutgoingId | None
    #: The ticket of that message.
    answered: TicketId | None
    #: The ticket that it goes on from.
    followed: Followed | None
    #: Our message that a report names.
    reports_on: OurMessage | None


def gather(connection: Connection, batch: Sequence[Parsed], site: Site, now: datetime) -> Gathered:
    """Ask the store everything that the decisions of a batch need."""
    asks_for_contacts = site.rule_index.asks_for_contacts
    ours = find_our_messages(connection, MACHINE, {id for each in batch for id in each.referred | each.reported})
    message_ids = {named for each in batch if (named := _named(each)) is not None}
    correspondents = {each.correspondent for each in batch}
    return Gathered(
        letters=find_letters(connection, MACHINE, {each.letter_key for each in batch}),
        letters_under=find_letters_under(connection, MACHINE, message_ids),
        ours={each.message_id: each for each in ours},
        threads=gather_threads(connection, batch, {each.ticket for each in ours if each.ticket is not None}),
        answers=find_sent_answers(connection, MACHINE, message_ids),
        histories=find_reply_histories(connection, MACHINE, correspondents, now),
        languages=find_earlier_languages(connection, MACHINE, correspondents),
        known=find_known(connection, MACHINE, correspondents) if asks_for_contacts else frozenset(),
        opted_out=_opted_out(connection, batch, now),
        canaries=find_canaries(connection, MACHINE, {mark for each in batch for mark in each.marks}),
        beginnings=_beginnings(connection, batch, now),
        **_of_pages(connection, batch, now),
    )


def _opted_out(connection: Connection, batch: Sequence[Parsed], now: datetime) -> dict[Correspondent, str]:
    by_sms = {each.correspondent for each in batch if each.message.channel is Channel.sms}
    found = find_suppressions(connection, MACHINE, by_sms, now) if by_sms else {}
    return {about: each.why for about, each in found.items() if each.reason is SuppressionReason.opted_out}


def _beginnings(connection: Connection, batch: Sequence[Parsed], now: datetime) -> dict[Beginning, int]:
    beginnings = {each.beginning for each in batch if each.beginning is not None}
    return count_beginnings(connection, MACHINE, beginnings, now - HOUR) if beginnings else {}


def _of_pages(connection: Connection, batch: Sequence[Parsed], now: datetime) -> dict[str, Any]:
    """Return what is asked only of messages that came to a page."""
    at_pages: dict[AccountId, set[str]] = {}
    for each in batch:
        if each.account.channel is Channel.facebook:
            at_pages.setdefault(each.account.id, set()).add(each.waiting.arrival.identity)
    if not at_pages:
        return {}
    since = now - ANSWERS_BY_ITSELF_FOR
    return {
        "by_themselves": list_answering_by_themselves(connection, MACHINE, since),
        "in_private": frozenset(
            (account, comment)
            for account, comments in at_pages.items()
            for comment in find_answered_in_private(connection, MACHINE, account, comments)
        ),
    }


def find_earlier(parsed: Parsed, gathered: Gathered, so_far: SoFar) -> Earlier | None:
    """Return the message that first brought a letter, from the store or from the batch itself; None: this one does."""
    found = gathered.letters.get(parsed.letter_key) or so_far.first(parsed.letter_key)
    return None if found is None or found.id == parsed.waiting.id else found


def find_answer(parsed: Parsed, gathered: Gathered, site: Site) -> SentAnswer | None:
    """Return the first mail in Sent by which a person answered a message; None: there is none that we know of."""
    named = _named(parsed)
    return first_answer(gathered.answers.get(named, ()), parsed.message, site) if named is not None else None


def surroundings(
    parsed: Parsed, gathered: Gathered, so_far: SoFar, answer: SentAnswer | None, site: Site, now: datetime
) -> Surroundings:
    """Return what triage must know about one message of a batch, those before it in the batch included."""
    ours = _ours(parsed, gathered)
    last = _latest(ours)
    answered = last.ticket if last else None
    followed = find_followed(parsed, gathered.threads, answered)
    context = _context(parsed, gathered, so_far, ours, answer, now, thread_open=_is_open(followed))
    if parsed.account.channel is Channel.facebook:
        context = _at_page(context, parsed, gathered, site)
    return Surroundings(
        context=context,
        ours=last.id if last else None,
        answered=answered,
        followed=followed,
        reports_on=_latest([each for each in ours if each.message_id in parsed.reported]),
    )


def _context(
    parsed: Parsed, gathered: Gathered, so_far: SoFar, ours: Sequence[OurMessage], answer: SentAnswer | None,
    now: datetime, *, thread_open: bool,
) -> Context:  # fmt: skip
    ids = frozenset(each.message_id for each in ours)
    automatic = frozenset(each.message_id for each in ours if each.kind in AUTOMATIC)
    about = parsed.correspondent
    history = so_far.added_to(gathered.histories[about], about)
    return Context(
        account=parsed.account,
        now=now,
        history=replace(
            history,
            # Asked at the gate (outbox/brakes.py), which stops all replies and tells somebody: a reply that is withheld
            # here already would hide the flood from it.
            installation_last_hour=0,
            thread_receipt=bool(automatic & parsed.referred),
            human_wrote=bool(ids & parsed.referred - automatic),
            answered="a mail in Sent answers it" if answer is not None else None,
        ),
        our_automatic_ids=automatic & parsed.referred,
        our_human_ids=ids & parsed.referred - automatic,
        reported_ids=ids & parsed.reported,
        seen_before=_seen_before(parsed, gathered, so_far),
        earlier_language=so_far.language(about) or gathered.languages.get(about),
        opted_out=gathered.opted_out.get(about),
        prefix_last_hour=_came_alike(parsed, gathered, so_far),
        known_contact=about in gathered.known or so_far.language(about) is not None,
        thread_open=thread_open,
    )


def _came_alike(parsed: Parsed, gathered: Gathered, so_far: SoFar) -> int:
    """Return how many SMS came within the hour from numbers that begin like this one, this one included."""
    if parsed.beginning is None:
        return 0
    return gathered.beginnings.get(parsed.beginning, 0) + so_far.count_beginning(parsed.beginning) + 1


def _at_page(context: Context, parsed: Parsed, gathered: Gathered, site: Site) -> Context:
    """Add what triage asks only of messages to a page (domain.md 3.8 rows 7 to 9)."""
    sender = parsed.message.sender.address if parsed.message.sender is not None else ""
    account = parsed.account.id
    return replace(
        context,
        sender_is_page=any(each.channel is Channel.facebook and each.address == sender for each in site.accounts),
        private_reply_sent=(account, parsed.waiting.arrival.identity) in gathered.in_private,
        instant_reply_on=account in gathered.by_themselves,
    )


def _is_open(followed: Followed | None) -> bool:
    """Say whether the sender has an open ticket where the channel knows no other threads (3.7 rows 5 and 6)."""
    return followed is not None and followed.by_sender_alone and followed.ticket.status is TicketStatus.open


def _ours(parsed: Parsed, gathered: Gathered) -> list[OurMessage]:
    """Return our messages that a message names: a ticket never crosses the border of its organisation (P2)."""
    found = (gathered.ours.get(id) for id in parsed.referred | parsed.reported)
    return [each for each in found if each is not None and each.organisation == parsed.account.organisation]


def _seen_before(parsed: Parsed, gathered: Gathered, so_far: SoFar) -> str | None:
    named = _named(parsed)
    if named is None:
        return None
    others = {*gathered.letters_under.get(named, ()), *so_far.letters_under(named)} - {parsed.letter}
    return "other" if others else None


def _named(parsed: Parsed) -> Named | None:
    message_id = parsed.message.message_id
    return None if message_id is None else (parsed.account.organisation, message_id)


def _latest(ours: Sequence[OurMessage]) -> OurMessage | None:
    return max(ours, key=lambda each: each.id, default=None)
