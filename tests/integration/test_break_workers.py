"""Random workers are killed every second while messages flow, in both shapes.

`BREAK_MESSAGES` says how many flow: 5,000 in `make torture`.
"""

import os
import random
import threading
import time

import pytest

from tests.integration.broken import Broken, is_ready
from tests.integration.claims import decided
from tests.integration.shape import page

#: How many citizens write.
MESSAGES = int(os.environ.get("BREAK_MESSAGES", "40"))

pytestmark = [
    pytest.mark.service("dovecot", "postgres", "redis-server", "faketime"),
    pytest.mark.xdist_group("breaks"),
    pytest.mark.timeout(480 + MESSAGES),
]

#: How often one is killed, while something is decided.
EVERY_SECONDS = 1.0

#: So many must have been decided since somebody died before another one does: starting anew costs seconds, and where
#: each died at once nobody would ever end a batch.
PROGRESS = max(5, MESSAGES // 100)

#: `run` is alone: it is killed once it has worked for a while.
ALONE_SECONDS = 4.0


def test_random_workers_are_killed_while_messages_flow(broken: Broken) -> None:
    chance, killed, began, seen = chances(), 0, time.monotonic(), decided(broken.town)
    with delivering(broken) as everybody:
        while not all_decided(broken, everybody):
            time.sleep(EVERY_SECONDS)
            ready = [name for name in ("worker-1", "worker-2") if is_ready(broken.programs[name])]
            if ready and (decided(broken.town) >= seen + PROGRESS or (killed and chance.random() < 0.05)):
                name = chance.choice(ready)
                kill(broken, name)
                broken.start_worker(name)
                killed, seen = killed + 1, decided(broken.town)

    report(broken, killed, began)
    broken.wait_until_ready("worker-1", "worker-2", seconds=90)
    assert killed


def test_the_only_process_is_killed_while_messages_flow(alone: Broken) -> None:
    killed, began, seen = 0, time.monotonic(), decided(alone.town)
    with delivering(alone) as everybody:
        while not all_decided(alone, everybody):
            time.sleep(ALONE_SECONDS)
            if page(alone.port, "/healthz") == 200 and decided(alone.town) >= seen + PROGRESS:
                kill(alone, "run")
                alone.start("run", "run")
                killed, seen = killed + 1, decided(alone.town)

    report(alone, killed, began)
    assert killed


class delivering:  # noqa: N801 - reads as what goes on
    """Deliver beside the block; gives how many there will be in all."""

    def __init__(self, broken: Broken) -> None:
        self._everybody = broken.letters.delivered + MESSAGES
        self._thread = threading.Thread(target=broken.letters.deliver, args=(MESSAGES,))

    def __enter__(self) -> int:
        self._thread.start()
        return self._everybody

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def chances() -> random.Random:
    """Return what decides who dies; the seed is told."""
    seed = int(os.environ.get("TORTURE_SEED", str(random.randrange(1_000_000))))
    print(f"TORTURE_SEED={seed}")
    return random.Random(seed)


def all_decided(broken: Broken, everybody: int) -> bool:
    """Say whether everything that is to come has come and is decided."""
    return decided(broken.town) >= everybody


def kill(broken: Broken, name: str) -> None:
    """Kill a program, and note whose reply it was handing over."""
    broken.programs[name].kill()
    rows = broken.town.rows("SELECT recipient, claimed_by FROM outgoing WHERE state = 'handing_over'")
    living = broken.programs.values()
    broken.cut_off |= {row.recipient for row in rows if not any(each.owns(row.claimed_by) for each in living)}


def report(broken: Broken, killed: int, began: float) -> None:
    """Settle, reckon and say how long it took."""
    sentence = broken.settle(seconds=120 + MESSAGES / 10)
    took = time.monotonic() - began
    print(f"{killed} killed, {MESSAGES} messages in {took:.0f} s: {sentence}")
