"""Promises: when a citizen must have a notice and an answer, and how that was counted (P9, P10)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.account import Account, Channel, Tier
from domain.count_step import CountStep, StepKind, step
from domain.decision import Due
from domain.errors import BadInput
from domain.hours import CalendarSettings, DayConvention, Schedule
from domain.ids import CategoryId, OrganisationId, UnitId
from domain.instant import STOCKHOLM, as_utc
from domain.open_time import closing_at, is_open, local_date, open_from, open_stretches
from domain.reasoning import special_days, stretch_steps
from domain.service_level import HandlingTime, ServiceLevel, Target, TargetKind
from domain.site import Site
from domain.swedish_calendar import is_working_day, next_working_day


def promise(
    site: Site, account: Account, unit: UnitId, category: CategoryId, arrived_at: datetime, today: date,
    *, by_form: bool = False,
) -> Due:  # fmt: skip
    """Return when the citizen must have a notice and an answer, and why.

    Notice keeps the account's tier and hours, wherever the ticket is routed. Answer is the account's own when
    the ticket stays with its unit, else the receiving unit's, counted from the same arrival (domain.md 5.4 C6).
    A handling time of the category that is not past its review date replaces the answer's target (R34).

    The two clocks are independent. Should the answer be due first, it stays so: an answer is also a notice, so
    moving either would loosen what was promised.

    Args:
        site: the configuration.
        account: where the message arrived.
        unit: where the ticket is routed.
        category: what it is about.
        arrived_at: when it reached the municipality (P5); never the time of a forward.
        today: the local date on which review dates are judged.
        by_form: a form of the municipality brought it: its own target for the notice is counted too, and the
            earlier one governs (R24, G5).

    Raises:
        BadInput: no service level for the channel and tier (R22), a schedule that never opens, or a year that
            the calendar does not know: withhold the automatic reply (domain.md 3.3 row 38).
        KeyError: the configuration has no such unit.
    """
    schedule = site.schedule_of(account)
    notice = _notice_owed(_level(site, account.channel, account.tier), schedule)
    form = _form_owed(site, schedule) if by_form else None
    answer = _replaced(site, category, today, _answer_owed(site, account, unit))
    return _due(site, account.organisation, arrived_at, notice, answer, form)


def answer_from(
    site: Site, account: Account, unit: UnitId, category: CategoryId, from_at: datetime, today: date,
    target: Target | None = None,
) -> datetime:  # fmt: skip
    """Return when an answer is due that is counted from another moment than the arrival.

    Args:
        site: the configuration.
        account: where the message arrived.
        unit: who owes the answer.
        category: what it is about.
        from_at: where the count begins: a follow-up's arrival, or now for a holding reply.
        today: the local date on which review dates are judged.
        target: counted instead of the answer's own.

    Raises:
        BadInput: as `promise`.
        KeyError: the configuration has no such unit.
    """
    owed = _replaced(site, category, today, _answer_owed(site, account, unit))
    calendar = site.calendar_of(account.organisation)
    due_at, _ = count_target(target or owed.target, from_at, owed.schedule, calendar)
    return due_at


def promise_by_table(
    site: Site, organisation: OrganisationId, channel: Channel, tier: Tier, schedule: Schedule, arrived_at: datetime
) -> Due:
    """Return what the service level alone promises by these hours: no routing, no category.

    Raises:
        BadInput: as `promise`.
    """
    level = _level(site, channel, tier)
    return _due(site, organisation, arrived_at, _notice_owed(level, schedule), _own_answer(level, schedule))


def count_target(
    target: Target, arrived_at: datetime, schedule: Schedule, calendar: CalendarSettings
) -> tuple[datetime, tuple[CountStep, ...]]:
    """Return when a target counted from the arrival is due, and the steps of the count.

    Open time passes only while the schedule is open, and what is due at closing is met at closing (C2). Working
    days end when the unit closes (C3; C4 is convention B); if the unit does not open on the last day, when it
    closes on the next day that it does. Clock time is counted in UTC (C5).

    Raises:
        BadInput: a target that is not above zero, a schedule that does not open, a year outside the calendar.

    Source: domain.md 5.4.
    """
    arrived_at = as_utc(arrived_at)
    if target.kind is TargetKind.clock_time:
        return _after_clock_time(target.duration, arrived_at)
    if target.kind is TargetKind.open_time:
        return _after_open_time(target.duration, arrived_at, schedule, calendar)
    if target.days < 1:
        raise BadInput(f"{target} is no target: give at least one")
    if target.kind is TargetKind.weeks:
        return _after_weeks(target.days, arrived_at, schedule, calendar)
    return _after_working_days(target.days, arrived_at, schedule, calendar)


def _after_clock_time(duration: timedelta, arrived_at: datetime) -> tuple[datetime, tuple[CountStep, ...]]:
    if duration <= timedelta(0):
        raise BadInput(f"{duration} of clock time is no target: give one above zero")
    return arrived_at + duration, (step(StepKind.by_the_clock, length=duration),)


def _after_open_time(
    duration: timedelta, arrived_at: datetime, schedule: Schedule, calendar: CalendarSettings
) -> tuple[datetime, tuple[CountStep, ...]]:
    stretches = open_stretches(schedule, calendar, arrived_at, duration)
    due_at = stretches[-1].closes_at
    waiting = () if stretches[0].opens_at == arrived_at else (step(StepKind.waits),)
    special = special_days(schedule, calendar, local_date(arrived_at), local_date(due_at))
    return due_at, (*special, *waiting, *stretch_steps(stretches, duration))


def _after_working_days(
    days: int, arrived_at: datetime, schedule: Schedule, calendar: CalendarSettings
) -> tuple[datetime, tuple[CountStep, ...]]:
    last, start = _day_zero(arrived_at, schedule, calendar)
    for _ in range(days):
        last = next_working_day(calendar, last)
    due_at, moved = _close_of(schedule, calendar, last)
    special = special_days(schedule, calendar, local_date(arrived_at), local_date(due_at))
    return due_at, (start, *special, step(StepKind.working_day, count=days, day=last), *moved)


def _after_weeks(
    days: int, arrived_at: datetime, schedule: Schedule, calendar: CalendarSettings
) -> tuple[datetime, tuple[CountStep, ...]]:
    zero, start = _day_zero(arrived_at, schedule, calendar)
    try:
        last = zero + timedelta(days=days)
    except OverflowError:
        raise BadInput(f"{days // 7} weeks after {zero} lies beyond all years: give a smaller target") from None
    due_at, moved = _close_of(schedule, calendar, last)
    special = special_days(schedule, calendar, last, local_date(due_at))
    return due_at, (start, *special, step(StepKind.end_of_week, count=days // 7, day=last), *moved)


def _close_of(schedule: Schedule, calendar: CalendarSettings, last: date) -> tuple[datetime, tuple[CountStep, ...]]:
    """Return when the unit closes on a count's last day, or on the next that it opens, and a step that says so."""
    due_at = _closing_from(schedule, calendar, last)
    return due_at, () if local_date(due_at) == last else (step(StepKind.not_open_then),)


def _day_zero(arrived_at: datetime, schedule: Schedule, calendar: CalendarSettings) -> tuple[date, CountStep]:
    day = local_date(arrived_at)
    if calendar.convention is DayConvention.arrival_day or _still_works(arrived_at, day, schedule, calendar):
        return day, step(StepKind.day_zero, day=day)
    day = next_working_day(calendar, day)
    return day, step(StepKind.day_zero_later, day=day)


def _still_works(arrived_at: datetime, day: date, schedule: Schedule, calendar: CalendarSettings) -> bool:
    # A unit that opens on Saturdays has no working day then: else who writes on Friday night would be due after
    # who writes on Saturday.
    closes_at = closing_at(schedule, calendar, day)
    return is_working_day(calendar, day) and closes_at is not None and arrived_at < closes_at


def _closing_from(schedule: Schedule, calendar: CalendarSettings, day: date) -> datetime:
    closes_at = closing_at(schedule, calendar, day)
    if closes_at is not None:
        return closes_at
    midnight = as_utc(datetime.combine(day, time(0), tzinfo=STOCKHOLM))
    opens_at = next(open_from(schedule, calendar, midnight)).opens_at
    return _closing_from(schedule, calendar, local_date(opens_at))


@dataclass(frozen=True, slots=True)
class _Owed:
    """One clock: its target, whose hours count, and the steps that say why these."""

    target: Target
    schedule: Schedule
    why: tuple[CountStep, ...]


def _level(site: Site, channel: Channel, tier: Tier) -> ServiceLevel:
    try:
        return site.service_level(channel, tier)
    except KeyError:
        raise BadInput(f"There is no service level for {channel} at tier {tier}: choose another tier (R22)") from None


def _notice_owed(level: ServiceLevel, schedule: Schedule) -> _Owed:
    return _Owed(level.notice, schedule, (_level_step(StepKind.notice_level, level, level.notice, schedule),))


def _level_step(kind: StepKind, level: ServiceLevel, target: Target, schedule: Schedule) -> CountStep:
    return step(kind, channel=level.channel.value, tier=level.tier.value, target=target, schedule=schedule.name)


def _form_owed(site: Site, schedule: Schedule) -> _Owed | None:
    if site.form_notice is None:
        return None
    return _Owed(site.form_notice, schedule, (step(StepKind.form_level, target=site.form_notice),))


def _own_answer(level: ServiceLevel, schedule: Schedule) -> _Owed:
    return _Owed(level.answer, schedule, (_level_step(StepKind.answer_level, level, level.answer, schedule),))


def hours_of_answer(site: Site, account: Account, unit: UnitId) -> Schedule:
    """Return whose opening hours an answer is counted by. Raises KeyError when there is no such unit."""
    return site.schedule_of(account) if unit == account.unit else site.unit_schedule(unit, account.channel)


def _answer_owed(site: Site, account: Account, unit: UnitId) -> _Owed:
    if unit == account.unit:
        return _own_answer(_level(site, account.channel, account.tier), hours_of_answer(site, account, unit))
    tier = Tier.contact_center if unit == site.contact_center else Tier.unit
    receiver = site.unit(unit)
    owed = _own_answer(_level(site, account.channel, tier), hours_of_answer(site, account, unit))
    return _Owed(owed.target, owed.schedule, (step(StepKind.routed, unit=receiver.name), *owed.why))


def _replaced(site: Site, category: CategoryId, today: date, owed: _Owed) -> _Owed:
    own = next((each for each in site.handling_times if each.category == category), None)
    if own is None:
        return owed
    if own.review_by < today:
        return _Owed(owed.target, owed.schedule, (*owed.why, _past_step(own)))
    why = step(StepKind.own_time, category=category, target=own.answer)
    return _Owed(own.answer, owed.schedule, (*owed.why, why))


def _past_step(own: HandlingTime) -> CountStep:
    return step(StepKind.own_time_past, category=own.category, review_by=own.review_by)


def _due(
    site: Site, organisation: OrganisationId, arrived_at: datetime, notice: _Owed, answer: _Owed,
    form: _Owed | None = None,
) -> Due:  # fmt: skip
    calendar = site.calendar_of(organisation)
    arrived_at = as_utc(arrived_at)
    # Asked first: it refuses a year that the calendar does not know, before any count can run out of dates.
    arrived = StepKind.arrived_open if is_open(notice.schedule, calendar, arrived_at) else StepKind.arrived_closed
    notice_at, notice_steps = count_target(notice.target, arrived_at, notice.schedule, calendar)
    if form is not None:
        form_at, form_steps = count_target(form.target, arrived_at, form.schedule, calendar)
        earlier = step(StepKind.earlier, at=notice_at, form_at=form_at)
        notice_at, notice_steps = min(notice_at, form_at), (*notice_steps, *form.why, *form_steps, earlier)
    answer_at, answer_steps = count_target(answer.target, arrived_at, answer.schedule, calendar)
    steps = [
        step(arrived, at=arrived_at, schedule=notice.schedule.name),
        *notice.why,
        *notice_steps,
        step(StepKind.notice_due, at=notice_at),
        *answer.why,
        *answer_steps,
        step(StepKind.answer_due, at=answer_at),
    ]
    if answer_at < notice_at:
        steps.append(step(StepKind.answer_first))
    version = site.calendar_versions[organisation]
    return Due(notice_at=notice_at, answer_at=answer_at, calendar=version, by_form=form is not None, steps=tuple(steps))
