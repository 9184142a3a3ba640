"""Passed: what the brakes must know of a batch of automatic replies that ask to go, read once for all of it (P7)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.brakes import AutomaticReply, Family, ReplyHistory, family_of
from domain.ids import OrganisationId, OutgoingId, TicketId
from domain.outgoing import OutgoingKind
from domain.viewer import Viewer
from store.breaker import Breaker
from store.columns import as_key
from store.correspondents import Correspondent
from store.reply_history import HOUR, LONGEST, NEVER_WENT, automatic
from store.schema import outgoing, tickets
from store.suppressions import find_suppressions
from store.visibility import sees_about, sees_content


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The automatic reply that asks whether it may go."""

    id: OutgoingId
    organisation: OrganisationId
    ticket: TicketId | None
    #: The recipient, in lower case.
    address: str

    @property
    def correspondent(self) -> Correspondent:
        """Return whom it would go to."""
        return self.organisation, self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A reply that has passed the brakes: it counts from then on, also while it waits for its turn."""

    id: OutgoingId
    ticket: TicketId | None
    reply: AutomaticReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What has passed, as a batch sees it that is about to ask."""

    #: Replies of the whole installation within the last hour that are not in the batch.
    others: int
    #: Of the batch: tried before within the hour, or passed since the batch was claimed.
    batch: frozenset[OutgoingId] = frozenset()
    #: To the addresses and in the threads of the batch.
    gone: tuple[Gone, ...] = ()
    #: Threads of the batch in which a person writes, and those that a person has answered.
    written: frozenset[TicketId] = frozenset()
    answered: frozenset[TicketId] = frozenset()
    #: Why an address gets nothing.
    suppressed: Mapping[Correspondent, str] = field(default_factory=dict)

    def and_now(self, gone: Gone) -> "Passed":
        """Return what there is once one of the batch has passed."""
        return replace(self, batch=self.batch | {gone.id}, gone=(*self.gone, gone))

    def history(self, asking: Asking, breaker: Breaker, now: datetime) -> ReplyHistory:
        """Return what the brakes must know of one of the batch: only what has passed them counts, never itself."""
        others = [each for each in self.gone if each.id != asking.id]
        key, since = as_key(asking.address), now - LONGEST
        return ReplyHistory(
            to_address=tuple(
                each.reply for each in others if as_key(each.reply.address) == key and each.reply.at > since
            ),
            installation_last_hour=self.others + len(self.batch - {asking.id}),
            suppressed=self.suppressed.get(asking.correspondent),
            human_wrote=asking.ticket in self.written,
            answered="a person has answered" if asking.ticket in self.answered else None,
            thread_receipt=asking.ticket is not None and any(
                each.ticket == asking.ticket and family_of(each.reply.template) is Family.receipt for each in others
            ),
            stopped=f"automatic replies are stopped: {breaker.why}" if breaker.opened_at is not None else None,
        )  # fmt: skip


def read_passed(
    connection: sa.Connection, viewer: Viewer, batch: Sequence[Asking], breaker: Breaker, now: datetime
) -> Passed:
    """Return what has passed, with one question of a kind.

    The caller holds the breaker: nobody else passes meanwhile.
    """
    within = {"batch": [each.id for each in batch], "since": max(now - HOUR, breaker.counted_from or now - HOUR)}
    threads = sorted({each.ticket for each in batch if each.ticket is not None})
    addresses = sorted({each.address for each in batch})
    suppressed = find_suppressions(connection, viewer, {each.correspondent for each in batch}, now)
    return Passed(
        others=connection.scalar(_others(viewer), within) or 0,
        batch=frozenset(connection.scalars(_batch(viewer), within)),
        gone=_gone(connection, viewer, addresses, threads, now),
        written=frozenset(connection.scalars(_written(viewer), {"tickets": threads})),
        answered=frozenset(connection.scalars(_answered(viewer), {"tickets": threads})),
        suppressed={who: each.why for who, each in suppressed.items()},
    )


def mark_passed(connection: sa.Connection, ids: Collection[OutgoingId], at: datetime) -> None:
    """Note that the brakes let these pass: from now on they count against what comes after."""
    if ids:
        connection.execute(_PASSED, {"rows": sorted(ids), "passed_at": at})


_PASSED = (
    outgoing.update()
    .where(outgoing.c.id.in_(sa.bindparam("rows", expanding=True)))
    .values(passed_at=sa.bindparam("passed_at"))
)


def _gone(
    connection: sa.Connection, viewer: Viewer, addresses: Sequence[str], threads: Sequence[TicketId], now: datetime
) -> tuple[Gone, ...]:
    """Return what went to the addresses, and in the threads however long ago; each once."""
    to_them = connection.execute(_to(viewer), {"addresses": addresses, "since": now - LONGEST}).all()
    in_threads = connection.execute(_in_threads(viewer), {"tickets": threads}).all()
    rows = {row.id: row for row in (*to_them, *in_threads)}
    return tuple(
        Gone(
            id=row.id,
            ticket=row.ticket_id,
            reply=AutomaticReply(
                template=row.template, address=row.recipient, mailbox=parseaddr(row.sender)[1].lower(), at=row.passed_at
            ),
        )
        for row in rows.values()
    )


_SHOWN = tuple(outgoing.c[name] for name in ("id", "ticket_id", "template", "recipient", "sender", "passed_at"))


@lru_cache(maxsize=64)
def _to(viewer: Viewer) -> sa.Select[Any]:
    return sa.select(*_SHOWN).where(
        outgoing.c.recipient_key.in_(sa.bindparam("addresses", expanding=True)), *_since(viewer)
    )


@lru_cache(maxsize=64)
def _in_threads(viewer: Viewer) -> sa.Select[Any]:
    in_them = outgoing.c.ticket_id.in_(sa.bindparam("tickets", expanding=True))
    return sa.select(*_SHOWN).where(in_them, outgoing.c.passed_at.is_not(None), *automatic(viewer))


@lru_cache(maxsize=64)
def _others(viewer: Viewer) -> sa.Select[int]:
    batch: sa.BindParameter[Any] = sa.bindparam("batch", expanding=True)
    return sa.select(sa.func.count()).select_from(outgoing).where(outgoing.c.id.not_in(batch), *_since(viewer))


@lru_cache(maxsize=64)
def _batch(viewer: Viewer) -> sa.Select[OutgoingId]:
    return sa.select(outgoing.c.id).where(outgoing.c.id.in_(sa.bindparam("batch", expanding=True)), *_since(viewer))


@lru_cache(maxsize=64)
def _written(viewer: Viewer) -> sa.Select[TicketId]:
    return sa.select(outgoing.c.ticket_id).where(
        outgoing.c.ticket_id.in_(sa.bindparam("tickets", expanding=True)),
        outgoing.c.kind == OutgoingKind.answer,
        outgoing.c.state.not_in(NEVER_WENT),
        sees_about(viewer, outgoing),
    )


@lru_cache(maxsize=64)
def _answered(viewer: Viewer) -> sa.Select[TicketId]:
    return sa.select(tickets.c.id).where(
        tickets.c.id.in_(sa.bindparam("tickets", expanding=True)),
        tickets.c.answer_met_at.is_not(None),
        sees_content(viewer),
    )


def _since(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [outgoing.c.passed_at > sa.bindparam("since"), *automatic(viewer)]
