"""Originals: the exact bytes received, compressed, keyed by their SHA-256."""

import hashlib
import zlib

import sqlalchemy as sa

from domain.ids import Digest, OrganisationId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import originals
from store.visibility import sees_organisation


def put_original(connection: sa.Connection, organisation: OrganisationId, original: bytes, media_type: str) -> Digest:
    """Store the bytes once per organisation and return their digest."""
    digest = Digest(hashlib.sha256(original).hexdigest())
    connection.execute(
        upsert(connection, originals)
        .values(
            organisation_id=organisation,
            digest=digest,
            compressed=zlib.compress(original, 6),
            size_bytes=len(original),
            media_type=media_type,
        )
        .on_conflict_do_nothing()
    )
    return digest


def get_original(connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, digest: Digest) -> bytes:
    """Return the exact bytes. Call it only for a message that the viewer may see.

    Raises:
        KeyError: there is no such original in an organisation that the viewer may see.
    """
    query = sa.select(originals.c.compressed).where(
        originals.c.organisation_id == organisation,
        originals.c.digest == digest,
        sees_organisation(viewer, originals),
    )
    compressed = connection.scalar(query)
    if compressed is None:
        raise KeyError(digest)
    return zlib.decompress(compressed)
