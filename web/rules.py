"""The pages of rules and categories: what sorts the messages, readable for whoever works with them."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.category import Category, CategoryKind
from domain.ids import RuleId
from domain.rule import Rule
from domain.rule_reach import find_unreachable
from domain.rule_rights import may_see_rule
from domain.viewer import Role
from pipeline.rule_trial import may_try
from store.database import Connection
from store.rule_hits import HitTicket, count_hits, list_hit_tickets
from store.sites import Activation, list_activations
from web.names import secrecy_name, unit_name, urgency_name
from web.rule_words import say_actions, say_conditions, say_unreachable
from web.times import ShownTime, shown_time
from web.visit import Visit, show
from web.words import Words, mark

#: So far back hits are counted, and so old the count may be: nobody waits for it.
COUNTED = timedelta(days=30)
COUNT_AGE_MINUTES = 5

#: Words of a category that are shown of each language.
MOST_WORDS = 150

#: Activations that are told.
MOST_ACTIVATIONS = 20

KINDS = {
    CategoryKind.errand: mark("Ärenden"),
    CategoryKind.handling: mark("Hantering"),
    CategoryKind.safety: mark("Säkerhet: går före allt annat"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """One rule."""

    place: int
    id: str
    why: str
    is_note: bool
    when: tuple[str, ...]
    then: tuple[str, ...]
    #: Why it never hits; empty: it may.
    never: str
    #: Messages it has hit within the last thirty days, of those that the visitor may know of.
    hits: int

    def holds(self, asked: str) -> bool:
        """Ask whether something that was searched for stands in it."""
        return asked in " ".join((self.id, self.why, *self.when, *self.then)).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCategory:
    """One category."""

    id: str
    name: str
    kind: str
    unit: str
    urgency: str
    secrecy: str
    #: How many words speak for it.
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownActivation:
    """Since when rules were used."""

    since: ShownTime
    version: str


def show_rules(visit: Visit) -> Response:
    """Show every rule that the visitor is to see, or those with what was searched for."""
    asked = visit.request.query_params.get("q", "").strip()[:200]
    with visit.surroundings.database.read() as connection:
        rules = shown_rules(connection, visit)
        return show(
            visit, connection, "rules.html", rules=[rule for rule in rules if rule.holds(asked.casefold())],
            count=len(rules), said_rule=asked, activations=_activations(connection, visit), tries=may_try(visit.viewer),
            sees_all=bool(visit.viewer.roles & {Role.lead, Role.administrator}),
        )  # fmt: skip


def show_rule(visit: Visit) -> Response:
    """Show one rule with the tickets it hit lately, of those that the visitor may see.

    One that is not in the visitor's list is shown where it hit such a ticket: the ticket names it.
    """
    site, name = visit.site, visit.request.path_params["rule"]
    place, rule = next((each for each in enumerate(site.rules, start=1) if each[1].id == name), (0, None))
    with visit.surroundings.database.read() as connection:
        tickets = list_hit_tickets(connection, visit.viewer, RuleId(name)) if rule is not None else ()
        if rule is None or not (tickets or may_see_rule(site, visit.viewer, rule)):
            raise HTTPException(404)
        hits = count_hits(connection, visit.viewer, [rule.id], visit.now - COUNTED)
        shown = _shown(place, rule, visit, _never(visit).get(rule.id, ""), hits.get(rule.id, 0))
        return show(
            visit, connection, "rule.html", rule=shown, tickets=[(each, _time(each, visit.words)) for each in tickets],
            tries=may_try(visit.viewer),
        )  # fmt: skip


def show_categories(visit: Visit) -> Response:
    """Show every category, or those with what was searched for."""
    asked = visit.request.query_params.get("q", "").strip()[:200]
    every = visit.site.categories
    found = [each for each in every if _holds(each, asked.casefold(), visit)]
    shown = [_category(each, visit) for each in found]
    with visit.surroundings.database.read() as connection:
        return show(
            visit, connection, "categories.html", said_category=asked, count=len(every), tries=may_try(visit.viewer),
            groups=[(visit.words.gettext(name), [each for each in shown if each.kind == kind]) for kind, name in
                    KINDS.items()],
        )  # fmt: skip


def show_category(visit: Visit) -> Response:
    """Show one category with the words that speak for it."""
    name = visit.request.path_params["category"]
    category = next((each for each in visit.site.categories if each.id == name), None)
    if category is None:
        raise HTTPException(404)
    with visit.surroundings.database.read() as connection:
        return show(
            visit, connection, "category.html", category=_category(category, visit), most=MOST_WORDS,
            languages=_words_of(category, visit.words), tries=may_try(visit.viewer),
            against=sorted({word.pattern for word in category.not_words}),
        )  # fmt: skip


def shown_rules(connection: Connection, visit: Visit) -> list[ShownRule]:
    """Return the rules that the visitor is to see, in their order."""
    site = visit.site
    seen = [each for each in enumerate(site.rules, start=1) if may_see_rule(site, visit.viewer, each[1])]
    hits = _hits(connection, visit, [rule.id for _, rule in seen])
    never = _never(visit)
    return [_shown(place, rule, visit, never.get(rule.id, ""), hits.get(rule.id, 0)) for place, rule in seen]


def _shown(place: int, rule: Rule, visit: Visit, never: str, hits: int) -> ShownRule:
    return ShownRule(
        place=place, id=rule.id, why=rule.why, is_note=rule.note, never=never, hits=hits,
        when=say_conditions(rule.when, visit.site, visit.words), then=say_actions(rule, visit.site, visit.words),
    )  # fmt: skip


def _never(visit: Visit) -> dict[RuleId, str]:
    """Return why the rules that never hit do not."""
    return {each.rule: say_unreachable(each, visit.words) for each in find_unreachable(visit.site)}


def _hits(connection: Connection, visit: Visit, rules: list[RuleId]) -> dict[RuleId, int]:
    """Return how often each rule has hit; counted once in a while for all who see the same."""
    viewer, now = visit.viewer, visit.now
    key = ("rule hits", viewer.organisation, viewer.units, Role.lead in viewer.roles)
    state = (tuple(rules), now.timestamp() // (60 * COUNT_AGE_MINUTES))
    return visit.surroundings.shared.get(
        key, lambda: state, lambda: count_hits(connection, viewer, rules, now - COUNTED)
    )


def _activations(connection: Connection, visit: Visit) -> list[ShownActivation]:
    """Return since when which rules are used, the latest first; what changed beside the rules is left out."""
    found: list[Activation] = []
    for each in reversed(list_activations(connection, visit.viewer)):
        if not found or found[-1].rules != each.rules:
            found.append(each)
    return [
        ShownActivation(since=shown_time(each.at, visit.words), version=(each.rules or each.site)[:12])
        for each in reversed(found[-MOST_ACTIVATIONS:])
    ]


def _time(each: HitTicket, words: Words) -> ShownTime:
    return shown_time(each.arrived_at, words)


def _category(category: Category, visit: Visit) -> ShownCategory:
    return ShownCategory(
        id=category.id, name=category.name, kind=category.kind, unit=unit_name(visit.site, category.unit),
        urgency=urgency_name(category.urgency, visit.words), secrecy=secrecy_name(category.secrecy, visit.words),
        words=len(category.words),
    )  # fmt: skip


def _holds(category: Category, asked: str, visit: Visit) -> bool:
    """Ask whether something stands in a category's name, its unit's, or a word that speaks for it."""
    named = f"{category.id} {category.name} {unit_name(visit.site, category.unit)}".casefold()
    return asked in named or any(asked in word.pattern.casefold() for word in category.words)


def _words_of(category: Category, words: Words) -> list[tuple[str, list[str], int]]:
    """Return the words by language: its name, the heaviest words, and how many more there are."""
    by_language: dict[str, list[tuple[float, str]]] = {}
    for word in category.words:
        by_language.setdefault(word.language, []).append((-word.weight, word.pattern))
    return [
        (
            words.language_name(code),
            [pattern for _, pattern in sorted(found)[:MOST_WORDS]],
            max(0, len(found) - MOST_WORDS),
        )
        for code, found in by_language.items()
    ]
