"""Not arrived: what follows when a message of ours, which the wire had taken, never reached the citizen (P10).

Reads: the ticket that the message is about.
Writes: what became of the message, the clocks of its ticket, the ticket's status, the suppression list, events; all
in the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.ids import AccountId, OrganisationId, OutgoingId, TicketId
from domain.outgoing import OutgoingKind
from domain.suppression import Suppression
from store.bounces import mark_answer_not_met, mark_bounced, mark_notice_not_met
from store.database import Connection
from store.events import append
from store.suppressions import add_suppression
from store.tickets import mark_reopened


@dataclass(frozen=True, slots=True, kw_only=True)
class OurOwn:
    """A message of ours, as far as what follows hangs on it."""

    id: OutgoingId
    organisation: OrganisationId
    account: AccountId
    kind: OutgoingKind
    ticket: TicketId | None


def note_not_arrived(
    connection: Connection, ours: OurOwn, now: datetime, *, status: str = "", why: str = "", actor: str
) -> bool:  # fmt: skip
    """Note once that a message did not arrive, and let run again what it had stopped; return whether that is new.

    A receipt lets the notice run again. A person's answer lets the answer run again and opens a closed ticket: whoever
    wrote it believes that it is done.

    Args:
        connection: a transaction that may write.
        ours: the message.
        now: aware UTC.
        status: as in RFC 3463, such as 5.1.1, or the provider's code; empty: none was given.
        why: what it means, in Swedish; empty: the status says it.
        actor: the step that learned of it.
    """
    if not mark_bounced(connection, ours.id, now, status, why):
        return False
    if ours.kind is OutgoingKind.alert:
        tell(connection, "alert_bounced", ours, now, actor, status=status, why=why)
        return True
    is_answer = ours.kind is OutgoingKind.answer
    tell(connection, "answer_bounced" if is_answer else "reply_bounced", ours, now, actor, status=status, why=why)
    if ours.ticket is None:
        return True
    if is_answer:
        owe_answer(connection, ours, now, actor)
    if ours.kind in {OutgoingKind.receipt, OutgoingKind.answer} and mark_notice_not_met(connection, ours.ticket):
        tell(connection, "notice_not_met", ours, now, actor)
    return True


def owe_answer(connection: Connection, ours: OurOwn, now: datetime, actor: str) -> None:
    """Let the answer to a ticket run again and open the ticket: a person's answer did not get through."""
    if ours.ticket is None:
        return
    if mark_answer_not_met(connection, ours.ticket):
        tell(connection, "answer_not_met", ours, now, actor)
    if mark_reopened(connection, ours.ticket):
        tell(connection, "reopened", ours, now, actor)


def suppress(connection: Connection, ours: OurOwn, suppression: Suppression, now: datetime, actor: str) -> None:
    """Let an address get no automatic message any more, as the suppression says."""
    new = add_suppression(
        connection, ours.organisation, suppression.address, suppression.why, now, reason=suppression.reason,
        status=suppression.status, until=suppression.until, outgoing=ours.id,
    )  # fmt: skip
    if new:
        tell(connection, "address_suppressed", ours, now, actor, why=suppression.why)


def tell(connection: Connection, kind: str, ours: OurOwn, now: datetime, actor: str, **details: Any) -> None:
    """Write an event about a message of ours."""
    append(
        connection, kind, at=now, organisation=ours.organisation, actor=actor, account=ours.account,
        ticket=ours.ticket, outgoing=ours.id, **details,
    )  # fmt: skip
