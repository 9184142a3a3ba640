"""Watch: is anyone listening? Compare what is so with what is known, and note the changes.

Reads: heartbeats, open findings.
Writes: findings that open or close, alerts in the outbox.
"""

from dataclasses import dataclass

from domain.account import AccountStatus
from domain.finding import Finding, FindingKind, Heartbeat
from domain.protocols import Step
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.alerting import close_with_word, open_with_alert
from pipeline.runtime import Runtime
from store.accounts import list_heartbeats
from store.findings import close_finding, list_open_findings
from watch.findings import unreachable


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How many findings changed."""

    opened: int = 0
    closed: int = 0


def watch(runtime: Runtime) -> Watched:
    """Open and close findings about accounts that cannot be read. Safe to run twice."""
    site = runtime.site()
    with runtime.database.read() as connection:
        heartbeats = list_heartbeats(connection, MACHINE)
        findings = {
            finding.account: finding
            for finding in list_open_findings(connection, MACHINE)
            if finding.kind is FindingKind.unreachable
        }
    watched_over = {account.id for account in site.accounts if account.status is AccountStatus.active}
    flips = [
        _flip(runtime, site, heartbeat, findings.get(heartbeat.account))
        for heartbeat in heartbeats
        if heartbeat.account in watched_over
    ]
    flips += [_drop(runtime, finding) for finding in findings.values() if finding.account not in watched_over]
    watched = Watched(opened=flips.count("opened"), closed=flips.count("closed"))
    if watched.opened or watched.closed:
        runtime.bell.ring(Step.send)
    return watched


def _drop(runtime: Runtime, finding: Finding) -> str:
    """Close a finding about an account that is in use no longer; there is nothing to tell anybody."""
    with runtime.database.write() as connection:
        close_finding(connection, finding.id, runtime.now)
    return "dropped"


def _flip(runtime: Runtime, site: Site, heartbeat: Heartbeat, finding: Finding | None) -> str:
    account = site.account(heartbeat.account)
    now = runtime.now
    evidence = unreachable(heartbeat, account, site.watch, now)
    if evidence is not None and finding is None:
        with runtime.database.write() as connection:
            opened = open_with_alert(connection, site, account, FindingKind.unreachable, evidence, now)
        return "opened" if opened else ""
    if finding is not None and heartbeat.failing_since is None:
        with runtime.database.write() as connection:
            close_with_word(connection, site, finding, "reachable_again", now)
        return "closed"
    return ""
