"""Correspondents: what is kept about an address that writes to us."""

from functools import lru_cache

import sqlalchemy as sa

from domain.ids import OrganisationId
from domain.outgoing import OutgoingKind
from domain.viewer import Viewer
from store.schema import outgoing
from store.visibility import sees_about


def find_earlier_language(
    connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, address: str
) -> str | None:
    """Return the language of the last automatic reply to an address, in lower case; None when there was none."""
    return connection.scalar(_language(viewer), {"address": address, "organisation": organisation})


@lru_cache(maxsize=64)
def _language(viewer: Viewer) -> sa.Select[str]:
    return (
        sa.select(outgoing.c.language)
        .where(
            outgoing.c.recipient_key == sa.bindparam("address"),
            outgoing.c.organisation_id == sa.bindparam("organisation"),
            outgoing.c.kind == OutgoingKind.receipt,
            sees_about(viewer, outgoing),
        )
        .order_by(outgoing.c.created_at.desc(), outgoing.c.id.desc())
        .limit(1)
    )


def is_known(connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, address: str) -> bool:
    """Return whether an automatic reply, also in shadow, or an answer was ever written to an address, in lower case."""
    return connection.scalar(_any_word(viewer), {"address": address, "organisation": organisation}) is not None


@lru_cache(maxsize=64)
def _any_word(viewer: Viewer) -> sa.Select[int]:
    return (
        sa.select(outgoing.c.id)
        .where(
            outgoing.c.recipient_key == sa.bindparam("address"),
            outgoing.c.organisation_id == sa.bindparam("organisation"),
            outgoing.c.kind != OutgoingKind.alert,
            sees_about(viewer, outgoing),
        )
        .limit(1)
    )
