"""Belongings: which kinds of things a ticket has, asked in one statement, so that a page reads only what is there."""

from enum import StrEnum
from functools import lru_cache

import sqlalchemy as sa

from domain.ids import TicketId
from domain.outgoing import OutgoingKind
from domain.viewer import Viewer
from store.schema import (
    attached_files,
    deliveries,
    evidence,
    files,
    forwards,
    merges,
    messages,
    notes,
    outgoing,
    ticket_tags,
    tickets,
    unfinished_answers,
)
from store.visibility import sees_content


class Belonging(StrEnum):
    """One kind of thing that a ticket may have."""

    merges = "merges"
    tags = "tags"
    notes = "notes"
    forwards = "forwards"
    files = "files"
    evidence = "evidence"
    #: What people wrote: answers and questions to others.
    answers = "answers"
    sent_files = "sent_files"
    deliveries = "deliveries"
    unfinished = "unfinished"


EVERYTHING = frozenset(Belonging)

_THIS = tickets.c.id

_OF_MESSAGES = messages.c.ticket_id == _THIS
_OF_SENT = outgoing.c.ticket_id == _THIS

_HAS: dict[Belonging, sa.Exists] = {
    Belonging.merges: sa.exists().where(
        sa.or_(merges.c.into_id == _THIS, merges.c.ticket_id == _THIS), merges.c.undone_at.is_(None)
    ),
    Belonging.tags: sa.exists().where(ticket_tags.c.ticket_id == _THIS),
    Belonging.notes: sa.exists().where(notes.c.ticket_id == _THIS),
    Belonging.forwards: sa.exists().where(forwards.c.ticket_id == _THIS),
    Belonging.files: sa.exists().where(files.c.message_row == messages.c.id, _OF_MESSAGES),
    Belonging.evidence: sa.exists().where(evidence.c.message_row == messages.c.id, _OF_MESSAGES),
    Belonging.answers: sa.exists().where(
        _OF_SENT, outgoing.c.kind.not_in((OutgoingKind.receipt, OutgoingKind.holding, OutgoingKind.alert))
    ),
    Belonging.sent_files: sa.exists().where(attached_files.c.outgoing_id == outgoing.c.id, _OF_SENT),
    Belonging.deliveries: sa.exists().where(deliveries.c.outgoing_id == outgoing.c.id, _OF_SENT),
    Belonging.unfinished: sa.exists().where(unfinished_answers.c.ticket_id == _THIS),
}

_COLUMNS = [has.label(kind) for kind, has in _HAS.items()]


def find_belongings(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> frozenset[Belonging]:
    """Return the kinds of things that a ticket has; none when the viewer may not see its content.

    Of one that others are merged into, or that is merged itself, everything: what the others have is shown with it.
    """
    row = connection.execute(_asked(viewer), {"ticket": ticket}).mappings().first()
    found = frozenset(kind for kind in Belonging if row is not None and row[kind])
    return EVERYTHING if Belonging.merges in found else found


@lru_cache(maxsize=512)
def _asked(viewer: Viewer) -> sa.Executable:
    """Return what the page of a ticket asks, put together once for a viewer."""
    return sa.select(*_COLUMNS).where(tickets.c.id == sa.bindparam("ticket"), sees_content(viewer))
