"""Report back: what a report about one of our messages leads to (domain.md 3.3 rows 2 and 4; P10).

Reads: the report.
Writes: what became of our message, the notice clock of its ticket, the suppression list, events.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.account import Account
from domain.brakes import BrakeSettings
from domain.decision import Decision
from domain.outgoing import OutgoingKind
from domain.suppression import Suppression, SuppressionReason
from intake.bounce import Bounce
from intake.report import bounced
from store.bounces import mark_bounced, mark_notice_not_met
from store.database import Connection
from store.events import append
from store.sent import OurMessage
from store.suppressions import add_suppression

#: The row of the screen that knows a spam complaint.
COMPLAINT = "3.3/4"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBack:
    """What a report says about one of our messages."""

    #: Named by our own Message-ID, whose token only its recipient has seen.
    ours: OurMessage
    #: The delivery that failed for good; None: none did.
    failed: Bounce | None = None
    #: Why its recipient gets no automatic message any more; None: it still does. Never another address that stands in
    #: the report: anybody can write one.
    suppression: Suppression | None = None


def read_report(
    decision: Decision, ours: OurMessage, original: bytes, brakes: BrakeSettings, now: datetime
) -> ReportBack | None:
    """Return what a report says about our message; None when it is an alert, or the report says nothing."""
    if ours.kind is OutgoingKind.alert:
        return None
    recipient = ours.recipient.lower()
    if COMPLAINT in {reason.row for reason in decision.reply.reasons}:
        complaint = Suppression(
            address=recipient, reason=SuppressionReason.complaint, why="spam complaint", added_at=now, outgoing=ours.id
        )
        return ReportBack(ours=ours, suppression=complaint)
    told = bounced(original)
    mine = [each for each in told if each.address == recipient]
    failed = next((each for each in mine or told if each.permanent), None)
    if failed is None:
        return None
    gone = Suppression(
        address=recipient, reason=SuppressionReason.hard_bounce, why=f"hard bounce {failed.status}", added_at=now,
        status=failed.status or "", until=now + brakes.suppressed_for, outgoing=ours.id,
    )  # fmt: skip
    is_gone = failed.address == recipient and failed.no_mailbox
    return ReportBack(ours=ours, failed=failed, suppression=gone if is_gone else None)


def note_report(connection: Connection, account: Account, report: ReportBack, now: datetime) -> None:
    """Note that our message did not arrive, or was called spam, and suppress an address that will take none."""
    if report.failed is not None:
        _note_bounce(connection, account, report.ours, report.failed, now)
    if report.suppression is not None:
        _suppress(connection, account, report.ours, report.suppression, now)


def _note_bounce(connection: Connection, account: Account, ours: OurMessage, failed: Bounce, now: datetime) -> None:
    """Note it once, and let the notice clock run again: a notice that did not arrive was not given (P10)."""
    if not mark_bounced(connection, ours.id, now, failed.status or ""):
        return
    _tell(connection, "reply_bounced", account, ours, now, status=failed.status or "")
    is_notice = ours.kind is OutgoingKind.receipt
    if is_notice and ours.ticket is not None and mark_notice_not_met(connection, ours.ticket):
        _tell(connection, "notice_not_met", account, ours, now)


def _suppress(
    connection: Connection, account: Account, ours: OurMessage, suppression: Suppression, now: datetime
) -> None:  # fmt: skip
    new = add_suppression(
        connection, account.organisation, suppression.address, suppression.why, now, reason=suppression.reason,
        status=suppression.status, until=suppression.until, outgoing=ours.id,
    )  # fmt: skip
    if new:
        _tell(connection, "address_suppressed", account, ours, now, why=suppression.why)


def _tell(
    connection: Connection, kind: str, account: Account, ours: OurMessage, now: datetime, *, status: str = "",
    why: str = "",
) -> None:  # fmt: skip
    append(
        connection, kind, at=now, organisation=account.organisation, actor="decide", account=account.id,
        ticket=ours.ticket, outgoing=ours.id, status=status, why=why,
    )  # fmt: skip
