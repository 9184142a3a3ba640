"""Threads: tickets found by what was written in them: a mail, a number, a sender. One question a batch."""

from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.account import Channel
from domain.ids import AccountId, OrganisationId, TicketId
from domain.page import DIRECT_MESSAGE
from domain.ticket import TicketStatus
from domain.viewer import Viewer
from store.columns import as_key
from store.schema import messages, tickets
from store.statements import as_asked, in_parts, is_among
from store.visibility import sees_about, sees_content


def find_tickets_of_mail(
    connection: sa.Connection, viewer: Viewer, named: Collection[tuple[OrganisationId, str]]
) -> dict[tuple[OrganisationId, str], frozenset[TicketId]]:
    """Return the tickets that a received mail belongs to, by its organisation and Message-ID."""
    found: dict[tuple[OrganisationId, str], set[TicketId]] = defaultdict(set)
    organisations = sorted({organisation for organisation, _ in named})
    for some in in_parts(sorted({message_id for _, message_id in named})):
        values = {"organisations": organisations, "keys": some}
        for organisation, key, ticket in connection.execute(_of_mail(viewer), values):
            found[organisation, key].add(ticket)
    return as_asked({key: frozenset(ids) for key, ids in found.items()}, named)


def find_tickets_by_number(
    connection: sa.Connection, viewer: Viewer, named: Collection[tuple[OrganisationId, str]]
) -> dict[tuple[OrganisationId, str], TicketId]:
    """Return the tickets of these numbers."""
    found: dict[tuple[OrganisationId, str], TicketId] = {}
    organisations = sorted({organisation for organisation, _ in named})
    for some in in_parts(sorted({number for _, number in named})):
        values = {"organisations": organisations, "numbers": some}
        for organisation, number, ticket in connection.execute(_of_number(viewer), values):
            found[organisation, number] = ticket
    return {each: found[each] for each in named if each in found}


def find_tickets_of_senders(
    connection: sa.Connection, viewer: Viewer, senders: Collection[tuple[AccountId, str]]
) -> dict[tuple[AccountId, str], TicketId]:
    """Return the latest open ticket of each sender at an account; where none is open, the latest."""
    found: dict[tuple[AccountId, str], TicketId] = {}
    accounts = sorted({account for account, _ in senders})
    for some in in_parts(sorted({address for _, address in senders})):
        values = {"accounts": accounts, "keys": some}
        for account, key, open_one, latest in connection.execute(_of_sender(viewer), values):
            found[account, key] = open_one or latest
    return {each: found[key] for each in senders if (key := (each[0], as_key(each[1]))) in found}


def find_writers(
    connection: sa.Connection, viewer: Viewer, ids: Collection[TicketId]
) -> dict[TicketId, frozenset[str]]:
    """Return the addresses, in lower case, that have written in each ticket."""
    found: dict[TicketId, set[str]] = defaultdict(set)
    for some in in_parts(sorted(ids)):
        for ticket, address in connection.execute(_writers(viewer), {"tickets": some}):
            if address:
                found[ticket].add(address.lower())
    return {ticket: frozenset(addresses) for ticket, addresses in found.items()}


@lru_cache(maxsize=64)
def _of_mail(viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(messages.c.organisation_id, messages.c.message_id_key, messages.c.ticket_id)
        .where(
            is_among(messages.c.organisation_id, "organisations"),
            is_among(messages.c.message_id_key, "keys"),
            messages.c.ticket_id.is_not(None),
            sees_about(viewer, messages),
        )
        .distinct()
    )


@lru_cache(maxsize=64)
def _of_number(viewer: Viewer) -> sa.Select[Any]:
    return sa.select(tickets.c.organisation_id, tickets.c.number, tickets.c.id).where(
        is_among(tickets.c.organisation_id, "organisations"),
        is_among(tickets.c.number, "numbers"),
        sees_content(viewer),
    )


@lru_cache(maxsize=64)
def _of_sender(viewer: Viewer) -> sa.Select[Any]:
    open_one = sa.func.max(sa.case((tickets.c.status == TicketStatus.open, tickets.c.id)))
    return (
        sa.select(tickets.c.account_id, tickets.c.sender_key, open_one, sa.func.max(tickets.c.id))
        .where(
            is_among(tickets.c.account_id, "accounts"),
            is_among(tickets.c.sender_key, "keys"),
            tickets.c.sender_key != "",
            # What stands in public has a ticket of its own: an answer in private would not belong in it.
            ~sa.and_(tickets.c.channel == Channel.facebook, _holds_public(viewer)),
            sees_content(viewer),
        )
        .group_by(tickets.c.account_id, tickets.c.sender_key)
    )


def _holds_public(viewer: Viewer) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        messages.c.ticket_id == tickets.c.id,
        ~messages.c.identity.startswith(DIRECT_MESSAGE, autoescape=True),
        sees_about(viewer, messages),
    )


@lru_cache(maxsize=64)
def _writers(viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(messages.c.ticket_id, messages.c.sender_address)
        .where(is_among(messages.c.ticket_id, "tickets"), sees_about(viewer, messages))
        .distinct()
    )
