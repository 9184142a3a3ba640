"""Files: pictures and the like that a provider keeps beside a message, fetched until they are here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.account import Account
from domain.ids import AccountId, FileId, MessageId, OrganisationId, TicketId
from domain.message import Arrival, FileState, Media
from domain.viewer import Viewer
from store.columns import as_key
from store.merges import in_ticket
from store.schema import files, messages
from store.schema.arrivals import FILE_WAITING
from store.visibility import sees_message


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFile:
    """A file that is still to be fetched."""

    id: FileId
    organisation: OrganisationId
    message: MessageId
    media: Media
    #: How often it was tried.
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file as it is shown, without its content."""

    id: FileId
    message: MessageId
    name: str
    #: As the provider said; empty: it is not known yet.
    media_type: str
    size_bytes: int
    state: FileState


def add_files(
    connection: sa.Connection, account: Account, arrivals: Sequence[Arrival], ids: Mapping[str, MessageId]
) -> None:
    """Store the files of messages that are new; `ids` are their rows by the key of their identity."""
    rows = [
        {
            "organisation_id": account.organisation,
            "account_id": account.id,
            "message_row": ids[as_key(arrival.identity)],
            "position": position,
            "name": media.name,
            "reference": media.reference,
            **_content(media),
        }
        for arrival in arrivals
        if as_key(arrival.identity) in ids
        for position, media in enumerate(arrival.media)
    ]
    if rows:
        connection.execute(files.insert(), rows)


def find_waiting_files(
    connection: sa.Connection, viewer: Viewer, account: AccountId, now: datetime, *, limit: int
) -> tuple[WaitingFile, ...]:
    """Return the files of an account that are to be tried now, those tried least first."""
    query = (
        sa.select(files)
        .join(messages, messages.c.id == files.c.message_row)
        .where(
            sa.text(f"files.{FILE_WAITING}"),
            files.c.account_id == account,
            sa.or_(files.c.next_try_at.is_(None), files.c.next_try_at <= now),
            sees_message(viewer),
        )
        .order_by(files.c.attempts, files.c.id)
        .limit(limit)
    )
    return tuple(_waiting(row) for row in connection.execute(query).mappings())


def put_file(connection: sa.Connection, id: FileId, fetched: Media) -> bool:
    """Keep what a file turned out to be, once; return whether it was waited for."""
    waited_for = files.update().where(files.c.id == id, files.c.state == FileState.waiting)
    return connection.execute(waited_for.values(**_content(fetched), next_try_at=None)).rowcount == 1


def put_off_file(connection: sa.Connection, id: FileId, next_try_at: datetime) -> None:
    """Note that a file could not be fetched now, and when it is tried again."""
    waits = files.update().where(files.c.id == id, files.c.state == FileState.waiting)
    connection.execute(waits.values(attempts=files.c.attempts + 1, next_try_at=next_try_at))


def list_files(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[StoredFile, ...]:
    """Return the files of a ticket's messages, in order; none when the viewer may not see its content."""
    columns = [files.c[name] for name in ("id", "message_row", "name", "media_type", "size_bytes", "state")]
    query = (
        sa.select(*columns)
        .join(messages, messages.c.id == files.c.message_row)
        .where(in_ticket(messages.c.ticket_id, ticket), sees_message(viewer))
        .order_by(files.c.message_row, files.c.position)
    )
    return tuple(_stored(row) for row in connection.execute(query).mappings())


def get_file(connection: sa.Connection, viewer: Viewer, id: FileId) -> tuple[StoredFile, TicketId, bytes]:
    """Return a file that is here, the ticket it stands in, and its content.

    Raises:
        KeyError: there is none of that number, it is not here, or the viewer may not see its ticket.
    """
    query = (
        sa.select(files, messages.c.ticket_id)
        .join(messages, messages.c.id == files.c.message_row)
        .where(
            files.c.id == id, files.c.state == FileState.stored, messages.c.ticket_id.is_not(None), sees_message(viewer)
        )
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise KeyError(id)
    return _stored(row), row["ticket_id"], row["content"]


def _content(media: Media) -> dict[str, Any]:
    is_here = media.state is FileState.stored
    return {
        "media_type": media.media_type,
        "state": media.state,
        "size_bytes": len(media.content),
        "content": media.content if is_here else None,
    }


def _waiting(row: sa.RowMapping) -> WaitingFile:
    media = Media(
        name=row["name"], media_type=row["media_type"], state=FileState.waiting, reference=row["reference"]
    )  # fmt: skip
    return WaitingFile(
        id=row["id"], organisation=row["organisation_id"], message=row["message_row"], media=media,
        attempts=row["attempts"],
    )  # fmt: skip


def _stored(row: sa.RowMapping) -> StoredFile:
    return StoredFile(
        id=row["id"], message=row["message_row"], name=row["name"], media_type=row["media_type"],
        size_bytes=row["size_bytes"], state=FileState(row["state"]),
    )  # fmt: skip
