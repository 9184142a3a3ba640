"""One message among five hundred brings down every worker that reads it: it is found, and the others are answered."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

import pipeline.decide
import pipeline.parsed
from domain.message import Arrival, Fate, Message
from pipeline.decide import decide
from pipeline.parsed import MOST_ATTEMPTS
from pipeline.receive import receive
from pipeline.runtime import Runtime
from store.database import Database
from store.schema import messages, outgoing, tickets
from store.waiting import claim_waiting
from tests.flow.installation import Installation, mail, numbered

CITIZENS = 499

#: Claimed at once, so that who is in hand beside it is soon decided alone.
AT_ONCE = 25

POISON = "gift@example.se"


class Died(BaseException):
    """The worker's process is gone: nothing may catch it."""


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


@pytest.fixture
def poisoned(town: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Give a town to which hundreds have written, one of them what no worker survives reading."""
    for place, original in enumerate(numbered(CITIZENS)):
        if place == CITIZENS // 2:
            town.arrives(mail(sender=POISON, id="<gift@example.se>"))
        town.arrives(original)
    receive(town.runtime, town.account)
    parse = pipeline.parsed.parse

    def deadly(arrival: Arrival, **rest: object) -> Message:
        if POISON.encode() in arrival.original:
            raise Died
        return parse(arrival, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline.parsed, "parse", deadly)
    monkeypatch.setattr(pipeline.decide, "AT_ONCE", AT_ONCE)
    return town


def dies(runtime: Runtime) -> bool:
    """Let a worker decide what it can claim; return whether it died of it."""
    try:
        decide(runtime)
    except Died:
        return True
    return False


def let_leases_run_out(town: Installation) -> None:
    with town.database.write() as connection:
        connection.exec_driver_sql("UPDATE messages SET lease_until = '2000-01-01' WHERE lease_until IS NOT NULL")


def decided(town: Installation) -> int:
    with town.database.read() as connection:
        count = sa.select(sa.func.count()).where(messages.c.fate == Fate.ticket)
        return connection.scalar(count) or 0


def replied(town: Installation) -> set[str]:
    with town.database.read() as connection:
        return set(connection.scalars(sa.select(outgoing.c.recipient)))


def test_a_poison_among_five_hundred_costs_four_workers_and_nobody_else_a_reply(poisoned: Installation) -> None:
    deaths = int(dies(poisoned.runtime))
    let_leases_run_out(poisoned)
    # Who was in hand beside it is decided at once, before and after the next worker dies.
    for _ in range(2):
        deaths += dies(poisoned.runtime)
    assert (deaths, decided(poisoned)) == (2, CITIZENS)

    while decided(poisoned) < CITIZENS + 1:
        let_leases_run_out(poisoned)
        deaths += dies(poisoned.runtime)
        assert deaths <= MOST_ATTEMPTS

    assert deaths == MOST_ATTEMPTS == 4
    assert replied(poisoned) == {f"person{number}@example.se" for number in range(1, CITIZENS + 1)}
    with poisoned.database.read() as connection:
        looks = connection.execute(sa.select(tickets.c.notice_due_at).where(tickets.c.needs_a_look)).scalars().all()
    assert len(looks) == 1
    assert looks[0] is not None


def test_who_was_alone_in_hand_at_two_deaths_is_still_read(town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    for attempt in range(MOST_ATTEMPTS - 1):
        with town.database.write() as connection:
            claim_waiting(connection, f"worker-that-dies-{attempt}", lease=timedelta(seconds=-1))

    town.round()

    [ticket] = town.tickets()
    assert not ticket.needs_a_look
    assert len(town.wires.out.sent) == 1


def test_two_threads_of_a_process_never_have_two_suspects_in_hand(town: Installation) -> None:
    for original in numbered(3):
        town.arrives(original)
    receive(town.runtime, town.account)
    with town.database.write() as connection:
        claim_waiting(connection, "worker-that-died", limit=2, lease=timedelta(seconds=-1))

    with town.runtime.suspects.turn(timedelta(minutes=2)):
        decide(town.runtime)
        beside = decided(town)
    decide(town.runtime)

    assert (beside, decided(town)) == (1, 3)
