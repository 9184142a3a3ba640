"""Rules: conditions on a classified message, and what they decide. Source: design.md section 5.4."""

from dataclasses import dataclass

from domain.account import Channel, Tier
from domain.category import ErrandType, Secrecy, Urgency
from domain.ids import AccountId, CategoryId, RuleId, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderCondition:
    """A header that must be there, and what its value must contain (case aside; empty: anything)."""

    name: str
    contains: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What must all hold for a rule to hit; an empty field asks nothing, a filled one asks for any of its values."""

    channels: tuple[Channel, ...] = ()
    accounts: tuple[AccountId, ...] = ()
    tiers: tuple[Tier, ...] = ()
    #: Whole addresses, or `@domain`.
    senders: tuple[str, ...] = ()
    headers: tuple[HeaderCondition, ...] = ()
    categories: tuple[CategoryId, ...] = ()
    types: tuple[ErrandType, ...] = ()
    languages: tuple[str, ...] = ()
    urgencies: tuple[Urgency, ...] = ()
    #: The opening state of the account when the message arrived.
    open: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """What a rule that hits decides; None leaves it as it was."""

    unit: UnitId | None = None
    urgency: Urgency | None = None
    secrecy: Secrecy | None = None
    template: str | None = None
    no_reply: bool = False
    needs_a_look: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of `rules.toml`, read top to bottom: the first that hits binds, notes only add."""

    id: RuleId
    #: Why it is there, for the person who reads the decision.
    why: str = ""
    #: True: it may add (no_reply, needs_a_look, urgency) but does not bind.
    note: bool = False
    when: Conditions = Conditions()
    then: Actions = Actions()
