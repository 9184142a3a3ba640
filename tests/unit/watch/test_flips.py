"""Flips: what holds opens, what is well closes, and what comes and goes is one finding."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.finding import FindingKind, Tendency
from domain.watching import WatchSettings
from tests.builders import TUESDAY
from watch.flips import Flip, flip

SETTINGS = WatchSettings(holds_for=timedelta(minutes=5), well_for=timedelta(minutes=10))
KIND = FindingKind.absent
SECOND = timedelta(seconds=1)


def turned(minutes: float, *, holds: bool) -> Tendency:
    return Tendency(holds=holds, since=TUESDAY - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("is_open", "holds", "tendency", "becomes"),
    [
        (False, False, None, Flip.stays),
        (True, True, None, Flip.stays),
        (False, True, None, Flip.tends),
        (False, True, turned(4.9, holds=True), Flip.stays),
        (False, True, turned(5, holds=True), Flip.opens),
        (True, False, None, Flip.tends),
        (True, False, turned(9.9, holds=False), Flip.stays),
        (True, False, turned(10, holds=False), Flip.closes),
        (False, False, turned(60, holds=True), Flip.settles),
        (True, True, turned(60, holds=False), Flip.settles),
        (False, True, turned(60, holds=False), Flip.tends),
    ],
)
def test_a_finding_follows_its_condition_when_that_has_lasted(
    is_open: bool, holds: bool, tendency: Tendency | None, becomes: Flip
) -> None:
    found = flip(KIND, is_open=is_open, holds=holds, tendency=tendency, settings=SETTINGS, now=TUESDAY)

    assert found is becomes


@pytest.mark.parametrize("kind", [FindingKind.unreachable, FindingKind.unwatched, FindingKind.silent])
def test_what_waits_by_itself_opens_at_once(kind: FindingKind) -> None:
    assert flip(kind, is_open=False, holds=True, tendency=None, settings=SETTINGS, now=TUESDAY) is Flip.opens
    assert flip(kind, is_open=True, holds=False, tendency=None, settings=SETTINGS, now=TUESDAY) is Flip.tends


@given(st.lists(st.tuples(st.booleans(), st.integers(min_value=1, max_value=30)), max_size=60))
def test_between_two_flips_lies_what_must_last(seen: list[tuple[bool, int]]) -> None:
    settings = replace(SETTINGS, holds_for=timedelta(minutes=20), well_for=timedelta(minutes=20))
    now, is_open, tendency = TUESDAY, False, None
    flipped = [now]

    for holds, minutes in seen:
        now += timedelta(minutes=minutes)
        found = flip(KIND, is_open=is_open, holds=holds, tendency=tendency, settings=settings, now=now)
        if found is Flip.tends:
            tendency = Tendency(holds=holds, since=now)
        elif found is not Flip.stays:
            tendency = None
        if found in {Flip.opens, Flip.closes}:
            is_open = not is_open
            flipped.append(now)

    assert all(later - earlier >= timedelta(minutes=20) for earlier, later in pairwise(flipped))


def test_what_is_to_be_looked_at_for_a_while_opens_after_that_whatever_its_kind() -> None:
    def becomes(minutes: float) -> Flip:
        return flip(
            FindingKind.unreachable, is_open=False, holds=True, tendency=turned(minutes, holds=True),
            settings=SETTINGS, now=TUESDAY, patience=timedelta(minutes=8),
        )  # fmt: skip

    assert (becomes(7.9), becomes(8)) == (Flip.stays, Flip.opens)
