"""Report back: what a report about one of our messages leads to (domain.md 3.3 rows 2 and 4; P10).

Reads: the report.
Writes: what became of our message, the clocks of its ticket, the suppression list, events.
"""

from collections.abc import Sequence
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
    """Return what a report says about our message; None: nothing. Who gets alerts is never suppressed."""
    recipient = ours.recipient.lower()
    is_alert = ours.kind is OutgoingKind.alert
    if not is_alert and COMPLAINT in {reason.row for reason in decision.reply.reasons}:
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
    return ReportBack(ours=ours, failed=failed, suppression=gone if is_gone and not is_alert else None)


def note_reports(connection: Connection, reports: Sequence[tuple[Account, ReportBack]], now: datetime) -> None:
    """Note that messages of ours did not arrive, or were called spam, and suppress addresses that will take none.

    First all messages, then all addresses, each in one order: two batches with reports on the same ones must not wait
    for each other in a circle.
    """
    for ours, report in sorted(((_own(*each), each[1]) for each in reports), key=lambda pair: pair[0].id):
        if report.failed is not None:
            note_not_arrived(connection, ours, now, status=report.failed.status or "", actor="decide")
    suppressions = ((_own(*each), each[1].suppression) for each in reports)
    named = [(ours, suppression) for ours, suppression in suppressions if suppression is not None]
    for ours, suppression in sorted(named, key=lambda pair: (pair[0].organisation, pair[1].address)):
        suppress(connection, ours, suppression, now, "decide")


def _own(account: Account, report: ReportBack) -> OurOwn:
    told = report.ours
    return OurOwn(
        id=told.id, organisation=account.organisation, account=account.id, kind=told.kind, ticket=told.ticket
    )  # fmt: skip
