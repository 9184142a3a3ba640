"""Facts: gather what is known of every account, for the watch to look at.

Reads: heartbeats, workloads, what ends, rhythms, public pages; the site, for people and hours.
Writes: rhythms that are due to be learned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from domain.account import Account, AccountStatus, OAuth
from domain.canary import Canary
from domain.errors import BadInput
from domain.facts import Facts, Publication, Silence, Workload
from domain.finding import FindingKind, Heartbeat
from domain.flood import Flood
from domain.ids import AccountId, PersonId
from domain.instant import STOCKHOLM
from domain.person import Person
from domain.site import Site
from domain.viewer import MACHINE
from domain.watching import SecretEnd
from pipeline.canary import accounts_with_canary
from pipeline.crawl import publications
from pipeline.runtime import Runtime
from pipeline.stop_replies import home_of
from store.accounts import list_heartbeats
from store.canaries import list_last_canaries
from store.database import Connection
from store.ends import list_ends
from store.findings import list_open_findings
from store.handlings import list_workloads
from store.rhythms import list_rhythms, set_rhythm
from store.sms_floods import list_floods
from store.traffic import list_traffic
from watch.rhythm import Rhythm, learn, silent_from, usual_a_day

#: How often each account's rhythm is learned anew, and of how many at once: there is the whole week for all.
LEARNED_EVERY = timedelta(days=7)
AT_ONCE = 50

#: A test mail that is so late has been tried several times.
UNSENT_AFTER = timedelta(minutes=30)

HOUR = timedelta(hours=1)


#: An account with one of these is watched by nobody at present.
LEFT_ALONE = frozenset({FindingKind.unreachable, FindingKind.unwatched, FindingKind.left, FindingKind.absent})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of all accounts."""

    heartbeats: Mapping[AccountId, Heartbeat]
    workloads: Mapping[AccountId, Workload] = field(default_factory=dict)
    ends: Mapping[AccountId, tuple[tuple[str, datetime], ...]] = field(default_factory=dict)
    rhythms: Mapping[AccountId, Rhythm] = field(default_factory=dict)
    people: Mapping[PersonId, Person] = field(default_factory=dict)
    publications: Mapping[AccountId, Publication] = field(default_factory=dict)
    canaries: Mapping[AccountId, Canary] = field(default_factory=dict)
    #: The accounts that should have been sent a test mail and were not.
    unsent_canaries: frozenset[AccountId] = frozenset()
    floods: Mapping[AccountId, Flood] = field(default_factory=dict)
    watched: frozenset[str] = frozenset()


def gather(connection: Connection, site: Site, now: datetime) -> Known:
    """Return what is known of all accounts; of test mails, the last one that has had its time to arrive."""
    workloads = list_workloads(connection, MACHINE)
    return Known(
        heartbeats={each.account: each for each in list_heartbeats(connection, MACHINE)},
        workloads=workloads,
        ends=list_ends(connection, MACHINE),
        rhythms={
            id: Rhythm.from_json(learned) for id, (_, learned) in list_rhythms(connection, MACHINE).items() if learned
        },
        publications=publications(connection, site),
        canaries=list_last_canaries(connection, MACHINE, sent_before=now - site.canary.within),
        unsent_canaries=_unsent(list_last_canaries(connection, MACHINE), workloads, site, now),
        floods=list_floods(connection, MACHINE, now - HOUR, site.brakes.sms_prefix_per_hour),
        people={each.id: each for each in site.people},
        watched=_watched(connection, site),
    )


def _watched(connection: Connection, site: Site) -> frozenset[str]:
    """Return the addresses of accounts in use that are read, and that nobody was found to leave unwatched."""
    found = list_open_findings(connection, MACHINE)
    left_alone = {each.account for each in found if each.kind in LEFT_ALONE}
    in_use = (each for each in site.accounts if each.status is AccountStatus.active and each.is_connected)
    return frozenset(address for each in in_use if each.id not in left_alone for address in each.addresses)


def glance(connection: Connection) -> Known:
    """Return how the last visits to all accounts went, and nothing else: it is asked after every visit that fails."""
    return Known(heartbeats={each.account: each for each in list_heartbeats(connection, MACHINE)})


def facts_of(account: Account, known: Known, site: Site) -> Facts:
    """Return what is known of one account."""
    people = known.people
    workload = known.workloads.get(account.id, Workload())
    ends = known.ends.get(account.id, ())
    return Facts(
        account=account,
        schedule=site.schedule_of(account),
        calendar=site.calendar_of(account.organisation),
        domains=site.organisation(account.organisation).domains,
        heartbeat=known.heartbeats.get(account.id),
        read_every=site.read_every(account),
        workload=workload,
        ends=(*ends, *_secrets_end(account, site)),
        silence=_silence(account, workload, known.rhythms.get(account.id), site),
        manager=_manager(account, site, people),
        readers=site.readers_of(account),
        people=people,
        watched=known.watched,
        publication=known.publications.get(account.id),
        canary=known.canaries.get(account.id) if account.canary else None,
        canary_within=site.canary.within,
        unsent_canaries=len(known.unsent_canaries) if account == home_of(site) else 0,
        flood=known.floods.get(account.id),
    )


def learn_rhythms(runtime: Runtime) -> int:
    """Learn the rhythms that are a day old, some at a time; return how many were learned."""
    site, now = runtime.site(), runtime.now
    with runtime.database.read() as connection:
        learned = list_rhythms(connection, MACHINE)
        workloads = list_workloads(connection, MACHINE)
    due = [each for each in site.accounts if _is_due(each, learned, now)][:AT_ONCE]
    for account in due:
        last_at = workloads.get(account.id, Workload()).last_arrival_at
        with runtime.database.write() as connection:
            rhythm = None if last_at is None else _learn(connection, account, site, last_at)
            set_rhythm(connection, account, {} if rhythm is None else rhythm.to_json(), now)
    return len(due)


def _is_due(account: Account, learned: Mapping[AccountId, tuple[datetime, object]], now: datetime) -> bool:
    if account.status is AccountStatus.closed or not account.is_connected:
        return False
    return account.id not in learned or now - learned[account.id][0] >= LEARNED_EVERY


def _learn(connection: Connection, account: Account, site: Site, last_at: datetime) -> Rhythm | None:
    settings = site.watch.of(account)
    hours = list_traffic(connection, MACHINE, account.id, last_at - settings.learned_over, last_at + timedelta(hours=1))
    if not hours:
        return None
    arrived = [(each.at, each.arrived) for each in hours if each.arrived]
    return learn(arrived, hours[0].at, last_at, site.calendar_of(account.organisation), settings)


def _silence(account: Account, workload: Workload, rhythm: Rhythm | None, site: Site) -> Silence | None:
    if rhythm is None or workload.last_arrival_at is None:
        return None
    schedule, calendar = site.schedule_of(account), site.calendar_of(account.organisation)
    try:
        from_at = silent_from(rhythm, workload.last_arrival_at, schedule, calendar, site.watch.of(account))
    except BadInput:  # hours that never come: `svarsvakt check` says so
        return None
    return None if from_at is None else Silence(from_at=from_at, usual_a_day=usual_a_day(rhythm))


def _unsent(
    last: Mapping[AccountId, Canary], workloads: Mapping[AccountId, Workload], site: Site, now: datetime
) -> frozenset[AccountId]:
    """Return the accounts whose last test mail is older than it may be; one that never got any, by when it was read."""

    def since(id: AccountId) -> datetime | None:
        return last[id].sent_at if id in last else workloads.get(id, Workload()).first_read_at

    late = now - site.canary.every - UNSENT_AFTER
    return frozenset(
        each.id for each in accounts_with_canary(site) if (sent_at := since(each.id)) is not None and sent_at < late
    )


def _manager(account: Account, site: Site, people: Mapping[PersonId, Person]) -> Person | None:
    """Return who answers for an account; whoever only stands at the end of the organisation does not (R56)."""
    for id in (account.manager, site.unit(account.unit).manager):
        if id is not None:
            return people.get(id)
    return None


def _secrets_end(account: Account, site: Site) -> tuple[tuple[str, datetime], ...]:
    """Return when the secrets end that the account's connections name, where the settings say so."""
    names = _secrets_of(account)
    return tuple(
        (f'The secret "{each.secret}"', _end_of(each)) for each in site.watch.secrets_end if each.secret in names
    )


def _end_of(end: SecretEnd) -> datetime:
    last: date = end.last
    return datetime.combine(last, time(23, 59), STOCKHOLM).astimezone(UTC)


def _secrets_of(account: Account) -> frozenset[str]:
    ways = [way for way in (account.imap, account.smtp) if way is not None]
    names = [way.secret for way in ways]
    names += [name for way in ways if way.oauth is not None for name in _of_token(way.oauth)]
    if account.connector is not None:
        names.append(account.connector.secret)
    if account.twilio is not None:
        names += [account.twilio.secret, account.twilio.webhook_secret]
    if account.facebook is not None:
        names += [account.facebook.secret, account.facebook.app_secret]
    return frozenset(name for name in names if name)


def _of_token(oauth: OAuth) -> tuple[str, ...]:
    return (oauth.client_secret, oauth.certificate, oauth.refresh_token)
