"""Rules: conditions on a classified message, and what they decide. Source: design.md section 5.4."""

from dataclasses import dataclass, fields

from domain.account import Channel, Tier
from domain.category import ErrandType, Secrecy, Urgency
from domain.context import Thread
from domain.ids import AccountId, CategoryId, RuleId, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderCondition:
    """A header that must be there, and what its value must hold (case aside; empty: anything)."""

    name: str
    contains: str = ""
    #: A regular expression that finds something in the value; empty: none is asked.
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What must all hold for a rule to hit; an empty field asks nothing, a filled one asks for any of its values.

    Of headers all must be there. The order is that in which they are asked and told.
    """

    channels: tuple[Channel, ...] = ()
    accounts: tuple[AccountId, ...] = ()
    tiers: tuple[Tier, ...] = ()
    #: Whole addresses, or `@domain`.
    senders: tuple[str, ...] = ()
    #: The same, of To and Cc.
    recipients: tuple[str, ...] = ()
    headers: tuple[HeaderCondition, ...] = ()
    categories: tuple[CategoryId, ...] = ()
    types: tuple[ErrandType, ...] = ()
    languages: tuple[str, ...] = ()
    #: As classified, before any rule.
    urgencies: tuple[Urgency, ...] = ()
    secrecies: tuple[Secrecy, ...] = ()
    #: Words and phrases in the subject or the author's own text; `*` stands for any letters.
    words: tuple[str, ...] = ()
    #: Regular expressions (RE2) looked for in the same place.
    patterns: tuple[str, ...] = ()
    #: The opening state of the account when the message arrived.
    open: bool | None = None
    #: Whether anything is attached.
    has_attachment: bool | None = None
    #: Names or media types of attachments; `*` stands for anything.
    attachments: tuple[str, ...] = ()
    #: The size of the whole original, in units of 1,000 bytes.
    larger_than_kb: int | None = None
    smaller_than_kb: int | None = None
    #: Whether we have written to the sender before.
    known_contact: bool | None = None
    threads: tuple[Thread, ...] = ()

    def asks(self, name: str) -> bool:
        """Ask whether a condition is there at all."""
        return getattr(self, name) not in (None, ())


#: The name of every condition, in order.
CONDITIONS = tuple(field.name for field in fields(Conditions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """What a rule that hits decides; None leaves it as it was."""

    unit: UnitId | None = None
    urgency: Urgency | None = None
    secrecy: Secrecy | None = None
    template: str | None = None
    no_reply: bool = False
    needs_a_look: bool = False
    #: Words that the ticket is found by.
    tags: tuple[str, ...] = ()
    #: A person is told when the ticket opens, at any hour.
    notify_at_once: bool = False


#: What only a rule that binds decides; a note may do everything else.
BINDING_ACTIONS = ("unit", "secrecy", "template")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of `rules.toml`, read top to bottom: the first that hits binds, notes only add."""

    id: RuleId
    #: Why it is there, for the person who reads the decision.
    why: str = ""
    #: True: it may add but does not bind: it only raises the urgency, and decides none of `BINDING_ACTIONS`.
    note: bool = False
    when: Conditions = Conditions()
    then: Actions = Actions()
