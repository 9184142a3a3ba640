"""Promises: whose clock runs, what replaces it, and what is told about the count."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.account import Channel, Tier
from domain.errors import BadInput
from domain.hours import CalendarSettings, DayConvention, HoursException
from domain.ids import AccountId, CategoryId, OrganisationId, PersonId, ScheduleId, UnitId
from domain.instant import STOCKHOLM, as_utc
from domain.promises import count_target, promise, promise_by_table
from domain.reasoning import sentence
from domain.service_level import HandlingTime, Target, TargetKind
from tests.builders import TUESDAY, account, schedule, site

EXEMPELBY = OrganisationId("exempelby")
GATA, KONTAKTCENTER = UnitId("gata"), UnitId("kontaktcenter")
STREET = CategoryId("gata")
TODAY = date(2026, 11, 24)
KC = schedule("kc", "07:30", "17:00")
TWO_DAYS = Target(TargetKind.working_days, days=2)
HOUR = Target(TargetKind.open_time, duration=timedelta(hours=1))


def local(text):
    return as_utc(datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM))


def promised(configured=None, to=None, unit=KONTAKTCENTER, category=STREET, at=TUESDAY, today=TODAY):
    return promise(configured or site(), to or account(), unit, category, at, today)


def said(steps):
    return tuple(sentence(each) for each in steps)


def handling(answer, review_by=TODAY):
    return HandlingTime(category=STREET, answer=answer, owner=PersonId("kim"), review_by=review_by)


def test_a_ticket_that_stays_with_its_account_keeps_the_accounts_tier_and_hours():
    due = promised()

    assert due.notice_at == local("2026-11-24 10:12")
    assert due.answer_at == local("2026-11-25 17:00")


def test_routing_keeps_the_first_notice_and_gives_the_receivers_answer_from_the_original_arrival():
    due = promised(unit=GATA, at=local("2026-11-20 16:50"))

    assert due.notice_at == local("2026-11-23 08:20")
    assert due.answer_at == local("2026-11-23 16:30")


def test_a_routed_sms_is_answered_by_the_receiving_tiers_answer_column():
    due = promised(to=account(channel=Channel.sms), unit=GATA)

    assert due.notice_at == local("2026-11-24 09:13")
    assert due.answer_at == local("2026-11-25 16:30")


def test_what_an_employee_gets_and_another_unit_answers_is_owed_by_the_unit():
    anna = account(id=AccountId("anna"), unit=KONTAKTCENTER, tier=Tier.employee)

    assert promised(to=anna).answer_at == local("2026-11-26 17:00")
    assert promised(to=anna, unit=GATA).answer_at == local("2026-11-25 16:30")


def test_what_a_unit_sends_to_the_contact_center_is_owed_at_the_contact_centers_tier():
    levels = tuple(
        replace(level, answer=TWO_DAYS) if level.tier is Tier.unit else level for level in site().service_levels
    )
    street = account(id=AccountId("gata"), unit=GATA, tier=Tier.unit)

    due = promised(site(service_levels=levels), to=street)

    assert due.notice_at == local("2026-11-25 16:30")
    assert due.answer_at == local("2026-11-25 17:00")


def test_an_account_with_hours_of_its_own_is_counted_by_them_until_it_is_routed():
    phone = schedule("sms", "10:00", "12:00")
    configured = site(schedules=(*site().schedules, phone))
    own = account(schedule=phone.id)

    stays, goes = promised(configured, own), promised(configured, own, unit=GATA)

    assert (stays.notice_at, stays.answer_at) == (local("2026-11-24 11:00"), local("2026-11-25 12:00"))
    assert (goes.notice_at, goes.answer_at) == (local("2026-11-24 11:00"), local("2026-11-25 16:30"))


def telephone_at_the_street_unit():
    """Return the municipality whose street unit answers SMS in shorter hours than mail."""
    phone = schedule("telefon", "09:00", "12:00")
    base = site()
    center, street = base.units
    own = replace(street, channel_schedules=((Channel.sms, phone.id),))
    return replace(base, units=(center, own), schedules=(*base.schedules, phone))


def test_a_unit_has_hours_of_its_own_on_a_channel_for_what_arrives_there_and_what_is_routed_there():
    configured = telephone_at_the_street_unit()
    street = account(id=AccountId("gata"), unit=GATA, tier=Tier.unit)

    mail = promised(configured, street, unit=GATA)
    sms = promised(configured, replace(street, channel=Channel.sms), unit=GATA)
    routed = promised(configured, account(channel=Channel.sms), unit=GATA)

    assert (mail.notice_at, mail.answer_at) == (local("2026-11-25 16:30"), local("2026-11-25 16:30"))
    assert (sms.notice_at, sms.answer_at) == (local("2026-11-24 10:12"), local("2026-11-25 12:00"))
    assert routed.answer_at == local("2026-11-25 12:00")


def test_an_old_arrival_is_counted_by_the_hours_that_held_then():
    [before] = KC.weekly
    [after] = schedule("kc", "10:00", "15:00").weekly
    changed = replace(KC, weekly=(before, replace(after, valid_from=date(2026, 11, 25))))
    configured = site(schedules=(changed, *site().schedules[1:]))

    assert promised(configured).notice_at == local("2026-11-24 10:12")
    assert promised(configured, at=local("2026-11-24 16:30")).notice_at == local("2026-11-25 10:30")


def test_a_day_that_one_organisation_closes_moves_its_own_promises_only():
    base = site()
    closed = replace(base.organisations[0], closed_days=(date(2026, 11, 25),))

    assert promised(replace(base, organisations=(closed,))).answer_at == local("2026-11-26 17:00")
    assert promised(base).answer_at == local("2026-11-25 17:00")


def test_a_handling_time_replaces_the_answer_and_never_the_notice():
    due = promised(site(handling_times=(handling(TWO_DAYS),)), unit=GATA)

    assert due.notice_at == local("2026-11-24 10:12")
    assert due.answer_at == local("2026-11-26 16:30")
    assert "Category gata has a handling time of its own, which replaces it: 2 working days." in said(due.steps)


def test_a_handling_time_of_another_category_replaces_nothing():
    due = promised(site(handling_times=(handling(TWO_DAYS),)), unit=GATA, category=CategoryId("oklart"))

    assert due.answer_at == local("2026-11-25 16:30")


@pytest.mark.parametrize(
    ("review_by", "due"), [(date(2026, 11, 24), "2026-11-26 16:30"), (date(2026, 11, 23), "2026-11-25 16:30")]
)
def test_a_handling_time_holds_through_its_review_date_and_no_longer(review_by, due):
    found = promised(site(handling_times=(handling(TWO_DAYS, review_by),)), unit=GATA)

    assert found.answer_at == local(due)
    assert any("not used" in step for step in said(found.steps)) is (review_by < TODAY)


@pytest.mark.parametrize(
    ("arrived", "due"),
    [
        ("2026-11-24 09:12", "2027-01-05 13:00"),
        ("2026-11-25 09:12", "2027-01-07 16:30"),
        ("2026-11-28 09:12", "2027-01-11 16:30"),
    ],
)
def test_six_weeks_end_on_that_day_of_the_week_or_the_next_that_is_open(arrived, due):
    weeks = handling(Target(TargetKind.weeks, days=42))

    found = promised(site(handling_times=(weeks,)), unit=GATA, at=local(arrived))

    assert found.answer_at == local(due)
    assert "Category gata has a handling time of its own, which replaces it: 6 weeks." in said(found.steps)


def test_weeks_tell_their_end():
    due_at, steps = count_target(Target(TargetKind.weeks, days=42), local("2026-11-25 09:12"), KC, CalendarSettings())

    assert due_at == local("2027-01-07 17:00")
    assert said(steps) == (
        "Wed 2026-11-25, the day of arrival, is day 0.",
        "Wed 2027-01-06, Trettondedag jul: closed.",
        "The end of week 6 is Wed 2027-01-06.",
        "The unit does not open that day: the next day that it does.",
    )


DAY_BY_THE_CLOCK = Target(TargetKind.clock_time, duration=timedelta(hours=24))


def by_form(configured, at):
    return promise(configured, account(), KONTAKTCENTER, STREET, local(at), TODAY, by_form=True)


def test_of_the_table_and_the_forms_own_target_the_earlier_governs():
    configured = site(form_notice=DAY_BY_THE_CLOCK)

    assert by_form(configured, "2027-05-05 12:30").notice_at == local("2027-05-06 12:30")
    assert by_form(configured, "2026-11-24 09:12").notice_at == local("2026-11-24 10:12")
    assert by_form(site(), "2027-05-05 12:30").notice_at == local("2027-05-07 08:00")


def test_the_steps_name_both_times_of_what_a_form_brought():
    steps = said(by_form(site(form_notice=DAY_BY_THE_CLOCK), "2027-05-05 12:30").steps)

    assert "It came by a form, which promises 24h clock (R24)." in steps
    assert (
        "By the table it is due Fri 2027-05-07 08:00, by the form Thu 2027-05-06 12:30: the earlier governs." in steps
    )


def test_an_answer_that_is_due_before_the_notice_stays_so_and_says_why():
    closed = HoursException(first=TODAY, last=date(2026, 11, 27), why="flytt")
    configured = site(schedules=(replace(KC, exceptions=(closed,)), *site().schedules[1:]))

    due = promised(configured, unit=GATA)

    assert due.notice_at == local("2026-11-30 08:30")
    assert due.answer_at == local("2026-11-25 16:30")
    assert said(due.steps)[-1] == "The answer is due before the notice: an answer is also a notice, so it meets both."


def test_a_promise_carries_the_version_of_the_calendar_it_was_counted_with():
    decided = CalendarSettings(closed_days=(date(2026, 5, 15),))

    assert promised(site(calendar=decided)).calendar == site(calendar=decided).calendar_versions[EXEMPELBY]
    assert promised().calendar != promised(site(calendar=decided)).calendar


def test_a_channel_and_tier_without_a_service_level_are_refused():
    nobody = account(channel=Channel.facebook, tier=Tier.employee)

    with pytest.raises(BadInput, match="no service level for facebook at tier employee"):
        promised(to=nobody)


def test_the_steps_can_be_read_aloud():
    due = promised(at=local("2026-04-02 12:30"), unit=GATA)

    assert said(due.steps) == (
        "Arrived Thu 2026-04-02 12:30 Swedish time (2026-04-02 10:30 UTC); kc was open.",
        "Notice: email at tier contact_center promises 1h by the hours of kc.",
        "Thu 2026-04-02, half day: open 07:30–13:00.",
        "Fri 2026-04-03, Långfredagen: closed.",
        "Sun 2026-04-05, Påskdagen: closed.",
        "Mon 2026-04-06, Annandag påsk: closed.",
        "Thu 2026-04-02 12:30–13:00 gives 30 min, 30 min left.",
        "Tue 2026-04-07 07:30–08:00 gives 30 min, nothing left.",
        "Notice is due Tue 2026-04-07 08:00.",
        "Routed to Gata och park, which owes the answer; the count still begins at the arrival.",
        "Answer: email at tier unit promises 1 working day by the hours of kontor.",
        "Thu 2026-04-02, the day of arrival, is day 0.",
        "Thu 2026-04-02, half day: open 08:00–13:00.",
        "Fri 2026-04-03, Långfredagen: closed.",
        "Sun 2026-04-05, Påskdagen: closed.",
        "Mon 2026-04-06, Annandag påsk: closed.",
        "Working day 1 is Tue 2026-04-07.",
        "Answer is due Tue 2026-04-07 16:30.",
    )


def test_the_table_alone_promises_without_account_or_category():
    configured = site(handling_times=(handling(TWO_DAYS),))
    office = configured.schedule(ScheduleId("kontor"))

    due = promise_by_table(configured, EXEMPELBY, Channel.email, Tier.unit, office, TUESDAY)

    assert (due.notice_at, due.answer_at) == (local("2026-11-25 16:30"), local("2026-11-25 16:30"))


def test_a_last_day_on_which_the_unit_does_not_open_hands_over_to_the_next_that_it_does():
    away = replace(KC, exceptions=(HoursException(first=date(2026, 11, 25), last=date(2026, 11, 27), why="kurs"),))
    day = Target(TargetKind.working_days, days=1)

    due_at, steps = count_target(day, TUESDAY, away, CalendarSettings())

    assert due_at == local("2026-11-30 17:00")
    assert said(steps) == (
        "Tue 2026-11-24, the day of arrival, is day 0.",
        "Wed 2026-11-25 to Fri 2026-11-27, kurs: closed.",
        "Working day 1 is Wed 2026-11-25.",
        "The unit does not open that day: the next day that it does.",
    )


@pytest.mark.parametrize(
    ("arrived", "due"),
    [
        ("2026-11-24 16:59:59", "2026-11-25 17:00"),
        ("2026-11-24 17:00", "2026-11-26 17:00"),
        ("2026-11-24 05:00", "2026-11-25 17:00"),
        ("2026-11-21 12:00", "2026-11-24 17:00"),
    ],
)
def test_under_convention_b_closing_time_itself_counts_as_after_closing(arrived, due):
    calendar = CalendarSettings(convention=DayConvention.next_working_day)

    due_at, _ = count_target(Target(TargetKind.working_days, days=1), local(arrived), KC, calendar)

    assert due_at == local(due)


def test_under_convention_b_who_writes_on_an_open_saturday_is_not_due_before_who_wrote_on_friday_night():
    saturdays = replace(KC, weekly=(replace(KC.weekly[0], week=(KC.weekly[0].week[0],) * 6 + ((),)),))
    calendar = CalendarSettings(convention=DayConvention.next_working_day)
    day = Target(TargetKind.working_days, days=1)

    friday, saturday = (
        count_target(day, local(at), saturdays, calendar)[0] for at in ("2026-11-20 18:00", "2026-11-21 11:00")
    )

    assert friday == saturday == local("2026-11-24 17:00")


def test_convention_b_says_which_day_is_day_0():
    calendar = CalendarSettings(convention=DayConvention.next_working_day)

    _, steps = count_target(Target(TargetKind.working_days, days=1), local("2026-11-21 12:00"), KC, calendar)

    assert said(steps)[0] == "Arrived after closing or on a closed day: Mon 2026-11-23, the next working day, is day 0."


def test_waiting_for_the_opening_is_told():
    _, steps = count_target(HOUR, local("2026-02-07 11:00"), KC, CalendarSettings())

    assert said(steps) == (
        "Closed on arrival: the clock waits for the opening.",
        "Mon 2026-02-09 07:30–08:30 gives 1 h, nothing left.",
    )


def test_a_long_count_names_its_first_and_last_stretches_only():
    target = Target(TargetKind.open_time, duration=timedelta(hours=95))

    _, steps = count_target(target, local("2026-02-02 07:30"), KC, CalendarSettings())

    assert len(steps) == 7
    assert said(steps)[4] == "The next 4 open stretches are counted in the same way."
    assert said(steps)[-1] == "Fri 2026-02-13 07:30–17:00 gives 9 h 30 min, nothing left."


def test_seconds_are_told_where_there_are_any():
    _, steps = count_target(HOUR, local("2026-02-02 16:30:30"), KC, CalendarSettings())

    assert said(steps)[0] == "Mon 2026-02-02 16:30:30–17:00 gives 29 min 30 s, 30 min 30 s left."


@pytest.mark.parametrize("kind", TargetKind)
def test_a_target_of_nothing_is_refused(kind):
    with pytest.raises(BadInput):
        count_target(Target(kind), TUESDAY, KC, CalendarSettings())


@pytest.mark.parametrize("kind", TargetKind)
def test_an_arrival_without_an_offset_is_refused(kind):
    target = Target(kind, duration=timedelta(hours=1), days=1)

    with pytest.raises(ValueError, match="no offset"):
        count_target(target, TUESDAY.replace(tzinfo=None), KC, CalendarSettings())


def test_an_arrival_told_in_another_time_zone_is_the_same_instant():
    swedish = TUESDAY.astimezone(STOCKHOLM)

    assert promised(at=swedish) == promised()
    assert promised(at=swedish).notice_at.tzinfo is UTC


@pytest.mark.parametrize("arrived_at", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
@pytest.mark.parametrize("kind", TargetKind)
def test_an_arrival_at_the_end_of_all_years_is_refused_as_bad_input(kind, arrived_at):
    target = Target(kind, duration=timedelta(hours=24), days=1)
    levels = tuple(replace(level, notice=target, answer=target) for level in site().service_levels)

    with pytest.raises(BadInput):
        promised(site(service_levels=levels), at=arrived_at)
