"""The same content that comes again is one letter, also when two workers hold the two copies (P2)."""

from threading import Event, Thread

import pytest

from domain.ids import AccountId, Digest
from domain.message import Fate
from domain.viewer import MACHINE
from store.database import Connection, Database
from store.letters import Earlier, claim_letters, find_letters, find_letters_under
from store.messages import add_arrivals
from store.new_tickets import open_ticket
from store.waiting import Waiting, claim_waiting
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, WATER, account, arrivals, decide, new_ticket
from tests.services.postgres import Postgres

LETTER = Digest("a" * 64)
KEY = (TOWN, LETTER)


def two_copies(connection: Connection) -> tuple[Waiting, Waiting]:
    add_arrivals(connection, account(), arrivals(2), TUESDAY)
    first, second = claim_waiting(connection, "w")
    return first, second


def test_the_second_copy_is_told_what_became_of_the_first(database: Database) -> None:
    with database.write() as connection:
        first, second = two_copies(connection)
        alone = claim_letters(connection, {KEY: first.id})
        ticket, _ = open_ticket(connection, new_ticket())
        decide(connection, first, ticket=ticket)

        assert alone
        assert not claim_letters(connection, {KEY: second.id})
        assert find_letters(connection, MACHINE, {KEY}) == {
            KEY: Earlier(id=first.id, account=AccountId("kontaktcenter"), fate=Fate.ticket, ticket=ticket)
        }


def test_a_message_decided_anew_is_no_copy_of_itself(database: Database) -> None:
    with database.write() as connection:
        first, _ = two_copies(connection)
        claim_letters(connection, {KEY: first.id})

        assert claim_letters(connection, {KEY: first.id})


def test_one_letter_of_many_that_came_before_is_told(database: Database) -> None:
    with database.write() as connection:
        first, second = two_copies(connection)
        claim_letters(connection, {KEY: first.id})

        others = {(TOWN, Digest(letter * 64)): second.id for letter in "0bc"}

        assert not claim_letters(connection, {**others, KEY: second.id})
        assert claim_letters(connection, {})


def test_two_organisations_each_keep_their_own(database: Database) -> None:
    with database.write() as connection:
        first, second = two_copies(connection)
        claim_letters(connection, {KEY: first.id})

        assert claim_letters(connection, {(WATER, LETTER): second.id})
        assert [row.id for row in find_letters(connection, MACHINE, {KEY, (WATER, Digest("b" * 64))}).values()] == [
            first.id
        ]


@pytest.mark.service("postgres")
def test_of_two_workers_at_once_the_second_waits_for_what_the_first_decides(postgres: Postgres) -> None:
    database = Database(postgres.with_tables())
    with database.write() as connection:
        first, second = two_copies(connection)
    told: list[bool] = []
    begun = Event()

    def second_worker() -> None:
        with database.write() as connection:
            begun.set()
            told.append(claim_letters(connection, {KEY: second.id}))

    thread = Thread(target=second_worker)
    with database.write() as connection:
        assert claim_letters(connection, {KEY: first.id})
        thread.start()
        begun.wait()
        thread.join(0.3)
        waited = thread.is_alive()
        decide(connection, first)
    thread.join()

    assert waited
    assert told == [False]
    database.close()


@pytest.mark.service("postgres")
def test_of_two_workers_at_once_the_second_is_the_first_when_the_first_gives_up(postgres: Postgres) -> None:
    database = Database(postgres.with_tables())
    with database.write() as connection:
        first, second = two_copies(connection)
    told: list[bool] = []

    def second_worker() -> None:
        with database.write() as connection:
            told.append(claim_letters(connection, {KEY: second.id}))

    thread = Thread(target=second_worker)
    with database.engine.connect() as connection:
        claim_letters(connection, {KEY: first.id})
        thread.start()
        thread.join(0.3)
        connection.rollback()
    thread.join()

    assert told == [True]
    database.close()


@pytest.mark.parametrize("message_id", ["<1@example.se>", "<" + "x" * 9000 + "@example.se>", "<nul\x00half\ud83d>"])
def test_other_content_under_the_same_message_id_is_known(database: Database, message_id: str) -> None:
    with database.write() as connection:
        add_arrivals(connection, account(), arrivals(3), TUESDAY)
        waiting = claim_waiting(connection, "w")
        for each in waiting:
            decide(connection, each, message_id=message_id)
        asked = [(TOWN, message_id), (TOWN, message_id + "x"), (WATER, message_id)]

        found = find_letters_under(connection, MACHINE, asked)

    first, last = (Digest(f"{waiting[place].id:064d}") for place in (0, -1))
    assert found == {(TOWN, message_id): {first, last}}
