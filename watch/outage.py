"""Outage: accounts that are not read for one cause are told of together, from its beginning to its end. Pure."""

from collections.abc import Iterable, Mapping

from domain.finding import Finding, FindingKind
from domain.ids import FindingId
from watch.cause import Cause

#: Steps of `Told`: it was told of together with others on a server, or together with all that nobody reads.
GROUPED, UNREAD = "grouped", "unread"

#: By which step the same readers were told that it is over.
ENDED_BY = {GROUPED: "grouped_over", UNREAD: "unread_over"}


def step_of(cause: Cause) -> str:
    """Return by which step an outage is told of."""
    return UNREAD if cause.is_ours else GROUPED


def is_part(steps: frozenset[str], step: str) -> bool:
    """Ask whether a finding that was told of by some steps belongs to an outage that nobody has called off."""
    return step in steps and ENDED_BY[step] not in steps


def parts_of(
    cause: Cause, found: Iterable[Finding], told: Mapping[FindingId, frozenset[str]]
) -> tuple[Finding, ...]:  # fmt: skip
    """Return the findings that were told of as this outage, in the order of their numbers.

    One that was left of an earlier outage is none of them: what is called off has ended, and the next is a new one.
    """
    hit = (each for each in found if each.kind is FindingKind.unreachable and each.account in cause.accounts)
    parts = (each for each in hit if is_part(told.get(each.id, frozenset()), step_of(cause)))
    return tuple(sorted(parts, key=lambda each: each.id))
