"""Findings: what the evidence says of an account, as a sentence that a manager can pass on."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.account import AccountStatus
from domain.failed_step import FAILED_STEPS
from domain.finding import FindingKind, Heartbeat
from domain.ids import AccountId, OrganisationId
from domain.watching import WatchSettings
from tests.builders import TUESDAY, account
from tests.unit.watch.facts import facts
from watch.findings import missed, old_unhandled, patience, unreachable, withheld

SETTINGS = WatchSettings(unreachable_after=timedelta(minutes=30))
HALF_HOUR = timedelta(minutes=30)
FAILING = Heartbeat(
    account=AccountId("kontaktcenter"), organisation=OrganisationId("exempelby"), visited_at=TUESDAY, read_at=None,
    failing_since=TUESDAY, failed_step="tcp", failure="Connection refused by 192.0.2.1",
)  # fmt: skip


def said(heartbeat: Heartbeat = FAILING, *, after: timedelta = HALF_HOUR, **changes: object) -> str | None:
    known = facts(account=account(**changes), heartbeat=heartbeat, read_every=timedelta(seconds=30))
    return unreachable(known, SETTINGS, TUESDAY + after)


def test_an_account_that_fails_for_long_enough_is_told_with_time_and_cause() -> None:
    assert said() == "Kontot har inte gått att läsa sedan den 24 november kl. 09.12: servern svarar inte."


def test_a_short_failure_is_no_finding() -> None:
    assert said(after=HALF_HOUR - timedelta(seconds=1)) is None


def test_an_account_that_is_read_is_no_finding() -> None:
    assert said(replace(FAILING, failing_since=None)) is None


@pytest.mark.parametrize(("status", "is_told"), [(AccountStatus.dormant, True), (AccountStatus.closed, False)])
def test_a_dormant_account_is_to_be_read_and_a_closed_one_is_not(status: AccountStatus, is_told: bool) -> None:
    assert (said(status=status) is not None) is is_told


@pytest.mark.parametrize("step", FAILED_STEPS)
def test_each_step_that_can_fail_has_words(step: str) -> None:
    assert f": {FAILED_STEPS[step]}." in (said(replace(FAILING, failed_step=step)) or "")


def test_a_step_without_words_is_admitted() -> None:
    assert (said(replace(FAILING, failed_step="moon")) or "").endswith(": vi vet inte varför.")


def test_what_the_server_said_stays_out_of_the_evidence() -> None:
    assert "192.0.2.1" not in (said() or "")


def test_the_time_is_swedish_summer_and_winter() -> None:
    summer = datetime.fromisoformat("2027-06-30T22:30+00:00")
    heartbeat = replace(FAILING, failing_since=summer)

    evidence = unreachable(facts(heartbeat=heartbeat), SETTINGS, summer + HALF_HOUR)

    assert "sedan den 1 juli kl. 00.30" in (evidence or "")


@pytest.mark.parametrize(
    ("unhandled", "words"), [(1, "1 oläst meddelande"), (2, "2 olästa meddelanden"), (1300, "1300 olästa meddelanden")]
)
def test_old_mail_is_counted(unhandled: int, words: str) -> None:
    assert old_unhandled(unhandled) == f"Vid första läsningen låg {words} kvar från tidigare."


def test_a_mailbox_without_unread_mail_is_no_finding() -> None:
    assert old_unhandled(0) is None


@pytest.mark.parametrize(("count", "words"), [(1, "1 meddelande som"), (3, "3 meddelanden som")])
def test_what_a_server_withholds_and_what_we_missed_is_counted(count: int, words: str) -> None:
    assert withheld(count) == f"Servern visar {words} den inte lämnar ut."
    assert missed(count) == f"Vid en kontroll fann vi {words} vi inte hade hämtat i tid."


def test_nothing_withheld_and_nothing_missed_is_no_finding() -> None:
    assert (withheld(0), missed(0)) == (None, None)


READ = replace(FAILING, failing_since=None, failed_step="", failure="", read_at=TUESDAY)


def test_an_account_that_no_worker_has_read_for_long_is_told_as_our_own_fault() -> None:
    assert said(READ) is None
    assert said(READ, after=HALF_HOUR + timedelta(seconds=1)) == (
        "Svarsvakt har inte läst kontot sedan den 24 november kl. 09.12. Felet ligger i Svarsvakt, inte i kontot."
    )


def test_an_account_that_its_provider_lets_wait_for_long_is_told_as_such() -> None:
    rested = replace(READ, visited_at=TUESDAY + HALF_HOUR)

    assert said(rested, after=2 * HALF_HOUR) == (
        "Kontot har inte gått att läsa sedan den 24 november kl. 09.12: leverantören ber oss vänta."
    )


def test_an_account_that_is_read_seldom_is_given_three_rounds() -> None:
    known = facts(heartbeat=READ, read_every=timedelta(hours=1))

    assert unreachable(known, SETTINGS, TUESDAY + timedelta(hours=3)) is None
    assert unreachable(known, SETTINGS, TUESDAY + timedelta(hours=3, seconds=1)) is not None


def test_an_account_that_nobody_is_to_read_is_no_finding() -> None:
    assert unreachable(facts(heartbeat=READ, read_every=None), SETTINGS, TUESDAY + timedelta(days=9)) is None


def test_only_what_is_not_read_is_looked_at_for_a_while_before_it_is_believed() -> None:
    minute = timedelta(minutes=1)

    assert patience(FindingKind.unreachable, facts(heartbeat=READ, read_every=minute)) == 3 * minute
    assert patience(FindingKind.unreachable, facts(heartbeat=FAILING, read_every=minute)) == timedelta(0)
    assert patience(FindingKind.unwatched, facts(heartbeat=READ, read_every=minute)) == timedelta(0)
