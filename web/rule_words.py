"""What a rule asks for and does, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.category import Urgency
from domain.ids import CategoryId
from domain.rule import CONDITIONS, Actions, Conditions, HeaderCondition, Rule
from domain.rule_reach import Unreachable
from domain.site import Site
from web.condition_words import KINDS, WHOLE, names_of_kinds
from web.names import category_name, reply_name, secrecy_name, unit_name, urgency_name
from web.words import Words, mark

#: The kind that each condition is of, in `web.condition_words`.
_KIND_OF = {
    "channels": "channel", "accounts": "account", "tiers": "tier", "senders": "sender", "recipients": "recipient",
    "categories": "category", "types": "type", "languages": "language", "urgencies": "urgency",
    "secrecies": "secrecy", "attachments": "attachment", "threads": "thread",
}  # fmt: skip

_WHETHER = {
    ("open", True): "the account was open", ("open", False): "the account was closed",
    ("has_attachment", True): "something is attached", ("has_attachment", False): "nothing is attached",
    ("known_contact", True): "the contact is known", ("known_contact", False): "the contact is new",
}  # fmt: skip

_SIZES = {
    "larger_than_kb": mark("det är större än %(what)s kB"),
    "smaller_than_kb": mark("det är mindre än %(what)s kB"),
}

EVERY_MESSAGE = mark("alla meddelanden")
NOTHING = mark("inget: den hindrar bara reglerna under den")


def say_rule_condition(name: str, when: Conditions, site: Site, words: Words) -> str:
    """Return one condition of a rule in words."""
    return "; ".join(_condition(name, getattr(when, name), site, words))


def say_conditions(when: Conditions, site: Site, words: Words) -> tuple[str, ...]:
    """Return each condition in words; one line when nothing is asked."""
    said = tuple(say_rule_condition(name, when, site, words) for name in CONDITIONS if when.asks(name))
    return said or (words.gettext(EVERY_MESSAGE),)


def say_actions(rule: Rule, site: Site, words: Words) -> tuple[str, ...]:
    """Return each action in words; one line when nothing is done."""
    return tuple(_actions(rule, site, words)) or (words.gettext(NOTHING),)


def say_unreachable(unreachable: Unreachable, words: Words) -> str:
    """Return why a rule never hits."""
    if unreachable.by is not None:
        return words.gettext("Regeln %(rule)s ovanför tar allt som den här frågar efter.") % {"rule": unreachable.by}
    return words.gettext("Inget meddelande kan vara så som den här regeln frågar efter.")


def _condition(name: str, wanted: Any, site: Site, words: Words) -> Iterator[str]:
    if name in _KIND_OF:
        yield _any_of(_KIND_OF[name], wanted, site, words)
    elif name == "words":
        yield words.gettext("där står %(what)s") % {"what": _or([f"”{each}”" for each in wanted], words)}
    elif name == "patterns":
        yield words.gettext("texten passar mönstret %(what)s") % {"what": _or(wanted, words)}
    elif name == "headers":
        yield from (_header(each, words) for each in wanted)
    elif name in _SIZES:
        yield words.gettext(_SIZES[name]) % {"what": wanted}
    else:
        yield words.gettext(WHOLE[_WHETHER[name, wanted]])


def _any_of(kind: str, wanted: tuple[str, ...], site: Site, words: Words) -> str:
    name = names_of_kinds(site, words).get(kind)
    return words.gettext(KINDS[kind]) % {"what": _or([name(each) if name else each for each in wanted], words)}


def _or(said: Sequence[str], words: Words) -> str:
    if len(said) == 1:
        return said[0]
    return words.gettext("%(some)s eller %(last)s") % {"some": ", ".join(said[:-1]), "last": said[-1]}


def _header(wanted: HeaderCondition, words: Words) -> str:
    named = {"name": wanted.name, "what": wanted.pattern or wanted.contains}
    if wanted.pattern:
        return words.gettext("brevhuvudet %(name)s passar mönstret %(what)s") % named
    if wanted.contains:
        return words.gettext("brevhuvudet %(name)s innehåller %(what)s") % named
    return words.gettext("brevhuvudet %(name)s finns") % {"name": wanted.name}


def _actions(rule: Rule, site: Site, words: Words) -> Iterator[str]:
    then = rule.then
    if then.unit:
        yield words.gettext("till %(unit)s") % {"unit": unit_name(site, then.unit)}
    if then.urgency:
        yield _urgency(then.urgency, words, is_note=rule.note)
    if then.secrecy:
        yield words.gettext("sekretessen blir %(what)s") % {"what": secrecy_name(then.secrecy, words)}
    if then.template:
        yield words.gettext("det automatiska svaret är %(what)s") % {"what": reply_name(then.template, words)}
    yield from _plain_actions(then, words)


def _urgency(urgency: Urgency, words: Words, *, is_note: bool) -> str:
    sentence = words.gettext("brådskan höjs till %(what)s") if is_note else words.gettext("brådskan blir %(what)s")
    return sentence % {"what": urgency_name(urgency, words)}


def _plain_actions(then: Actions, words: Words) -> Iterator[str]:
    if then.no_reply:
        yield words.gettext("inget automatiskt svar")
    if then.needs_a_look:
        yield words.gettext("en medarbetare ska titta på det")
    if then.tags:
        yield words.gettext("etiketten %(what)s") % {"what": ", ".join(then.tags)}
    if then.notify_at_once:
        yield words.gettext("någon larmas genast, dygnet runt")


#: What is compared, as the pages call it.
COMPARED = {
    "unit": mark("Verksamhet"),
    "category": mark("Kategori"),
    "type": mark("Typ"),
    "urgency": mark("Brådska"),
    "secrecy": mark("Sekretess"),
    "language": mark("Språk"),
    "queue": mark("Plats"),
    "needs a look": mark("Att titta på"),
    "reply": mark("Automatiskt svar"),
    "template": mark("Svarstext"),
    "tags": mark("Etiketter"),
    "notify at once": mark("Larm genast"),
    "not shown": mark("Känsligt"),
}

#: What stands before and after, where it is no name of the configuration.
_VALUES = {
    "sent": mark("skickas"),
    "withheld": mark("skickas inte"),
    "yes": mark("ja"),
    "no": mark("nej"),
    "none": mark("inga"),
    "normal": mark("kön"),
    "low": mark("kön, låg"),
    "attached": mark("hör till ett annat"),
    "technical": mark("lagt åt sidan"),
}


def say_compared(what: str, value: str, site: Site, words: Words) -> str:
    """Return what stands before or after a difference, in words."""
    if what == "unit":
        return next((each.name for each in site.units if each.id == value), value)
    if what == "category":
        return category_name(site, CategoryId(value))
    named: Mapping[str, Any] = names_of_kinds(site, words)
    if what in named:
        return str(named[what](value))
    return words.gettext(_VALUES[value]) if value in _VALUES else value
