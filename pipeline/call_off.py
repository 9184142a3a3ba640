"""Call off: whoever was told of something at once hears that it is over.

Reads: findings that closed lately, who was told of them; open ones, heartbeats.
Writes: who is told, alerts in the outbox; an alert a transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from domain.account import AccountStatus
from domain.finding import Finding
from domain.ids import AccountId
from domain.person import Person
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.guard import Guard
from pipeline.tell_at_once import NOBODY, known_open, queue_alert, tellings
from store.database import Connection, Database
from store.tellings import claim_tellings, list_to_call_off, list_told_of_findings
from watch.alert import alert, outage_over
from watch.cause import OURS
from watch.known import AT_ONCE, OVER, Known, steps_of
from watch.outage import ENDED_BY, GROUPED, UNREAD, is_part, step_of
from watch.responsible import ADMINISTRATOR

#: How long after its end a finding is still called off.
CALLED_OFF = timedelta(days=14)


@dataclass(slots=True)
class _Outage:
    """What was told of together, by one step about one host."""

    step: str
    host: str
    closed: list[Finding] = field(default_factory=list)
    #: Still open.
    left: list[Finding] = field(default_factory=list)

    def is_over(self, known: Known, group_from: int) -> bool:
        """Ask whether it has ended: what is left of it, if anything, is each account's own."""
        goes_on = any((step_of(cause), cause.host) == (self.step, self.host) for cause in known.causes)
        return bool(self.closed) and not goes_on and len(self.left) < (1 if self.host == OURS else group_from)


def call_off(database: Database, site: Site, now: datetime, guard: Guard) -> int:
    """Queue the word that what was told of at once is over; return how many alerts."""
    # Of an account that is in use no longer there is nothing more to say.
    hosts = {each.id: each.host for each in site.accounts if each.status is AccountStatus.active}
    with database.read() as connection:
        known = known_open(connection, site, now)
        alone = list_to_call_off(connection, MACHINE, AT_ONCE, OVER, now - CALLED_OFF)
        outages = _outages(connection, known, hosts, now)
    over = [each for each in outages if each.is_over(known, site.alerts.group_from)]
    ends = [
        (f"that finding {each.id} is over", partial(_call_off_one, database, site, each, now))
        for each in alone
        if each.account in hosts
    ] + [
        (f"that outage {each.step} of {each.host!r} is over", partial(_call_off, database, site, each, now))
        for each in over
    ]
    return sum(guard.count(what, part) for what, part in ends)


def _outages(
    connection: Connection, known: Known, hosts: dict[AccountId, str], now: datetime
) -> tuple[_Outage, ...]:  # fmt: skip
    """Return what was told of together and is not called off; by the host that each account has now."""
    found: dict[tuple[str, str], _Outage] = {}
    steps = steps_of(known.told)

    def outage(step: str, finding: Finding) -> _Outage:
        host = OURS if step == UNREAD else hosts[finding.account]
        return found.setdefault((step, host), _Outage(step, host))

    for step in (UNREAD, GROUPED):
        for finding in list_to_call_off(connection, MACHINE, step, ENDED_BY[step], now - CALLED_OFF):
            if finding.account in hosts:
                outage(step, finding).closed.append(finding)
        for finding in known.open:
            if finding.account in hosts and is_part(steps.get(finding.id, frozenset()), step):
                outage(step, finding).left.append(finding)
    return tuple(found.values())


def _call_off_one(database: Database, site: Site, finding: Finding, now: datetime) -> int:
    with database.write() as connection:
        readers = _readers(connection, site, [finding], AT_ONCE)
        if not readers:
            claim_tellings(connection, finding.organisation, tellings([finding], NOBODY, OVER, now))
        for reader in readers:
            told = claim_tellings(connection, finding.organisation, tellings([finding], reader.email, OVER, now))
            if told:
                queue_alert(connection, site, alert(finding, site, reader, now), told, now)
    return len(readers)


def _call_off(database: Database, site: Site, outage: _Outage, now: datetime) -> int:
    """Tell that an outage is over; what is left of it belongs to none from now on, so that the next one is new."""
    last = max(outage.closed, key=lambda finding: finding.closed_at or now)
    parts, step = [*outage.closed, *outage.left], ENDED_BY[outage.step]
    with database.write() as connection:
        readers = _readers(connection, site, parts, outage.step)
        if not readers:
            claim_tellings(connection, last.organisation, tellings(parts, NOBODY, step, now))
        for reader in readers:
            told = claim_tellings(connection, last.organisation, tellings(parts, reader.email, step, now))
            if told:
                intent = outage_over(
                    outage.host, site, site.account(last.account), reader, last.closed_at or now,
                    over=len(outage.closed), left=len(outage.left),
                )  # fmt: skip
                queue_alert(connection, site, intent, told, now)
    return len(readers)


def _readers(connection: Connection, site: Site, findings: Sequence[Finding], step: str) -> list[Person]:
    """Return who was told of any of the findings by a step."""
    told = list_told_of_findings(connection, MACHINE, [finding.id for finding in findings])
    addresses = sorted({each.to for each in told if each.step == step and each.to != NOBODY})
    known = {person.email: person for person in site.people}
    return [known.get(each) or Person(id=ADMINISTRATOR, name="", email=each) for each in addresses]
