"""Who sees what (P12): a viewer as a condition on rows.

A page asks for the same conditions dozens of times: each is put together once for a viewer and a table.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.category import DANGER, Secrecy
from domain.viewer import Role, Scope, Viewer
from store.schema import messages, outgoing, tickets

Condition = sa.ColumnElement[bool]

#: Conditions remembered of each kind; those asked for longest ago are forgotten.
_REMEMBERED = 2048


@lru_cache(maxsize=_REMEMBERED)
def sees_organisation(viewer: Viewer, table: sa.FromClause) -> Condition:
    """Return the condition that a row belongs to an organisation the viewer may see."""
    if viewer.scope is Scope.person and viewer.organisation is None:
        return sa.false()
    if viewer.organisation is None:
        return sa.true()
    condition: Condition = table.c.organisation_id == viewer.organisation
    return condition


@lru_cache(maxsize=_REMEMBERED)
def sees_ticket(viewer: Viewer, table: sa.FromClause = tickets) -> Condition:
    """Return the condition that a ticket may be seen at all.

    A sensitive one is seen by its unit; danger to life also by leads. The operator sees that it exists: what of it
    is shown is `masked`.
    """
    organisation = sees_organisation(viewer, table)
    if viewer.scope is not Scope.person:
        return organisation
    inside = [table.c.secrecy != Secrecy.SK2, table.c.unit_id.in_(sorted(viewer.units))]
    if Role.lead in viewer.roles:
        inside.append(table.c.danger.is_(True))
    return sa.and_(organisation, sa.or_(*inside))


@lru_cache(maxsize=_REMEMBERED)
def sees_content(viewer: Viewer, table: sa.FromClause = tickets) -> Condition:
    """Return the condition that what a ticket is about may be seen: never to the operator when it is sensitive."""
    if viewer.scope is not Scope.operator:
        return sees_ticket(viewer, table)
    return sa.and_(sees_ticket(viewer, table), table.c.secrecy != Secrecy.SK2)


@lru_cache(maxsize=_REMEMBERED)
def sees_about(viewer: Viewer, table: sa.FromClause) -> Condition:
    """Return the condition that a row with a `ticket_id` may be seen: it is about no ticket, or about a seen one."""
    own = sees_organisation(viewer, table)
    if viewer.scope is Scope.machine:
        return own
    return sa.and_(own, _absent_or_seen(table.c.ticket_id, tickets, lambda ticket: sees_content(viewer, ticket)))


@lru_cache(maxsize=_REMEMBERED)
def sees_message(viewer: Viewer) -> Condition:
    """Return the condition that a message may be known of: by its ticket, or by that of what it is attached to."""
    about = sees_about(viewer, messages)
    if viewer.scope is Scope.machine:
        return about
    attached_to = _absent_or_seen(messages.c.outgoing_id, outgoing, lambda sent: sees_about(viewer, sent))
    return sa.and_(about, attached_to)


@lru_cache(maxsize=_REMEMBERED)
def sees_decided(viewer: Viewer) -> Condition:
    """Return the condition that what was decided about a message without a ticket may be seen.

    Of a sensitive matter its unit alone sees it; danger to life also leads, as on a ticket.
    """
    if viewer.scope is Scope.machine:
        return sa.true()
    inside: list[Condition] = [sa.func.coalesce(_decided("secrecy"), Secrecy.SK1) != Secrecy.SK2]
    if viewer.scope is Scope.person:
        inside.append(_decided("unit").in_(sorted(viewer.units)))
        if Role.lead in viewer.roles:
            inside.append(_decided("category") == DANGER)
    return sa.or_(*inside)


def masked(viewer: Viewer, secrecy: str) -> bool:
    """Return whether only the number and unit of such a ticket may be shown."""
    return viewer.scope is Scope.operator and secrecy == Secrecy.SK2


def _decided(key: str) -> sa.ColumnElement[str]:
    """Return what the explanation says of something."""
    said: sa.ColumnElement[str] = sa.type_coerce(messages.c.explanation, sa.JSON)[key].as_string()
    return said


def _absent_or_seen(
    column: sa.ColumnElement[Any], table: sa.Table, seen: Callable[[sa.FromClause], Condition]
) -> Condition:
    inner = _within(table)
    return sa.or_(column.is_(None), sa.exists().where(inner.c.id == column, seen(inner)))


@lru_cache
def _within(table: sa.Table) -> sa.FromClause:
    """Return the table under another name, so that an inner query never shares its rows with an outer one of it."""
    return table.alias(f"seen_{table.name}")
