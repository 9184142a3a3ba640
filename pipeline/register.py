"""Register: every account that a viewer may see, with what is known of it (issue of the watch, R61).

Reads: heartbeats, workloads, findings, who was told, traffic; six questions, however many accounts there are.
Writes: nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.account import Account
from domain.account_rights import may_see_account
from domain.facts import Workload
from domain.finding import Finding
from domain.ids import AccountId, FindingId
from domain.open_time import local_date
from domain.person import Person
from domain.register import DAYS, Count, Line, days_of, last_days
from domain.site import Site
from domain.viewer import Viewer
from pipeline.tell_at_once import NOBODY
from store.account_days import list_counts, list_findings_since
from store.accounts import list_heartbeats
from store.database import Connection
from store.handlings import list_workloads
from store.tellings import list_told_of_findings


def read_register(
    connection: Connection, site: Site, viewer: Viewer, now: datetime, *, account: AccountId | None = None
) -> tuple[Line, ...]:
    """Return the accounts of the viewer's register in the configuration's order; only one if it is named."""
    accounts = [
        each
        for each in site.accounts
        if (account is None or each.id == account) and may_see_account(site, viewer, each)
    ]
    since = now - timedelta(days=DAYS + 1)
    heartbeats = {each.account: each for each in list_heartbeats(connection, viewer)}
    workloads = list_workloads(connection, viewer)
    findings: dict[AccountId, list[Finding]] = defaultdict(list)
    for finding in list_findings_since(connection, viewer, since):
        findings[finding.account].append(finding)
    alerted = _alerted(connection, viewer, findings.values())
    counts: dict[AccountId, list[Count]] = defaultdict(list)
    for count in list_counts(connection, viewer, [each.id for each in accounts], last_days(local_date(now))):
        counts[count.account].append(count)
    return tuple(
        Line(
            account=each,
            manager=site.manager_of(each),
            deputy=_deputy(site, each),
            readers=site.readers_of(each),
            heartbeat=heartbeats.get(each.id),
            workload=workloads.get(each.id, Workload()),
            findings=tuple(finding for finding in findings[each.id] if finding.closed_at is None),
            days=days_of(local_date(now), counts[each.id], findings[each.id]),
            alerted={finding.id: alerted[finding.id] for finding in findings[each.id] if finding.id in alerted},
        )
        for each in accounts
    )


def _alerted(connection: Connection, viewer: Viewer, findings: Iterable[list[Finding]]) -> dict[FindingId, datetime]:
    """Return when anybody was first told of each finding that is open."""
    open_ones = [each.id for some in findings for each in some if each.closed_at is None]
    alerted: dict[FindingId, datetime] = {}
    for told in list_told_of_findings(connection, viewer, open_ones):
        if told.finding is not None and told.to != NOBODY:
            alerted[told.finding] = min(told.at, alerted.get(told.finding, told.at))
    return alerted


def _deputy(site: Site, account: Account) -> Person | None:
    id = account.deputy or site.unit(account.unit).deputy
    return site.person(id) if id else None
