"""Who is claimed next, on both databases: what is urgent, then every account in its turn."""

from collections import Counter
from collections.abc import Iterator

import pytest

from domain.account import Channel
from domain.ids import AccountId
from store.database import Connection, Database
from store.messages import add_arrivals
from store.sending import ToSend, claim_to_send
from store.waiting import LEAST_SHARE, Waiting, claim_waiting
from tests.builders import TUESDAY
from tests.contracts.stored import account, arrival, queue_outgoing

PILE = 200


def arrive(connection: Connection, name: str, count: int, channel: Channel = Channel.email) -> None:
    """Let messages arrive in an account."""
    there = account(id=AccountId(name), channel=channel)
    numbers = range(1, count + 1)
    add_arrivals(connection, there, [arrival(each, identity=f"{name}/{each}") for each in numbers], TUESDAY)


def queue(connection: Connection, name: str, count: int, **changes: object) -> None:
    """Put automatic replies of an account into the outbox."""
    for number in range(count):
        queue_outgoing(connection, f"{name}.{number}", account=AccountId(name), **changes)


def claim(database: Database, limit: int = 50) -> tuple[Waiting, ...]:
    with database.write() as connection:
        return claim_waiting(connection, "w", limit=limit)


def claim_out(database: Database, limit: int = 20, *, urgent_alone: bool = False) -> tuple[ToSend, ...]:
    with database.write() as connection:
        return claim_to_send(connection, "w", limit=limit, urgent_alone=urgent_alone)


def by_account(claimed: tuple[Waiting, ...]) -> Counter[str]:
    return Counter(str(each.account) for each in claimed)


def test_an_sms_is_claimed_before_a_pile_of_mail_that_came_first(database: Database) -> None:
    with database.write() as connection:
        arrive(connection, "brev", PILE)
        arrive(connection, "sms", 3, Channel.sms)

    claimed = claim(database)

    assert by_account(claimed) == {"sms": 3, "brev": 47}


def test_a_pile_in_one_account_leaves_every_other_its_share(database: Database) -> None:
    with database.write() as connection:
        arrive(connection, "stor", PILE)
        arrive(connection, "andra", PILE)
        arrive(connection, "liten", 2)

    claimed = claim(database)

    shares = by_account(claimed)
    assert shares["liten"] == 2
    assert min(shares["stor"], shares["andra"]) >= 16
    assert len(claimed) == 50


def test_a_pile_of_sms_leaves_nothing_of_the_claim_to_others_and_is_claimed_oldest_first(database: Database) -> None:
    with database.write() as connection:
        arrive(connection, "brev", PILE)
        arrive(connection, "sms", PILE, Channel.sms)

    claimed = claim(database)

    assert [each.arrival.identity for each in claimed] == [f"sms/{number}" for number in range(1, 51)]


def test_all_that_waits_is_claimed_once_however_it_is_shared(database: Database) -> None:
    with database.write() as connection:
        arrive(connection, "stor", PILE)
        arrive(connection, "sms", 60, Channel.sms)
        arrive(connection, "liten", 30)

    claimed = []
    while batch := claim(database):
        claimed += [each.id for each in batch]

    assert len(claimed) == len(set(claimed)) == PILE + 90


@pytest.mark.parametrize(
    "urgent",
    [{"channel": Channel.sms}, {"template": "urgent"}, {"template": "urgent_lines"}],
    ids=str,
)
def test_what_is_urgent_leaves_before_what_was_put_into_the_outbox_first(
    database: Database, urgent: dict[str, object]
) -> None:
    with database.write() as connection:
        queue(connection, "brev", 5)
        queue(connection, "sms", 2, **urgent)

    few = [each.rendered.account for each in claim_out(database)]

    assert few == ["sms", "sms", *["brev"] * 5]


def test_what_is_urgent_leaves_before_a_pile_and_alone_where_only_that_is_asked_for(database: Database) -> None:
    with database.write() as connection:
        queue(connection, "sida", PILE)
        queue(connection, "brev", 30)
        queue(connection, "sms", 4, channel=Channel.sms)

    alone = claim_out(database, limit=3, urgent_alone=True)
    mixed = claim_out(database)
    none_left = claim_out(database, urgent_alone=True)

    assert [each.rendered.account for each in alone] == ["sms"] * 3
    assert mixed[0].rendered.account == "sms"
    shares = Counter(str(each.rendered.account) for each in mixed)
    assert shares["sms"] == 1
    assert min(shares["brev"], shares["sida"]) >= 6
    assert none_left == ()


def test_of_the_last_that_wait_each_of_those_who_claim_takes_a_share_and_no_small_one(database: Database) -> None:
    with database.write() as connection:
        arrive(connection, "brev", 320)

    def shares() -> Iterator[int]:
        while True:
            with database.write() as connection:
                claimed = claim_waiting(connection, "w", limit=100, among=2)
            if not claimed:
                return
            yield len(claimed)

    assert list(shares()) == [100, 100, 60, 30, LEAST_SHARE, 320 - 290 - LEAST_SHARE]
