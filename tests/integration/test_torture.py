"""Processes die at every step of a send, and a server falls silent: nobody gets two replies, and doubt is shown (P8).

Twenty processes die in every run on each database, two hundred in `make torture`. Each citizen gets exactly one reply,
or the send is uncertain and a person is asked; and no more sends are uncertain than were cut off while handing over.
"""

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from signal import SIGKILL

import pytest
import sqlalchemy as sa

from domain.outgoing import SendState
from domain.viewer import MACHINE
from store.database import Database
from store.schema import outgoing
from store.unsettled import list_uncertain
from tests.integration import sender
from tests.services.smtp import SmtpServer
from tests.unit.outbox.queued import queue

#: How many processes die.
KILLS = int(os.environ.get("TORTURE_KILLS", "20"))

pytestmark = [pytest.mark.service("aiosmtpd"), pytest.mark.timeout(120 + 6 * KILLS)]

#: Citizens who write between two deaths, so that each process has a few replies to send.
CITIZENS_A_ROUND = 4

#: Every so many rounds the server takes the content and never answers.
SILENT_EVERY = 4

#: Everything a send can end in here.
ENDS = {SendState.sent, SendState.uncertain}


@dataclass
class Torture:
    """An outbox, a server, and what was done to the processes between them."""

    database: Database
    server: SmtpServer
    chance: random.Random
    #: Who was being handed over when a process died, or when the server fell silent.
    cut_off: set[str] = field(default_factory=set)
    #: What happened in each round, to be told when something is wrong.
    diary: list[str] = field(default_factory=list)
    deaths: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._processes = get_context("forkserver")
        self._processes.set_forkserver_preload(["tests.integration.sender"])
        self._numbers = count(1)

    def write(self) -> None:
        """Let citizens have replies in the outbox."""
        with self.database.write() as connection:
            for _ in range(CITIZENS_A_ROUND):
                queue(connection, recipient=f"person{next(self._numbers)}@example.se")

    def round(self, step: str, *, silent: bool) -> None:
        """Let one process send until it dies; beside it, sometimes, one that lives."""
        self.write()
        if silent:
            self.server.hang("END", keep=self.chance.random() < 0.5)
        passes = 1 if step in {"claimed", "connected"} else self.chance.randint(1, CITIZENS_A_ROUND)
        victims = [self._start(step, passes)]
        if self.chance.random() < 0.3:
            victims.append(self._start("", 0))
        for each in victims:
            each.join(60)
            assert each.exitcode in {0, -SIGKILL}, f"a process ended with {each.exitcode}"
        died = victims[0].exitcode == -SIGKILL
        self.deaths[step] += died
        held = self.held()
        self.cut_off |= held | set(self.server.silenced())
        self.server.behave()
        self.diary.append(
            f"{len(self.diary) + 1}: {step}, pass {passes}, {'died' if died else 'lived'}"
            f"{', the server fell silent' if silent else ''}; handing over: {', '.join(sorted(held)) or 'nothing'}"
        )

    def drain(self) -> None:
        """Let living processes send the rest, after every lease of the dead has run out."""
        deadline = time.monotonic() + 60
        while set(self.states().values()) - ENDS:
            assert time.monotonic() < deadline, f"not settled: {Counter(self.states().values())}"
            with self.database.write() as connection:
                # Let every wait be over, as hours would.
                connection.execute(outgoing.update().values(next_try_at=None))
            self._start("", 0).join(60)
            time.sleep(0.2)

    def held(self) -> set[str]:
        """Return the recipients of what is being handed over."""
        return {recipient for recipient, state in self.states().items() if state is SendState.handing_over}

    def states(self) -> dict[str, SendState]:
        """Return how far each recipient's reply got."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(outgoing.c.recipient, outgoing.c.state)).all()
        return {recipient: SendState(state) for recipient, state in rows}

    def got(self) -> Counter[str]:
        """Return how often each recipient got a reply."""
        return Counter(recipient for each in self.server.received() for recipient in each.recipients)

    def _start(self, step: str, passes: int) -> BaseProcess:
        name = f"worker-{next(self._numbers)}"
        arguments = (self.database.url, self.server.port, name, step, passes)
        process = self._processes.Process(target=sender.run, args=arguments)
        process.start()
        return process


def test_whoever_dies_nobody_gets_two_replies_and_none_is_lost(database: Database, smtp_server: SmtpServer) -> None:
    seed = int(os.environ.get("TORTURE_SEED", str(random.randrange(1_000_000))))
    sender.prepare(database)
    torture = Torture(database, smtp_server, random.Random(seed))
    steps = list(sender.STEPS)

    for number in count():
        if torture.deaths.total() >= KILLS:
            break
        assert number < 3 * KILLS, "\n".join(["too few died", *torture.diary])
        torture.round(steps[number % len(steps)], silent=number % SILENT_EVERY == SILENT_EVERY - 1)
    torture.drain()

    states, got = torture.states(), torture.got()
    uncertain = {recipient for recipient, state in states.items() if state is SendState.uncertain}
    wrong = {
        "got more than one reply": {who for who, times in got.items() if times > 1},
        "is said to have got one and has not": {
            who for who, state in states.items() if state is SendState.sent and got[who] == 0
        },
        "got one from nowhere": set(got) - set(states),
        "is uncertain and was not cut off": uncertain - torture.cut_off,
    }
    with database.read() as connection:
        asked = {each.recipient for each in list_uncertain(connection, MACHINE, limit=10_000)}
    report = told(torture, wrong, states, got, seed)
    print(report)
    assert not any(wrong.values()), report
    assert asked == uncertain
    assert len(uncertain) <= len(torture.cut_off)


def told(
    torture: Torture, wrong: dict[str, set[str]], states: dict[str, SendState], got: Counter[str], seed: int
) -> str:
    """Return the sum, and each recipient whose reply went wrong with what became of it."""
    uncertain = sum(state is SendState.uncertain for state in states.values())
    lines = [
        f"{torture.deaths.total()} processes died, {len(states)} replies: {len(states) - uncertain} sent once, "
        f"{uncertain} uncertain of {len(torture.cut_off)} cut off while handing over (TORTURE_SEED={seed})"
    ]
    for what, who in wrong.items():
        lines += [f"{each} {what}: got {got[each]}, state {states.get(each)}" for each in sorted(who)]
    return "\n".join([*lines, *(torture.diary if any(wrong.values()) else [])])
