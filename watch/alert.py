"""Alerts: what people are told, as intents to send (domain.md 7.7), without citizen content."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from domain.account import Account, AccountStatus, Channel
from domain.finding import Finding, FindingKind
from domain.ids import FindingId, OrganisationId
from domain.instant import STOCKHOLM
from domain.outgoing import DIGEST, Outgoing, OutgoingKind
from domain.person import Person
from domain.promises import count_target
from domain.service_level import Target, TargetKind
from domain.site import Site
from watch.cause import Cause, say_host
from watch.digest import Digest, Item, LateItem, News
from watch.responsible import ADMINISTRATOR

#: By when a manager is asked to act.
ACT_WITHIN = Target(TargetKind.working_days, days=1)

#: Alerts are written in Swedish: managers work in it.
LANGUAGE = "sv"

#: How a reader gets from a mail to a finding's page: gives the address for a person; empty: there is none.
Links = Callable[[FindingId, Person], str]

#: The text that says that a finding told of at once is over; of other kinds `over` does.
ENDS = {
    FindingKind.unreachable: "reachable_again",
    FindingKind.replies_stopped: "replies_resumed",
    FindingKind.worker_stalled: "work_resumed",
}


def alert(
    finding: Finding, site: Site, reader: Person, now: datetime, *, link: str = "", next_level: Person | None = None,
    rises_on: date | None = None,
) -> Outgoing:  # fmt: skip
    """Return the alert about a finding to one reader; about one that has closed, the word that it is over."""
    account = site.account(finding.account)
    template = str(finding.kind) if finding.closed_at is None else ENDS.get(finding.kind, "over")
    rises = rises_on.isoformat() if rises_on and next_level else ""
    slots = {
        **slots_of(finding, site, now),
        "manager": reader.name,
        "contact": site.organisation(account.organisation).contact,
        "link": link,
        "next_level": next_level.name if next_level else "",
        "rises_on": rises,
    }
    return to_reader(account, reader, template, slots)


def slots_of(finding: Finding, site: Site, now: datetime) -> dict[str, str]:
    """Return what the text about a finding is filled with."""
    account = site.account(finding.account)
    act_by, _ = count_target(ACT_WITHIN, now, site.schedule_of(account), site.calendar_of(account.organisation))
    return {
        "account": account.name,
        "address": account.address,
        "unit": site.unit(account.unit).name,
        "evidence": finding.evidence,
        "closed_at": (finding.closed_at or now).isoformat(),
        "act_by_at": act_by.isoformat(),
    }


def host_alert(cause: Cause, site: Site, account: Account, reader: Person) -> Outgoing:
    """Return the one alert about many accounts that fail for one cause."""
    slots = {**_host_slots(site, account, reader, cause.host), "evidence": cause.evidence}
    return to_reader(account, reader, "host_down", {**slots, "count": str(len(cause.accounts))})


def host_over(host: str, site: Site, account: Account, reader: Person, closed_at: datetime) -> Outgoing:
    """Return the word that all accounts of a host can be read again."""
    slots = _host_slots(site, account, reader, host)
    return to_reader(account, reader, "host_up", {**slots, "closed_at": closed_at.isoformat()})


def _host_slots(site: Site, account: Account, reader: Person, host: str) -> dict[str, str]:
    return {
        "manager": reader.name,
        "contact": site.organisation(account.organisation).contact,
        "host": say_host(host),
    }


def digest_alert(digest: Digest, site: Site, account: Account, now: datetime, links: Links) -> Outgoing:
    """Return a digest to its reader; it goes in the name of one account, because every message of ours does."""
    queue = f"{site.public_address}/ko" if site.public_address else ""
    slots = {
        "manager": digest.person.name,
        "contact": site.organisation(account.organisation).contact,
        "items": _json([_item(item, site, now, links(item.finding.id, digest.person)) for item in digest.items]),
        "late": _json([_late(item, site, queue) for item in digest.late]),
    }
    return to_reader(account, digest.person, DIGEST, slots)


def _item(item: Item, site: Site, now: datetime, link: str) -> dict[str, object]:
    is_grouped = item.cause is not None and item.news is not News.closed
    return {
        "news": "grouped" if is_grouped else item.news.value,
        "template": str(item.finding.kind),
        "slots": slots_of(item.finding, site, now),
        "before": item.before.name if item.before else "",
        "told_on": item.told_on.isoformat() if item.told_on else "",
        "next_level": item.next.name if item.next else "",
        "rises_on": item.rises_on.isoformat() if item.rises_on and item.next else "",
        "link": link,
    }


def _late(item: LateItem, site: Site, link: str) -> dict[str, object]:
    late = item.late
    return {
        "unit": site.unit(late.unit).name,
        "tickets": late.count,
        "count": "1 ärende" if late.count == 1 else f"{late.count} ärenden",
        "oldest_on": late.oldest_due_at.astimezone(STOCKHOLM).date().isoformat(),
        "is_higher": item.step > 0,
        "link": link,
    }


def _json(items: Sequence[object]) -> str:
    return json.dumps(items, ensure_ascii=False)


def to_administrator(site: Site, template: str, slots: Mapping[str, str]) -> Outgoing | None:
    """Return an alert to who looks after the installation; None when nobody is named.

    It goes in the name of the contact center's first account: every message of ours belongs to one.
    """
    account = next((each for each in site.accounts if each.unit == site.contact_center), None)
    if not site.administrator or account is None:
        return None
    return to_reader(account, Person(id=ADMINISTRATOR, name="", email=site.administrator), template, slots)


def account_of(site: Site, organisation: OrganisationId) -> Account | None:
    """Return an account of an organisation that a message about all of them can go in the name of."""
    own = [each for each in site.accounts if each.organisation == organisation]
    in_use = [each for each in own if each.status is AccountStatus.active]
    return next(iter(in_use or own), None)


def to_reader(account: Account, reader: Person, template: str, slots: Mapping[str, str]) -> Outgoing:
    """Return an alert by mail to one reader."""
    return Outgoing(
        kind=OutgoingKind.alert,
        organisation=account.organisation,
        account=account.id,
        channel=Channel.email,
        recipient=reader.email,
        template=template,
        language=LANGUAGE,
        slots=slots,
    )
