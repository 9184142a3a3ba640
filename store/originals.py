"""Originals: the exact bytes received, compressed, keyed by their SHA-256."""

import hashlib
import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import sqlalchemy as sa

from domain.ids import Digest, OrganisationId
from domain.viewer import Scope, Viewer
from store.rows import insert_new
from store.schema import messages, originals, tickets
from store.visibility import sees_content, sees_organisation

#: How hard is pressed: more costs time and gains little.
LEVEL = 6

#: A bigger original is compressed piece by piece, and so much is held compressed before it is written.
PIECE_BYTES = 1024 * 1024


def put_originals(
    connection: sa.Connection, organisation: OrganisationId, brought: Sequence[tuple[bytes, str]]
) -> list[Digest]:
    """Store bytes, each with its media type, once per organisation; return their digests in order."""
    digests = [Digest(hashlib.sha256(original).hexdigest()) for original, _ in brought]
    rows: list[dict[str, Any]] = []
    for digest, (original, media_type) in zip(digests, brought, strict=True):
        rows.append(
            {
                "organisation_id": organisation,
                "digest": digest,
                "compressed": compressed(original),
                "size_bytes": len(original),
                "media_type": media_type,
            }
        )
        if sum(len(row["compressed"]) for row in rows) > PIECE_BYTES:
            insert_new(connection, originals, rows)
            rows = []
    insert_new(connection, originals, rows)
    return digests


def get_original(connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, digest: Digest) -> bytes:
    """Return the exact bytes of a message that belongs to a ticket whose content the viewer may see.

    The pipeline itself gets every original.

    Raises:
        KeyError: there is no such original, or none that the viewer may see.
    """
    query = sa.select(originals.c.compressed, originals.c.size_bytes).where(
        originals.c.organisation_id == organisation,
        originals.c.digest == digest,
        sees_organisation(viewer, originals),
    )
    if viewer.scope is not Scope.machine:
        query = query.where(_stands_in_a_seen_ticket(viewer))
    found = connection.execute(query).first()
    if found is None:
        raise KeyError(digest)
    return plain(*found)


def compressed(original: bytes) -> bytes:
    """Return the bytes compressed, made in one growing buffer: `zlib.compress` would hold a big mail's twice."""
    if len(original) <= PIECE_BYTES:
        return zlib.compress(original, LEVEL)
    compressor, made = zlib.compressobj(LEVEL), BytesIO()
    view = memoryview(original)
    for start in range(0, len(view), PIECE_BYTES):
        made.write(compressor.compress(view[start : start + PIECE_BYTES]))
    made.write(compressor.flush())
    return made.getvalue()


def plain(packed: bytes, size_bytes: int) -> bytes:
    """Return the bytes that were compressed; their number is known, so that they are written in place."""
    return zlib.decompress(packed, bufsize=max(size_bytes, 1))


def _stands_in_a_seen_ticket(viewer: Viewer) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        messages.c.organisation_id == originals.c.organisation_id,
        messages.c.digest == originals.c.digest,
        messages.c.ticket_id == tickets.c.id,
        sees_content(viewer),
    )
