"""Warnings: handling times that somebody must look at."""

from dataclasses import replace
from datetime import date

import pytest

from domain.account import TwilioConnection
from domain.alerting import AlertSms, DutySettings, SecondWay, Shift
from domain.category import SelfService
from domain.ids import CategoryId, PersonId, RuleId
from domain.person import Absence
from domain.rule import Actions, Rule
from domain.service_level import HandlingTime, Target, TargetKind
from settings.warnings import warnings_of
from tests.builders import site

SIX_WEEKS = Target(TargetKind.weeks, days=42)
TOLD = Rule(id=RuleId("larm"), note=True, then=Actions(notify_at_once=True))
REVIEWED = replace(
    site(rules=(TOLD,)),
    handling_times=(
        HandlingTime(
            category=CategoryId("gata"), answer=SIX_WEEKS, owner=PersonId("kim"), review_by=date(2026, 11, 24)
        ),
    ),
)


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 10, 24), ()),
        (
            date(2026, 11, 24),
            (
                "service_levels.toml [handling_times.gata] review_by: 2026-11-24 comes soon; after it 6 weeks is not "
                "used: ask Kim Chef whether 6 weeks is still true, and set a new date.",
            ),
        ),
        (
            date(2026, 11, 25),
            (
                "service_levels.toml [handling_times.gata] review_by: 2026-11-24 has passed, so that 6 weeks is not "
                "used: ask Kim Chef whether 6 weeks is still true, and set a new date.",
            ),
        ),
    ],
)
def test_a_review_is_spoken_of_a_month_before_and_ever_after(today, said):
    assert warnings_of(REVIEWED, today) == said


@pytest.mark.parametrize(
    "url", ["https://www.annat.example/x", "http://www.exempelby.example/x", "https://exempelby.example.annat.example/"]
)
def test_a_link_that_leads_away_from_our_own_pages_is_told_of(url: str) -> None:
    gata = replace(site().categories[0], self_service=(SelfService(language="sv", words="Anmäl", url=url),))

    told = warnings_of(site(rules=(TOLD,), categories=(gata,)), date(2026, 11, 24))

    assert told == (
        f"categories.toml [categories.gata.self_service.sv] url: {url} is no page of ours: link to one under our "
        "domains, with https.",
    )


def test_people_of_the_rota_who_cannot_be_called_are_told_of() -> None:
    away = Absence(first=date(2026, 11, 30))
    kim = replace(site().people[0], phone="", employed_until=date(2026, 12, 1), absences=(away,))
    shift = Shift(who=(kim.id,))
    sms = AlertSms(twilio=TwilioConnection(account_sid="AC0", secret="larm"), number="+46701740699")
    town = replace(
        site(rules=(TOLD,)), people=(kim,), duty=DutySettings(shifts=(shift,)), second_way=SecondWay(sms=sms)
    )  # fmt: skip

    told = [each.partition(":")[0].rpartition(" ")[2] for each in warnings_of(town, date(2026, 11, 24))]

    assert told == ["phone", "employed_until", "absences"]


def test_accounts_whose_alerts_would_reach_nobody_are_told_of() -> None:
    town = site(rules=(TOLD,))
    alone = replace(
        town, administrator="", organisations=tuple(replace(each, escalation=None) for each in town.organisations),
        units=tuple(replace(each, manager=None, deputy=None) for each in town.units),
        accounts=tuple(replace(each, manager=None, deputy=None) for each in town.accounts),
    )  # fmt: skip

    [told] = warnings_of(alone, date(2026, 11, 24))

    assert told.startswith("site.toml administrator: is missing, so that alerts about kontaktcenter")
