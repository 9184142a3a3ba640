"""The outbox's rows: the exact text first, then how far it got (P8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.account import Channel
from domain.ids import FindingId, MessageId, OutgoingId, TicketId
from domain.outgoing import AttachedFile, Outgoing, OutgoingKind, SendState, turn_of
from store.attached_files import put_attached_files
from store.database import database_now
from store.rows import insert_new
from store.said_index import Said, put_said
from store.schema import outgoing

#: Why a person is asked about what is in doubt.
IN_DOUBT = "the machine that was lost may have sent it"

#: A lease that nobody holds any more.
OVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The exact text of an outgoing message before it has a row."""

    message_id: str
    sender: str
    envelope_sender: str
    subject: str
    text: str
    headers: tuple[tuple[str, str], ...]
    #: Names the template's content.
    template_version: str
    html: str = ""
    attachments: tuple[AttachedFile, ...] = ()
    #: True: the ticket's number stands in it as it is, and so does nothing else that looks like it.
    says_number_plainly: bool = False
    #: The person who wrote it; empty for what a machine wrote.
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutgoing:
    """An intent to send with its exact text, and what it is about."""

    intent: Outgoing
    draft: Draft
    ticket: TicketId | None = None
    message: MessageId | None = None
    finding: FindingId | None = None
    #: Another machine may have sent it: it is asked about before it goes.
    in_doubt: bool = False


def add_outgoing(
    connection: sa.Connection,
    intent: Outgoing,
    draft: Draft,
    *,
    at: datetime,
    ticket: TicketId | None = None,
    message: MessageId | None = None,
    finding: FindingId | None = None,
    wait: timedelta = timedelta(0),
    in_doubt: bool = False,
) -> OutgoingId | None:
    """Store an intent to send with its exact text; None when the message already has one of that kind.

    It is not sent before `wait` has passed, by the database's clock; `in_doubt` as of `NewOutgoing`.
    """
    new = NewOutgoing(
        intent=intent, draft=draft, ticket=ticket, message=message, finding=finding, in_doubt=in_doubt
    )  # fmt: skip
    id = add_all_outgoing(connection, [new], at=at).get(draft.message_id)
    if id is not None and wait:
        waits = outgoing.update().where(outgoing.c.id == id)
        connection.execute(waits.values(next_try_at=database_now(connection) + wait))
    return id


def add_all_outgoing(connection: sa.Connection, new: Sequence[NewOutgoing], *, at: datetime) -> dict[str, OutgoingId]:
    """Store intents to send with their exact texts; return the row of each by its own Message-ID.

    One whose message already has one of that kind is passed over.
    """
    stored = insert_new(connection, outgoing, [_row(each, at) for each in new], returning=("message_id", "id"))
    ids = {row.message_id: OutgoingId(row.id) for row in stored}
    for each in new:
        id = ids.get(each.draft.message_id)
        if id is not None:
            put_attached_files(connection, each.intent.organisation, id, each.draft.attachments)
    written = {
        ids[each.draft.message_id]: each.draft.text
        for each in new
        if each.intent.kind is OutgoingKind.answer and each.draft.message_id in ids
    }
    put_said(connection, Said.answer, written)
    return ids


def cancel_calls(
    connection: sa.Connection, ticket: TicketId, template: str, why: str, *, to: str = ""
) -> tuple[OutgoingId, ...]:
    """Cancel the calls about a ticket that still wait and nobody holds, to one reader or to all; return which."""
    cancelled = (
        outgoing.update()
        .where(
            outgoing.c.ticket_id == ticket,
            outgoing.c.template == template,
            outgoing.c.kind == OutgoingKind.alert,
            outgoing.c.state.in_((SendState.queued, SendState.retry)),
            *([outgoing.c.recipient == to] if to else []),
        )
        .values(state=SendState.cancelled, why=why, next_try_at=None)
        .returning(outgoing.c.id)
    )
    return tuple(OutgoingId(id) for id in sorted(connection.scalars(cancelled)))


def _row(new: NewOutgoing, at: datetime) -> dict[str, Any]:
    intent, draft = new.intent, new.draft
    return {
        "organisation_id": intent.organisation,
        "kind": intent.kind,
        **_first_state(new, at),
        "account_id": intent.account,
        "channel": intent.channel,
        "ticket_id": new.ticket,
        "message_row": new.message,
        "finding_id": new.finding,
        "template": intent.template,
        "template_version": draft.template_version,
        "language": intent.language,
        "slots": dict(intent.slots),
        "message_id": draft.message_id,
        "sender": draft.sender,
        "recipient": intent.recipient,
        "recipient_key": intent.recipient,
        "envelope_sender": draft.envelope_sender,
        "subject": draft.subject,
        "text": draft.text,
        "html": draft.html,
        "author": draft.author or None,
        "turn": turn_of(intent),
        "headers": [list(pair) for pair in draft.headers],
        "created_at": at,
    }


def _first_state(new: NewOutgoing, at: datetime) -> dict[str, Any]:
    """Return how far it got.

    What is in doubt counts as gone. A mail's Message-ID tells whether it went, so that it stands where a send that was
    cut off does; other providers know a message by its text, which names another number now: a person is asked.
    """
    if new.in_doubt and not new.intent.shadow:
        state = SendState.handing_over if new.intent.channel is Channel.email else SendState.uncertain
        return {"state": state, "lease_until": OVER, "attempts": 1, "passed_at": at, "why": IN_DOUBT}
    state = SendState.shadow if new.intent.shadow else SendState.queued
    return {"state": state, "lease_until": None, "attempts": 0, "passed_at": None, "why": ""}
