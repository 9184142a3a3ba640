"""Many processes on PostgreSQL and Redis: nothing is lost and nothing doubled, whoever dies."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from signal import SIGCONT, SIGSTOP, SIGTERM

import pytest

from domain.message import Fate
from domain.outgoing import SendState
from outbox.words import say
from tests.integration.claims import decided, handing_over_but_not_by, held_by, state_of, states
from tests.integration.letters import ADDRESSES, LEASES, Letters
from tests.integration.shape import CITIZENS, ROBOT, Installation, Program, citizens_mail, plain_text
from tests.services.dovecot import Dovecot
from tests.services.postgres import Postgres
from tests.services.redis import Redis
from tests.services.smtp import SmtpServer

pytestmark = [pytest.mark.service("dovecot", "postgres", "redis-server"), pytest.mark.timeout(240)]

#: How many citizens write while a worker is killed, and when it may be: some are decided, most are not.
CITIZENS_IN_ALL = 200
KILL_FROM, KILL_BELOW = 20, 150

SETTLED = {SendState.sent, SendState.uncertain}


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """Run a Redis that the test may stop."""
    server = Redis.start()
    yield server
    server.stop()


@pytest.fixture
def town(
    tmp_path: Path, dovecot: Dovecot, smtp_server: SmtpServer, postgres: Postgres, own_redis: Redis
) -> Iterator[Installation]:
    """Give an installation with two mailboxes, set up as docs/operating.md says for many processes."""
    database = postgres().replace("+psycopg", "")
    town = Installation(tmp_path, dovecot, smtp_server, SVARSVAKT_DATABASE=database, SVARSVAKT_BROKER=own_redis.url)
    town.run("init", str(town.site_folder))
    town.configure(*ADDRESSES, run={"poll_every": "1s", **LEASES}, smtp_timeout_seconds=5)
    town.approve_the_finnish_texts()
    town.run("migrate")
    town.run("activate", str(town.site_folder))
    yield town
    town.close()


def test_the_same_flow_runs_on_many_processes(town: Installation) -> None:
    workers = started(town)

    town.deliver_one_a_language_and_a_robots()

    wait_until_settled(town, 4)
    tickets = {ticket["sender"]: ticket for ticket in town.run("tickets", "--json").lines}
    for language, (sender, _) in CITIZENS.items():
        [reply] = town.sent_to(sender)
        due_at = datetime.fromisoformat(tickets[sender]["answer_due_at"])
        assert tickets[sender]["unit"] == "gata"
        assert tickets[sender]["notice_due_at"] is not None
        assert say(due_at, language) in plain_text(reply.message)
    assert tickets[ROBOT]["sent"] == []
    assert len(town.smtp.received()) == len(CITIZENS)
    assert town.dovecot.flags(town.mailboxes["kontaktcenter"]) == [frozenset({"\\Recent"})] * 4
    assert [each.end(SIGTERM, seconds=10) for each in town.watched.programs] == [0] * (len(workers) + 1)
    assert "The chain holds." in town.run("log", "verify").out


def test_a_worker_killed_in_mid_batch_loses_nothing_and_doubles_nothing(town: Installation) -> None:
    workers = started(town)
    letters = Letters(town)
    letters.deliver_until_all_decide(workers, at_most=KILL_BELOW // 2)

    victim, held, cut_off = kill_in_mid_batch(town, workers, letters)

    letters.deliver(CITIZENS_IN_ALL - letters.delivered)
    wait_until_settled(town, CITIZENS_IN_ALL, seconds=60)
    [survivor] = [worker for worker in workers if worker is not victim]
    again = town.rows("SELECT attempts, decided_by FROM messages WHERE id = ANY(:held)", held=list(held))
    assert all(row.attempts > 1 and survivor.owns(row.decided_by) for row in again)
    assert_each_has_one_ticket_and_one_reply(town, letters.senders, cut_off)
    assert "The chain holds." in town.run("log", "verify").out


def test_a_worker_killed_before_the_wire_and_one_on_it(town: Installation) -> None:
    workers = started(town)

    town.smtp.hang("RCPT")
    town.deliver(
        "gata", citizens_mail("Hål i vägen.", sender="fore@example.se", to=ADDRESSES["gata"]), "fore@example.se"
    )
    before = killed_while(town, workers, "fore@example.se", SendState.claimed)
    town.smtp.behave()
    workers = [*(worker for worker in workers if worker is not before), ready(town, "worker-3")]
    wait_until_settled(town, 1)

    town.smtp.hang("END", keep=True)
    town.deliver(
        "gata", citizens_mail("Hål i vägen.", sender="under@example.se", to=ADDRESSES["gata"]), "under@example.se"
    )
    town.until("the server took no content", lambda: town.sent_to("under@example.se"))
    killed_while(town, workers, "under@example.se", SendState.handing_over)
    town.smtp.behave()
    wait_until_settled(town, 2)

    assert state_of(town, "fore@example.se") == SendState.sent
    assert state_of(town, "under@example.se") == SendState.uncertain
    assert len(town.sent_to("fore@example.se")) == len(town.sent_to("under@example.se")) == 1


def started(town: Installation) -> list[Program]:
    """Start two workers and the scheduler; return the workers once both wait for bells and the mailboxes were read."""
    workers = [ready(town, "worker-1"), ready(town, "worker-2")]
    town.start("scheduler", "scheduler")
    for worker in workers:
        wait_until_ready(town, worker)
    read = "SELECT account_id FROM accounts WHERE read_at IS NOT NULL"
    town.until("the empty mailboxes were not read", lambda: len(town.rows(read)) == len(ADDRESSES))
    return workers


def ready(town: Installation, name: str) -> Program:
    """Start a worker."""
    return town.start(name, "worker", "--processes", "1", "--threads", "2")


def wait_until_ready(town: Installation, worker: Program) -> None:
    """Wait until a worker hears bells."""
    ready = "Worker process is ready for action"
    town.until(f"{worker.name} is not ready", lambda: ready in worker.said, seconds=60)


def kill_in_mid_batch(
    town: Installation, workers: list[Program], letters: Letters
) -> tuple[Program, frozenset[int], frozenset[int]]:
    """Deliver until some are decided and a worker holds undecided ones, and kill it there.

    Return the worker, the messages that it held, and the replies that it was handing over.
    """

    def met() -> tuple[Program, frozenset[int]] | bool:
        if decided(town) >= KILL_FROM:
            for worker in workers:
                if held := stopped_while_holding(town, worker):
                    return worker, held
        return decided(town) == letters.delivered

    while decided(town) < KILL_BELOW:
        letters.deliver(10)
        found = town.until("what was delivered is not decided", met, every_seconds=0)
        if not isinstance(found, bool):
            victim, held = found
            victim.kill()
            return victim, held, handing_over_but_not_by(town, [each for each in workers if each is not victim])
    pytest.fail(f"no worker was met in mid-batch\n{town.watched.report()}", pytrace=False)


def stopped_while_holding(town: Installation, worker: Program) -> frozenset[int]:
    """Return the undecided messages that a worker holds, and let it stand still; nothing if it holds none."""
    if not held_by(town, worker):
        return frozenset()
    worker.tell(SIGSTOP)
    held = held_by(town, worker)
    # A commit that was on its way when it stopped arrives all the same.
    if decided(town) < KILL_BELOW and all(held == held_by(town, worker) for _ in range(20)) and held:
        return held
    worker.tell(SIGCONT)
    return frozenset()


def killed_while(town: Installation, workers: list[Program], sender: str, state: SendState) -> Program:
    """Kill the worker that holds the reply to a sender in a state, and return it."""

    def holder() -> Program | None:
        rows = town.rows(
            "SELECT claimed_by FROM outgoing WHERE recipient = :to AND state = :state", to=sender, state=state
        )
        return next((worker for row in rows for worker in workers if worker.owns(row.claimed_by)), None)

    worker = town.until(f"nobody holds the reply to {sender} in state {state}", holder)
    assert worker is not None
    worker.kill()
    assert state_of(town, sender) == state
    return worker


def wait_until_settled(town: Installation, count: int, *, seconds: float = 40.0) -> None:
    """Wait until so many messages are decided and every reply has reached its end."""

    def settled() -> bool:
        ends = {f"reply {state}" for state in SETTLED}
        now = states(town)
        return now.get(f"message {Fate.ticket}", 0) == count and set(now) <= ends | {f"message {Fate.ticket}"}

    town.until(lambda: f"{count} are not settled: {states(town)}", settled, seconds=seconds)


def assert_each_has_one_ticket_and_one_reply(town: Installation, senders: list[str], cut_off: frozenset[int]) -> None:
    """Every sender has one ticket and one reply; where a send was cut off, it is uncertain and went at most once."""
    stored = town.rows("SELECT sender_address, ticket_id FROM messages")
    replies = {row.recipient: row for row in town.rows("SELECT id, recipient, state FROM outgoing")}
    went = Counter(recipient for each in town.smtp.received() for recipient in each.recipients)
    uncertain = {row.id for row in replies.values() if row.state == SendState.uncertain}
    assert Counter(row.sender_address for row in stored) == Counter(senders)
    assert len({row.ticket_id for row in stored}) == len(stored) == len(town.rows("SELECT id FROM tickets"))
    assert replies.keys() == set(senders)
    assert len(town.rows("SELECT id FROM outgoing")) == len(senders)
    assert uncertain <= cut_off
    assert {
        sender: went[sender] for sender in senders if replies[sender].state == SendState.sent and went[sender] != 1
    } == {}
    assert {sender: went[sender] for sender in senders if went[sender] > 1} == {}
    assert set(went) <= set(senders)
