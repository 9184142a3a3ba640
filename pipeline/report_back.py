"""Report back: what a report about one of our automatic replies leads to (domain.md 3.3 rows 2 and 4).

Reads: the report.
Writes: the suppression list, events.
"""

import re
from datetime import datetime

from domain.account import Account
from domain.decision import Decision
from domain.outgoing import OutgoingKind
from intake.report import failure_status
from store.correspondents import add_suppression
from store.database import Connection
from store.events import append
from store.sent import OurMessage

#: Statuses that say that there is no such mailbox (RFC 3463). Others, such as 5.2.2 (full) or 5.7.1 (refused by
#: policy), are about a day or about us: they suppress nobody.
_NO_MAILBOX = re.compile(r"5\.1\.(0|1|2|3|6|10)|5\.2\.1")


def note_report(
    connection: Connection, account: Account, decision: Decision, ours: OurMessage, original: bytes, now: datetime
) -> None:
    """Note in the log that our reply did not arrive, and suppress an address that has no mailbox or complained.

    `ours` is what the report names by our own Message-ID, whose token only its recipient has seen; its recipient is
    suppressed, never an address that stands in the report.
    """
    if ours.kind is not OutgoingKind.receipt:
        return
    rows = {reason.row for reason in decision.reply.reasons}
    status = failure_status(original) if "3.3/2" in rows else None
    if status is not None:
        append(
            connection, "reply_bounced", at=now, organisation=account.organisation, actor="decide",
            account=account.id, ticket=ours.ticket, outgoing=ours.id, status=status,
        )  # fmt: skip
    why = _why_suppressed(rows, status)
    if why and add_suppression(connection, account.organisation, ours.recipient.lower(), why, now):
        append(
            connection, "address_suppressed", at=now, organisation=account.organisation, actor="decide",
            account=account.id, ticket=ours.ticket, outgoing=ours.id, why=why,
        )  # fmt: skip


def _why_suppressed(rows: set[str], status: str | None) -> str | None:
    if "3.3/4" in rows:
        return "spam complaint"
    return f"hard bounce {status}" if status and _NO_MAILBOX.fullmatch(status) else None
