"""Watching: which thresholds hold for which account."""

from dataclasses import fields
from datetime import timedelta

from domain.account import Channel, Tier
from domain.ids import AccountId
from domain.service_level import Target, TargetKind
from domain.watching import THRESHOLDS, WatchException, WatchSettings
from tests.builders import account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_last_exception_that_fits_and_names_a_threshold_holds() -> None:
    settings = WatchSettings(
        exceptions=(
            WatchException(channel=Channel.email, unreachable_after=HOUR, well_for=HOUR),
            WatchException(tier=Tier.contact_center, well_for=DAY),
            WatchException(account=AccountId("gata"), well_for=2 * DAY),
        )
    )

    center = settings.of(account())

    assert (center.unreachable_after, center.well_for) == (HOUR, DAY)
    assert settings.of(account(id=AccountId("gata"))).well_for == 2 * DAY
    assert settings.of(account(channel=Channel.sms, tier=Tier.employee)) == settings


def test_a_site_s_exception_goes_before_what_is_built_in() -> None:
    page = account(channel=Channel.facebook, tier=Tier.contact_center)
    ours = WatchSettings().unwatched_after

    built_in = WatchSettings().of(page).unwatched_after
    changed = WatchSettings(exceptions=(WatchException(unwatched_after=ours),)).of(page).unwatched_after

    assert built_in != ours
    assert changed == ours


def test_an_official_page_is_watched_by_the_open_hour_and_a_unit_s_own_by_the_working_day() -> None:
    settings = WatchSettings(unwatched_after=Target(TargetKind.working_days, days=3))

    official = settings.of(account(channel=Channel.facebook, tier=Tier.contact_center)).unwatched_after
    unit = settings.of(account(channel=Channel.facebook, tier=Tier.unit)).unwatched_after

    assert official == Target(TargetKind.open_time, duration=HOUR)
    assert unit == Target(TargetKind.working_days, days=1)


def test_every_threshold_of_an_exception_is_one_of_the_site() -> None:
    assert set(THRESHOLDS) < {each.name for each in fields(WatchSettings)}
