"""Cause: many accounts that fail for one reason are one thing to tell of (no alert storm)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.account import Account, AccountStatus
from domain.failed_step import say_failed_step
from domain.finding import Finding, FindingKind, Heartbeat
from domain.ids import AccountId
from domain.site import Site
from watch.ending import server_of
from watch.findings import MISSED_ROUNDS, is_visited, unread
from watch.said import said_time

#: What fails at these steps is the host itself, whenever it began for each account.
OF_THE_HOST = frozenset({"name", "tcp", "tls", "down", "busy", "protocol"})

#: What else accounts of a host share, such as a token, begins to fail for all of them within this.
TOGETHER = timedelta(hours=1)


#: The name of our own part in it: what no worker has read lacks no server.
OURS = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Accounts that are not read because of what they share: a mail server, an account at a provider, or ourselves."""

    #: Where they are read, as `Account.host` names it; `OURS`: nobody comes to read them.
    host: str
    accounts: tuple[AccountId, ...]
    since: datetime
    #: The step that fails for most of them; empty: none does.
    failed_step: str = ""
    #: Of which findings it is the cause.
    kind: FindingKind = FindingKind.unreachable
    #: What is so, where that is the same sentence for all of them; empty: it follows from the rest.
    said: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether it is Svarsvakt itself that does not read."""
        return self.host == OURS

    @property
    def evidence(self) -> str:
        """A sentence in Swedish: how many, since when, and why."""
        if self.said:
            return self.said
        count, said = say_accounts(len(self.accounts)), said_time(self.since)
        if self.is_ours:
            return f"Svarsvakt har inte läst {count} sedan {said}. Felet ligger i Svarsvakt, inte i kontona."
        return (
            f"{count} på {say_host(self.host)} har inte gått att läsa sedan {said}: "
            f"{say_failed_step(self.failed_step)}."
        )


def find_causes(site: Site, heartbeats: Iterable[Heartbeat], group_from: int, now: datetime) -> tuple[Cause, ...]:
    """Return what accounts are not read for together, in the order of their hosts' names, our own fault first.

    Fewer than `group_from` accounts of a host fail each for itself; that nobody reads is one thing for any number.
    """
    failing: dict[tuple[str, str], list[Heartbeat]] = defaultdict(list)
    known = {account.id: account for account in site.accounts if account.status is not AccountStatus.closed}
    beats = [each for each in heartbeats if each.account in known]
    for heartbeat in beats:
        account = known[heartbeat.account]
        if account.host and heartbeat.failing_since is not None:
            shared = "" if heartbeat.failed_step in OF_THE_HOST else heartbeat.failed_step
            failing[account.host, shared].append(heartbeat)
    together = ((host, beats if not step else _begun_together(beats)) for (host, step), beats in failing.items())
    of_hosts = (_cause(host, beats) for host, beats in sorted(together, key=_name) if len(beats) >= group_from)
    return (*_nobody_reads(site, known, beats, now), *of_hosts)


def _nobody_reads(
    site: Site, known: Mapping[AccountId, Account], beats: Iterable[Heartbeat], now: datetime
) -> Iterator[Cause]:
    since: dict[AccountId, datetime] = {}
    for beat in beats:
        account = known[beat.account]
        every = site.read_every(account)
        if every is None or beat.read_at is None or now - beat.read_at <= MISSED_ROUNDS * every:
            continue  # as nearly all are, whatever their thresholds
        at = unread(beat, account, every, site.watch.of(account), now)
        if at is not None and not is_visited(beat, at):
            since[account.id] = at
    if since:
        yield Cause(host=OURS, accounts=tuple(sorted(since)), since=min(since.values()))


def find_certificates(found: Iterable[Finding]) -> tuple[Cause, ...]:
    """Return the servers' certificates that end for several accounts: who looks after the server renews each once."""
    ending: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        if finding.kind is FindingKind.expiring and server_of(finding.evidence):
            ending[finding.evidence].append(finding)
    return tuple(
        Cause(
            host=server_of(said),
            accounts=tuple(sorted(each.account for each in hit)),
            since=min(each.opened_at for each in hit),
            kind=FindingKind.expiring,
            said=said,
        )
        for said, hit in sorted(ending.items())
        if len(hit) > 1
    )


def find_bounced(found: Iterable[Finding], group_from: int) -> tuple[Cause, ...]:
    """Return the alerts that did not arrive as one thing, where they are about many accounts: our way out fails."""
    hit = [each for each in found if each.kind is FindingKind.alert_bounced]
    if len(hit) < group_from:
        return ()
    since = min(each.opened_at for each in hit)
    return (
        Cause(
            host=OURS,
            accounts=tuple(sorted(each.account for each in hit)),
            since=since,
            kind=FindingKind.alert_bounced,
            said=f"Larm om {say_accounts(len(hit))} har inte kommit fram sedan {said_time(since)}.",
        ),
    )


def cause_of(causes: Iterable[Cause], finding: Finding) -> Cause | None:
    """Return what a finding's account shares with others; None: the finding is about itself."""
    return next((each for each in causes if each.kind is finding.kind and finding.account in each.accounts), None)


def say_host(host: str) -> str:
    """Return where accounts are read, as a reader knows it."""
    if host == OURS:
        return "Svarsvakt"
    provider, _, number = host.partition("/")
    return f"{provider.capitalize()}-kontot {number}" if number else f"servern {host}"


def say_accounts(count: int) -> str:
    """Return how many accounts there are."""
    return "1 konto" if count == 1 else f"{count} konton"


def _name(shared: tuple[str, list[Heartbeat]]) -> str:
    return shared[0]


def _begun_together(beats: list[Heartbeat]) -> list[Heartbeat]:
    """Return the most of them that began to fail within an hour of each other: passwords fail one by one too."""
    begun = sorted((beat.failing_since, beat.account, beat) for beat in beats if beat.failing_since is not None)
    runs = ([beat for at, _, beat in begun if first <= at <= first + TOGETHER] for first, _, _ in begun)
    return max(runs, key=len, default=[])


def _cause(host: str, beats: list[Heartbeat]) -> Cause:
    steps = Counter(beat.failed_step for beat in beats)
    return Cause(
        host=host,
        accounts=tuple(sorted(beat.account for beat in beats)),
        since=min(beat.failing_since for beat in beats if beat.failing_since is not None),
        failed_step=max(sorted(steps), key=lambda step: steps[step]),
    )
