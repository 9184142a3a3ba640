"""Cause: many accounts that fail for one reason are one thing to tell of (no alert storm)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_datetime

from domain.account import AccountStatus
from domain.failed_step import say_failed_step
from domain.finding import Heartbeat
from domain.ids import AccountId
from domain.instant import STOCKHOLM
from domain.site import Site

#: What fails at these steps is the host itself, whenever it began for each account.
OF_THE_HOST = frozenset({"name", "tcp", "tls", "down", "busy", "protocol"})

#: What else accounts of a host share, such as a token, begins to fail for all of them within this.
TOGETHER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Accounts that cannot be read because of what they share: a mail server, or an account at a provider."""

    #: Where they are read, as `Account.host` names it.
    host: str
    accounts: tuple[AccountId, ...]
    since: datetime
    #: The step that fails for most of them.
    failed_step: str

    @property
    def evidence(self) -> str:
        """A sentence in Swedish: how many, since when, and why."""
        said = format_datetime(self.since, "'den' d MMMM 'kl.' HH.mm", tzinfo=STOCKHOLM, locale="sv_SE")
        return (
            f"{len(self.accounts)} konton på {say_host(self.host)} har inte gått att läsa sedan {said}: "
            f"{say_failed_step(self.failed_step)}."
        )


def find_causes(site: Site, heartbeats: Iterable[Heartbeat], group_from: int) -> tuple[Cause, ...]:
    """Return what so many accounts or more fail for together, in the order of their hosts' names."""
    failing: dict[tuple[str, str], list[Heartbeat]] = defaultdict(list)
    known = {account.id: account for account in site.accounts if account.status is not AccountStatus.closed}
    for heartbeat in heartbeats:
        account = known.get(heartbeat.account)
        if account is not None and account.host and heartbeat.failing_since is not None:
            shared = "" if heartbeat.failed_step in OF_THE_HOST else heartbeat.failed_step
            failing[account.host, shared].append(heartbeat)
    together = ((host, beats if not step else _begun_together(beats)) for (host, step), beats in failing.items())
    return tuple(_cause(host, beats) for host, beats in sorted(together, key=_name) if len(beats) >= group_from)


def cause_of(causes: Collection[Cause], account: AccountId) -> Cause | None:
    """Return the cause that an account fails for together with others; None: it fails alone, or not at all."""
    return next((cause for cause in causes if account in cause.accounts), None)


def say_host(host: str) -> str:
    """Return where accounts are read, as a reader knows it."""
    provider, _, number = host.partition("/")
    return f"{provider.capitalize()}-kontot {number}" if number else f"servern {host}"


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
