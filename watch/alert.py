"""Alerts: what people are told, as intents to send (domain.md 7.7), without citizen content."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from domain.account import Account, AccountStatus, Channel
from domain.errors import BadInput
from domain.finding import Finding, FindingKind
from domain.ids import FindingId, OrganisationId
from domain.instant import STOCKHOLM, as_utc
from domain.open_time import local_date
from domain.outgoing import DIGEST, Outgoing, OutgoingKind
from domain.person import Person
from domain.promises import count_target
from domain.service_level import Target, TargetKind
from domain.site import Site
from domain.swedish_calendar import next_working_day
from watch.cause import Cause
from watch.digest_page import Digest, Item, LateItem
from watch.outage_text import end_slots, end_template, outage_slots, outage_template
from watch.responsible import ADMINISTRATOR
from watch.role import TECHNICIAN, say_role
from watch.summer import Unready
from watch.unit_notes import NoteKind, PastReview, UnitNote

#: By when a manager is asked to act.
ACT_WITHIN = Target(TargetKind.working_days, days=1)

#: The same where a unit has no hours left.
END_OF_DAY = time(16, 30)

#: Alerts are written in Swedish: managers work in it.
LANGUAGE = "sv"

#: How a reader gets from a mail to a finding's page: gives the address for a person; empty: there is none.
Links = Callable[[FindingId, Person], str]

#: What a note counts: one of it, and more.
NOTES = {
    NoteKind.finnish: ("meddelande på finska", "meddelanden på finska"),
    NoteKind.records: ("begäran om allmän handling", "begäranden om allmän handling"),
    NoteKind.broken: ("svar", "svar"),
    NoteKind.uncertain: ("utskick", "utskick"),
    NoteKind.refused: ("utskick", "utskick"),
}

#: So many accounts are named in the line that asks to go through their entries; the others are counted.
REVIEWS_NAMED = 10

#: The text that says that a finding told of at once is over; of other kinds `over` does.
ENDS = {
    FindingKind.unreachable: "reachable_again",
    FindingKind.replies_stopped: "replies_resumed",
    FindingKind.worker_stalled: "work_resumed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Where a reader gets from an alert, and what comes next if nobody acts."""

    #: Empty: there is none.
    link: str = ""
    #: Who is told next, and when; None: nobody is left.
    next_level: Person | None = None
    rises_on: date | None = None

    @property
    def slots(self) -> dict[str, str]:
        """What an alert's end is filled with."""
        rises = self.rises_on.isoformat() if self.rises_on and self.next_level else ""
        return {"link": self.link, "next_level": _name(self.next_level), "rises_on": rises}


def alert(
    finding: Finding, site: Site, reader: Person, now: datetime, outlook: Outlook = Outlook()
) -> Outgoing:  # fmt: skip
    """Return the alert about a finding to one reader; about one that has closed, the word that it is over."""
    account = site.account(finding.account)
    template = str(finding.kind) if finding.closed_at is None else ENDS.get(finding.kind, "over")
    slots = {**_ends(site, account, reader), **slots_of(finding, site, reader, now), **outlook.slots}
    return to_reader(account, reader, template, slots)


def outage_alert(
    cause: Cause, site: Site, account: Account, reader: Person, now: datetime, outlook: Outlook
) -> Outgoing:  # fmt: skip
    """Return the one alert about all accounts that are not read for one cause."""
    slots = {**_ends(site, account, reader), **outage_slots(cause, now), **outlook.slots}
    return to_reader(account, reader, outage_template(cause), slots)


def outage_over(
    host: str, site: Site, account: Account, reader: Person, closed_at: datetime, *, over: int, left: int
) -> Outgoing:
    """Return the word that accounts are read again, and how many are not."""
    slots = {**_ends(site, account, reader), **end_slots(host, closed_at, over=over, left=left)}
    return to_reader(account, reader, end_template(host), slots)


def _ends(site: Site, account: Account, reader: Person) -> dict[str, str]:
    return {"manager": reader.name, "contact": site.organisation(account.organisation).contact}


def slots_of(finding: Finding, site: Site, reader: Person, now: datetime) -> dict[str, str]:
    """Return what the text about a finding to somebody is filled with."""
    account = site.account(finding.account)
    return {
        "account": account.name,
        # A page's id says nothing to anybody.
        "address": account.address if account.is_shown_as_address else account.name,
        "unit": site.unit(account.unit).name,
        "evidence": finding.evidence,
        "role": say_role(site, account, reader),
        "closed_at": (finding.closed_at or now).isoformat(),
        "act_by_at": _act_by(site, account, now).isoformat(),
    }


def _act_by(site: Site, account: Account, now: datetime) -> datetime:
    calendar = site.calendar_of(account.organisation)
    try:
        return count_target(ACT_WITHIN, now, site.schedule_of(account), calendar)[0]
    except BadInput:  # hours that never come: `svarsvakt check` says so, and its manager is told all the same
        return as_utc(datetime.combine(next_working_day(calendar, local_date(now)), END_OF_DAY, STOCKHOLM))


def digest_alert(digest: Digest, site: Site, account: Account, now: datetime, links: Links) -> Outgoing:
    """Return a digest to its reader; it goes in the name of one account, because every message of ours does."""
    queue = f"{site.public_address}/ko" if site.public_address else ""
    person = digest.person
    items = [_item(item, site, person, now, links(item.finding.id, person)) for item in digest.items]
    slots = {
        **_ends(site, account, person),
        "items": _json(items),
        "late": _json([_late(item, site, queue) for item in digest.late]),
        "summer": _json([_summer(each, site) for each in digest.summer]),
        "reviews": _json(_reviews(digest.reviews, site)),
        "notes": _json([_note(each, site) for each in digest.notes]),
        "past_review": _json([_past(each) for each in digest.past_review]),
    }
    return to_reader(account, person, DIGEST, slots)


def _item(item: Item, site: Site, reader: Person, now: datetime, link: str) -> dict[str, object]:
    cause = item.cause
    return {
        "news": item.news.value,
        "template": str(item.finding.kind) if cause is None else outage_template(cause),
        "slots": slots_of(item.finding, site, reader, now) if cause is None else outage_slots(cause, now),
        "before": _name(item.before),
        "told_on": item.told_on.isoformat() if item.told_on else "",
        "next_level": _name(item.next),
        "rises_on": item.rises_on.isoformat() if item.rises_on and item.next else "",
        "link": link,
    }


def _name(person: Person | None) -> str:
    """Return how somebody is named to another; who looks after the installation is an address alone."""
    return "" if person is None else person.name or TECHNICIAN


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


def _summer(unready: Unready, site: Site) -> dict[str, object]:
    return {
        "unit": site.unit(unready.unit).name,
        "no_deputy": unready.no_deputy,
        "same_hours": unready.same_hours,
    }


def _reviews(accounts: Sequence[Account], site: Site) -> dict[str, object]:
    if not accounts:
        return {}
    named = [each.name for each in accounts[:REVIEWS_NAMED]]
    return {
        "names": ", ".join(named),
        "more": len(accounts) - len(named),
        "count": "1 konto" if len(accounts) == 1 else f"{len(accounts)} konton",
        "link": f"{site.public_address}/konton" if site.public_address else "",
    }


def _note(note: UnitNote, site: Site) -> dict[str, object]:
    one, many = NOTES[note.kind]
    return {"unit": site.unit(note.unit).name, "kind": note.kind.value,
            "count": f"{note.count} {one if note.count == 1 else many}"}  # fmt: skip


def _past(each: PastReview) -> dict[str, object]:
    return {"category": each.category, "review_by_on": each.review_by.isoformat()}


def _json(items: object) -> str:
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
