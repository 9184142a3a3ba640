"""Contacts: tickets that may be of one person, because that person gave both ways to be reached."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from domain.account import Channel
from domain.ids import AccountId, MessageId, OrganisationId, TicketId
from domain.viewer import Viewer
from store.columns import as_key
from store.rows import insert_new
from store.schema import contact_points, messages, tickets
from store.visibility import sees_content

#: Tickets that are named; more would not be read.
MOST = 5


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """A number or an address that a sender gave of themselves in a message."""

    organisation: OrganisationId
    message: MessageId
    #: In lower case.
    sender: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SameContact:
    """A ticket that may be of the same person."""

    ticket: TicketId
    number: str
    channel: Channel
    #: Who wrote it.
    address: str


def add_contact_points(connection: sa.Connection, given: Sequence[ContactPoint]) -> None:
    """Keep what senders gave of themselves."""
    rows = [
        {
            "organisation_id": each.organisation,
            "message_row": each.message,
            "sender_key": each.sender,
            "value": each.value,
        }
        for each in given
    ]
    insert_new(connection, contact_points, rows)


def list_same_contact(
    connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, sender: str, *, not_this: TicketId,
    accounts: Collection[AccountId],
) -> tuple[SameContact, ...]:  # fmt: skip
    """Return the newest tickets of whoever gave this sender's address, or whose address this sender gave.

    Only by messages, and only tickets, whose content the viewer may see.

    Args:
        connection: the transaction to read in.
        viewer: on whose behalf.
        organisation: whose tickets: none crosses its border.
        sender: an address, number or id in lower case.
        not_this: the ticket that is looked at.
        accounts: those of the organisation.
    """
    points = contact_points.join(messages, messages.c.id == contact_points.c.message_row).join(
        tickets, tickets.c.id == messages.c.ticket_id
    )
    of_ours = (contact_points.c.organisation_id == organisation, sees_content(viewer))
    key = as_key(sender)
    gave_this = sa.select(tickets.c.id).select_from(points).where(*of_ours, contact_points.c.value == key)
    values = sa.select(contact_points.c.value).select_from(points).where(*of_ours, contact_points.c.sender_key == key)
    ids = set(connection.scalars(gave_this))
    if given := list(connection.scalars(values)):
        wrote_from = (tickets.c.account_id.in_(sorted(accounts)), tickets.c.sender_key.in_(given))
        ids |= set(connection.scalars(sa.select(tickets.c.id).where(*wrote_from)))
    ids.discard(not_this)
    if not ids:
        return ()
    query = (
        sa.select(tickets)
        .where(tickets.c.id.in_(sorted(ids)), tickets.c.organisation_id == organisation, sees_content(viewer))
        .order_by(tickets.c.id.desc())
        .limit(MOST)
    )
    return tuple(
        SameContact(
            ticket=row["id"], number=row["number"], channel=Channel(row["channel"]), address=row["sender_address"]
        )
        for row in connection.execute(query).mappings()
    )
