"""Letters: the same content that comes again, to another mailbox or after a new UIDVALIDITY, is one letter (P2)."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

from domain.ids import AccountId, Digest, MessageId, OrganisationId, OutgoingId, TicketId
from domain.message import Fate
from domain.viewer import Viewer
from store.schema import letters, messages
from store.statements import insert_new
from store.visibility import sees_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The message that first brought a letter."""

    id: MessageId
    account: AccountId
    fate: Fate
    ticket: TicketId | None
    #: What it is attached to: a copy is seen by whom that may be seen by (P12).
    outgoing: OutgoingId | None = None


def claim_letter(
    connection: sa.Connection, organisation: OrganisationId, letter: Digest, message: MessageId
) -> Earlier | None:
    """Make the message the first of its letter; return the earlier one when there is one.

    Two workers that hold two copies meet here: the second waits for the first's transaction.
    """
    mine = {"organisation_id": organisation, "letter": letter, "message_row": message}
    if insert_new(connection, letters, mine, returning="message_row").first() is not None:
        return None
    query = (
        sa.select(messages.c.id, messages.c.account_id, messages.c.fate, messages.c.ticket_id, messages.c.outgoing_id)
        .join(letters, letters.c.message_row == messages.c.id)
        .where(letters.c.organisation_id == organisation, letters.c.letter == letter)
    )
    row = connection.execute(query).mappings().one()
    if row["id"] == message:
        return None
    return Earlier(
        id=row["id"],
        account=row["account_id"],
        fate=Fate(row["fate"]),
        ticket=row["ticket_id"],
        outgoing=row["outgoing_id"],
    )


def find_other_letter(
    connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, message_id: str, letter: Digest
) -> bool:
    """Return whether the same Message-ID came before with other content (domain.md 3.3 row 10)."""
    values = {"organisation": organisation, "key": message_id, "letter": letter}
    return connection.scalar(_other(viewer), values) is not None


@lru_cache(maxsize=64)
def _other(viewer: Viewer) -> sa.Select[int]:
    return (
        sa.select(messages.c.id)
        .where(
            messages.c.organisation_id == sa.bindparam("organisation"),
            messages.c.message_id_key == sa.bindparam("key"),
            messages.c.letter != sa.bindparam("letter"),
            sees_message(viewer),
        )
        .limit(1)
    )
