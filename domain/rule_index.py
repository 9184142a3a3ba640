"""Rule index: which rules can hit at all, so that a thousand cost little more than ten."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.ids import AccountId, CategoryId
from domain.rule import Conditions, Rule

#: What a rule is found by: a kind of condition and one value of it; None for a rule without any of them.
Key = tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """The rules of a site with the places of those that ask for a category, an account or a sender."""

    rules: tuple[Rule, ...]
    places: Mapping[Key, tuple[int, ...]]

    def candidates(self, category: CategoryId, account: AccountId, sender: str) -> tuple[Rule, ...]:
        """Return the rules that may hit such a message, in their order; all others miss.

        The sender is an address in lower case, or empty.
        """
        domain = sender.rpartition("@")[2]
        keys: tuple[Key, ...] = (
            None,
            ("category", category),
            ("account", account),
            ("sender", sender),
            ("sender", f"@{domain}"),
        )
        places = {place for key in keys for place in self.places.get(key, ())}
        return tuple(self.rules[place] for place in sorted(places))


def index_rules(rules: tuple[Rule, ...]) -> RuleIndex:
    """Return the index of the rules, each under the first of category, account and sender that it asks for."""
    places: dict[Key, list[int]] = {}
    for place, rule in enumerate(rules):
        for key in _keys(rule.when):
            places.setdefault(key, []).append(place)
    return RuleIndex(rules, {key: tuple(found) for key, found in places.items()})


def _keys(when: Conditions) -> Iterator[Key]:
    if when.categories:
        yield from (("category", each) for each in when.categories)
    elif when.accounts:
        yield from (("account", each) for each in when.accounts)
    elif when.senders:
        yield from (("sender", each.lower()) for each in when.senders)
    else:
        yield None
