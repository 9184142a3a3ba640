"""How messages are stored once, claimed by one worker at a time and decided once, on both databases."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from domain.ids import AccountId, MessageId
from domain.message import Fate, FolderRole
from domain.viewer import MACHINE
from store import waiting
from store.database import Database, database_now
from store.messages import add_arrivals, count_by_fate, count_unhandled_history, find_workers
from store.schema import messages as table
from store.waiting import Waiting, claim_waiting, release_waiting
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, WATER, account, arrival, arrivals, at_once, decide

GONE = timedelta(seconds=-1)


def arrive(database: Database, count: int) -> None:
    with database.write() as connection:
        add_arrivals(connection, account(), arrivals(count), TUESDAY)


def claim(database: Database, worker: str, **changes: object) -> tuple[Waiting, ...]:
    with database.write() as connection:
        return claim_waiting(connection, worker, **changes)  # type: ignore[arg-type]


def ids(claimed: tuple[Waiting, ...]) -> list[MessageId]:
    return [each.id for each in claimed]


def test_what_arrives_is_claimed_as_it_came_and_oldest_first(database: Database) -> None:
    brought = [
        arrival(2, identity="Räkningar/7/2", folder="Räkningar", role=FolderRole.junk, flags=frozenset({"\\Seen"})),
        arrival(1, history=True, provider_at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)),
    ]
    with database.write() as connection:
        new = add_arrivals(connection, account(), brought, TUESDAY)

    claimed = claim(database, "w")

    assert new == 2
    assert [each.arrival for each in claimed] == brought
    assert {(each.organisation, each.account, each.attempts) for each in claimed} == {(TOWN, "kontaktcenter", 1)}


def test_what_arrives_again_is_passed_over(database: Database) -> None:
    arrive(database, 2)
    with database.write() as connection:
        new = add_arrivals(connection, account(), arrivals(3), TUESDAY)

    assert new == 1
    assert len(claim(database, "w")) == 3


def test_the_same_identity_in_another_account_is_another_message(database: Database) -> None:
    arrive(database, 1)
    with database.write() as connection:
        new = add_arrivals(connection, account(id=AccountId("gata")), arrivals(1), TUESDAY)

    assert new == 1


def test_an_identity_of_any_length_and_any_character_is_stored_once(database: Database) -> None:
    long = ["Ö" * 5000 + str(number) for number in range(2)]
    strange = [*long, "NUL\x00/1/1", "half \ud83d/1/1", "x" * 255, "x" * 256, ""]
    brought = [arrival(number, identity=identity) for number, identity in enumerate(strange)]
    with database.write() as connection:
        first = add_arrivals(connection, account(), brought, TUESDAY)
        again = add_arrivals(connection, account(), brought, TUESDAY)

    claimed = claim(database, "w")

    assert (first, again) == (len(strange), 0)
    assert [each.arrival.identity for each in claimed][:2] == long


def test_a_live_claim_is_nobody_elses_and_one_that_ran_out_is_anybodys(database: Database) -> None:
    arrive(database, 2)
    held = claim(database, "first", limit=1)
    lost = claim(database, "second", lease=GONE)

    taken_over = claim(database, "third")

    assert ids(lost) != ids(held)
    assert ids(taken_over) == ids(lost)
    assert [each.attempts for each in taken_over] == [2]
    assert claim(database, "fourth") == ()


def test_what_was_in_hand_before_is_claimed_alone_or_where_it_is_not_wanted_passed_over(database: Database) -> None:
    arrive(database, 3)
    lost = claim(database, "first", limit=2, lease=GONE)

    fresh = claim(database, "second", suspects=False)
    suspects = [claim(database, "third") for _ in range(3)]

    assert [each.is_suspect for each in fresh] == [False]
    assert [ids(each) for each in suspects] == [[id] for id in ids(lost)] + [[]]
    assert all(each[0].is_suspect for each in suspects[:2])


def test_of_what_was_in_hand_before_the_least_suspect_goes_first(database: Database) -> None:
    arrive(database, 2)
    (worse,) = claim(database, "first", limit=1, lease=GONE)
    claim(database, "second", limit=1, lease=GONE)
    (better,) = claim(database, "third", suspects=False, lease=GONE)

    assert [ids(claim(database, "fourth")) for _ in range(2)] == [[better.id], [worse.id]]


def test_a_lease_ends_by_the_databases_clock(database: Database) -> None:
    arrive(database, 1)
    with database.write() as connection:
        before = database_now(connection)
        claim_waiting(connection, "w", lease=timedelta(minutes=7))
        after = database_now(connection)
        until = connection.scalar(sa.select(table.c.lease_until))

    assert until is not None
    assert before <= until - timedelta(minutes=7) <= after


def test_what_is_given_back_is_claimed_again_at_once_but_only_by_its_holder(database: Database) -> None:
    arrive(database, 2)
    held = ids(claim(database, "first"))
    with database.write() as connection:
        release_waiting(connection, "other", held)
    kept = claim(database, "second")
    with database.write() as connection:
        release_waiting(connection, "first", held[:1])

    assert kept == ()
    assert ids(claim(database, "second")) == held[:1]


def test_many_workers_at_once_never_claim_the_same_message(database: Database) -> None:
    arrive(database, 240)
    start = Barrier(6)

    def work(number: int) -> list[MessageId]:
        start.wait()
        mine: list[MessageId] = []
        while batch := ids(claim(database, f"worker-{number}", limit=7)):
            mine += batch
        return mine

    claimed = Counter(id for mine in at_once(6, work) for id in mine)

    assert len(claimed) == 240
    assert set(claimed.values()) == {1}


def test_a_decision_is_written_only_by_who_holds_the_claim_and_once(database: Database) -> None:
    arrive(database, 1)
    (lost,) = claim(database, "first", lease=GONE)
    (held,) = claim(database, "second")
    with database.write() as connection:
        by_the_first = decide(connection, lost, "first")
        by_the_second = decide(connection, held, "second")
        once_more = decide(connection, held, "second")

    with database.read() as connection:
        workers = find_workers(connection, MACHINE)

    assert (by_the_first, by_the_second, once_more) == (False, True, False)
    assert workers == {"second"}
    assert claim(database, "third") == ()


def test_a_decided_message_is_not_given_back(database: Database) -> None:
    arrive(database, 1)
    (held,) = claim(database, "w")
    with database.write() as connection:
        decide(connection, held)
        release_waiting(connection, "w", [held.id])

    assert claim(database, "w") == ()


def test_large_originals_are_claimed_few_at_a_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(arrival(1).original)
    monkeypatch.setattr(waiting, "BATCH_BYTES", 2 * size)
    arrive(database, 5)

    assert [len(claim(database, "w")) for _ in range(4)] == [2, 2, 1, 0]


def test_one_original_larger_than_a_batch_is_claimed_alone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "BATCH_BYTES", 1)
    arrive(database, 2)

    assert [len(claim(database, "w")) for _ in range(3)] == [1, 1, 0]


def test_a_decision_with_hostile_text_is_written(database: Database) -> None:
    arrive(database, 1)
    (held,) = claim(database, "w")
    hostile = "NUL \x00, half \ud83d, long " + "ä" * 10_000
    with database.write() as connection:
        written = decide(
            connection, held, subject=hostile, text=hostile, quoted=hostile, message_id=f"<{hostile}@example.se>",
            defects=(hostile,),
        )  # fmt: skip

    assert written


def test_messages_are_counted_by_fate_and_account(database: Database) -> None:
    arrive(database, 3)
    with database.write() as connection:
        first, second = claim_waiting(connection, "w", limit=2)
        add_arrivals(connection, account(id=AccountId("vatten"), organisation=WATER), arrivals(1), TUESDAY)
        decide(connection, first, fate=Fate.technical)
        decide(connection, second, fate=Fate.history)

    with database.read() as connection:
        every = count_by_fate(connection, MACHINE)
        one = count_by_fate(connection, MACHINE, AccountId("vatten"))

    assert every == {Fate.technical: 1, Fate.history: 1, Fate.waiting: 2}
    assert one == {Fate.waiting: 1}


def test_old_mail_that_nobody_had_read_is_counted(database: Database) -> None:
    brought = [
        arrival(1, history=True),
        arrival(2, history=True, flags=frozenset({"\\Seen"})),
        arrival(3, history=True, flags=frozenset({"\\Flagged"})),
        arrival(4),
    ]
    with database.write() as connection:
        add_arrivals(connection, account(), brought, TUESDAY)

    with database.read() as connection:
        assert count_unhandled_history(connection, MACHINE, account().id) == 2
        assert count_unhandled_history(connection, MACHINE, AccountId("gata")) == 0
