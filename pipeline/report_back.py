"""Report back: what a report about one of our messages leads to (domain.md 3.3 rows 2 and 4; P10).

Reads: the report.
Writes: what became of our message, the notice clock of its ticket, the suppression list, events.
"""

from datetime import datetime

from domain.account import Account
from domain.brakes import BrakeSettings
from domain.decision import Decision
from domain.outgoing import OutgoingKind
from domain.suppression import SuppressionReason
from intake.bounce import Bounce
from intake.report import bounced
from store.bounces import mark_bounced, mark_notice_not_met
from store.database import Connection
from store.events import append
from store.sent import OurMessage
from store.suppressions import add_suppression

#: The row of the screen that knows a spam complaint.
COMPLAINT = "3.3/4"


def note_report(
    connection: Connection, account: Account, brakes: BrakeSettings, decision: Decision, ours: OurMessage,
    original: bytes, now: datetime,
) -> None:  # fmt: skip
    """Note that our message did not arrive, or was called spam, and suppress an address that will take none.

    `ours` is what the report names by our own Message-ID, whose token only its recipient has seen. Its recipient is
    suppressed, never another address that stands in the report: anybody can write one.
    """
    if ours.kind is OutgoingKind.alert:
        return
    if COMPLAINT in {reason.row for reason in decision.reply.reasons}:
        _suppress(connection, account, ours, SuppressionReason.complaint, "spam complaint", now)
        return
    told = bounced(original)
    recipient = ours.recipient.lower()
    mine = [each for each in told if each.address == recipient]
    failed = next((each for each in mine or told if each.permanent), None)
    if failed is None:
        return
    _note_bounce(connection, account, ours, failed, now)
    if failed.address == recipient and failed.no_mailbox:
        _suppress(
            connection, account, ours, SuppressionReason.hard_bounce, f"hard bounce {failed.status}", now,
            status=failed.status or "", until=now + brakes.suppressed_for,
        )  # fmt: skip


def _note_bounce(connection: Connection, account: Account, ours: OurMessage, failed: Bounce, now: datetime) -> None:
    """Note it once, and let the notice clock run again: a notice that did not arrive was not given (P10)."""
    if not mark_bounced(connection, ours.id, now, failed.status or ""):
        return
    _tell(connection, "reply_bounced", account, ours, now, status=failed.status or "")
    is_notice = ours.kind is OutgoingKind.receipt
    if is_notice and ours.ticket is not None and mark_notice_not_met(connection, ours.ticket):
        _tell(connection, "notice_not_met", account, ours, now)


def _suppress(
    connection: Connection, account: Account, ours: OurMessage, reason: SuppressionReason, why: str, now: datetime,
    *, status: str = "", until: datetime | None = None,
) -> None:  # fmt: skip
    new = add_suppression(
        connection, account.organisation, ours.recipient.lower(), why, now,
        reason=reason, status=status, until=until, outgoing=ours.id,
    )  # fmt: skip
    if new:
        _tell(connection, "address_suppressed", account, ours, now, why=why)


def _tell(
    connection: Connection, kind: str, account: Account, ours: OurMessage, now: datetime, *, status: str = "",
    why: str = "",
) -> None:  # fmt: skip
    append(
        connection, kind, at=now, organisation=account.organisation, actor="decide", account=account.id,
        ticket=ours.ticket, outgoing=ours.id, status=status, why=why,
    )  # fmt: skip
