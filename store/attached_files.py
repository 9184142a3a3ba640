"""The files that go with an outgoing message."""

import sqlalchemy as sa

from domain.ids import OrganisationId, OutgoingId
from domain.outgoing import AttachedFile
from store.schema import attached_files


def put_attached_files(
    connection: sa.Connection, organisation: OrganisationId, outgoing: OutgoingId, files: tuple[AttachedFile, ...]
) -> None:
    """Store the files of an outgoing message, in order."""
    if not files:
        return
    rows = [
        {
            "organisation_id": organisation,
            "outgoing_id": outgoing,
            "position": position,
            "name": each.name,
            "media_type": each.media_type,
            "size_bytes": len(each.content),
            "content": each.content,
        }
        for position, each in enumerate(files)
    ]
    connection.execute(attached_files.insert(), rows)


def get_attached_files(connection: sa.Connection, outgoing: OutgoingId) -> tuple[AttachedFile, ...]:
    """Return the files of an outgoing message that the outbox is about to send, in order."""
    query = (
        sa.select(attached_files.c.name, attached_files.c.media_type, attached_files.c.content)
        .where(attached_files.c.outgoing_id == outgoing)
        .order_by(attached_files.c.position)
    )
    return tuple(AttachedFile(name, media_type, content) for name, media_type, content in connection.execute(query))
