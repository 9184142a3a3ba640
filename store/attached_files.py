"""The files that go with an outgoing message."""

import sqlalchemy as sa

from domain.ids import OrganisationId, OutgoingId
from domain.outgoing import AttachedFile
from domain.viewer import Viewer
from store.schema import attached_files, outgoing
from store.visibility import sees_about


def put_attached_files(
    connection: sa.Connection, organisation: OrganisationId, id: OutgoingId, files: tuple[AttachedFile, ...]
) -> None:
    """Store the files of an outgoing message, in order."""
    if not files:
        return
    rows = [
        {
            "organisation_id": organisation,
            "outgoing_id": id,
            "position": position,
            "name": each.name,
            "media_type": each.media_type,
            "size_bytes": len(each.content),
            "content": each.content,
        }
        for position, each in enumerate(files)
    ]
    connection.execute(attached_files.insert(), rows)


def get_attached_files(connection: sa.Connection, viewer: Viewer, id: OutgoingId) -> tuple[AttachedFile, ...]:
    """Return the files of an outgoing message, in order; none when the viewer may not see what it is about."""
    query = (
        sa.select(attached_files.c.name, attached_files.c.media_type, attached_files.c.content)
        .join(outgoing, outgoing.c.id == attached_files.c.outgoing_id)
        .where(attached_files.c.outgoing_id == id, sees_about(viewer, outgoing))
        .order_by(attached_files.c.position)
    )
    return tuple(AttachedFile(name, media_type, content) for name, media_type, content in connection.execute(query))
