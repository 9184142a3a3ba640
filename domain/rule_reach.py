"""Rule reach: rules that can never hit, because an earlier one takes all that they ask for.

What is said here is always so; what is not said may be so too: several earlier rules together are not weighed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.category import CategoryKind
from domain.ids import RuleId
from domain.rule import CONDITIONS, Conditions, HeaderCondition, Rule
from domain.site import Site


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A rule that never hits."""

    rule: RuleId
    #: The earlier rule that takes everything; None: no message can be as it asks.
    by: RuleId | None
    #: One sentence.
    why: str


def find_unreachable(site: Site) -> tuple[Unreachable, ...]:
    """Return the rules that never hit, in their order."""
    binding: list[Rule] = []
    found = []
    for rule in site.rules:
        unreachable = _unreachable(site, rule, binding)
        if unreachable:
            found.append(unreachable)
        elif not rule.note:
            binding.append(rule)
    return tuple(found)


def implies(narrow: Conditions, wide: Conditions, site: Site) -> bool:
    """Return True only if every message that fits the narrow conditions fits the wide ones too."""
    known = _with_accounts(narrow, site)
    return all(
        not wide.asks(name) or _COVERS.get(name, _any_of)(getattr(known, name), getattr(wide, name), known)
        for name in CONDITIONS
    )


def _unreachable(site: Site, rule: Rule, earlier: Iterable[Rule]) -> Unreachable | None:
    impossible = next(_impossible(site, rule), None)
    if impossible:
        return Unreachable(rule.id, None, f"rule {rule.id} never hits: {impossible}")
    if rule.note:
        return None
    for other in earlier:
        if implies(rule.when, other.when, site):
            return Unreachable(rule.id, other.id, f"rule {rule.id} never hits: rule {other.id} above it takes it all")
    return None


def _impossible(site: Site, rule: Rule) -> Iterator[str]:
    """Yield why no message can be as the rule asks."""
    when = rule.when
    accounts = [account for account in site.accounts if account.id in when.accounts]
    if when.channels and accounts and not any(account.channel in when.channels for account in accounts):
        yield f"none of its accounts is on {' or '.join(when.channels)}"
    if when.tiers and accounts and not any(account.tier in when.tiers for account in accounts):
        yield f"none of its accounts is of the tier {' or '.join(when.tiers)}"
    safety = {category.id for category in site.categories if category.kind is CategoryKind.safety}
    if not rule.note and when.categories and set(when.categories) <= safety:
        yield f"no rule binds {' or '.join(when.categories)}; let it be a note"


def _with_accounts(when: Conditions, site: Site) -> Conditions:
    """Return the conditions with what the accounts that they name tell of channel and tier."""
    accounts = [account for account in site.accounts if account.id in when.accounts]
    if not accounts:
        return when
    values = {name: getattr(when, name) for name in CONDITIONS}
    values["channels"] = when.channels or tuple(dict.fromkeys(account.channel for account in accounts))
    values["tiers"] = when.tiers or tuple(dict.fromkeys(account.tier for account in accounts))
    return Conditions(**values)


def _any_of(narrow: tuple[str, ...], wide: tuple[str, ...], _: Conditions) -> bool:
    return bool(narrow) and set(narrow) <= set(wide)


def _same(narrow: Any, wide: Any, _: Conditions) -> bool:
    return bool(narrow is wide)


def _addresses(narrow: tuple[str, ...], wide: tuple[str, ...], _: Conditions) -> bool:
    def covered(address: str) -> bool:
        return any(address == each or (each.startswith("@") and address.endswith(each)) for each in wide)

    return bool(narrow) and all(covered(address) for address in narrow)


def _headers(narrow: tuple[HeaderCondition, ...], wide: tuple[HeaderCondition, ...], _: Conditions) -> bool:
    def follows(wanted: HeaderCondition, given: HeaderCondition) -> bool:
        same = given.name.lower() == wanted.name.lower() and wanted.pattern in ("", given.pattern)
        return same and wanted.contains.lower() in given.contains.lower()

    return all(any(follows(wanted, given) for given in narrow) for wanted in wide)


def _words(narrow: tuple[str, ...], wide: tuple[str, ...], _: Conditions) -> bool:
    def covered(word: str) -> bool:
        return any(_takes(each.lower().split(), word.lower().split()) for each in wide)

    return bool(narrow) and all(covered(word) for word in narrow)


def _takes(wide: list[str], narrow: list[str]) -> bool:
    """Ask whether a phrase is found wherever the narrow one is; only an ending of any letters is weighed."""
    return len(wide) == len(narrow) and all(
        one == other or (one.endswith("*") and "*" not in one[:-1] and other.startswith(one[:-1]))
        for one, other in zip(wide, narrow, strict=True)
    )


def _has_attachment(narrow: bool | None, wide: bool, known: Conditions) -> bool:
    return narrow is wide or (wide and bool(known.attachments))


def _larger(narrow: int | None, wide: int, _: Conditions) -> bool:
    return narrow is not None and narrow >= wide


def _smaller(narrow: int | None, wide: int, _: Conditions) -> bool:
    return narrow is not None and narrow <= wide


#: Of what kind the conditions are; those that are not here ask for any of some values.
_COVERS: Mapping[str, Callable[[Any, Any, Conditions], bool]] = {
    "senders": _addresses,
    "recipients": _addresses,
    "headers": _headers,
    "words": _words,
    "open": _same,
    "has_attachment": _has_attachment,
    "larger_than_kb": _larger,
    "smaller_than_kb": _smaller,
    "known_contact": _same,
}
