"""Conditions of a rule in words: what it asked for and the message had."""

from collections.abc import Callable, Mapping

from domain.context import Thread
from domain.ids import AccountId, CategoryId
from domain.site import Site
from web.names import account_name, category_name, channel_name, secrecy_name, tier_name, type_name, urgency_name
from web.times import say_size
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
    "recipient": mark("det är skickat till %(what)s"),
    "secrecy": mark("sekretessen är %(what)s"),
    "word": mark("där står ”%(what)s”"),
    "pattern": mark("där står ”%(what)s”"),
    "attachment": mark("bilagan är %(what)s"),
    "size": mark("storleken är %(what)s"),
    "thread": mark("%(what)s"),
}

#: Conditions that ask for nothing that has a name.
WHOLE = {
    "the account was open": mark("det var öppet när det kom"),
    "the account was closed": mark("det var stängt när det kom"),
    "something is attached": mark("det har en bilaga"),
    "nothing is attached": mark("det har ingen bilaga"),
    "the contact is known": mark("vi har skrivit till avsändaren förut"),
    "the contact is new": mark("vi har inte skrivit till avsändaren förut"),
}

#: What a message carries on.
THREADS = {
    Thread.new: mark("det är ett nytt meddelande"),
    Thread.elsewhere: mark("det fortsätter något som inte är vårt"),
    Thread.receipt: mark("det svarar på vårt automatiska svar"),
    Thread.open: mark("avsändaren har ett öppet ärende"),
    Thread.conversation: mark("det svarar på vad en medarbetare skrev"),
}


def say_condition(matched: str, site: Site, words: Words) -> str:
    """Return what a rule's condition found, in words; one of an older release stands as it was kept."""
    if matched in WHOLE:
        return words.gettext(WHOLE[matched])
    kind, _, what = matched.partition(" ")
    if kind not in KINDS:
        return matched
    name = names_of_kinds(site, words).get(kind)
    return words.gettext(KINDS[kind]) % {"what": name(what) if name else what}


def names_of_kinds(site: Site, words: Words) -> Mapping[str, Callable[[str], str]]:
    """Return how what stands after each kind is called; addresses, headers, words and files are what they are."""
    return {
        "channel": lambda what: channel_name(what, words),
        "account": lambda what: account_name(site, AccountId(what)),
        "tier": lambda what: tier_name(what, words),
        "category": lambda what: category_name(site, CategoryId(what)),
        "type": lambda what: type_name(what, words),
        "language": words.language_name,
        "urgency": lambda what: urgency_name(what, words),
        "secrecy": lambda what: secrecy_name(what, words),
        "size": lambda what: say_size(int(what.split()[0]), words),
        "thread": lambda what: words.gettext(THREADS[Thread(what)]) if what in list(Thread) else what,
    }
