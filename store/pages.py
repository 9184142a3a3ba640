"""Pages: what the store knows that is asked of Facebook pages only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.account import Channel
from domain.category import Secrecy
from domain.ids import AccountId, MessageId, OrganisationId, TicketId, UnitId
from domain.outgoing import OutgoingKind, SendState
from domain.page import DIRECT_MESSAGE, WAY_HEADER, PageWay
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.schema import accounts, messages, outgoing, tickets
from store.schema.work import WINDOW_NOTED
from store.statements import in_parts
from store.visibility import sees_about, sees_content, sees_message, sees_organisation

#: States in which a message has gone, or may have.
_MAY_HAVE_GONE = (SendState.handing_over, SendState.sent, SendState.uncertain)
#: States in which a message has gone, or is still to go.
_STANDS = (*_MAY_HAVE_GONE, SendState.queued, SendState.claimed, SendState.retry)
_PRIVATE = [WAY_HEADER, PageWay.private.value]
_OF_CHAT = (tickets.c.id, tickets.c.organisation_id, tickets.c.account_id, tickets.c.unit_id, tickets.c.secrecy)
#: How far back what we sent is looked for among what a page is seen to have written.
LOOKED_BACK = timedelta(days=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChat:
    """A ticket in Messenger whose answer is owed."""

    ticket: TicketId
    organisation: OrganisationId
    account: AccountId
    unit: UnitId
    #: Only its compartment knows of it.
    is_sensitive: bool
    #: When the person last wrote.
    wrote_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """What people have asked a page and nobody has answered."""

    in_messenger: int = 0
    in_public: int = 0
    #: When the oldest of it came; None: there is nothing.
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote to a page, as it belongs to a ticket."""

    message: MessageId
    #: The provider's own.
    identity: str
    at: datetime
    text: str


def list_answering_by_themselves(connection: sa.Connection, viewer: Viewer, since: datetime) -> frozenset[AccountId]:
    """Return the accounts from whose address another machine was seen to answer since then."""
    query = sa.select(accounts.c.account_id).where(
        accounts.c.auto_replied_at >= since, sees_organisation(viewer, accounts)
    )
    return frozenset(AccountId(id) for id in connection.scalars(query))


def find_answered_in_private(
    connection: sa.Connection, viewer: Viewer, account: AccountId, comments: Collection[str]
) -> frozenset[str]:
    """Return those comments to whose writers a private answer has gone, or is to go."""
    found: set[str] = set()
    for some in in_parts(sorted(comments)):
        query = sa.select(outgoing.c.recipient, outgoing.c.headers).where(
            outgoing.c.account_id == account,
            outgoing.c.kind == OutgoingKind.answer,
            outgoing.c.state.in_(_STANDS),
            outgoing.c.recipient.in_(some),
            sees_about(viewer, outgoing),
        )
        found |= {row.recipient for row in connection.execute(query) if _PRIVATE in row.headers}
    return frozenset(found)


def find_hidden(
    connection: sa.Connection, viewer: Viewer, account: AccountId, comments: Collection[str]
) -> frozenset[str]:
    """Return those comments that somebody has hidden from here, or that are to be."""
    found: set[str] = set()
    for some in in_parts(sorted(comments)):
        query = sa.select(outgoing.c.recipient).where(
            outgoing.c.account_id == account,
            outgoing.c.kind == OutgoingKind.hiding,
            outgoing.c.state.in_(_STANDS),
            outgoing.c.recipient.in_(some),
            sees_about(viewer, outgoing),
        )
        found |= set(connection.scalars(query))
    return frozenset(found)


def list_written(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> tuple[Written, ...]:
    """Return what came in a ticket, oldest first; none of what the viewer may not see."""
    query = (
        sa.select(messages.c.id, messages.c.identity, messages.c.arrived_at, messages.c.text)
        .where(messages.c.ticket_id == ticket, messages.c.arrived_at.is_not(None), sees_message(viewer))
        .order_by(messages.c.arrived_at, messages.c.id)
    )
    return tuple(
        Written(MessageId(row.id), row.identity, row.arrived_at, row.text or "") for row in connection.execute(query)
    )


def find_open_chats(
    connection: sa.Connection, viewer: Viewer, since: datetime, until: datetime
) -> tuple[OpenChat, ...]:
    """Return the tickets in Messenger whose answer is owed and whose person last wrote in that time."""
    wrote_at = sa.func.max(messages.c.arrived_at)
    query = (
        sa.select(*_OF_CHAT, wrote_at.label("wrote_at"))
        .join(messages, messages.c.ticket_id == tickets.c.id)
        .where(
            tickets.c.status == TicketStatus.open,
            messages.c.channel == Channel.facebook,
            tickets.c.answer_met_at.is_(None),
            messages.c.identity.startswith(DIRECT_MESSAGE, autoescape=True),
            sees_content(viewer),
        )
        .group_by(*_OF_CHAT)
        .having(wrote_at >= since, wrote_at <= until)
    )
    return tuple(
        OpenChat(
            ticket=row.id, organisation=row.organisation_id, account=row.account_id, unit=row.unit_id,
            is_sensitive=row.secrecy == Secrecy.SK2, wrote_at=row.wrote_at,
        )
        for row in connection.execute(query)
    )  # fmt: skip


def count_unanswered(connection: sa.Connection, viewer: Viewer, account: AccountId) -> Unanswered:
    """Return what a page owes an answer to: open tickets, of those that the viewer may see."""
    direct = messages.c.identity.startswith(DIRECT_MESSAGE, autoescape=True)
    of_ticket = (messages.c.ticket_id == tickets.c.id, direct)
    in_messenger = sa.exists().where(*of_ticket).correlate(tickets)
    query = (
        sa.select(in_messenger.label("direct"), sa.func.count(), sa.func.min(tickets.c.arrived_at))
        .where(
            tickets.c.account_id == account, tickets.c.status == TicketStatus.open,
            tickets.c.answer_due_at.is_not(None), tickets.c.answer_met_at.is_(None), sees_content(viewer),
        )
        .group_by(in_messenger)
    )  # fmt: skip
    found = {bool(is_direct): (count, oldest) for is_direct, count, oldest in connection.execute(query)}
    return Unanswered(
        in_messenger=found.get(True, (0, None))[0],
        in_public=found.get(False, (0, None))[0],
        oldest_at=min((oldest for _, oldest in found.values()), default=None),
    )


def list_windows(connection: sa.Connection, viewer: Viewer) -> dict[TicketId, datetime]:
    """Return the tickets of which it was noted that their window closes, and when."""
    query = sa.select(tickets.c.id, tickets.c.window_closes_at).where(
        sa.text(f"tickets.{WINDOW_NOTED}"), sees_content(viewer)
    )
    return {TicketId(row.id): row.window_closes_at for row in connection.execute(query)}


def find_ours(
    connection: sa.Connection, viewer: Viewer, account: AccountId, provider_id: str, text: str, at: datetime
) -> OutgoingKind | None:
    """Return as what we sent what a page is seen to have written: by the provider's name for it, or word for word.

    None: we did not. The words tell where the provider's name is not written down yet, or never was.
    """
    own = (outgoing.c.account_id == account, sees_about(viewer, outgoing))
    named = sa.select(outgoing.c.kind).where(*own, outgoing.c.provider_id == provider_id)
    kind = connection.scalar(named.limit(1))
    if kind is not None:
        return OutgoingKind(kind)
    unnamed = sa.select(outgoing.c.kind, outgoing.c.text).where(
        *own, outgoing.c.state.in_(_MAY_HAVE_GONE), outgoing.c.created_at >= at - LOOKED_BACK,
    )  # fmt: skip
    said = connection.execute(unnamed)
    return next((OutgoingKind(row.kind) for row in said if row.text.strip() == text.strip()), None)
