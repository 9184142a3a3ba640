"""The accounts in words: what is wrong first. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.account import Account, AccountStatus
from domain.failed_step import say_failed_step
from domain.finding import Finding, FindingKind, Heartbeat
from domain.ids import FindingId, OutgoingId
from domain.open_time import local_date
from domain.register import Line
from domain.site import Site
from store.sent import StoredOutgoing
from web.account_days import Strip, strip_of
from web.names import AUTO_REPLIES, CHANNELS, MODES, unit_name
from web.times import ShownTime, shown_ago, shown_time
from web.words import Words, mark


class AccountState(StrEnum):
    """How an account stands; each has a colour, an icon and a word. In the order they are listed."""

    unreachable = "unreachable"
    unwatched = "unwatched"
    failing = "failing"
    read = "read"
    unvisited = "unvisited"
    dormant = "dormant"
    closed = "closed"


STATE_WORDS = {
    AccountState.unreachable: mark("Kan inte läsas"),
    AccountState.unwatched: mark("Obevakat"),
    AccountState.failing: mark("Svarar inte just nu"),
    AccountState.read: mark("Läses"),
    AccountState.unvisited: mark("Inte läst ännu"),
    AccountState.dormant: mark("Vilande"),
    AccountState.closed: mark("Avslutat"),
}

FINDINGS = {
    FindingKind.unreachable: mark("Kan inte läsas"),
    FindingKind.old_unhandled: mark("Äldre meddelanden ohanterade"),
    FindingKind.withheld: mark("Meddelanden går inte att hämta"),
    FindingKind.missed: mark("Meddelanden hade missats"),
    FindingKind.replies_stopped: mark("Alla automatiska svar är stoppade"),
    FindingKind.expiring: mark("Något går snart ut"),
    FindingKind.unwatched: mark("Obevakat"),
    FindingKind.silent: mark("Ovanligt tyst"),
    FindingKind.canary_missing: mark("Testmejl kommer inte fram"),
    FindingKind.canary_unsent: mark("Testmejl kan inte skickas"),
    FindingKind.sms_flood: mark("Ovanligt många sms från liknande nummer"),
    FindingKind.dormant_in_use: mark("Vilande, men någon skriver dit"),
    FindingKind.alert_bounced: mark("Ett larm kom inte fram"),
    FindingKind.inactive: mark("Används inte"),
    FindingKind.off_domain: mark("Utanför våra domäner"),
    FindingKind.no_manager: mark("Ingen ansvarig chef"),
    FindingKind.left: mark("Anställningen har slutat"),
    FindingKind.absent: mark("Ingen ersätter vid frånvaro"),
    FindingKind.not_published: mark("Står inte på webbplatsen"),
    FindingKind.published_but_gone: mark("Står kvar på webbplatsen"),
    FindingKind.duplicate_auto_reply: mark("Dubbla automatiska svar"),
    FindingKind.worker_stalled: mark("Svarsvakt står stilla"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """What the watch has noticed, and the alerts it led to."""

    id: FindingId
    kind: str
    title: str
    evidence: str
    since: ShownTime
    alerts: tuple[OutgoingId, ...]
    #: None: nobody was told of it.
    days_since_alert: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account."""

    id: str
    name: str
    address: str
    channel: str
    channel_name: str
    unit: str
    #: Empty: nobody, which is a fault of the configuration.
    manager: str
    mode: str
    auto_reply: str
    state: AccountState
    state_text: str
    #: The step that failed; empty when nothing did.
    failed: str
    failing_since: ShownTime | None
    read_at: ShownTime | None
    visited_at: ShownTime | None
    #: Until when the provider is asked nothing, because its limit is near; None: it is asked as always.
    rests_until: ShownTime | None
    #: When it last said something of its own: a post, or an answer; None: nothing was seen.
    last_said: ShownTime | None
    last_arrival: ShownTime | None
    last_handled: ShownTime | None
    #: None: nothing waits.
    oldest_unhandled: ShownTime | None
    unhandled: int
    strip: Strip
    deputy: str
    readers: tuple[str, ...]
    findings: tuple[ShownFinding, ...]
    #: Since anybody was first told of anything that is open (domain.md 4.2 E2); None: nobody was.
    days_since_alert: int | None


def account_rows(
    lines: Iterable[Line], alerts: Sequence[StoredOutgoing], site: Site, now: datetime, words: Words
) -> tuple[AccountRow, ...]:
    """Return the accounts: those with findings first, then by state and name."""
    rows = [_row(line, alerts, site, now, words) for line in lines]
    order = list(AccountState)
    return tuple(sorted(rows, key=lambda row: (not row.findings, order.index(row.state), row.name)))


def _row(line: Line, alerts: Sequence[StoredOutgoing], site: Site, now: datetime, words: Words) -> AccountRow:
    account, heartbeat, work = line.account, line.heartbeat, line.workload
    state = _state(account, heartbeat, line.findings)
    is_failing = heartbeat is not None and heartbeat.failing_since is not None
    return AccountRow(
        id=account.id,
        name=account.name,
        address=account.address,
        channel=account.channel,
        channel_name=words.gettext(CHANNELS[account.channel]),
        unit=unit_name(site, account.unit),
        manager=line.manager.name if line.manager else "",
        deputy=line.deputy.name if line.deputy else "",
        readers=tuple(each.name for each in line.readers),
        mode=words.gettext(MODES[account.mode]),
        auto_reply=words.gettext(AUTO_REPLIES[account.auto_reply]),
        state=state,
        state_text=words.gettext(STATE_WORDS[state]),
        failed=words.gettext(say_failed_step(heartbeat.failed_step)) if heartbeat and is_failing else "",
        failing_since=shown_time(heartbeat.failing_since, words) if heartbeat and heartbeat.failing_since else None,
        read_at=_time(heartbeat.read_at, now, words) if heartbeat else None,
        visited_at=_time(heartbeat.visited_at, now, words) if heartbeat else None,
        rests_until=_rests_until(heartbeat, now, words),
        last_said=_time(work.last_post_at, now, words),
        last_arrival=_time(work.last_arrival_at, now, words),
        last_handled=_time(work.last_handled_at, now, words),
        oldest_unhandled=_time(work.oldest_unhandled_at, now, words),
        unhandled=work.unhandled,
        strip=strip_of(line.days, words),
        findings=tuple(_finding(line, finding, alerts, now, words) for finding in line.findings),
        days_since_alert=line.days_since_alert(local_date(now)),
    )


def _rests_until(heartbeat: Heartbeat | None, now: datetime, words: Words) -> ShownTime | None:
    if heartbeat is None or heartbeat.rests_until is None or not heartbeat.rests(now):
        return None
    return shown_time(heartbeat.rests_until, words)


def _state(account: Account, heartbeat: Heartbeat | None, findings: Sequence[Finding]) -> AccountState:
    kinds = {finding.kind for finding in findings}
    if FindingKind.unreachable in kinds:
        return AccountState.unreachable
    if account.status is AccountStatus.closed:
        return AccountState.closed
    if account.status is AccountStatus.dormant:
        return AccountState.dormant
    if FindingKind.unwatched in kinds:
        return AccountState.unwatched
    if heartbeat is None or heartbeat.visited_at is None:
        return AccountState.unvisited
    return AccountState.failing if heartbeat.failing_since else AccountState.read


def _finding(
    line: Line, finding: Finding, alerts: Sequence[StoredOutgoing], now: datetime, words: Words
) -> ShownFinding:
    return ShownFinding(
        id=finding.id,
        kind=finding.kind,
        title=words.gettext(FINDINGS[finding.kind]),
        evidence=finding.evidence,
        since=shown_time(finding.opened_at, words),
        alerts=_alerts_of(finding.id, alerts),
        days_since_alert=line.days_since_alert(local_date(now), finding.id),
    )


def _alerts_of(finding: FindingId, alerts: Sequence[StoredOutgoing]) -> tuple[OutgoingId, ...]:
    return tuple(alert.id for alert in alerts if alert.finding == finding)


def _time(at: datetime | None, now: datetime, words: Words) -> ShownTime | None:
    return None if at is None else shown_ago(at, now, words)
