"""The register as a table for spreadsheets."""

import csv
import io
from dataclasses import replace

import pytest

from domain.facts import Workload
from domain.ids import UnitId
from domain.register import Line, days_of
from pipeline.register_csv import COLUMNS, to_csv
from tests.builders import TUESDAY, account, site


def cells(**changes: object) -> dict[str, str]:
    line = Line(
        account=replace(account(), **changes), manager=site().people[0], deputy=None, heartbeat=None,
        workload=Workload(unhandled=2, oldest_unhandled_at=TUESDAY), findings=(),
        days=days_of(TUESDAY.date(), [], []),
    )  # fmt: skip
    [found] = csv.DictReader(io.StringIO(to_csv([line], site(), TUESDAY.date())), delimiter=";")
    return dict(found)


def test_a_line_says_who_answers_what_waits_and_nothing_secret() -> None:
    found = cells()

    assert tuple(found) == COLUMNS
    assert (found["address"], found["manager"], found["unit"]) == (
        "kontaktcenter@exempelby.example", "Kim Chef", "Kontaktcenter",
    )  # fmt: skip
    assert (found["unhandled"], found["oldest_unhandled"], found["last_handled"]) == ("2", "2026-11-24 09:12", "")
    assert not {"secret", "host", "user"} & set(found)


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1+1", "-1", "@SUM(A1)"])
def test_no_cell_is_computed_by_a_spreadsheet(name: str) -> None:
    assert cells(name=name)["name"] == f"'{name}"


def test_a_number_is_left_as_it_is() -> None:
    assert cells(address="+46701740605")["address"] == "+46701740605"


def test_a_name_with_a_semicolon_stays_in_its_cell() -> None:
    assert cells(name="Gata; park", unit=UnitId("gata"))["name"] == "Gata; park"
