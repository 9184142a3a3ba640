"""Accounts that fail together are one cause; those that fail each for itself are not."""

from dataclasses import replace
from datetime import timedelta

from domain.account import AccountStatus, ImapConnection
from domain.finding import Heartbeat
from domain.ids import AccountId
from domain.site import Site
from tests import builders
from tests.builders import TUESDAY, account
from watch.cause import find_causes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def fleet(count: int, **changes: object) -> Site:
    imap = ImapConnection(host="mail.exempelby.example")
    accounts = [
        account(id=AccountId(f"a{number}"), address=f"a{number}@exempelby.example", imap=imap)
        for number in range(count)
    ]  # fmt: skip
    return replace(builders.site(), accounts=tuple(replace(each, **changes) for each in accounts))  # type: ignore[arg-type]


def beat(number: int, *, since: object, step: str) -> Heartbeat:
    return Heartbeat(
        account=AccountId(f"a{number}"), organisation=builders.site().organisations[0].id, visited_at=TUESDAY,
        read_at=None, failing_since=since, failed_step=step,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_server_that_does_not_answer_is_one_cause_whenever_each_account_was_tried() -> None:
    beats = [beat(number, since=TUESDAY - number * DAY, step="tcp") for number in range(6)]

    [cause] = find_causes(fleet(6), beats, 5, TUESDAY)

    assert (len(cause.accounts), cause.failed_step) == (6, "tcp")


def test_passwords_that_fail_one_by_one_are_no_cause() -> None:
    beats = [beat(number, since=TUESDAY - number * DAY, step="sign_in") for number in range(6)]

    assert find_causes(fleet(6), beats, 5, TUESDAY) == ()


def test_a_token_that_ends_for_all_at_once_is_one_cause() -> None:
    beats = [beat(number, since=TUESDAY + number * HOUR / 10, step="token") for number in range(6)]
    earlier = beat(6, since=TUESDAY - 30 * DAY, step="token")

    [cause] = find_causes(fleet(7), [*beats, earlier], 5, TUESDAY)

    assert "a6" not in cause.accounts
    assert cause.since == TUESDAY


def test_accounts_that_are_closed_fail_for_nobody() -> None:
    beats = [beat(number, since=TUESDAY, step="tcp") for number in range(6)]

    assert find_causes(fleet(6, status=AccountStatus.closed), beats, 5, TUESDAY) == ()


UNREAD = Heartbeat(
    account=AccountId("a0"), organisation=builders.site().organisations[0].id, visited_at=TUESDAY - HOUR,
    read_at=TUESDAY - HOUR,
)  # fmt: skip


def test_what_no_worker_has_read_is_one_cause_of_ours_however_few_they_are() -> None:
    beats = [replace(UNREAD, account=AccountId(f"a{number}")) for number in range(3)]

    [cause] = find_causes(fleet(3), beats, 5, TUESDAY)

    assert cause.is_ours
    assert cause.evidence.startswith("Svarsvakt har inte läst 3 konton sedan den 24 november kl. 08.12.")


def test_what_was_read_lately_fails_or_is_let_wait_by_its_provider_is_no_fault_of_ours() -> None:
    lately = replace(UNREAD, read_at=TUESDAY - HOUR / 3)
    waits = replace(UNREAD, account=AccountId("a1"), visited_at=TUESDAY)
    fails = replace(UNREAD, account=AccountId("a2"), failing_since=TUESDAY - HOUR, failed_step="tcp")

    assert find_causes(fleet(3), [lately, waits, fails], 5, TUESDAY) == ()
