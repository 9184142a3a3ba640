"""rules.toml: conditions on a classified message and what they decide, read top to bottom."""

from pydantic import model_validator

from domain.account import Channel, Tier
from domain.category import ErrandType, Secrecy, Urgency
from domain.ids import RuleId
from domain.rule import Actions, Conditions, HeaderCondition, Rule
from settings.fields import Id, Language, OneOrMany, Table, Text


class HeaderTable(Table):
    """A header that must be there, and what it must contain."""

    name: Text
    contains: str = ""


class WhenTable(Table):
    """What must all hold; of several values of one key any will do."""

    channels: OneOrMany[Channel] = ()
    accounts: OneOrMany[Id] = ()
    tiers: OneOrMany[Tier] = ()
    senders: OneOrMany[Text] = ()
    headers: OneOrMany[HeaderTable] = ()
    categories: OneOrMany[Id] = ()
    types: OneOrMany[ErrandType] = ()
    languages: OneOrMany[Language] = ()
    urgencies: OneOrMany[Urgency] = ()
    open: bool | None = None

    def to_domain(self) -> Conditions:
        """Return the conditions."""
        headers = tuple(HeaderCondition(**dict(each)) for each in self.headers)
        senders = tuple(each.lower() for each in self.senders)
        return Conditions(**{**dict(self), "headers": headers, "senders": senders})


class ThenTable(Table):
    """What a rule that hits decides."""

    unit: Id | None = None
    urgency: Urgency | None = None
    secrecy: Secrecy | None = None
    template: Text | None = None
    no_reply: bool = False
    needs_a_look: bool = False

    def to_domain(self) -> Actions:
        """Return the actions."""
        return Actions(**dict(self))


class RuleTable(Table):
    """One rule."""

    id: Id
    why: str = ""
    note: bool = False
    when: WhenTable = WhenTable()
    then: ThenTable = ThenTable()

    @model_validator(mode="after")
    def _a_note_only_adds(self) -> "RuleTable":
        binding = [key for key in ("unit", "secrecy", "template") if getattr(self.then, key) is not None]
        if self.note and binding:
            raise ValueError(f"a note only adds urgency, no_reply and needs_a_look: take out {', '.join(binding)}")
        return self

    def to_domain(self) -> Rule:
        """Return the rule."""
        return Rule(
            id=RuleId(self.id), why=self.why, note=self.note, when=self.when.to_domain(), then=self.then.to_domain()
        )


class RulesFile(Table):
    """The whole of rules.toml."""

    rules: tuple[RuleTable, ...] = ()

    def to_domain(self) -> tuple[Rule, ...]:
        """Return the rules in the order of the file."""
        return tuple(table.to_domain() for table in self.rules)
