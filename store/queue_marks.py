"""What the queue shows of a ticket beside the ticket itself: attachments, and what became of the automatic reply."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.ids import TicketId
from domain.outgoing import OutgoingKind, SendState
from domain.viewer import Viewer
from store.schema import messages, outgoing, tickets
from store.visibility import sees_content

#: Characters of a text that are shown in place of a subject.
BEGINNING = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMark:
    """The marks of one ticket, taken from the message that opened it."""

    #: The automatic reply as the explanation has it: send, reasons, template, language, to.
    reply: dict[str, Any]
    #: How far the automatic reply got; None: there is none.
    state: SendState | None
    attachments: int
    #: What a person answered last did not arrive.
    answer_lost: bool = False
    #: How the text begins, on one line: what has no subject is known by it.
    beginning: str = ""


def list_queue_marks(connection: sa.Connection, viewer: Viewer, ids: Collection[TicketId]) -> dict[TicketId, QueueMark]:
    """Return the marks of these tickets; none of those whose content the viewer may not see."""
    if not ids:
        return {}
    query = (
        sa.select(
            messages.c.ticket_id,
            messages.c.explanation["automatic_reply"].label("reply"),
            messages.c.attachments,
            sa.func.substr(messages.c.text, 1, BEGINNING).label("beginning"),
            outgoing.c.state,
            _answer_lost().label("answer_lost"),
        )
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .outerjoin(
            outgoing,
            sa.and_(outgoing.c.message_row == messages.c.id, outgoing.c.kind == OutgoingKind.receipt),
        )
        .where(messages.c.ticket_id.in_(sorted(ids)), sees_content(viewer))
        .order_by(messages.c.id.desc())
    )
    rows = connection.execute(query).mappings()
    # The oldest message comes last and stays.
    return {row["ticket_id"]: _mark(row) for row in rows}


def _mark(row: sa.RowMapping) -> QueueMark:
    return QueueMark(
        reply=row["reply"] or {},
        state=None if row["state"] is None else SendState(row["state"]),
        attachments=len(row["attachments"] or ()),
        answer_lost=bool(row["answer_lost"]),
        beginning=" ".join((row["beginning"] or "").split()),
    )


def _answer_lost() -> sa.ScalarSelect[bool]:
    """Return whether the newest answer to a ticket was refused, or did not arrive after it had gone."""
    answers = outgoing.alias()
    lost = sa.or_(answers.c.bounced_at.is_not(None), answers.c.state == SendState.refused)
    return (
        sa.select(lost)
        .where(answers.c.ticket_id == messages.c.ticket_id, answers.c.kind == OutgoingKind.answer)
        .order_by(answers.c.id.desc())
        .limit(1)
        .correlate(messages)
        .scalar_subquery()
    )
