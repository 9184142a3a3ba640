"""Facts for the tests of findings, every field defaulted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.account import Tier
from domain.facts import Facts, Workload
from domain.finding import Heartbeat
from domain.hours import CalendarSettings
from domain.ids import AccountId, OrganisationId, PersonId
from domain.person import Person
from tests.builders import TUESDAY, account, schedule


def facts(**changes: Any) -> Facts:
    """Return what is known of a unit's mailbox that is well."""
    base = Facts(
        account=account(tier=Tier.unit),
        schedule=schedule("kontor", "08:00", "16:30"),
        calendar=CalendarSettings(),
        domains=("exempelby.example",),
        heartbeat=Heartbeat(
            account=AccountId("kontaktcenter"), organisation=OrganisationId("exempelby"), visited_at=TUESDAY,
            read_at=TUESDAY,
        ),
        workload=Workload(
            last_arrival_at=TUESDAY - timedelta(hours=1), last_handled_at=TUESDAY - timedelta(hours=1),
            first_read_at=TUESDAY - timedelta(days=200),
        ),
        manager=person("kim"),
    )  # fmt: skip
    return replace(base, **changes)


def workload(**changes: Any) -> Workload:
    """Return what waits in a mailbox that is well."""
    return replace(facts().workload, **changes)


def person(id: str, **changes: Any) -> Person:
    """Return somebody who is employed and there."""
    return replace(Person(id=PersonId(id), name=id.title(), email=f"{id}@exempelby.example"), **changes)
