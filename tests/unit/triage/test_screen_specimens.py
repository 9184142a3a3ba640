"""Whole originals as Dovecot, Twilio and Graph give them: parsed, each fires the row of the screen it is named for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.account import Account, AutoReply, Channel
from domain.decision import Classification, Screening
from domain.message import Arrival
from intake.parse import parse
from tests.builders import TUESDAY, account, context, site
from tests.unit.triage import facebook_cases, screen_cases, sms_cases
from tests.unit.triage.screening import about, row_names, street_account
from tests.unit.triage.specimen_cases import CASES, DANGER, FOLDER, SPECIMENS, Miss, Specimen
from triage.screen import screen
from triage.screen.row import Row
from triage.screen.table import TABLES

# domain.md, by hand: how many rows each table has.
ROWS = {"3.3": 45, "3.7": 10, "3.8": 9}
EVERY_ROW = [f"{table}/{number}" for table, count in ROWS.items() for number in range(1, count + 1)]
#: Rows that let a reply go, and those that are only noted.
LETS_GO = {"3.3/42", "3.3/43", "3.3/45", "3.7/9", "3.7/10", "3.8/1"}
NOTED = {"3.3/16", "3.3/19", "3.8/7"}

ACCOUNTS = {
    "3.3": account(auto_reply=AutoReply.on),
    "3.7": sms_cases.ACCOUNT,
    "3.8": facebook_cases.ACCOUNT,
}
UNIT_CASES = {
    "3.3": (screen_cases.FIRES, screen_cases.MISSES),
    "3.7": (sms_cases.FIRES, sms_cases.MISSES),
    "3.8": (facebook_cases.FIRES, facebook_cases.MISSES),
}
#: Rows of e-mail that have tests of their own, because a reply may go.
FIRE_ELSEWHERE = {f"3.3/{number}" for number in (16, 19, 42, 43, 45)}


def by_row(case: Specimen) -> str:
    return case.row


def screened(case: Specimen, original: bytes, **changes: Any) -> Screening:
    """Parse and screen an original as its account would."""
    table = case.row.partition("/")[0]
    home: Account = ACCOUNTS[table]
    town = site(accounts=(ACCOUNTS["3.3"], street_account()))
    town = replace(town, mail=replace(town.mail, border_servers=("mx1.exempelby.example",)))
    given = {name: getattr(case, name) for name in ("context", "flags", "topic", "urgent", "outage")} | changes
    arrival = Arrival(
        identity=f"{case.row}",
        original=original,
        media_type="message/rfc822" if home.channel is Channel.email else "application/json",
        provider_at=TUESDAY,
        flags=given["flags"],
    )
    message = parse(arrival, channel=home.channel, mail=town.mail)
    around = context(**{"account": home, **given["context"]})
    return screen(message, around, town, given["topic"] or about(), given["urgent"], outage=given["outage"])


def missed(case: Specimen) -> Screening:
    """Screen a specimen as its case says that it just misses."""
    miss: Miss = case.misses
    original = SPECIMENS[case.row].read_text(encoding="utf-8")
    for old, new in miss.texts:
        assert old in original, "the specimen does not hold what is to be changed"
        original = original.replace(old, new)
    return screened(
        case,
        original.encode(),
        context=case.context if miss.texts else miss.context,
        flags=miss.flags,
        topic=miss.topic,
        urgent=False,
        outage=None,
    )


def test_every_row_of_the_requirements_stands_in_a_table_once_with_a_function_of_its_own() -> None:
    rows: dict[str, Row] = {row.name: row for table in TABLES.values() for row in table}
    named = [row.name for table in TABLES.values() for row in table]
    functions: list[Callable[..., Any]] = [row.applies for row in rows.values()]

    assert sorted(rows, key=EVERY_ROW.index) == EVERY_ROW
    assert len(set(functions)) == len(functions)
    assert all(len({row.name for row in table}) == len(table) for table in TABLES.values())
    assert {name for name in named if named.count(name) > 1} <= {row.name for row in TABLES[Channel.email]}


def test_every_row_has_a_specimen_that_fires_it_and_a_change_that_just_misses_it() -> None:
    assert [case.row for case in CASES] == EVERY_ROW
    assert sorted(SPECIMENS, key=EVERY_ROW.index) == EVERY_ROW
    assert len(list(FOLDER.iterdir())) == len(EVERY_ROW)


@pytest.mark.parametrize("row", EVERY_ROW)
def test_every_row_has_a_test_that_fires_it_and_one_that_just_misses_it(row: str) -> None:
    table, _, number = row.partition("/")
    fires, misses = ({case.row for case in cases} for cases in UNIT_CASES[table])

    assert int(number) in fires or row in FIRE_ELSEWHERE
    assert int(number) in misses


@pytest.mark.parametrize("case", CASES, ids=by_row)
def test_a_specimen_fires_its_row_and_no_unexpected_other(case: Specimen) -> None:
    found = screened(case, SPECIMENS[case.row].read_bytes())

    table = case.row.partition("/")[0]
    others = {name for name in row_names(found) if name.startswith(f"{table}/")} - {case.row}
    assert case.row in row_names(found)
    assert others == {f"{table}/{number}" for number in case.also}
    assert found.may_reply is bool((LETS_GO & set(row_names(found))) and not _against(found))


@pytest.mark.parametrize("case", CASES, ids=by_row)
def test_a_specimen_that_is_a_little_different_just_misses_its_row(case: Specimen) -> None:
    assert case.row not in row_names(missed(case))


@pytest.mark.parametrize("row", [f"3.3/{number}" for number in (1, 13, 15, 20, 25, 26, 30)])
def test_danger_in_a_specimen_that_a_hard_row_stops_gets_no_reply_and_is_seen(row: str) -> None:
    case = next(each for each in CASES if each.row == row)
    danger: Classification = DANGER

    found = screened(case, SPECIMENS[row].read_bytes(), topic=danger, urgent=True)

    assert not found.may_reply
    assert found.queue == "normal"
    assert found.top


def _against(found: Screening) -> set[str]:
    return set(row_names(found)) - LETS_GO - NOTED
