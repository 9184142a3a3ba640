"""Rules: which of a municipality's rules hit a classified message, which miss and why, and what the hits decide."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.account import Account
from domain.category import Secrecy, Urgency
from domain.decision import Classification, RuleTrace
from domain.ids import UnitId
from domain.message import Message
from domain.rule import Conditions, HeaderCondition, Rule
from domain.rule_index import RuleIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What the conditions of a rule may ask about."""

    message: Message
    account: Account
    classification: Classification
    language: str
    #: The opening state of the account when the message arrived; None: it could not be told.
    open: bool | None

    @property
    def sender(self) -> str:
        """The address in From, in lower case; empty when there is none."""
        return self.message.sender.address.lower() if self.message.sender else ""


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
    #: Hits only.
    traces: tuple[RuleTrace, ...]


def trace(rules: tuple[Rule, ...], facts: RuleFacts) -> tuple[RuleTrace, ...]:
    """Return what became of every rule, in order: the first that hits binds, notes may hit beside it.

    Only notes hit a safety matter: no rule decides where danger, concern or a threat goes.
    """
    traces = []
    bound: Rule | None = None
    for rule in rules:
        matched, failed = _compare(rule.when, facts)
        if not failed and not rule.note:
            failed = _why_not_binding(bound, facts.classification)
        if not failed and not rule.note:
            bound = rule
        traces.append(RuleTrace(id=rule.id, hit=not failed, matched=() if failed else matched, failed=failed))
    return tuple(traces)


def apply_rules(index: RuleIndex, facts: RuleFacts) -> Outcome:
    """Return what the rules decide of the message; asks only the rules that can hit.

    A note never lowers the urgency.
    """
    account, category = facts.account.id, facts.classification.category
    candidates = index.candidates(category, account, facts.sender)
    traces = tuple(each for each in trace(candidates, facts) if each.hit)
    hit = {each.id for each in traces}
    rules = [rule for rule in candidates if rule.id in hit]
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
        traces=traces,
    )


def _why_not_binding(bound: Rule | None, classification: Classification) -> str:
    if classification.safety:
        return f"{classification.category} is a safety matter, which only notes may add to"
    return f"rule {bound.id} binds before it" if bound else ""


def _compare(when: Conditions, facts: RuleFacts) -> tuple[tuple[str, ...], str]:
    """Return what matched, and the first condition that failed in words (empty: none did)."""
    matched: list[str] = []
    for found, failed in _conditions(when, facts):
        if failed:
            return (), failed
        if found:
            matched.append(found)
    return tuple(matched), ""


def _conditions(when: Conditions, facts: RuleFacts) -> Iterator[tuple[str, str]]:
    """Yield for each condition what matched, or why it failed; both empty: it asks nothing."""
    about = facts.classification
    yield _one_of("channel", when.channels, facts.message.channel)
    yield _one_of("account", when.accounts, facts.account.id)
    yield _one_of("tier", when.tiers, facts.account.tier)
    yield _sender(when.senders, facts.sender)
    for header in when.headers:
        yield _header(header, facts.message)
    yield _one_of("category", when.categories, about.category)
    yield _one_of("type", when.types, about.type)
    yield _one_of("language", when.languages, facts.language)
    yield _one_of("urgency", when.urgencies, about.urgency)
    yield _opening(when.open, facts.open)


def _one_of(what: str, wanted: tuple[str, ...], is_: str) -> tuple[str, str]:
    if not wanted:
        return "", ""
    return (f"{what} {is_}", "") if is_ in wanted else ("", f"{what} is {is_}, not {' or '.join(wanted)}")


def _sender(wanted: tuple[str, ...], sender: str) -> tuple[str, str]:
    if not wanted:
        return "", ""
    for each in wanted:
        if sender == each.lower() or (each.startswith("@") and sender.endswith(each.lower())):
            return f"sender {sender}", ""
    return "", f"sender is {sender or 'missing'}, not {' or '.join(wanted)}"


def _header(condition: HeaderCondition, message: Message) -> tuple[str, str]:
    values = message.header_values(condition.name)
    for value in values:
        if condition.contains.lower() in value.lower():
            return f"header {condition.name}: {value}", ""
    if not values:
        return "", f"header {condition.name} is missing"
    return "", f"header {condition.name} does not contain {condition.contains}"


def _opening(wanted: bool | None, is_open: bool | None) -> tuple[str, str]:
    if wanted is None:
        return "", ""
    words = {True: "open", False: "closed", None: "neither known open nor closed"}
    if is_open is wanted:
        return f"the account was {words[wanted]}", ""
    return "", f"the account was {words[is_open]}, not {words[wanted]}"
