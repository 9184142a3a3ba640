"""Report back: what a report about one of our messages leads to (domain.md 3.3 rows 2 and 4; P10).

Reads: the report.
Writes: what became of our message, the clocks of its ticket, the suppression list, events.
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
from pipeline.not_arrived import OurOwn, note_not_arrived, suppress
from store.database import Connection
from store.sent import OurMessage

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
    told = report.ours
    ours = OurOwn(
        id=told.id, organisation=account.organisation, account=account.id, kind=told.kind, ticket=told.ticket
    )  # fmt: skip
    if report.failed is not None:
        note_not_arrived(connection, ours, now, status=report.failed.status or "", actor="decide")
    if report.suppression is not None:
        suppress(connection, ours, report.suppression, now, "decide")
