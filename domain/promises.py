"""Promises: when a citizen must have a notice and an answer, and how that was counted (P9, P10)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.account import Account, Channel, Tier
from domain.decision import Due
from domain.errors import BadInput
from domain.hours import CalendarSettings, DayConvention, Schedule
from domain.ids import CategoryId, UnitId
from domain.instant import STOCKHOLM, as_utc
from domain.open_time import closing_at, is_open, local_date, open_from, open_stretches
from domain.reasoning import day_text, length_text, moment_text, special_days, stretch_steps
from domain.service_level import HandlingTime, ServiceLevel, Target, TargetKind
from domain.site import Site
from domain.swedish_calendar import calendar_version, next_working_day


def promise(site: Site, account: Account, unit: UnitId, category: CategoryId, arrived_at: datetime, today: date) -> Due:
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

    Raises:
        BadInput: no service level for the channel and tier (R22), a schedule that never opens, or a year that
            the calendar does not know: withhold the automatic reply (domain.md 3.3 row 38).
        KeyError: the configuration has no such unit.
    """
    notice = _notice_owed(_level(site, account.channel, account.tier), site.schedule_of(account))
    answer = _replaced(site, category, today, _answer_owed(site, account, unit))
    return _due(site.calendar, arrived_at, notice, answer)


def promise_by_table(site: Site, channel: Channel, tier: Tier, schedule: Schedule, arrived_at: datetime) -> Due:
    """Return what the service level alone promises by these hours: no routing, no category.

    Raises:
        BadInput: as `promise`.
    """
    level = _level(site, channel, tier)
    return _due(site.calendar, arrived_at, _notice_owed(level, schedule), _own_answer(level, schedule))


def count_target(
    target: Target, arrived_at: datetime, schedule: Schedule, calendar: CalendarSettings
) -> tuple[datetime, tuple[str, ...]]:
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
    return _after_working_days(target.days, arrived_at, schedule, calendar)


def _after_clock_time(duration: timedelta, arrived_at: datetime) -> tuple[datetime, tuple[str, ...]]:
    if duration <= timedelta(0):
        raise BadInput(f"{duration} of clock time is no target: give one above zero")
    return arrived_at + duration, (f"{length_text(duration)} by the clock, open or closed.",)


def _after_open_time(
    duration: timedelta, arrived_at: datetime, schedule: Schedule, calendar: CalendarSettings
) -> tuple[datetime, tuple[str, ...]]:
    stretches = open_stretches(schedule, calendar, arrived_at, duration)
    due_at = stretches[-1].closes_at
    waiting = () if stretches[0].opens_at == arrived_at else ("Closed on arrival: the clock waits for the opening.",)
    special = special_days(schedule, calendar, local_date(arrived_at), local_date(due_at))
    return due_at, (*special, *waiting, *stretch_steps(stretches, duration))


def _after_working_days(
    days: int, arrived_at: datetime, schedule: Schedule, calendar: CalendarSettings
) -> tuple[datetime, tuple[str, ...]]:
    if days < 1:
        raise BadInput(f"{days} working days is no target: give at least one")
    last, start = _day_zero(arrived_at, schedule, calendar)
    for _ in range(days):
        last = next_working_day(calendar, last)
    due_at = _closing_from(schedule, calendar, last)
    special = special_days(schedule, calendar, local_date(arrived_at), local_date(due_at))
    end = f"Working day {days} is {day_text(last)}."
    if local_date(due_at) != last:
        end += " The unit does not open that day: the next day that it does."
    return due_at, (start, *special, end)


def _day_zero(arrived_at: datetime, schedule: Schedule, calendar: CalendarSettings) -> tuple[date, str]:
    day = local_date(arrived_at)
    closes_at = closing_at(schedule, calendar, day)
    if calendar.convention is DayConvention.arrival_day or (closes_at is not None and arrived_at < closes_at):
        return day, f"{day_text(day)}, the day of arrival, is day 0."
    day = next_working_day(calendar, day)
    return day, f"Arrived after closing or on a closed day: {day_text(day)}, the next working day, is day 0."


def _closing_from(schedule: Schedule, calendar: CalendarSettings, day: date) -> datetime:
    closes_at = closing_at(schedule, calendar, day)
    if closes_at is not None:
        return closes_at
    midnight = as_utc(datetime.combine(day, time(0), tzinfo=STOCKHOLM))
    opens_at = next(open_from(schedule, calendar, midnight)).opens_at
    return _closing_from(schedule, calendar, local_date(opens_at))


@dataclass(frozen=True, slots=True)
class _Owed:
    """One clock: its target, whose hours count, and the sentences that say why these."""

    target: Target
    schedule: Schedule
    why: tuple[str, ...]


def _level(site: Site, channel: Channel, tier: Tier) -> ServiceLevel:
    try:
        return site.service_level(channel, tier)
    except KeyError:
        raise BadInput(f"There is no service level for {channel} at tier {tier}: choose another tier (R22)") from None


def _notice_owed(level: ServiceLevel, schedule: Schedule) -> _Owed:
    why = f"Notice: {level.channel} at tier {level.tier} promises {level.notice} by the hours of {schedule.name}."
    return _Owed(level.notice, schedule, (why,))


def _own_answer(level: ServiceLevel, schedule: Schedule) -> _Owed:
    why = f"Answer: {level.channel} at tier {level.tier} promises {level.answer} by the hours of {schedule.name}."
    return _Owed(level.answer, schedule, (why,))


def _answer_owed(site: Site, account: Account, unit: UnitId) -> _Owed:
    if unit == account.unit:
        return _own_answer(_level(site, account.channel, account.tier), site.schedule_of(account))
    tier = Tier.contact_center if unit == site.contact_center else Tier.unit
    receiver = site.unit(unit)
    owed = _own_answer(_level(site, account.channel, tier), site.schedule(receiver.schedule))
    routed = f"Routed to {receiver.name}, which owes the answer; the count still begins at the arrival."
    return _Owed(owed.target, owed.schedule, (routed, *owed.why))


def _replaced(site: Site, category: CategoryId, today: date, owed: _Owed) -> _Owed:
    own = next((each for each in site.handling_times if each.category == category), None)
    if own is None:
        return owed
    if own.review_by < today:
        return _Owed(owed.target, owed.schedule, (*owed.why, _stale_text(own)))
    why = f"Category {category} has a handling time of its own, which replaces it: {own.answer}."
    return _Owed(own.answer, owed.schedule, (*owed.why, why))


def _stale_text(own: HandlingTime) -> str:
    return f"Category {own.category} has a handling time, but its review date {own.review_by} has passed: not used."


def _due(calendar: CalendarSettings, arrived_at: datetime, notice: _Owed, answer: _Owed) -> Due:
    arrived_at = as_utc(arrived_at)
    # Asked first: it refuses a year that the calendar does not know, before any count can run out of dates.
    state = "open" if is_open(notice.schedule, calendar, arrived_at) else "closed"
    notice_at, notice_steps = count_target(notice.target, arrived_at, notice.schedule, calendar)
    answer_at, answer_steps = count_target(answer.target, arrived_at, answer.schedule, calendar)
    steps = [
        f"Arrived {moment_text(arrived_at)} Swedish time ({arrived_at:%Y-%m-%d %H:%M} UTC); "
        f"{notice.schedule.name} was {state}.",
        *notice.why,
        *notice_steps,
        f"Notice is due {moment_text(notice_at)}.",
        *answer.why,
        *answer_steps,
        f"Answer is due {moment_text(answer_at)}.",
    ]
    if answer_at < notice_at:
        steps.append("The answer is due before the notice: an answer is also a notice, so it meets both.")
    return Due(notice_at=notice_at, answer_at=answer_at, calendar=calendar_version(calendar), steps=tuple(steps))
