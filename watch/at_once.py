"""At once: what cannot wait for the digest, and who hears of it; one cause once, however many it hits. Pure."""

from dataclasses import dataclass
from datetime import date

from domain.finding import Finding
from domain.ids import FindingId
from domain.person import Person
from domain.site import Site
from watch.cause import Cause, cause_of
from watch.escalation import is_quiet
from watch.known import AT_ONCE, Known, steps_of
from watch.outage import TOGETHER, parts_of, step_of
from watch.responsible import answering, technicians_of
from watch.urgency import is_urgent


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """Findings that one alert tells of."""

    findings: tuple[Finding, ...]
    #: Empty: the configuration names nobody.
    readers: tuple[Person, ...]
    #: How their tellings are named.
    step: str
    cause: Cause | None = None
    #: False: of their cause somebody has been told already, and no further alert goes.
    is_new: bool = True


def urgent(site: Site, known: Known, day: date) -> tuple[Urgent, ...]:
    """Return what nobody was told of and cannot wait: first what has one cause, then finding by finding."""
    told = steps_of(known.told)
    due = [each for each in known.open if not is_quiet(known.acknowledgement(each), day)]
    together = [_together(site, cause, due, told, day) for cause in known.causes if step_of(cause)]
    alone = [
        Urgent(findings=(finding,), readers=_readers(site, finding, day), step=AT_ONCE)
        for finding in due
        if cause_of(known.causes, finding) is None
        and is_urgent(finding.kind, site.account(finding.account), site.alerts)
        and not told.get(finding.id, frozenset()) & {AT_ONCE, *TOGETHER}
    ]
    return (*(each for each in together if each.findings), *alone)


def _together(
    site: Site, cause: Cause, due: list[Finding], told: dict[FindingId, frozenset[str]], day: date
) -> Urgent:  # fmt: skip
    step = step_of(cause)
    hit = [each for each in due if each.kind is cause.kind and each.account in cause.accounts]
    untold = tuple(each for each in hit if step not in told.get(each.id, frozenset()))
    readers = technicians_of(site, untold[0], day)[:1] if untold else ()
    return Urgent(findings=untold, readers=readers, step=step, cause=cause, is_new=not parts_of(cause, hit, told))


def _readers(site: Site, finding: Finding, day: date) -> tuple[Person, ...]:
    return answering(site, finding, day)[:1]
