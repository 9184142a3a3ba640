"""Replay: decide stored messages again by other rules or categories, and say what would be otherwise.

Reads: originals, what was decided then, our own messages.
Writes: nothing, on connections that cannot.

It is computed on behalf of the machine, for every ticket counts; what it gives back is what the operator may see.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from multiprocessing import get_context
from typing import NamedTuple

from domain.brakes import ReplyHistory
from domain.context import Context
from domain.decision import Decision
from domain.ids import AccountId, MessageId, OrganisationId
from domain.message import Message
from domain.outgoing import OutgoingKind
from domain.rule_trial import Difference, TrialChange
from domain.site import Site
from domain.viewer import MACHINE, Viewer
from intake.parse import parse
from intake.report import reported_message_ids
from pipeline.context import AUTOMATIC
from pipeline.difference import as_shown, differences, is_secret, stored_summary, summary_of
from pipeline.parsed import address_of
from store.columns import as_key
from store.database import Connection, Database
from store.replayed import FIRST, DecidedMessage, Word, find_decided, find_words_to, list_decided
from store.sent import OurMessage, find_our_messages
from triage.decide import decide
from triage.set_aside import set_aside

log = logging.getLogger(__name__)

#: Messages that a process takes at once, and what their originals may take together.
AT_ONCE = 200
BYTES_AT_ONCE = 16 * 1024 * 1024

#: So few messages are not worth another process, whose start takes seconds.
FEW = 400


class Changed(NamedTuple):
    """A message that would be decided differently, as far as the operator may see it."""

    message: MessageId
    #: The number of its ticket; None: it has none.
    number: str | None
    differences: tuple[Difference, ...]
    #: All of it, for the pages, which show of it what their visitor may see.
    whole: TrialChange


@dataclass(slots=True)
class Replayed:
    """What came of it."""

    #: Messages that were decided again.
    messages: int = 0
    #: Passed over: nothing had been decided of them anew, or their account is gone.
    passed_over: int = 0
    changed: list[Changed] = field(default_factory=list)

    def add(self, other: "Replayed") -> None:
        """Add what came of other messages."""
        self.messages += other.messages
        self.passed_over += other.passed_over
        self.changed += other.changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is tried on which messages."""

    candidate: Site
    #: None: it is compared with what was decided then; else with what this configuration would decide.
    against: Site | None
    #: Messages that were stored since.
    since: datetime
    #: Whose messages: the machine's, of all organisations or of one.
    viewer: Viewer = MACHINE


@dataclass(frozen=True, slots=True)
class Chunk:
    """Messages that one process takes at once."""

    first: MessageId
    last: MessageId
    count: int


def plan(
    database: Database, since: datetime, *, viewer: Viewer = MACHINE, after: MessageId = FIRST
) -> tuple[Chunk, ...]:
    """Return the decided messages since then, in chunks of bounded size; `after`: only those behind it."""
    with database.read() as connection:
        return tuple(_chunks(list_decided(connection, viewer, since, after=after)))


def replay(
    database: Database, asked: Asked, chunks: Sequence[Chunk], *, processes: int | None = None,
    advance: Callable[[int], None] = lambda count: None,
) -> Replayed:  # fmt: skip
    """Decide the messages again; `advance` is told how many more are done.

    Args:
        database: where they lie; each process opens a connection of its own.
        asked: what is tried.
        chunks: what `plan` gave.
        processes: how many work; None: as many as there are cores.
        advance: called after each chunk.
    """
    total = Replayed()
    for chunk, done in zip(chunks, _work(database, asked, chunks, processes), strict=True):
        total.add(done)
        advance(chunk.count)
    return total


def replay_chunk(connection: Connection, asked: Asked, chunk: Chunk) -> Replayed:
    """Decide the messages of one chunk again."""
    done = Replayed()
    read: list[tuple[DecidedMessage, Message, frozenset[str]]] = []
    for each in find_decided(connection, asked.viewer, asked.since, chunk.first, chunk.last):
        account = next((account for account in asked.candidate.accounts if account.id == each.account), None)
        if account is None or not _has_account(asked.against, each.account) or "category" not in each.explanation:
            done.passed_over += 1
            continue
        message = parse(each.arrival, channel=account.channel, mail=asked.candidate.mail)
        reported = reported_message_ids(each.arrival.original)
        # What is kept of it while the others are read must not hold the original.
        small = replace(each, arrival=replace(each.arrival, original=b""))
        read.append((small, message, reported))
    around = _Surroundings(connection, asked.candidate, read)
    for each, message, reported in read:
        changed = _compare(asked, each, message, around.context(each, message, reported))
        done.messages += 1
        if changed is not None:
            done.changed.append(changed)
    return done


def _chunks(sizes: Sequence[tuple[MessageId, int]]) -> Iterator[Chunk]:
    held: list[MessageId] = []
    room = BYTES_AT_ONCE
    for id, size in sizes:
        if held and (len(held) == AT_ONCE or size > room):
            yield Chunk(held[0], held[-1], len(held))
            held, room = [], BYTES_AT_ONCE
        held.append(id)
        room -= size
    if held:
        yield Chunk(held[0], held[-1], len(held))


def _work(database: Database, asked: Asked, chunks: Sequence[Chunk], processes: int | None) -> Iterator[Replayed]:
    count = processes or os.cpu_count() or 1
    if count == 1 or sum(chunk.count for chunk in chunks) <= FEW:
        for chunk in chunks:
            with database.read() as connection:
                yield replay_chunk(connection, asked, chunk)
        return
    with ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_begin, initargs=(database.url, asked)
    ) as pool:
        yield from pool.map(_continue, chunks)


#: What a process of the pool works with: set once, when it begins.
_own: list[tuple[Database, Asked]] = []


def _begin(url: str, asked: Asked) -> None:
    _own.append((Database(url), asked))


def _continue(chunk: Chunk) -> Replayed:
    database, asked = _own[0]
    with database.read() as connection:
        return replay_chunk(connection, asked, chunk)


def _compare(asked: Asked, each: DecidedMessage, message: Message, context: Context) -> Changed | None:
    after = summary_of(_decide(message, context, asked.candidate), each.explanation)
    before = stored_summary(each.explanation)
    if asked.against is not None:
        account = next(one for one in asked.against.accounts if one.id == each.account)
        now = _decide(message, replace(context, account=account), asked.against)
        before = summary_of(now, each.explanation)
    found = differences(before, after)
    if not found:
        return None
    whole = TrialChange(
        message=each.id, organisation=each.organisation, ticket=each.ticket, number=each.number,
        secret=is_secret(before, after), differences=found,
    )  # fmt: skip
    return Changed(each.id, each.number, as_shown(found, before, after), whole)


def _has_account(against: Site | None, id: AccountId) -> bool:
    """Ask whether what it is compared with can decide about the account: it may have lost it since the trial began."""
    return against is None or any(each.id == id for each in against.accounts)


def _decide(message: Message, context: Context, site: Site) -> Decision:
    """Decide as the flow does: what triage cannot decide is set aside (P1)."""
    try:
        return decide(message, context, site)
    except Exception as error:
        log.exception("triage failed on a stored message")
        return set_aside(message, context, site, why=f"triage failed: {type(error).__name__}")


class _Surroundings:
    """What is known around the messages of a chunk, asked of the store once for all."""

    def __init__(
        self, connection: Connection, site: Site, read: Sequence[tuple[DecidedMessage, Message, frozenset[str]]]
    ) -> None:
        self._site = site
        ids = {id for _, message, reported in read for id in (*_referred(message), *reported)}
        self._ours: dict[str, OurMessage] = {
            each.message_id: each for each in find_our_messages(connection, MACHINE, ids)
        }
        addresses = {as_key(address_of(message, site)) for _, message, _ in read}
        self._words: dict[tuple[OrganisationId, str], list[Word]] = {}
        for word in find_words_to(connection, MACHINE, addresses):
            self._words.setdefault((word.organisation, word.address), []).append(word)

    def context(self, each: DecidedMessage, message: Message, reported: frozenset[str]) -> Context:
        """Return what was known when it was decided; what the stored decision says of its surroundings is believed."""
        referred = _referred(message)
        ours = {id for id in chain(referred, reported) if self._is_ours(id, each.organisation)}
        automatic = {id for id in ours if self._ours[id].kind in AUTOMATIC}
        words = [
            word
            for word in self._words.get((each.organisation, as_key(address_of(message, self._site))), ())
            if _was_before(word, each)
        ]
        reply = each.explanation.get("automatic_reply", {})
        rows = {reason["row"]: reason["matched"] for reason in reply.get("reasons", ())}
        return Context(
            account=self._site.account(each.account),
            now=each.decided_at,
            our_automatic_ids=frozenset(automatic & referred),
            our_human_ids=frozenset((ours - automatic) & referred),
            reported_ids=frozenset(ours & reported),
            seen_before="other" if "3.3/10" in rows else None,
            earlier_language=next((word.language for word in words if word.kind is OutgoingKind.receipt), None),
            known_contact=bool(words),
            history=ReplyHistory(
                suppressed=rows.get("3.3/32"),
                answered=rows.get("3.3/36"),
                thread_receipt=bool(automatic & referred),
                human_wrote=bool((ours - automatic) & referred),
            ),
        )

    def _is_ours(self, id: str, organisation: OrganisationId) -> bool:
        """Ask whether a Message-ID is one of ours, within the organisation (P2)."""
        return id in self._ours and self._ours[id].organisation == organisation


def _was_before(word: Word, each: DecidedMessage) -> bool:
    """Ask whether something was written before a message was decided; of one batch, by the order of the messages."""
    of_its_batch = word.at == each.decided_at and word.message is not None and word.message < each.id
    return word.at < each.decided_at or of_its_batch


def _referred(message: Message) -> frozenset[str]:
    return frozenset((*message.in_reply_to, *message.references))
