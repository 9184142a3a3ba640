"""The menu's numbers, all in one statement: every page shows them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.ids import AccountId, UserId
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.columns import Instant
from store.schema import findings, outgoing, tickets
from store.schema.outbox import UNCERTAIN
from store.tickets import to_look_at
from store.unsettled import refused
from store.visibility import sees_about, sees_organisation, sees_ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuNumbers:
    """What waits for people: what the viewer may see, and nothing else."""

    open: int
    late: int
    #: Of the open ones, those that the viewer has taken.
    mine: int
    findings: int
    #: Sends that a person must settle: it is uncertain whether they went, or they were refused.
    unsettled: int
    #: Tickets that a person must look at.
    to_look_at: int


def count_for_menu(
    connection: sa.Connection, viewer: Viewer, now: datetime, *, accounts: Collection[AccountId]
) -> MenuNumbers:
    """Return the numbers of now; `accounts`: those whose findings count."""
    query = _numbers(viewer, tuple(sorted(accounts)))
    return MenuNumbers(**connection.execute(query, {"now": now}).mappings().one())


@lru_cache(maxsize=512)
def _numbers(viewer: Viewer, accounts: tuple[AccountId, ...]) -> sa.Select[Any]:
    """Return what every page asks, put together once for a viewer: that takes longer than the answer."""
    waiting = (sees_ticket(viewer), tickets.c.status == TicketStatus.open, tickets.c.observed.is_(False))
    late = sa.func.count().filter(tickets.c.next_due_at < sa.bindparam("now", type_=Instant))
    own = tickets.c.assignee_id == viewer.user if viewer.user is not None else sa.false()
    mine = sa.func.count().filter(own)
    counted = (sa.func.count().label("open"), late.label("late"), mine.label("mine"))
    open_ones = sa.select(*counted).where(*waiting).subquery()
    found = sa.select(sa.func.count()).where(
        findings.c.closed_at.is_(None), findings.c.account_id.in_(accounts),
        sees_organisation(viewer, findings),
    )  # fmt: skip
    uncertain = sa.select(sa.func.count()).select_from(outgoing).where(sa.text(UNCERTAIN), sees_about(viewer, outgoing))
    refusals = sa.select(sa.func.count()).select_from(outgoing).where(refused(viewer))
    return sa.select(
        open_ones,
        found.scalar_subquery().label("findings"),
        (uncertain.scalar_subquery() + refusals.scalar_subquery()).label("unsettled"),
        to_look_at(viewer).scalar_subquery().label("to_look_at"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNumbers:
    """What of the menu is kept fresh on an open page, asked once for all who see the same."""

    to_look_at: int
    #: How many open tickets of the queue each person has taken: each is told their own number and nobody else's.
    held: Mapping[UserId, int]


def count_live(connection: sa.Connection, viewer: Viewer) -> LiveNumbers:
    """Return the numbers of now, of what the viewer may see."""
    query = (
        sa.select(tickets.c.assignee_id, sa.func.count())
        .where(
            sees_ticket(viewer), tickets.c.status == TicketStatus.open, tickets.c.observed.is_(False),
            tickets.c.assignee_id.is_not(None),
        )
        .group_by(tickets.c.assignee_id)
    )  # fmt: skip
    held = {UserId(user): count for user, count in connection.execute(query)}
    return LiveNumbers(to_look_at=connection.scalar(to_look_at(viewer)) or 0, held=held)
