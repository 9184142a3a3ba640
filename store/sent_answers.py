"""What mail in Sent answers: kept by the Message-IDs that it refers to, and never the mail itself."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.account import Account
from domain.ids import AccountId, Digest, MessageId, OrganisationId, TicketId
from domain.message import Fate
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import messages, sent_answers
from store.statements import as_asked, in_parts, is_among
from store.visibility import sees_message, sees_organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAnswer:
    """A mail in Sent that refers to a message."""

    #: The mail's Message-ID, else where it lies.
    key: str
    #: True: by In-Reply-To; else by References.
    direct: bool
    #: When it went.
    at: datetime
    account: AccountId
    _recipients: frozenset[str]

    def went_to(self, addresses: Iterable[str]) -> bool:
        """Return whether one of these addresses is among its recipients."""
        return any(address_digest(address) in self._recipients for address in addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """A mail in Sent and a decided message that it refers to."""

    id: int
    answer: SentAnswer
    message: MessageId
    ticket: TicketId | None
    organisation: OrganisationId
    digest: Digest
    media_type: str
    arrived_at: datetime


def address_digest(address: str) -> str:
    """Return what is kept of a recipient: enough to know a known address again."""
    return hashlib.sha256(address.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def add_sent_answers(
    connection: sa.Connection, account: Account, *, key: str, in_reply_to: Collection[str],
    references: Collection[str], recipients: Collection[str], at: datetime, noted_at: datetime,
) -> None:  # fmt: skip
    """Keep what a mail in Sent refers to, once."""
    digests = sorted(map(address_digest, recipients))
    for referred in dict.fromkeys((*in_reply_to, *references)):
        connection.execute(
            upsert(connection, sent_answers)
            .values(
                organisation_id=account.organisation,
                account_id=account.id,
                sent_key=key,
                answers_key=referred,
                direct=referred in in_reply_to,
                recipients=digests,
                at=at,
                noted_at=noted_at,
            )
            .on_conflict_do_nothing()
        )


def find_sent_answers(
    connection: sa.Connection, viewer: Viewer, named: Collection[tuple[OrganisationId, str]]
) -> dict[tuple[OrganisationId, str], list[SentAnswer]]:
    """Return the mails in an organisation's Sent that refer to each Message-ID, oldest first."""
    found: dict[tuple[OrganisationId, str], list[SentAnswer]] = defaultdict(list)
    organisations = sorted({organisation for organisation, _ in named})
    for some in in_parts(sorted({message_id for _, message_id in named})):
        values = {"organisations": organisations, "referred": some}
        for row in connection.execute(_referring(viewer), values).mappings():
            found[row["organisation_id"], row["answers_key"]].append(_answer(row))
    return as_asked(found, named)


@lru_cache(maxsize=64)
def _referring(viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(sent_answers)
        .where(
            is_among(sent_answers.c.organisation_id, "organisations"),
            is_among(sent_answers.c.answers_key, "referred"),
            sees_organisation(viewer, sent_answers),
        )
        .order_by(sent_answers.c.at, sent_answers.c.id)
    )


def find_unsettled(
    connection: sa.Connection, viewer: Viewer, account: AccountId, since: datetime
) -> tuple[Unsettled, ...]:
    """Return the mails in an account's Sent, noted since, whose message has been decided and that are not settled."""
    query = (
        sa.select(
            sent_answers,
            messages.c.id.label("message"),
            messages.c.ticket_id,
            messages.c.digest,
            messages.c.media_type,
            messages.c.arrived_at,
        )
        .join(
            messages,
            sa.and_(
                messages.c.organisation_id == sent_answers.c.organisation_id,
                messages.c.message_id_key == sent_answers.c.answers_key,
            ),
        )
        .where(
            sent_answers.c.account_id == account,
            sent_answers.c.settled_at.is_(None),
            sent_answers.c.noted_at >= since,
            messages.c.fate != Fate.waiting,
            sees_message(viewer),
        )
        .order_by(sent_answers.c.id, messages.c.id)
    )
    return tuple(
        Unsettled(
            id=row["id"],
            answer=_answer(row),
            message=row["message"],
            ticket=row["ticket_id"],
            organisation=row["organisation_id"],
            digest=row["digest"],
            media_type=row["media_type"],
            arrived_at=row["arrived_at"],
        )
        for row in connection.execute(query).mappings()
    )


def mark_settled(connection: sa.Connection, id: int, at: datetime) -> bool:
    """Note that the evidence of a mail in Sent has been written down, once; return whether it had not been."""
    still = (sent_answers.c.id == id, sent_answers.c.settled_at.is_(None))
    return connection.execute(sent_answers.update().where(*still).values(settled_at=at)).rowcount == 1


def _answer(row: sa.RowMapping) -> SentAnswer:
    return SentAnswer(
        key=row["sent_key"],
        direct=row["direct"],
        at=row["at"],
        account=row["account_id"],
        _recipients=frozenset(row["recipients"]),
    )
