"""What the loader makes of a folder that is right."""

from dataclasses import fields
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from domain.account import Account, AutoReply, Channel, ImapConnection, Mode, Security, SmtpConnection, Tier
from domain.brakes import BrakeSettings
from domain.category import Category, CategoryKind, Example, Secrecy, Word
from domain.follow_up import FollowUpSettings
from domain.holding import HoldingSettings
from domain.hours import CalendarSettings, HoursException, Schedule, Span
from domain.organisation import Organisation, Unit
from domain.person import Person
from domain.rule import Actions, Conditions, HeaderCondition, Rule
from domain.run_settings import RunSettings
from domain.service_level import HandlingTime, ServiceLevel, Target, TargetKind
from domain.site import MailSettings, TriageSettings
from domain.watching import WatchSettings
from settings.accounts_file import AccountTable, ImapTable
from settings.categories_file import CategoryTable
from settings.hours_file import CalendarTable, ExceptionTable, ScheduleTable
from settings.load import load
from settings.rules_file import HeaderTable, RuleTable, ThenTable, WhenTable
from settings.service_levels_file import HandlingTimeTable, HoldingTable, LevelTable
from settings.site_file import (
    BrakesTable,
    FollowUpsTable,
    MailTable,
    OrganisationTable,
    RunTable,
    SmtpTable,
    TriageTable,
    WatchTable,
)
from settings.units_file import PersonTable, UnitTable
from tests.unit.settings.town import swap

MORNING = Span(time(8), time(12))
AFTERNOON = Span(time(13), time(17))


def test_a_row_of_days_shares_its_spans_and_an_unnamed_day_is_closed(town: Path) -> None:
    week = load(town).schedules[0].weekly[0].week

    assert week[0] == week[3] == (MORNING, AFTERNOON)
    assert week[4] == (Span(time(8), time(16)),)
    assert week[5] == week[6] == ()


def test_spans_are_put_in_order(town: Path) -> None:
    swap(town, "hours.toml", '["08:00-12:00", "13:00-17:00"]', '["13:00-17:00", "08:00-12:00"]')

    assert load(town).schedules[0].weekly[0].week[0] == (MORNING, AFTERNOON)


def test_hours_have_a_history(town: Path) -> None:
    weeks = '[{ valid_to = 2026-12-31, mon = "08:00-12:00" }, { valid_from = 2027-01-01, tue = ["13:00-17:00"] }]'
    swap(town, "hours.toml", '{ mon-thu = ["08:00-12:00", "13:00-17:00"], fri = ["08:00-16:00"] }', weeks)

    old, new = load(town).schedules[0].weekly

    assert (old.valid_from, old.valid_to, old.week[0]) == (None, date(2026, 12, 31), (MORNING,))
    assert (new.valid_from, new.valid_to, new.week[1]) == (date(2027, 1, 1), None, (AFTERNOON,))


def test_an_exception_without_an_end_is_of_one_day(town: Path) -> None:
    swap(town, "hours.toml", "last = 2026-07-31, ", "")

    expected = HoursException(
        first=date(2026, 7, 1), last=date(2026, 7, 1), spans=(Span(time(9), time(12)),), why="sommartid"
    )
    assert load(town).schedules[0].exceptions == (expected,)


def test_targets_say_how_they_are_counted(town: Path) -> None:
    site = load(town)

    sms = site.service_level(Channel.sms, Tier.contact_center)
    mail = site.service_level(Channel.email, Tier.employee)

    assert sms.notice == Target(TargetKind.open_time, duration=timedelta(minutes=1))
    assert sms.answer == Target(TargetKind.clock_time, duration=timedelta(hours=24))
    assert mail.answer == Target(TargetKind.working_days, days=2)


def test_a_category_has_its_own_handling_time(town: Path) -> None:
    ten_days = Target(TargetKind.working_days, days=10)

    assert load(town).handling_times == (
        HandlingTime(category="bygg", answer=ten_days, owner="elin", review_by=date(2027, 6, 30)),  # type: ignore[arg-type]
    )


def test_an_address_is_kept_in_lower_case_and_signs_in_by_itself(town: Path) -> None:
    account = load(town).accounts[0]

    assert account.address == "kontaktcenter@exempelby.example"
    assert account.imap is not None
    assert account.imap.user == "kontaktcenter@exempelby.example"
    assert (account.imap.port, account.imap.security) == (993, Security.tls)


def test_an_account_begins_in_shadow(town: Path) -> None:
    account = load(town).accounts[0]

    assert (account.mode, account.auto_reply) == (Mode.queue, AutoReply.shadow)


def test_words_weigh_by_their_strength(town: Path) -> None:
    bygg = load(town).categories[0]

    assert bygg.words == (
        Word("bygglov*", "sv", 3.0),
        Word("altan*", "sv", 1.0),
        Word("rakennuslup*", "fi", 2.0),
    )
    assert bygg.not_words == (Word("byggnadsställning*", "sv"),)
    assert bygg.examples == (Example("Får jag sätta upp ett skjul?", "sv"),)


def test_a_category_says_how_it_is_handled(town: Path) -> None:
    unclear = load(town).categories[1]

    assert (unclear.kind, unclear.secrecy) == (CategoryKind.handling, Secrecy.SK1)


def test_a_condition_is_one_value_or_several(town: Path) -> None:
    night, form = load(town).rules

    assert night.note
    assert night.when == Conditions(channels=(Channel.sms,), open=False)
    assert form.when.accounts == ("kontaktcenter",)
    assert form.when.headers == (HeaderCondition(name="X-Formular", contains="bygg"),)
    assert form.then.unit == "bygg"


@pytest.mark.parametrize(
    ("table", "value"),
    [
        (OrganisationTable, Organisation),
        (SmtpTable, SmtpConnection),
        (MailTable, MailSettings),
        (TriageTable, TriageSettings),
        (BrakesTable, BrakeSettings),
        (WatchTable, WatchSettings),
        (FollowUpsTable, FollowUpSettings),
        (RunTable, RunSettings),
        (UnitTable, Unit),
        (PersonTable, Person),
        (ScheduleTable, Schedule),
        (ExceptionTable, HoursException),
        (CalendarTable, CalendarSettings),
        (LevelTable, ServiceLevel),
        (HandlingTimeTable, HandlingTime),
        (HoldingTable, HoldingSettings),
        (AccountTable, Account),
        (ImapTable, ImapConnection),
        (CategoryTable, Category),
        (RuleTable, Rule),
        (WhenTable, Conditions),
        (ThenTable, Actions),
        (HeaderTable, HeaderCondition),
    ],
)
def test_every_field_of_the_domain_can_be_set(table: type[BaseModel], value: Any) -> None:
    named_by_their_table = {"id", "channel", "tier", "category"} if "channel" not in table.model_fields else {"id"}

    names = {field.name for field in fields(value)} - named_by_their_table

    assert set(table.model_fields) - {"id"} == names


def test_a_site_s_own_settings_replace_the_defaults(town: Path) -> None:
    site = load(town)

    assert site.run.poll_every == timedelta(seconds=30)
    assert site.run.connections_per_host == 3
    assert site.mail.form_senders == (("formular@exempelby.example", "Reply-To"),)
    assert site.mail.bounce_address == ""
