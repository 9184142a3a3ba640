"""Flips: a finding opens and closes once its condition has lasted; what comes and goes is one finding. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.finding import FindingKind, Tendency
from domain.watching import WatchSettings

#: These wait by themselves before they hold.
AT_ONCE = frozenset({
    FindingKind.unreachable, FindingKind.unwatched, FindingKind.silent, FindingKind.sms_flood,
    FindingKind.worker_stalled,
})  # fmt: skip


class Flip(StrEnum):
    """What becomes of a finding."""

    opens = "opens"
    closes = "closes"
    #: The condition has turned and must last first.
    tends = "tends"
    #: It has turned back before anything came of it.
    settles = "settles"
    stays = "stays"


def flip(
    kind: FindingKind, *, is_open: bool, holds: bool, tendency: Tendency | None, settings: WatchSettings,
    now: datetime, patience: timedelta = timedelta(0),
) -> Flip:  # fmt: skip
    """Return what becomes of a finding.

    Args:
        kind: of the finding.
        is_open: whether it is open now.
        holds: whether its condition holds now.
        tendency: since when the condition has been otherwise than the finding; None: it was not, last time.
        settings: how long it must last.
        now: aware UTC.
        patience: for how long it is looked at at least before it opens, whatever its kind.
    """
    if holds == is_open:
        return Flip.stays if tendency is None else Flip.settles
    wait = settings.well_for if is_open else max(settings.holds_for, patience)
    begun = tendency.since if tendency is not None and tendency.holds == holds else None
    if (holds and kind in AT_ONCE and not patience) or (begun is not None and now - begun >= wait):
        return Flip.opens if holds else Flip.closes
    return Flip.tends if begun is None else Flip.stays
