"""Correspondents: what is kept about an address that writes to us."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.ids import OrganisationId
from domain.outgoing import OutgoingKind
from domain.viewer import Viewer
from store.schema import outgoing
from store.statements import as_asked, in_parts, is_among
from store.visibility import sees_about

#: An address as one organisation knows it.
Correspondent = tuple[OrganisationId, str]


def find_earlier_languages(
    connection: sa.Connection, viewer: Viewer, correspondents: Collection[Correspondent]
) -> dict[Correspondent, str]:
    """Return the language of the last automatic reply to each address, in lower case, where there was one."""
    found = {
        (organisation, key): language
        for some in in_parts(sorted({address for _, address in correspondents}))
        for organisation, key, language in connection.execute(_languages(viewer), {"addresses": some})
    }
    return as_asked(found, correspondents)


@lru_cache(maxsize=64)
def _languages(viewer: Viewer) -> sa.Select[Any]:
    of_one = (outgoing.c.organisation_id, outgoing.c.recipient_key)
    newest = sa.func.row_number().over(
        partition_by=of_one, order_by=(outgoing.c.created_at.desc(), outgoing.c.id.desc())
    )
    replies = (
        sa.select(*of_one, outgoing.c.language, newest.label("place"))
        .where(
            is_among(outgoing.c.recipient_key, "addresses"),
            outgoing.c.kind == OutgoingKind.receipt,
            sees_about(viewer, outgoing),
        )
        .subquery()
    )
    return sa.select(replies.c.organisation_id, replies.c.recipient_key, replies.c.language).where(replies.c.place == 1)


def find_known(
    connection: sa.Connection, viewer: Viewer, correspondents: Collection[Correspondent]
) -> frozenset[Correspondent]:
    """Return to which addresses, in lower case, an automatic reply, also in shadow, or an answer was ever written."""
    found = {
        (organisation, key): True
        for some in in_parts(sorted({address for _, address in correspondents}))
        for organisation, key in connection.execute(_any_word(viewer), {"addresses": some})
    }
    return frozenset(as_asked(found, correspondents))


@lru_cache(maxsize=64)
def _any_word(viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(outgoing.c.organisation_id, outgoing.c.recipient_key)
        .where(
            is_among(outgoing.c.recipient_key, "addresses"),
            outgoing.c.kind != OutgoingKind.alert,
            sees_about(viewer, outgoing),
        )
        .distinct()
    )
