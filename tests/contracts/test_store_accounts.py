"""Cursors, heartbeats, findings, configurations and users, on both databases."""

from datetime import timedelta
from threading import Barrier

import pytest

from domain.errors import BadInput, Unreachable
from domain.finding import FindingKind, Heartbeat
from domain.ids import AccountId, Digest, PersonId, UnitId
from domain.viewer import MACHINE, Role
from store.accounts import get_cursor, list_heartbeats, mark_failed, mark_read, set_cursor
from store.database import Database
from store.findings import close_finding, list_open_findings, open_finding
from store.sessions import add_session, close_session, find_session_user, mark_session_seen
from store.sites import ActiveVersion, StoredSite, activate, find_active_version, get_site
from store.users import LONGEST_NAME, add_user, find_user
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, WATER, at_once

GATA = AccountId("gata")
MINUTE = timedelta(minutes=1)


def heartbeat(database: Database) -> Heartbeat:
    with database.read() as connection:
        (found,) = list_heartbeats(connection, MACHINE)
    return found


def test_a_cursor_is_given_back_as_it_was_set(database: Database) -> None:
    cursor = {"INBOX": {"uidvalidity": 2**31, "uid": 2**32 - 1}, "Räkningar": None, "parts": [1.5, True]}
    with database.write() as connection:
        before = get_cursor(connection, MACHINE, GATA)
        set_cursor(connection, GATA, TOWN, {"INBOX": 1})
        set_cursor(connection, GATA, TOWN, cursor)

        assert before is None
        assert get_cursor(connection, MACHINE, GATA) == cursor


def test_a_visit_leaves_the_cursor_and_the_cursor_the_visit(database: Database) -> None:
    with database.write() as connection:
        set_cursor(connection, GATA, TOWN, {"uid": 1})
        mark_read(connection, GATA, TOWN, TUESDAY)
        set_cursor(connection, GATA, TOWN, {"uid": 2})

        assert get_cursor(connection, MACHINE, GATA) == {"uid": 2}
    assert heartbeat(database) == Heartbeat(account=GATA, organisation=TOWN, visited_at=TUESDAY, read_at=TUESDAY)


def test_the_first_failure_in_a_row_says_since_when_and_the_last_one_why(database: Database) -> None:
    with database.write() as connection:
        mark_read(connection, GATA, TOWN, TUESDAY)
        mark_failed(connection, GATA, TOWN, TUESDAY + MINUTE, Unreachable("tcp", "no line"))
        mark_failed(connection, GATA, TOWN, TUESDAY + 2 * MINUTE, Unreachable("sign_in", "wrong password"))

    assert heartbeat(database) == Heartbeat(
        account=GATA, organisation=TOWN, visited_at=TUESDAY + 2 * MINUTE, read_at=TUESDAY,
        failing_since=TUESDAY + MINUTE, failed_step="sign_in", failure="wrong password",
    )  # fmt: skip


def test_an_account_that_failed_from_the_start_was_never_read(database: Database) -> None:
    with database.write() as connection:
        mark_failed(connection, GATA, TOWN, TUESDAY, Unreachable("name", "no such host"))

    found = heartbeat(database)

    assert (found.read_at, found.failing_since) == (None, TUESDAY)


def test_a_visit_that_went_well_ends_the_failure(database: Database) -> None:
    with database.write() as connection:
        mark_failed(connection, GATA, TOWN, TUESDAY, Unreachable("tcp", "no line"))
        mark_read(connection, GATA, TOWN, TUESDAY + MINUTE)
        mark_failed(connection, GATA, TOWN, TUESDAY + 2 * MINUTE, Unreachable("tcp", "no line"))

    assert heartbeat(database).failing_since == TUESDAY + 2 * MINUTE


def test_an_account_follows_its_organisation(database: Database) -> None:
    with database.write() as connection:
        mark_read(connection, GATA, TOWN, TUESDAY)
        mark_read(connection, GATA, WATER, TUESDAY)
    moved = heartbeat(database).organisation
    with database.write() as connection:
        mark_failed(connection, GATA, TOWN, TUESDAY, Unreachable("tcp", "no line"))

    assert (moved, heartbeat(database).organisation) == (WATER, TOWN)


def test_a_finding_is_open_once_and_can_open_anew_when_it_was_closed(database: Database) -> None:
    with database.write() as connection:
        first = open_finding(connection, TOWN, GATA, FindingKind.unreachable, "stängt", TUESDAY)
        again = open_finding(connection, TOWN, GATA, FindingKind.unreachable, "stängt", TUESDAY)
        other = open_finding(connection, TOWN, GATA, FindingKind.old_unhandled, "12", TUESDAY)
        assert first is not None
        closed = [close_finding(connection, first, TUESDAY + MINUTE) for _ in range(2)]
        anew = open_finding(connection, TOWN, GATA, FindingKind.unreachable, "stängt", TUESDAY + 2 * MINUTE)
        listed = [each.id for each in list_open_findings(connection, MACHINE)]

    assert again is None
    assert closed == [True, False]
    assert listed == [other, anew]


def test_of_two_watchers_at_once_one_opens_the_finding(database: Database) -> None:
    start = Barrier(2)

    def watch(_: int) -> bool:
        start.wait()
        with database.write() as connection:
            return open_finding(connection, TOWN, GATA, FindingKind.unreachable, "stängt", TUESDAY) is not None

    assert sorted(at_once(2, watch)) == [False, True]


def test_a_configuration_is_stored_once_and_can_be_active_again(database: Database) -> None:
    first, second = StoredSite(Digest("a" * 64), '{"å": 1}'), StoredSite(Digest("b" * 64), "{}")
    with database.write() as connection:
        before = find_active_version(connection, MACHINE)
        changed = [activate(connection, site, TUESDAY) for site in (first, first, second, first)]

        assert before is None
        assert changed == [True, False, True, True]
        assert find_active_version(connection, MACHINE) == ActiveVersion(first.digest, 0)
        assert get_site(connection, MACHINE, second.digest) == second
        with pytest.raises(KeyError):
            get_site(connection, MACHINE, Digest("c" * 64))


def test_configurations_activated_at_once_leave_one_active(database: Database) -> None:
    start = Barrier(3)

    def run(number: int) -> bool:
        start.wait()
        with database.write() as connection:
            return activate(connection, StoredSite(Digest(f"{number}" * 64), "{}"), TUESDAY)

    at_once(3, run)

    with database.read() as connection:
        version = find_active_version(connection, MACHINE)

    assert version is not None
    assert version.digest in {"0" * 64, "1" * 64, "2" * 64}


def add(database: Database, name: str = "Åsa") -> None:
    with database.write() as connection:
        add_user(
            connection, organisation=TOWN, name=name, display_name="Åsa Ek", password_hash="x",
            person=PersonId("asa"), units=frozenset({UnitId("gata"), UnitId("va")}), roles=frozenset({Role.lead}),
            at=TUESDAY,
        )  # fmt: skip


def test_a_user_is_found_by_name_case_aside_and_reads_with_the_own_units_and_roles(database: Database) -> None:
    add(database)

    with database.read() as connection:
        user = find_user(connection, MACHINE, "ÅSA")

    assert user is not None
    assert (user.name, user.display_name, user.person) == ("åsa", "Åsa Ek", "asa")
    assert user.viewer.units == {"gata", "va"}
    assert user.viewer.roles == {Role.lead}
    assert user.viewer.organisation == TOWN


def test_a_name_is_given_once_and_is_not_endless(database: Database) -> None:
    add(database)

    with pytest.raises(BadInput, match="already a user named åsa"):
        add(database, "ÅSA")
    with pytest.raises(BadInput, match="more than 100 characters"):
        add(database, "x" * (LONGEST_NAME + 1))


@pytest.mark.parametrize("name", ["", "nul\x00", "half\ud83d", "x" * 9000, "åsa\x01"])
def test_whatever_is_typed_as_a_name_is_only_not_found(database: Database, name: str) -> None:
    add(database)

    with database.read() as connection:
        assert find_user(connection, MACHINE, name) is None


def signed_in(database: Database, seconds: int, token: str = "t" * 64) -> bool:
    with database.read() as connection:
        user = find_session_user(
            connection, MACHINE, token, now=TUESDAY + timedelta(seconds=seconds), idle=MINUTE, longest=3 * MINUTE
        )
    return user is not None


def test_a_session_ends_when_it_is_idle_too_old_or_closed(database: Database) -> None:
    add(database)
    with database.write() as connection:
        user = find_user(connection, MACHINE, "åsa")
        assert user is not None
        add_session(connection, user, "t" * 64, TUESDAY)
    fresh, idle = signed_in(database, 59), signed_in(database, 60)
    for seconds in (59, 110, 160):
        with database.write() as connection:
            mark_session_seen(connection, "t" * 64, TUESDAY + timedelta(seconds=seconds))
    kept, old = signed_in(database, 179), signed_in(database, 180)
    with database.write() as connection:
        close_session(connection, "t" * 64)

    assert (fresh, idle, kept, old) == (True, False, True, False)
    assert not signed_in(database, 170)
    assert not signed_in(database, 1, "unknown")
