"""Who may do something alone, until when, by the database's clock, on both databases."""

from datetime import UTC, datetime, timedelta
from threading import Barrier

import sqlalchemy as sa

from store.database import Database, database_now
from store.leases import claim_lease, release_lease, renew_leases
from store.schema import leases as table
from tests.contracts.stored import at_once

HOUR = timedelta(hours=1)
GONE = timedelta(seconds=-1)


def test_a_live_lease_is_its_holders_alone_and_can_be_renewed(database: Database) -> None:
    with database.write() as connection:
        assert claim_lease(connection, "sealer", "first", HOUR)
        assert not claim_lease(connection, "sealer", "second", HOUR)
        assert claim_lease(connection, "sealer", "first", HOUR)
        assert claim_lease(connection, "account/gata", "second", HOUR)


def test_a_lease_that_ran_out_is_anybodys(database: Database) -> None:
    with database.write() as connection:
        claim_lease(connection, "sealer", "first", GONE)

        assert claim_lease(connection, "sealer", "second", HOUR)
        assert not claim_lease(connection, "sealer", "first", HOUR)


def test_a_lease_is_given_back_only_by_its_holder(database: Database) -> None:
    with database.write() as connection:
        claim_lease(connection, "sealer", "first", HOUR)
        release_lease(connection, "sealer", "second")
        kept = not claim_lease(connection, "sealer", "second", HOUR)
        release_lease(connection, "sealer", "first")

        assert kept
        assert claim_lease(connection, "sealer", "second", HOUR)


def test_of_many_workers_at_once_one_gets_the_lease(database: Database) -> None:
    start = Barrier(6)

    def claim(number: int) -> bool:
        start.wait()
        with database.write() as connection:
            return claim_lease(connection, "sealer", f"worker-{number}", HOUR)

    assert sorted(at_once(6, claim)) == [False] * 5 + [True]


def test_a_lease_ends_by_the_databases_clock(database: Database) -> None:
    with database.write() as connection:
        before = database_now(connection)
        claim_lease(connection, "sealer", "w", HOUR)
        until = connection.scalar(sa.select(table.c.until))
        after = database_now(connection)

    assert until is not None
    assert before <= until - HOUR <= after


def test_the_databases_clock_is_aware_utc_and_runs_within_a_transaction(database: Database) -> None:
    with database.read() as connection:
        first = database_now(connection)
        while (second := database_now(connection)) == first:
            pass

    assert first.tzinfo is UTC
    assert first < second
    assert abs(first - datetime.now(UTC)) < HOUR


def test_leases_of_a_kind_are_renewed_for_whoever_still_holds_them(database: Database) -> None:
    with database.write() as connection:
        for name, holder, duration in (
            ("host/a/0", "w", HOUR), ("host/b/0", "other", HOUR), ("host/c/0", "w", -HOUR), ("account/a", "w", HOUR),
        ):  # fmt: skip
            claim_lease(connection, name, holder, duration)
        before = {row.name: row.until for row in connection.execute(sa.select(table))}

        renew_leases(connection, "w", "host/", 2 * HOUR)

        after = {row.name: row.until for row in connection.execute(sa.select(table))}
    assert {name for name in after if after[name] != before[name]} == {"host/a/0"}
    assert after["host/a/0"] > before["host/a/0"] + HOUR / 2
