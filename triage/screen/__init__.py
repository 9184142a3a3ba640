"""The screen: whether a machine may answer a message, where to, and which queue it goes to."""

from domain.account import Channel
from domain.context import Context
from domain.decision import Classification, Queue, Reason, Screening
from domain.message import Message
from domain.site import Site
from triage.screen.content import DEFAULT
from triage.screen.facts import Facts
from triage.screen.row import Row, Verdict
from triage.screen.table import TABLE

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
    """Read the table top to bottom: keep every row that applies; the first that says no decides reply and queue.

    What cannot be read goes to the normal queue whatever else applies (P1).

    `urgent` is danger to life (row 42): it passes the brakes of rows 33, 35 and 37, and nothing else. `template` is
    the reply that would go, which the brakes count. `outage` is what of ours fails, so that no time can be promised
    (row 38).

    Source: domain.md 3.2 and 3.3.
    """
    if message.channel is not Channel.email:
        return _not_built(message.channel)
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
    queue = binding.queue(facts) if binding and not message.unreadable else Queue.normal
    return Screening(
        reasons=tuple(Reason(row.name, matched) for row, matched in hits),
        may_reply=binding is None,
        queue=queue,
        needs_a_look=queue in _SEEN and any(row.needs_a_look(facts) for row, _ in hits),
        destination=facts.destination[0],
    )


def _not_built(channel: Channel) -> Screening:
    """Withhold on a channel whose own table (domain.md 3.7, 3.8) is not built: fail closed, lose nothing."""
    row = "3.7" if channel is Channel.sms else "3.8"
    reason = Reason(row, f"the table for {channel} is not built yet")
    return Screening(reasons=(reason,), may_reply=False, queue=Queue.normal)


def _hits(facts: Facts) -> list[tuple[Row, str]]:
    hits = []
    for row in TABLE[:-1]:
        matched = row.applies(facts)
        if matched is not None:
            hits.append((row, matched))
    if all(row.says is Verdict.go_on for row, _ in hits):
        hits.append((DEFAULT, DEFAULT.applies(facts) or ""))
    return hits
