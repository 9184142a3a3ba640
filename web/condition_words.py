"""Conditions of a rule in words: what it asked for and the message had."""

from collections.abc import Callable, Mapping

from domain.ids import AccountId, CategoryId
from domain.site import Site
from web.names import account_name, category_name, channel_name, tier_name, type_name, urgency_name
from web.words import Words, mark

#: What each kind of condition is called. Its name is the first word of what triage keeps.
KINDS = {
    "channel": mark("kanalen är %(what)s"),
    "account": mark("det kom till %(what)s"),
    "tier": mark("nivån är %(what)s"),
    "sender": mark("avsändaren är %(what)s"),
    "header": mark("brevhuvudet har %(what)s"),
    "category": mark("det gäller %(what)s"),
    "type": mark("typen är %(what)s"),
    "language": mark("språket är %(what)s"),
    "urgency": mark("brådskan är %(what)s"),
}

#: Conditions that ask for nothing that has a name.
WHOLE = {
    "the account was open": mark("det var öppet när det kom"),
    "the account was closed": mark("det var stängt när det kom"),
}


def say_condition(matched: str, site: Site, words: Words) -> str:
    """Return what a rule's condition found, in words; one of an older release stands as it was kept."""
    if matched in WHOLE:
        return words.gettext(WHOLE[matched])
    kind, _, what = matched.partition(" ")
    if kind not in KINDS:
        return matched
    name = _names(site, words).get(kind)
    return words.gettext(KINDS[kind]) % {"what": name(what) if name else what}


def _names(site: Site, words: Words) -> Mapping[str, Callable[[str], str]]:
    """Return how what stands after each kind is called; a sender and a header are called what they are."""
    return {
        "channel": lambda what: channel_name(what, words),
        "account": lambda what: account_name(site, AccountId(what)),
        "tier": lambda what: tier_name(what, words),
        "category": lambda what: category_name(site, CategoryId(what)),
        "type": lambda what: type_name(what, words),
        "language": words.language_name,
        "urgency": lambda what: urgency_name(what, words),
    }
