"""Rules: which of a municipality's rules hit a classified message, which miss and why, and what the hits decide."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.category import Secrecy, Urgency
from domain.decision import Classification, RuleTrace
from domain.ids import UnitId
from domain.rule import Rule
from domain.rule_index import Key, RuleIndex, keys_of_address
from triage.conditions import RuleFacts, compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the rules that hit decide together."""

    unit: UnitId | None
    urgency: Urgency
    secrecy: Secrecy
    template: str | None
    #: The rules that say no reply, and those that want a person to look.
    no_reply: tuple[Rule, ...]
    needs_a_look: tuple[Rule, ...]
    #: Each once.
    tags: tuple[str, ...]
    notify_at_once: bool
    #: Hits only.
    traces: tuple[RuleTrace, ...]


def trace(rules: tuple[Rule, ...], facts: RuleFacts) -> tuple[RuleTrace, ...]:
    """Return what became of every rule, in order: the first that hits binds, notes may hit beside it.

    Only notes hit a safety matter: no rule decides where danger, concern or a threat goes.
    """
    traces = []
    bound: Rule | None = None
    for rule in rules:
        matched, failed = compare(rule.when, facts, all_failed=True)
        if not failed and not rule.note:
            failed = [*_why_not_binding(bound, facts.classification)]
        if failed:
            traces.append(
                RuleTrace(id=rule.id, hit=False, failed=failed[0], all_failed=tuple(failed), held=len(matched))
            )
            continue
        traces.append(RuleTrace(id=rule.id, hit=True, matched=tuple(matched)))
        bound = bound if rule.note else rule
    return tuple(traces)


def apply_rules(index: RuleIndex, facts: RuleFacts) -> Outcome:
    """Return what the rules decide of the message; asks only the rules that can hit.

    A note never lowers the urgency.
    """
    hits = tuple(_hits(index.candidates(_keys(facts), facts.text), facts))
    rules = [rule for rule, _ in hits]
    binding = next((rule.then for rule in rules if not rule.note), None)
    urgency = binding.urgency if binding and binding.urgency else facts.classification.urgency
    raised = (rule.then.urgency for rule in rules if rule.note and rule.then.urgency)
    return Outcome(
        unit=binding.unit if binding else None,
        urgency=min((urgency, *raised)),
        secrecy=binding.secrecy if binding and binding.secrecy else facts.classification.secrecy,
        template=binding.template if binding else None,
        no_reply=tuple(rule for rule in rules if rule.then.no_reply),
        needs_a_look=tuple(rule for rule in rules if rule.then.needs_a_look),
        tags=tuple(dict.fromkeys(tag for rule in rules for tag in rule.then.tags)),
        notify_at_once=any(rule.then.notify_at_once for rule in rules),
        traces=tuple(traced for _, traced in hits),
    )


def _hits(rules: tuple[Rule, ...], facts: RuleFacts) -> Iterator[tuple[Rule, RuleTrace]]:
    """Yield the rules that hit, as `trace` says it, without asking one that can no longer bind."""
    may_bind = not facts.classification.safety
    for rule in rules:
        if not (rule.note or may_bind):
            continue
        matched, failed = compare(rule.when, facts)
        if not failed:
            may_bind = may_bind and rule.note
            yield rule, RuleTrace(id=rule.id, hit=True, matched=tuple(matched))


def _keys(facts: RuleFacts) -> Iterator[Key]:
    """Yield what the rules that may hit are found by."""
    about, account = facts.classification, facts.account
    yield "categories", about.category
    yield "accounts", account.id
    yield from keys_of_address("senders", facts.sender)
    for recipient in facts.recipients:
        yield from keys_of_address("recipients", recipient)
    yield from (("headers", name) for name in {name for name, _ in facts.message.headers})
    yield "urgencies", about.urgency.lower()
    yield "types", about.type
    yield "languages", facts.language
    yield "threads", facts.thread
    yield "secrecies", about.secrecy.lower()
    yield "channels", facts.message.channel
    yield "tiers", account.tier


def _why_not_binding(bound: Rule | None, classification: Classification) -> Iterator[str]:
    if classification.safety:
        yield f"{classification.category} is a safety matter, which only notes may add to"
    elif bound:
        yield f"rule {bound.id} binds before it"
