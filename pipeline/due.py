"""Due: which accounts are visited next, and their bells: asked for, then longest waiting, while there is a place.

Reads: the site, heartbeats, live leases.
Writes: a short lease for each bell, so that it is not rung again before it was heard; the state of accounts that wait
for a host that does not answer.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.account import Account
from domain.errors import Unreachable
from domain.finding import Heartbeat
from domain.ids import AccountId
from domain.protocols import Step
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from store.accounts import list_heartbeats, mark_kept_waiting
from store.leases import claim_lease, list_live, release_lease

#: Visits at once to accounts that failed last time, over all hosts: the other threads stay free for those that answer.
MOST_FAILING = 4

#: A bell that nobody has heard by then is taken for lost, and rung again.
HEARD_WITHIN = timedelta(seconds=30)

#: An account that waits this much longer than its interval, for a host that fails others, is said to fail with them.
PATIENCE = timedelta(seconds=15)

#: Steps at which a failure is the host's, not one account's.
OF_THE_HOST = frozenset({"name", "tcp", "tls"})

#: Whose the leases of bells and requests are.
_RINGER = "sweep"


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What decides who is next."""

    site: Site
    now: datetime
    heartbeats: Mapping[AccountId, Heartbeat]
    #: The names of leases that somebody holds.
    live: frozenset[str]

    def is_read(self, account: Account) -> bool:
        return self.site.read_every(account) is not None

    def is_due(self, account: Account) -> bool:
        last = self._visited_at(account)
        if self.rests(account):
            return False
        return self.is_asked_for(account) or last is None or not self._is_within(last, self._interval(account))

    def rests(self, account: Account) -> bool:
        heartbeat = self.heartbeats.get(account.id)
        return heartbeat is not None and heartbeat.rests(self.now)

    def is_asked_for(self, account: Account) -> bool:
        return _request(account.id) in self.live

    def turn(self, account: Account) -> tuple[bool, datetime]:
        """Say who comes first, as a key to sort by: where something is known to wait, no round of the others does."""
        return not self.is_asked_for(account), self.since(account)

    def waits_too_long(self, account: Account) -> bool:
        last = self._visited_at(account)
        return last is None or not self._is_within(last, self._interval(account) + PATIENCE)

    def _is_within(self, last: datetime, wait: timedelta) -> bool:
        """Say whether it was so lately.

        What lies a little ahead was noted by a machine whose clock goes before ours: to visit it without a pause would
        be a loop. What lies far ahead was noted by a clock that has been set back since.
        """
        return abs(self.now - last) < wait

    def in_hand(self, account: Account) -> bool:
        return bool(self.live & {f"account/{account.id}", _bell(account.id)})

    def fails(self, account: Account) -> bool:
        heartbeat = self.heartbeats.get(account.id)
        return heartbeat is not None and heartbeat.failing_since is not None

    def since(self, account: Account) -> datetime:
        return self._visited_at(account) or datetime.min.replace(tzinfo=UTC)

    def _interval(self, account: Account) -> timedelta:
        return self.site.run.interval(account.channel)

    def _visited_at(self, account: Account) -> datetime | None:
        heartbeat = self.heartbeats.get(account.id)
        return heartbeat.visited_at if heartbeat else None


def ring_due(runtime: Runtime) -> None:
    """Ring for the accounts that are due and have a place; say which ones wait for a host that does not answer."""
    state = _state(runtime)
    next_ones = tuple(_with_a_place(state))
    waiting = tuple(_kept_waiting(state, frozenset(each.id for each in next_ones)))
    if not next_ones and not waiting:
        return
    with runtime.database.write(durable=False) as connection:
        for account in next_ones:
            claim_lease(connection, _bell(account.id), _RINGER, HEARD_WITHIN)
        for account, fault in waiting:
            mark_kept_waiting(connection, account.id, account.organisation, state.now, fault)
    for account in next_ones:
        runtime.bell.ring(Step.receive, account.id)
    if waiting:
        runtime.bell.ring(Step.watch)


def is_asked_for_already(runtime: Runtime, id: AccountId) -> bool:
    """Say whether somebody reads the account now and will find at the end that it is asked for again.

    One more bell then has nothing to write down: a mailbox to which much comes rings for each mail.
    """
    with runtime.database.read() as connection:
        live = list_live(connection, MACHINE)
    return {f"account/{id}", _request(id)} <= live and _bell(id) not in live


def note_heard(runtime: Runtime, id: AccountId) -> None:
    """Let the account's bell be rung again."""
    with runtime.database.write(durable=False) as connection:
        for name in (_bell(id), _request(id)):
            release_lease(connection, name, _RINGER)


def note_asked_for(runtime: Runtime, id: AccountId) -> None:
    """Let the account be due at once, because a bell for it was heard in vain."""
    site = runtime.site()
    until_polled = site.run.interval(site.account(id).channel)
    with runtime.database.write(durable=False) as connection:
        claim_lease(connection, _request(id), _RINGER, until_polled)


def _state(runtime: Runtime) -> _State:
    with runtime.database.read() as connection:
        heartbeats = {each.account: each for each in list_heartbeats(connection, MACHINE)}
        live = list_live(connection, MACHINE)
    return _State(site=runtime.site(), now=runtime.now, heartbeats=heartbeats, live=live)


def _with_a_place(state: _State) -> Iterator[Account]:
    """Choose among the due, in turn, as many as their hosts and the failing ones have places."""
    read = [each for each in state.site.accounts if state.is_read(each)]
    at_work = [each for each in read if state.in_hand(each)]
    busy = Counter(each.host for each in at_work)
    failing = sum(state.fails(each) for each in at_work)
    for account in sorted((each for each in read if state.is_due(each) and each not in at_work), key=state.turn):
        if busy[account.host] >= places(state.site, account):
            continue
        if state.fails(account):
            if failing >= MOST_FAILING:
                continue
            failing += 1
        busy[account.host] += 1
        yield account


def _kept_waiting(state: _State, next_ones: frozenset[AccountId]) -> Iterator[tuple[Account, Unreachable]]:
    """Find the accounts that nobody gets to, because their host fails others."""
    faults = {
        account.host: heartbeat
        for account in state.site.accounts
        if state.is_read(account)
        and (heartbeat := state.heartbeats.get(account.id)) is not None
        and heartbeat.failed_step in OF_THE_HOST
    }
    for account in state.site.accounts:
        fault = faults.get(account.host)
        if fault is None or not state.is_read(account) or account.id in next_ones or state.rests(account):
            continue
        if not state.fails(account) and not state.in_hand(account) and state.waits_too_long(account):
            yield account, Unreachable(fault.failed_step, fault.failure)


def places(site: Site, account: Account) -> int:
    """Return how many may read from the account's host at once: what is listed together is read by one."""
    return 1 if account.is_listed_together else site.run.connections_per_host


def _bell(id: AccountId) -> str:
    return f"bell/{id}"


def _request(id: AccountId) -> str:
    return f"asked/{id}"
