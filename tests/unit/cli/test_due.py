"""svarsvakt due: the worked examples of domain.md 5.6 by the example's hours, and times as people type them."""

from datetime import datetime

import pytest

from cli.local_time import instant_of
from tests.unit.cli.conftest import Run
from tests.unit.domain.test_worked_examples import EXAMPLES

KEYS = ["at", "channel", "tier", "unit", "notice_due_at", "answer_due_at", "calendar", "steps"]


def due(
    run: Run, at: str, *, channel: str = "email", tier: str = "contact_center", unit: str = ""
) -> dict[str, object]:
    ran = run("due", "--channel", channel, "--tier", tier, "--at", at, *(["--unit", unit] if unit else []), "--json")
    assert ran.code == 0, ran.err
    found: dict[str, object] = ran.object
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"no {example[0]}")
def test_the_notice_is_due_as_the_worked_example_says(run: Run, example: tuple) -> None:  # type: ignore[type-arg]
    _, arrived, account, channel, notice, _ = example

    found = due(run, arrived, channel=channel, tier=account.tier)

    assert list(found) == KEYS
    assert datetime.fromisoformat(str(found["notice_due_at"])) == instant_of(notice)
    assert found["unit"] is None


def test_the_answer_has_a_time_of_its_own(run: Run) -> None:
    found = due(run, "2026-11-24T09:12")

    assert found["at"] == "2026-11-24T09:12:00+01:00"
    assert found["notice_due_at"] == "2026-11-24T10:12:00+01:00"
    assert found["answer_due_at"] == "2026-11-25T17:00:00+01:00"


def test_a_time_with_an_offset_is_that_instant(run: Run) -> None:
    assert due(run, "2026-11-24T08:12Z")["at"] == "2026-11-24T09:12:00+01:00"
    assert due(run, "2026-06-24 03:12:00-04:00")["at"] == "2026-06-24T09:12:00+02:00"


def test_a_date_alone_is_its_first_minute(run: Run) -> None:
    assert due(run, "2026-11-24")["at"] == "2026-11-24T00:00:00+01:00"


def test_an_hour_that_occurs_twice_is_the_first_and_says_so(run: Run) -> None:
    found = due(run, "2026-10-25T02:30")

    assert found["at"] == "2026-10-25T02:30:00+02:00"
    assert found["steps"][0] == (  # type: ignore[index]
        "2026-10-25 02:30 occurs twice, because summer time ends: the first is meant, not 2026-10-25T02:30:00+01:00."
    )


def test_the_second_of_the_doubled_hours_is_named_by_its_offset(run: Run) -> None:
    found = due(run, "2026-10-25T02:30+01:00")

    assert found["at"] == "2026-10-25T02:30:00+01:00"
    assert "twice" not in found["steps"][0]  # type: ignore[index]


def test_an_hour_that_does_not_exist_is_moved_on_and_says_so(run: Run) -> None:
    found = due(run, "2026-03-29T02:30")

    assert found["at"] == "2026-03-29T03:30:00+02:00"
    assert found["steps"][0] == (  # type: ignore[index]
        "2026-03-29 02:30 does not exist, because summer time begins: read as 03:30."
    )


def test_a_unit_of_the_configuration_brings_its_own_hours(run: Run) -> None:
    ordinary = due(run, "2026-11-24T12:30", channel="sms", tier="unit")
    lunch = due(run, "2026-11-24T12:30", channel="sms", tier="unit", unit="bygg")

    assert ordinary["notice_due_at"] == "2026-11-24T13:30:00+01:00"
    assert (lunch["notice_due_at"], lunch["unit"]) == ("2026-11-24T14:00:00+01:00", "bygg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--channel", "email", "--tier", "unit", "--at", "next tuesday"), "'next tuesday' is not a time"),
        (("--channel", "email", "--tier", "unit", "--at", ""), "is not a time"),
        (("--channel", "email", "--tier", "unit", "--at", "0001-01-01"), "is not a time"),
        (("--channel", "email", "--tier", "unit", "--at", "9999-12-31T23:59"), "9999"),
        (("--channel", "email", "--tier", "unit", "--at", "2026-11-24", "--unit", "gatan"), "there is no unit gatan"),
        (("--channel", "facebook", "--tier", "employee", "--at", "2026-11-24"), "no service level"),
        (("--channel", "fax", "--tier", "unit", "--at", "2026-11-24"), "'--channel': 'fax' is not one of"),
        (("--channel", "email", "--tier", "unit"), "--at"),
    ],
)
def test_bad_input_is_told_in_a_sentence(run: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = run("due", *arguments, "--json")

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_people_get_the_steps_and_both_times(run: Run) -> None:
    ran = run("due", "--channel", "email", "--tier", "contact_center", "--at", "2026-11-24T16:40:30")

    assert ran.code == 0
    assert "notice due  Wed 2026-11-25 08:10:30" in ran.out
    assert "answer due  Wed 2026-11-25 17:00" in ran.out
    assert "Kontaktcenter was open." in ran.out
