"""Letters: the same content that comes again, to another mailbox or after a new UIDVALIDITY, is one letter (P2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.ids import AccountId, Digest, MessageId, OrganisationId, OutgoingId, TicketId
from domain.message import Fate
from domain.viewer import Viewer
from store.rows import insert_rows_of, values_of
from store.schema import letters, messages
from store.statements import as_asked, in_parts, is_among
from store.visibility import sees_message

#: Whose letter, and which.
LetterKey = tuple[OrganisationId, Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The message that first brought a letter."""

    id: MessageId
    account: AccountId
    fate: Fate
    ticket: TicketId | None
    #: What it is attached to: a copy is seen by whom that may be seen by (P12).
    outgoing: OutgoingId | None = None


def find_letters(
    connection: sa.Connection, viewer: Viewer, letters_of: Collection[LetterKey]
) -> dict[LetterKey, Earlier]:
    """Return the messages that first brought these letters, of those that came before."""
    found: dict[LetterKey, Earlier] = {}
    organisations = sorted({organisation for organisation, _ in letters_of})
    for some in in_parts(sorted({letter for _, letter in letters_of})):
        values = {"organisations": organisations, "letters": some}
        for row in connection.execute(_first(viewer), values).mappings():
            found[row["organisation_id"], row["letter"]] = _earlier(row)
    # Two organisations may each have asked for a letter of their own.
    return {key: found[key] for key in letters_of if key in found}


def claim_letters(connection: sa.Connection, firsts: Mapping[LetterKey, MessageId]) -> bool:
    """Make each message the first of its letter; return whether all became it, else the caller must roll back.

    Two workers that hold two copies meet here: the second waits for the first's transaction. They claim in the same
    order, so that none waits for one that waits for it.
    """
    rows = [
        {"organisation_id": organisation, "letter": letter, "message_row": message}
        for (organisation, letter), message in sorted(firsts.items())
    ]
    if not rows:
        return True
    dialect = connection.dialect.name
    return len(connection.execute(_claim(dialect), values_of(dialect, letters, rows)).all()) == len(rows)


def find_letters_under(
    connection: sa.Connection, viewer: Viewer, named: Collection[tuple[OrganisationId, str]]
) -> dict[tuple[OrganisationId, str], frozenset[Digest]]:
    """Return which letters came before under a Message-ID: all there are, or two of them when there are more.

    Enough to know whether there is one with other content than a given one (domain.md 3.3 row 10).
    """
    found: dict[tuple[OrganisationId, str], frozenset[Digest]] = {}
    organisations = sorted({organisation for organisation, _ in named})
    for some in in_parts(sorted({message_id for _, message_id in named})):
        values = {"organisations": organisations, "keys": some}
        for organisation, key, *bounds in connection.execute(_under(viewer), values):
            found[organisation, key] = frozenset(bounds)
    return as_asked(found, named)


@lru_cache(maxsize=2)
def _claim(dialect: str) -> sa.Insert:
    insert = insert_rows_of(dialect, letters, ("organisation_id", "letter", "message_row"))
    # A message that is decided anew has its letter already.
    mine = letters.c.message_row == insert.excluded.message_row
    keeping = insert.on_conflict_do_update(
        index_elements=[letters.c.organisation_id, letters.c.letter],
        set_={"message_row": insert.excluded.message_row},
        where=mine,
    )
    return keeping.returning(letters.c.letter)


@lru_cache(maxsize=64)
def _first(viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(
            letters.c.organisation_id, letters.c.letter, messages.c.id, messages.c.account_id, messages.c.fate,
            messages.c.ticket_id, messages.c.outgoing_id,
        )
        .join(messages, letters.c.message_row == messages.c.id)
        .where(
            is_among(letters.c.organisation_id, "organisations"),
            is_among(letters.c.letter, "letters"),
            sees_message(viewer),
        )
    )  # fmt: skip


@lru_cache(maxsize=64)
def _under(viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(
            messages.c.organisation_id,
            messages.c.message_id_key,
            sa.func.min(messages.c.letter),
            sa.func.max(messages.c.letter),
        )
        .where(
            is_among(messages.c.organisation_id, "organisations"),
            is_among(messages.c.message_id_key, "keys"),
            messages.c.letter.is_not(None),
            sees_message(viewer),
        )
        .group_by(messages.c.organisation_id, messages.c.message_id_key)
    )


def _earlier(row: sa.RowMapping) -> Earlier:
    return Earlier(
        id=row["id"],
        account=row["account_id"],
        fate=Fate(row["fate"]),
        ticket=row["ticket_id"],
        outgoing=row["outgoing_id"],
    )
