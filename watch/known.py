"""Known: what is so, and what was told of it; from that follows whom to tell. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.alerting import Acknowledgement, Late, Told
from domain.finding import Finding
from domain.ids import AccountId, FindingId, UnitId
from watch.cause import Cause
from watch.unit_notes import UnitNote

#: Steps of `Told` beside the turns, which are named by the day they are counted from and a number.
AT_ONCE = "at_once"
#: Somebody who was told at once was told that it is over.
OVER = "over"
#: The same in a digest.
CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is so, and what was told."""

    open: Sequence[Finding] = ()
    #: Closed lately.
    closed: Sequence[Finding] = ()
    told: Sequence[Told] = ()
    acknowledged: Mapping[FindingId, Acknowledgement] = field(default_factory=dict)
    causes: Sequence[Cause] = ()
    #: For each step up, which units have tickets that are late enough for it; none at 0 is any lateness.
    late: Sequence[Mapping[UnitId, Late]] = ()
    #: The same without what is sensitive: for whoever is neither the unit's manager nor its deputy (P12).
    late_outside: Sequence[Mapping[UnitId, Late]] = ()
    #: Numbers about units, that their managers hear of.
    notes: Sequence[UnitNote] = ()
    #: When each account was first read; instants in aware UTC.
    first_read: Mapping[AccountId, datetime] = field(default_factory=dict)

    def acknowledgement(self, finding: Finding) -> Acknowledgement | None:
        """Return what keeps a finding quiet; what was said before it came a step further does not."""
        said = self.acknowledged.get(finding.id)
        if said is None or (finding.sharpened_at is not None and said.at < finding.sharpened_at):
            return None
        return said


def subject_of(finding: FindingId) -> str:
    """Return how tellings name a finding."""
    return f"finding/{finding}"


def steps_of(told: Iterable[Told]) -> dict[FindingId, frozenset[str]]:
    """Return by which steps anybody was told of each finding."""
    steps: dict[FindingId, frozenset[str]] = {}
    for each in told:
        if each.finding is not None:
            steps[each.finding] = steps.get(each.finding, frozenset()) | {each.step}
    return steps
