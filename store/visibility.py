"""Who sees what (P12): a viewer as a condition on rows."""

import sqlalchemy as sa

from domain.category import Secrecy
from domain.viewer import Role, Scope, Viewer
from store.schema import tickets


def sees_organisation(viewer: Viewer, table: sa.Table) -> sa.ColumnElement[bool]:
    """Return the condition that a row belongs to an organisation the viewer may see."""
    if viewer.scope is Scope.person and viewer.organisation is None:
        return sa.false()
    if viewer.organisation is None:
        return sa.true()
    return table.c.organisation_id == viewer.organisation


def sees_ticket(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that a ticket may be seen at all.

    A sensitive one is seen by its unit; danger to life also by leads. The operator sees that it exists: what of it
    is shown is `masked`.
    """
    organisation = sees_organisation(viewer, tickets)
    if viewer.scope is not Scope.person:
        return organisation
    inside = [tickets.c.secrecy != Secrecy.SK2, tickets.c.unit_id.in_(sorted(viewer.units))]
    if Role.lead in viewer.roles:
        inside.append(tickets.c.danger.is_(True))
    return sa.and_(organisation, sa.or_(*inside))


def masked(viewer: Viewer, secrecy: str) -> bool:
    """Return whether only the number and unit of such a ticket may be shown."""
    return viewer.scope is Scope.operator and secrecy == Secrecy.SK2
