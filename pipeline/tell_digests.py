"""Tell digests: one mail a manager and working day, from the hour that the settings name.

Reads: findings, who was told of them, what was acknowledged, late tickets.
Writes: who is told, digests in the outbox, events; a digest a transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial

from domain.account import Account
from domain.alerting import Late, Told
from domain.ids import OrganisationId, UnitId
from domain.instant import STOCKHOLM, as_utc
from domain.register import midnight
from domain.reply_choice import RECORDS_REQUEST
from domain.site import Site
from domain.swedish_calendar import is_working_day
from domain.viewer import MACHINE, Scope, Viewer
from pipeline.alert_link import Links
from pipeline.call_off import CALLED_OFF
from pipeline.guard import Guard
from pipeline.tell_at_once import NOBODY, known_open, queue_alert
from pipeline.unwritten import note_unwritten, rest
from store.database import Connection, Database
from store.events import append
from store.findings import list_closed_findings
from store.handlings import list_workloads
from store.late import count_late
from store.sent import StoredOutgoing
from store.tellings import claim_tellings, list_told_of, list_told_of_findings
from store.unit_counts import Counts, count_broken, count_unanswered
from store.unsettled import list_refused, list_uncertain
from watch.alert import account_of, digest_alert
from watch.digest import digests
from watch.digest_page import Digest, News
from watch.digest_units import late_subject
from watch.escalation import late_since
from watch.known import Known
from watch.review import unreviewed
from watch.summer import summer_subject, unready_units
from watch.unit_notes import NoteKind, UnitNote, past_review

#: Manager, deputy, next level: so far late tickets rise.
STEPS = 3

_ONE_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


def tell_digests(
    database: Database, site: Site, organisation: OrganisationId, links: Links, now: datetime, guard: Guard
) -> int:
    """Queue the digests of the day, once a reader, as soon as their hour has come; return how many.

    One that cannot be written holds back no other, and is tried again after growing waits until the day is over
    (`unwritten.py`).
    """
    local = now.astimezone(STOCKHOLM)
    day = local.date()
    if local.time() < site.alerts.digest_at or not is_working_day(site.calendar_of(organisation), day):
        return 0
    mark = Told(subject=f"digest/{organisation}/{day}", to=NOBODY, step="made", at=now)
    with database.read() as connection:
        told = list_told_of(connection, MACHINE, [mark.subject])
        done = {each.to for each in told if each.step == mark.step}
        if NOBODY in done or rest(told, now):
            return 0
        known = _known(connection, site, organisation, day, now)
    # Who has got today's gets no other, whatever opened since.
    left = [each for each in digests(site, organisation, known, day) if each.person.email not in done]
    before = len(guard.failures)
    queued = sum(
        guard.count(
            f"a digest of {organisation}", partial(_queue, database, site, mark, organisation, each, links, now)
        )
        for each in left
    )
    if failures := guard.failures[before:]:
        note = partial(note_unwritten, database, site, organisation, told, mark, failures, now)
        guard.do("telling of digests that cannot be written", note)
    else:
        with database.write() as connection:
            claim_tellings(connection, organisation, [mark])
    return queued


def _known(connection: Connection, site: Site, organisation: OrganisationId, day: date, now: datetime) -> Known:
    known = known_open(connection, site, now)
    ours = {account.id for account in site.accounts}
    closed = list_closed_findings(connection, MACHINE, now - CALLED_OFF)
    closed = tuple(each for each in closed if each.organisation == organisation and each.account in ours)
    late = _late(connection, site, organisation, day, now, sensitive=True)
    outside = _late(connection, site, organisation, day, now, sensitive=False)
    units = {unit for each in late for unit in each}
    unready = unready_units(site, organisation, day)
    first_read = {
        id: work.first_read_at for id, work in list_workloads(connection, MACHINE).items() if work.first_read_at
    }
    reviews = [each.subject() for each in unreviewed(site, organisation, first_read, day)]
    notes = _notes(connection, site, organisation, day)
    told = (
        *known.told,
        *list_told_of_findings(connection, MACHINE, [each.id for each in closed]),
        *list_told_of(connection, MACHINE, [late_subject(unit) for unit in units]),
        *list_told_of(connection, MACHINE, [summer_subject(each.unit, day.year) for each in unready]),
        *list_told_of(connection, MACHINE, reviews),
        *list_told_of(connection, MACHINE, [each.telling()[0] for each in notes]),
        *list_told_of(connection, MACHINE, [each.subject for each in past_review(site, day)]),
    )
    return replace(known, closed=closed, told=told, late=late, late_outside=outside, notes=notes, first_read=first_read)


def _notes(connection: Connection, site: Site, organisation: OrganisationId, day: date) -> tuple[UnitNote, ...]:
    """Return what waits since before today, and what broke in the week before this one."""
    today, monday = midnight(day), day - timedelta(days=day.weekday())
    last_week = midnight(monday - _WEEK), midnight(monday)
    counts = {
        NoteKind.finnish: count_unanswered(connection, MACHINE, organisation, today, language="fi"),
        NoteKind.records: count_unanswered(connection, MACHINE, organisation, today, category=RECORDS_REQUEST),
        NoteKind.broken: count_broken(connection, MACHINE, organisation, *last_week),
    }
    units = {unit.id for unit in site.units}
    # Seen as by a colleague of no unit: no number tells of what is sensitive.
    colleague = Viewer(scope=Scope.person, organisation=organisation)
    refused = [each for each in list_refused(connection, colleague) if each.created_at < today]
    counts[NoteKind.uncertain] = _by_unit(site, organisation, list_uncertain(connection, colleague))
    counts[NoteKind.refused] = _by_unit(site, organisation, refused)
    return tuple(
        UnitNote(unit=unit, kind=kind, count=count, newest_at=newest_at)
        for kind, found in counts.items()
        for unit, (count, newest_at) in sorted(found.items())
        if unit in units
    )


def _by_unit(site: Site, organisation: OrganisationId, sends: Iterable[StoredOutgoing]) -> Counts:
    """Count the sends that a person must settle: the contact center's, or of the unit whose account they leave by."""
    center = site.unit(site.contact_center)
    of_account = {account.id: account.unit for account in site.accounts}
    found: dict[UnitId, tuple[int, datetime]] = {}
    for each in sends:
        if each.account in of_account:
            unit = center.id if center.organisation == organisation else of_account[each.account]
            count, newest_at = found.get(unit, (0, each.created_at))
            found[unit] = count + 1, max(newest_at, each.created_at)
    return found


def _late(
    connection: Connection, site: Site, organisation: OrganisationId, day: date, now: datetime, *, sensitive: bool
) -> tuple[Mapping[UnitId, Late], ...]:
    units = [unit.id for unit in site.units if unit.organisation == organisation]
    calendar, every = site.calendar_of(organisation), site.alerts.escalate_after
    return tuple(
        count_late(
            connection, MACHINE, units,
            _end_of(late_since(calendar, day, step * every)) if step else now,
            sensitive=sensitive,
        )
        for step in range(STEPS)
    )  # fmt: skip


def _end_of(day: date) -> datetime:
    return as_utc(datetime.combine(day + _ONE_DAY, time(0), tzinfo=STOCKHOLM))


def _queue(
    database: Database, site: Site, mark: Told, organisation: OrganisationId, digest: Digest, links: Links,
    now: datetime,
) -> bool:  # fmt: skip
    """Queue one reader's digest in a transaction; what was not written has not been told."""
    account = _in_whose_name(site, organisation, digest)
    if account is None:
        return False
    told = [
        Told(subject=subject, to=digest.person.email, step=step, at=now, finding=finding)
        for subject, step, finding in digest.tells
    ]
    intent = digest_alert(digest, site, account, now, lambda finding, reader: links.finding(finding, reader.email))
    with database.write() as connection:
        if not claim_tellings(connection, organisation, [replace(mark, to=digest.person.email)]):
            return False
        new = claim_tellings(connection, organisation, told)
        queue_alert(connection, site, intent, new, now)
        _note(connection, organisation, account, digest, now)
    return True


def _in_whose_name(site: Site, organisation: OrganisationId, digest: Digest) -> Account | None:
    if digest.items:
        return site.account(digest.items[0].finding.account)
    return account_of(site, organisation)


def _note(
    connection: Connection, organisation: OrganisationId, account: Account, digest: Digest, now: datetime
) -> None:  # fmt: skip
    """Log the digest, and of each finding that rose that nobody nearer has acted: silence leaves a line too."""
    append(
        connection, "digest_queued", at=now, organisation=organisation, actor="tell", account=account.id,
        to=digest.person.email, findings=len(digest.items), late=sum(item.late.count for item in digest.late),
    )  # fmt: skip
    for item in digest.items:
        if item.news is News.risen and item.before is not None:
            append(
                connection, "alert_escalated", at=now, organisation=organisation, actor="tell",
                account=item.finding.account, finding=item.finding.kind, silent=item.before.email,
                to=digest.person.email,
            )  # fmt: skip
