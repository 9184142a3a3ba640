"""What is shared is made once, and again when something has changed."""

import threading
from collections.abc import Hashable

from web.shared import MOST_KEYS, Shared


class Counted:
    """Makes numbers, and a state that a test changes."""

    def __init__(self) -> None:
        self.made = 0
        self.now: Hashable = "before"

    def state(self) -> Hashable:
        return self.now

    def make(self) -> int:
        self.made += 1
        return self.made


def test_it_is_made_once_for_everybody_and_again_after_a_change() -> None:
    shared, counted = Shared(), Counted()

    before = [shared.get("list", counted.state, counted.make) for _ in range(3)]
    counted.now = "after"
    after = [shared.get("list", counted.state, counted.make) for _ in range(3)]

    assert (before, after) == ([1, 1, 1], [2, 2, 2])


def test_who_is_patient_gets_what_was_just_made_and_who_is_not_does_not() -> None:
    shared, counted = Shared(), Counted()
    shared.get("list", counted.state, counted.make)
    counted.now = "after"

    patient = shared.get("list", counted.state, counted.make, patience_seconds=60)
    impatient = shared.get("list", counted.state, counted.make)

    assert (patient, impatient) == (1, 2)


def test_keys_are_kept_apart_and_the_oldest_is_forgotten() -> None:
    shared, counted = Shared(), Counted()

    first = [shared.get(key, counted.state, counted.make) for key in range(MOST_KEYS + 1)]

    assert len(set(first)) == MOST_KEYS + 1
    assert shared.get(MOST_KEYS, counted.state, counted.make) == MOST_KEYS + 1
    assert shared.get(0, counted.state, counted.make) == MOST_KEYS + 2


def test_threads_wait_for_the_one_that_makes_it() -> None:
    shared, counted = Shared(), Counted()
    threads = [threading.Thread(target=shared.get, args=("list", counted.state, counted.make)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted.made == 1
