"""Saved views: one's own, and those that are shared with one's units."""

from datetime import datetime

import sqlalchemy as sa

from domain.ids import OrganisationId, SavedViewId, UnitId, UserId
from domain.saved_view import SavedView
from domain.viewer import Viewer
from store.schema import saved_views
from store.visibility import sees_organisation


def list_saved_views(connection: sa.Connection, viewer: Viewer) -> tuple[SavedView, ...]:
    """Return the views that the viewer saved and those shared with the viewer's units, by name."""
    seen = sa.or_(saved_views.c.user_id == viewer.user, saved_views.c.unit_id.in_(sorted(viewer.units)))
    query = (
        sa.select(saved_views)
        .where(sees_organisation(viewer, saved_views), seen)
        .order_by(sa.func.lower(saved_views.c.name), saved_views.c.id)
    )
    return tuple(_view(row) for row in connection.execute(query).mappings())


def add_saved_view(
    connection: sa.Connection, organisation: OrganisationId, user: UserId, *, name: str, query: str,
    unit: UnitId | None, at: datetime,
) -> None:  # fmt: skip
    """Save a view."""
    connection.execute(
        saved_views.insert().values(
            organisation_id=organisation, user_id=user, unit_id=unit, name=name, query=query, saved_at=at
        )
    )


def name_saved_view(connection: sa.Connection, user: UserId, id: SavedViewId, name: str, unit: UnitId | None) -> bool:
    """Give a view another name, and share it or not; return whether it is the user's own."""
    mine = (saved_views.c.id == id, saved_views.c.user_id == user)
    return connection.execute(saved_views.update().where(*mine).values(name=name, unit_id=unit)).rowcount == 1


def drop_saved_view(connection: sa.Connection, user: UserId, id: SavedViewId) -> bool:
    """Take a view away; return whether it was the user's own."""
    mine = (saved_views.c.id == id, saved_views.c.user_id == user)
    return connection.execute(saved_views.delete().where(*mine)).rowcount == 1


def _view(row: sa.RowMapping) -> SavedView:
    return SavedView(id=row["id"], user=row["user_id"], unit=row["unit_id"], name=row["name"], query=row["query"])
