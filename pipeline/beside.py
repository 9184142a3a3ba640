"""Beside: people who have the same ticket before them know of each other, and what they write is not lost.

Reads: the ticket, as the person may see it.
Writes: unfinished answers, presences: both are forgotten, and neither is an event.
"""

from datetime import datetime

from domain.ids import TicketId
from domain.site import Site
from domain.ticket import Ticket
from pipeline.answer_faults import TextNotTaken
from store.database import Database
from store.presences import end_writing, note_presence
from store.tickets import get_ticket
from store.unfinished import drop_unfinished, keep_unfinished
from store.users import User


def keep(database: Database, site: Site, user: User, id: TicketId, text: str, now: datetime) -> Ticket:
    """Keep what somebody has written so far; an empty text forgets it.

    Raises:
        KeyError: there is no such ticket, or none that the user may see.
        TextNotTaken: it is longer than any answer may be.
    """
    if len(text) > site.answers.longest_text:
        raise TextNotTaken(f"the answer has more than {site.answers.longest_text} characters: shorten it")
    with database.write() as connection:
        ticket = get_ticket(connection, user.viewer, id)
        note_presence(connection, ticket.organisation, id, user.id, now, writing=bool(text.strip()))
        if text.strip():
            keep_unfinished(connection, ticket.organisation, user.id, id, text, now)
        else:
            drop_unfinished(connection, user.id, id)
            end_writing(connection, id, user.id)
    return ticket


def come(database: Database, user: User, ticket: Ticket, now: datetime) -> None:
    """Note that a person has a ticket before them. A power cut may undo it: it is worth no wait for the disk."""
    with database.write(durable=False) as connection:
        note_presence(connection, ticket.organisation, ticket.id, user.id, now)
