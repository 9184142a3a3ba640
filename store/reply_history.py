"""What the brakes need to know about an address, read in one place for triage and for the outbox."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.brakes import AutomaticReply, Family, ReplyHistory, family_of
from domain.ids import AccountId, OrganisationId, OutgoingId, TicketId
from domain.outgoing import AUTOMATIC_REPLIES, OutgoingKind, SendState
from domain.viewer import Viewer
from store.breaker import Breaker
from store.columns import as_key
from store.correspondents import Correspondent
from store.schema import outgoing, tickets
from store.statements import in_parts
from store.suppressions import find_suppression, find_suppressions
from store.visibility import sees_about, sees_content

#: The longest window of the brakes.
LONGEST = timedelta(days=7)

HOUR = timedelta(hours=1)

#: Template, recipient, From line and time of an automatic message.
Sent = Sequence[Any]

#: States in which nothing has gone and nothing will.
NEVER_WENT = (SendState.cancelled, SendState.refused, SendState.shadow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The automatic reply that asks whether it may go."""

    id: OutgoingId
    organisation: OrganisationId
    ticket: TicketId | None
    #: The recipient, in lower case.
    address: str


def get_reply_history(
    connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, address: str, now: datetime
) -> ReplyHistory:
    """Return what was sent automatically to an address and by the whole installation, or is on its way.

    Args:
        connection: the transaction to read in.
        viewer: on whose behalf.
        organisation: whose suppression list is asked.
        address: the recipient, in lower case.
        now: where the windows end.
    """
    correspondent = (organisation, address)
    return find_reply_histories(connection, viewer, [correspondent], now)[correspondent]


def find_reply_histories(
    connection: sa.Connection, viewer: Viewer, correspondents: Collection[Correspondent], now: datetime
) -> dict[Correspondent, ReplyHistory]:
    """Return `get_reply_history` of many addresses, with one question of a kind."""
    if not correspondents:
        return {}
    last_hour = connection.scalar(_count(viewer), {"since": now - HOUR}) or 0
    sent_to = _to_addresses(connection, viewer, {address for _, address in correspondents}, now - LONGEST)
    suppressed = find_suppressions(connection, viewer, correspondents, now)
    return {
        about: ReplyHistory(
            to_address=_replies(sent_to.get(as_key(about[1]), ())),
            installation_last_hour=last_hour,
            suppressed=suppressed[about].why if about in suppressed else None,
        )
        for about in correspondents
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The automatic replies of the whole installation that have passed within the last hour, seen by a batch."""

    #: Of them, those that are not in the batch.
    others: int
    #: Of the batch: tried before, or passed since the batch was claimed.
    batch: frozenset[OutgoingId] = frozenset()

    def and_now(self, id: OutgoingId) -> "Passed":
        """Return what there is once one of the batch has passed."""
        return replace(self, batch=self.batch | {id})

    def beside(self, id: OutgoingId) -> int:
        """Return how many there are, without this one."""
        return self.others + len(self.batch - {id})


def count_passed(
    connection: sa.Connection, viewer: Viewer, batch: Collection[OutgoingId], breaker: Breaker, now: datetime
) -> Passed:
    """Return what has passed, for a batch that is about to ask.

    Counted once a batch: much may pass within an hour. The caller holds the breaker: nobody else passes meanwhile.
    """
    since = max(now - HOUR, breaker.counted_from or now - HOUR)
    known = {"batch": list(batch), "since": since}
    return Passed(
        others=connection.scalar(_passed_count(viewer), known) or 0,
        batch=frozenset(connection.scalars(_passed_batch(viewer), known)),
    )


def get_history_at_the_claim(
    connection: sa.Connection, viewer: Viewer, asking: Asking, breaker: Breaker, passed: Passed, now: datetime
) -> ReplyHistory:
    """Return what the brakes must know of a reply that is about to go: only what has passed them counts, never itself.

    `passed` is what `count_passed` said of its batch, with those that have passed since.
    """
    suppressed = find_suppression(connection, viewer, asking.organisation, asking.address, now)
    known = {"asking": asking.id, "ticket": asking.ticket, "address": asking.address, "since": now - LONGEST}
    thread = connection.scalars(_passed_in_thread(viewer), known).all()
    return ReplyHistory(
        to_address=_replies(connection.execute(_passed_to(viewer), known)),
        installation_last_hour=passed.beside(asking.id),
        suppressed=suppressed.why if suppressed is not None else None,
        human_wrote=connection.scalar(_answers(viewer), known) is not None,
        answered="a person has answered" if connection.scalar(_answered(viewer), known) is not None else None,
        thread_receipt=any(family_of(template) is Family.receipt for template in thread),
        stopped=f"automatic replies are stopped: {breaker.why}" if breaker.opened_at is not None else None,
    )


def count_wanted(connection: sa.Connection, viewer: Viewer, since: datetime, account: AccountId | None = None) -> int:
    """Return how many automatic replies of one account, or of all, were to go since then, whatever became of them."""
    wanted = (
        sa.select(sa.func.count())
        .select_from(outgoing)
        .where(
            outgoing.c.created_at > since,
            outgoing.c.kind.in_(sorted(AUTOMATIC_REPLIES)),
            outgoing.c.state != SendState.shadow,
            sees_about(viewer, outgoing),
        )
    )
    return connection.scalar(wanted if account is None else wanted.where(outgoing.c.account_id == account)) or 0


def _replies(rows: Iterable[Sent]) -> tuple[AutomaticReply, ...]:
    return tuple(
        AutomaticReply(template=template, address=recipient, mailbox=parseaddr(sender)[1].lower(), at=at)
        for template, recipient, sender, at in rows
    )


def _to_addresses(
    connection: sa.Connection, viewer: Viewer, addresses: Collection[str], since: datetime
) -> dict[str, list[Sent]]:
    found: dict[str, list[Sent]] = defaultdict(list)
    for some in in_parts(sorted(addresses)):
        for key, *sent in connection.execute(_sent_to(viewer), {"addresses": some, "since": since}):
            found[key].append(sent)
    return found


@lru_cache(maxsize=64)
def _sent_to(viewer: Viewer) -> sa.Select[Any]:
    columns = ("recipient_key", "template", "recipient", "sender", "created_at")
    return sa.select(*(outgoing.c[name] for name in columns)).where(
        outgoing.c.recipient_key.in_(sa.bindparam("addresses", expanding=True)),
        outgoing.c.created_at > sa.bindparam("since"),
        *_automatic(viewer),
    )


@lru_cache(maxsize=64)
def _count(viewer: Viewer) -> sa.Select[int]:
    return (
        sa.select(sa.func.count())
        .select_from(outgoing)
        .where(outgoing.c.created_at > sa.bindparam("since"), *_automatic(viewer))
    )


@lru_cache(maxsize=64)
def _passed_to(viewer: Viewer) -> sa.Select[str, str, str, datetime]:
    passed = sa.select(outgoing.c.template, outgoing.c.recipient, outgoing.c.sender, outgoing.c.passed_at)
    return passed.where(
        outgoing.c.recipient_key == sa.bindparam("address"), outgoing.c.id != sa.bindparam("asking"), *_passed(viewer)
    )


@lru_cache(maxsize=64)
def _passed_count(viewer: Viewer) -> sa.Select[int]:
    batch: sa.BindParameter[Any] = sa.bindparam("batch", expanding=True)
    return sa.select(sa.func.count()).select_from(outgoing).where(outgoing.c.id.not_in(batch), *_passed(viewer))


@lru_cache(maxsize=64)
def _passed_batch(viewer: Viewer) -> sa.Select[OutgoingId]:
    return sa.select(outgoing.c.id).where(outgoing.c.id.in_(sa.bindparam("batch", expanding=True)), *_passed(viewer))


@lru_cache(maxsize=64)
def _passed_in_thread(viewer: Viewer) -> sa.Select[str]:
    return sa.select(outgoing.c.template).where(
        outgoing.c.ticket_id == sa.bindparam("ticket"),
        outgoing.c.passed_at.is_not(None),
        outgoing.c.id != sa.bindparam("asking"),
        *_automatic(viewer),
    )


@lru_cache(maxsize=64)
def _answers(viewer: Viewer) -> sa.Select[int]:
    return (
        sa.select(outgoing.c.id)
        .where(
            outgoing.c.ticket_id == sa.bindparam("ticket"),
            outgoing.c.kind == OutgoingKind.answer,
            outgoing.c.state.not_in(NEVER_WENT),
            sees_about(viewer, outgoing),
        )
        .limit(1)
    )


@lru_cache(maxsize=64)
def _answered(viewer: Viewer) -> sa.Select[int]:
    return sa.select(tickets.c.id).where(
        tickets.c.id == sa.bindparam("ticket"), tickets.c.answer_met_at.is_not(None), sees_content(viewer)
    )


def _passed(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [outgoing.c.passed_at > sa.bindparam("since"), *_automatic(viewer)]


def _automatic(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [
        outgoing.c.kind.in_(sorted(AUTOMATIC_REPLIES)),
        outgoing.c.state.not_in(NEVER_WENT),
        sees_about(viewer, outgoing),
    ]
