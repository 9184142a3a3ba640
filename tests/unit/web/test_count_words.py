"""How a promise was counted, as the pages say it from what is kept with a message."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.account import Channel, Tier
from domain.count_step import CountStep, StepKind, step
from domain.decision import Due
from domain.hours import CalendarSettings, HoursException
from domain.ids import CategoryId, PersonId, UnitId
from domain.instant import STOCKHOLM, as_utc
from domain.promises import promise
from domain.service_level import HandlingTime, Target, TargetKind
from domain.swedish_calendar import DECLARED_CLOSED
from pipeline.kept_steps import kept_step, read_step
from tests.builders import account, schedule, site
from web.count_words import SENTENCES, say_step
from web.words import LANGUAGES, words_of

KC = schedule("kc", "07:30", "17:00")
GATA = UnitId("gata")


def local(text: str) -> datetime:
    return as_utc(datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM))


def counted(at: str, **changes: object) -> Due:
    unit = GATA if changes.pop("routed", True) else UnitId("kontaktcenter")
    by_form = "form_notice" in changes
    return promise(site(**changes), account(), unit, CategoryId("gata"), local(at), date(2026, 11, 24), by_form=by_form)


def through_json(steps: tuple[CountStep, ...]) -> list[CountStep | str | None]:
    return [read_step(each) for each in json.loads(json.dumps([kept_step(each) for each in steps]))]


def in_swedish(due: Due) -> list[str]:
    return [say_step(each, site(), words_of("sv")) for each in due.steps]


def test_a_count_over_easter_reads_well_in_swedish() -> None:
    assert in_swedish(counted("2026-04-02 12:30")) == [
        "Kom in tors 2 apr 12.30. Då var det öppet (kc).",
        "Besked: inom 1 tim öppen tid (E-post, kontaktcenter; öppettider: kc).",
        "Tors 2 apr, kortare dag: öppet 07.30–13.00.",
        "Fre 3 apr, Långfredagen: stängt.",
        "Sön 5 apr, Påskdagen: stängt.",
        "Mån 6 apr, Annandag påsk: stängt.",
        "Tors 2 apr 12.30 till 13.00: 30 min räknas, 30 min återstår.",
        "Tis 7 apr 07.30 till 08.00: 30 min räknas, inget återstår.",
        "Besked ska ges senast tis 7 apr 08.00.",
        "Gata och park ska svara. Tiden räknas ändå från det att meddelandet kom in.",
        "Svar: inom 1 arbetsdag (E-post, verksamhet; öppettider: kontor).",
        "Tors 2 apr, dagen då det kom, räknas som dag 0.",
        "Tors 2 apr, kortare dag: öppet 08.00–13.00.",
        "Fre 3 apr, Långfredagen: stängt.",
        "Sön 5 apr, Påskdagen: stängt.",
        "Mån 6 apr, Annandag påsk: stängt.",
        "Arbetsdag 1 är tis 7 apr.",
        "Svar ska ges senast tis 7 apr 16.30.",
    ]


def different_counts() -> Iterator[Due]:
    away = HoursException(first=date(2026, 11, 24), last=date(2026, 11, 27), why="flytt")
    yield counted("2026-04-02 12:30")
    yield counted("2027-05-05 12:30", form_notice=Target(TargetKind.clock_time, duration=timedelta(hours=24)))
    yield counted("2026-11-24 18:00:30", schedules=(replace(KC, exceptions=(away,)), *site().schedules[1:]))
    yield counted("2026-05-14 12:00", calendar=CalendarSettings(closed_days=(date(2026, 5, 15),)))
    for review_by in (date(2026, 11, 24), date(2026, 11, 23)):
        six_weeks = Target(TargetKind.weeks, days=42)
        own = HandlingTime(category=CategoryId("gata"), answer=six_weeks, owner=PersonId("kim"), review_by=review_by)
        yield counted("2026-11-24 09:12", handling_times=(own,), routed=False)


def test_steps_are_the_same_after_they_were_kept() -> None:
    for due in different_counts():
        assert through_json(due.steps) == list(due.steps)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_step_can_be_said(language: str) -> None:
    assert set(SENTENCES) == set(StepKind)
    for due in different_counts():
        for each in due.steps:
            sentence = say_step(each, site(), words_of(language))

            assert sentence.endswith("."), sentence
            assert "_" not in sentence, sentence


def test_a_day_that_only_the_organisation_closed_is_named_in_words() -> None:
    closed = step(StepKind.special_day, day=date(2026, 5, 15), name=DECLARED_CLOSED, hours=())

    assert say_step(closed, site(), words_of("sv")) == "Fre 15 maj, stängd dag enligt beslut: stängt."


def test_what_an_older_release_kept_stands_as_it_was() -> None:
    assert read_step("Arrived on Tuesday at 09:12.") == "Arrived on Tuesday at 09:12."


@pytest.mark.parametrize(
    "broken",
    [
        None, 7, [], ["day_zero"], ["no_such_step", {}], ["day_zero", 3], ["day_zero", {}],
        ["day_zero", {"day": "yesterday"}], ["notice_level", {"target": "1h"}], ["special_day", {"hours": 4}],
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_left_out(broken: object) -> None:
    assert read_step(broken) is None


def test_channels_and_tiers_have_words_in_a_count() -> None:
    level = step(
        StepKind.answer_level, channel=Channel.sms.value, tier=Tier.unit.value,
        target=Target(TargetKind.working_days, days=2), schedule="Kontor",
    )  # fmt: skip

    assert say_step(level, site(), words_of("sv")) == "Svar: inom 2 arbetsdagar (SMS, verksamhet; öppettider: Kontor)."
