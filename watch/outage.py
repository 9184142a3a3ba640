"""Outage: accounts that are not read for one cause are told of together, from its beginning to its end. Pure."""

from collections.abc import Iterable, Mapping

from domain.finding import Finding, FindingKind
from domain.ids import FindingId
from watch.cause import Cause, cause_of

#: Steps of `Told`: it was told of together with others on a server, with all that nobody reads, or with all other
#: alerts that did not arrive.
GROUPED, UNREAD, BOUNCED = "grouped", "unread", "bounced"

#: It was told of together with others, at once.
TOGETHER = frozenset({GROUPED, UNREAD, BOUNCED})

#: By which step the same readers were told that it is over. That a week has passed since an alert did not arrive is
#: no news to anybody.
ENDED_BY = {GROUPED: "grouped_over", UNREAD: "unread_over"}


def step_of(cause: Cause) -> str:
    """Return by which step an outage is told of at once; empty: it waits for the digest."""
    if cause.kind is FindingKind.alert_bounced:
        return BOUNCED
    if cause.kind is not FindingKind.unreachable:
        return ""
    return UNREAD if cause.is_ours else GROUPED


def is_part(steps: frozenset[str], step: str) -> bool:
    """Ask whether a finding that was told of by some steps belongs to an outage that nobody has called off."""
    return step in steps and ENDED_BY.get(step) not in steps


def parts_of(
    cause: Cause, found: Iterable[Finding], told: Mapping[FindingId, frozenset[str]]
) -> tuple[Finding, ...]:  # fmt: skip
    """Return the findings that were told of as this outage, or are to be told of together, in their numbers' order.

    One that was left of an earlier outage is none of them: what is called off has ended, and the next is a new one.
    """
    step = step_of(cause)
    hit = sorted((each for each in found if cause_of([cause], each) is not None), key=lambda each: each.id)
    return tuple(each for each in hit if not step or is_part(told.get(each.id, frozenset()), step))
