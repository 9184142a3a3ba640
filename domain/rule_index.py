"""Rule index: which rules can hit at all, so that a thousand cost little more than ten."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from domain.pattern import any_of, finds_any, stem_pattern
from domain.rule import Conditions, Rule

#: What a rule is found by: a kind of condition and one value of it; None for a rule that must always be asked.
Key = tuple[str, str] | None

#: So many rules that ask for words share one search of the text.
AT_ONCE = 40

#: The conditions that a rule is found by: the first that it asks for, those that tell most apart before the others.
_SELECTIVE = ("categories", "accounts", "senders", "recipients", "headers")
_COARSE = ("urgencies", "types", "languages", "threads", "secrecies", "channels", "tiers")


@dataclass(frozen=True, slots=True)
class Gate:
    """Rules of which none can hit a text in which the union of their patterns finds nothing."""

    union: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """The rules of a site with the places of those that ask for something that can be looked up."""

    rules: tuple[Rule, ...]
    places: Mapping[Key, tuple[int, ...]]
    gates: tuple[Gate, ...]
    #: True: some rule asks whether the contact is known, which costs a question to the store.
    asks_for_contacts: bool

    def candidates(self, keys: Iterable[Key], text: str) -> tuple[Rule, ...]:
        """Return the rules that may hit such a message, in their order; all others miss.

        Args:
            keys: the message's own, see `keys_of_address`; that of rules without any is added here.
            text: what words and patterns are looked for in.
        """
        places = {place for key in (None, *keys) for place in self.places.get(key, ())}
        for gate in self.gates:
            if finds_any(gate.union, text):
                places.update(gate.places)
        return tuple(self.rules[place] for place in sorted(places))


def index_rules(rules: tuple[Rule, ...]) -> RuleIndex:
    """Return the index of the rules."""
    places: dict[Key, list[int]] = {}
    gated: list[int] = []
    for place, rule in enumerate(rules):
        keys = _keys(rule.when)
        if keys is None:
            gated.append(place)
        for key in keys or ():
            places.setdefault(key, []).append(place)
    gates, ungated = _gates(rules, gated)
    places.setdefault(None, []).extend(ungated)
    return RuleIndex(
        rules=rules,
        places={key: tuple(found) for key, found in places.items()},
        gates=gates,
        asks_for_contacts=any(rule.when.known_contact is not None for rule in rules),
    )


def keys_of_address(kind: str, address: str) -> Iterator[Key]:
    """Yield the keys of the rules that ask for an address, or for its domain; in lower case."""
    yield kind, address
    yield kind, f"@{address.rpartition('@')[2]}"


def _keys(when: Conditions) -> list[Key] | None:
    """Return what a rule is found by; None: by its words."""
    for kind in _SELECTIVE:
        if when.asks(kind):
            return _values(when, kind)
    if when.words or when.patterns:
        return None
    for kind in _COARSE:
        if when.asks(kind):
            return _values(when, kind)
    return [None]


def _values(when: Conditions, kind: str) -> list[Key]:
    if kind == "headers":
        return [(kind, when.headers[0].name.lower())]
    return [(kind, str(value).lower()) for value in getattr(when, kind)]


def _gates(rules: tuple[Rule, ...], gated: list[int]) -> tuple[tuple[Gate, ...], list[int]]:
    """Return the gates, and the places of rules whose patterns are too large to be asked together."""
    gates: list[Gate] = []
    ungated: list[int] = []
    for start in range(0, len(gated), AT_ONCE):
        group = gated[start : start + AT_ONCE]
        union = any_of(pattern for place in group for pattern in _patterns(rules[place].when))
        if union is None:
            ungated += group
        else:
            gates.append(Gate(union, tuple(group)))
    return tuple(gates), ungated


def _patterns(when: Conditions) -> tuple[str, ...]:
    return tuple(map(stem_pattern, when.words)) or when.patterns
