"""The screen: whether a machine may answer a message, where to, and which queue it goes to."""

from domain.context import Context
from domain.decision import Classification, Queue, Reason, Screening
from domain.message import Message
from domain.site import Site
from triage.screen.facts import Facts
from triage.screen.row import Row, Verdict
from triage.screen.table import TABLES

#: Queues in which somebody can look; what is attached or technical is not shown as work.
_SEEN = frozenset({Queue.normal, Queue.low})


def screen(
    message: Message,
    context: Context,
    site: Site,
    classification: Classification,
    urgent: bool,
    *,
    template: str = "receipt",
    outage: str | None = None,
) -> Screening:
    """Read the channel's table top to bottom: keep every row that applies; the first that says no decides.

    It decides reply and queue, except that what cannot be read goes to the normal queue (P1), and so does what is
    about danger, concern or a threat: no row hides that from people.

    `urgent` is danger to life (row 42): it passes the brakes of rows 33, 35 and 37, and nothing else. `template` is
    the reply that would go, which the brakes count. `outage` is what of ours fails, so that no time can be promised
    (row 38).

    Source: domain.md 3.2, 3.3, 3.7 and 3.8; decision 0007.
    """
    facts = Facts(
        message=message,
        context=context,
        site=site,
        classification=classification,
        urgent=urgent,
        template=template,
        outage=outage,
    )
    hits = _hits(facts)
    binding = next((row for row, _ in hits if row.says is Verdict.no), None)
    queue = binding.queue(facts) if binding else Queue.normal
    shown = _shown(queue, facts)
    looks = queue in _SEEN and any(row.needs_a_look(facts) for row, _ in hits)
    return Screening(
        reasons=tuple(Reason(row.name, matched) for row, matched in hits),
        may_reply=binding is None and any(row.says is Verdict.yes for row, _ in hits),
        queue=shown,
        needs_a_look=looks or shown is not queue,
        destination=facts.destination[0],
        top=any(row.top for row, _ in hits),
        sensitive=any(row.sensitive for row, _ in hits),
    )


def _shown(queue: Queue, facts: Facts) -> Queue:
    """Return the queue of the binding row; the normal one for what nobody may overlook."""
    safety = facts.classification.safety and not facts.from_us and not facts.reports_on_us
    return Queue.normal if facts.message.unreadable or safety else queue


def _hits(facts: Facts) -> list[tuple[Row, str]]:
    """Return the rows that apply, with what matched; the last of the table only where no other says yes or no."""
    *rows, default = TABLES[facts.message.channel]
    hits = []
    for row in rows:
        matched = row.applies(facts)
        if matched is not None:
            hits.append((row, matched))
    if all(row.says is Verdict.go_on for row, _ in hits):
        matched = default.applies(facts)
        hits += [(default, matched)] if matched is not None else []
    return hits
