"""Shortfalls: findings about messages that exist and that we have not got.

Reads: open findings.
Writes: findings that open or close, events.
"""

from collections.abc import Collection

from domain.account import Account
from domain.finding import Finding, FindingKind
from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.alerting import close_quietly, open_quietly
from pipeline.runtime import Runtime
from store.events import append
from store.findings import list_open_findings
from watch.findings import missed, withheld


def flip_withheld(runtime: Runtime, account: Account, identities: Collection[str]) -> None:
    """Open a finding while the server lists messages that it does not hand over, and close it when it does."""
    _flip(runtime, account, FindingKind.withheld, withheld(len(identities)), {"identities": sorted(identities)[:20]})


def flip_missed(runtime: Runtime, account: Account, count: int, fetched: int) -> None:
    """Open a finding when the daily reconciliation found messages we had missed; the next without any closes it."""
    _flip(runtime, account, FindingKind.missed, missed(count), {"missed": count, "fetched": fetched})


def _flip(
    runtime: Runtime, account: Account, kind: FindingKind, evidence: str | None, details: dict[str, object]
) -> None:
    with runtime.database.read() as connection:
        finding = _open(list_open_findings(connection, MACHINE), account, kind)
    if (evidence is None) == (finding is None):
        return
    now = runtime.now
    with runtime.database.write() as connection:
        if finding is not None:
            close_quietly(connection, finding, now)
            return
        if evidence and open_quietly(connection, account, kind, evidence, now):
            append(
                connection, str(kind), at=now, organisation=account.organisation, actor="receive", account=account.id,
                shortfall=details,
            )  # fmt: skip
    runtime.bell.ring(Step.tell)


def _open(findings: Collection[Finding], account: Account, kind: FindingKind) -> Finding | None:
    return next((each for each in findings if each.account == account.id and each.kind is kind), None)
