"""rules.toml: conditions on a classified message and what they decide, read top to bottom."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from domain.account import Channel, Tier
from domain.category import ErrandType, Secrecy, Urgency
from domain.context import Thread
from domain.errors import BadInput
from domain.ids import RuleId
from domain.pattern import check_pattern
from domain.rule import BINDING_ACTIONS, Actions, Conditions, HeaderCondition, Rule
from settings.fields import Count, Id, Language, OneOrMany, Table, Text

#: An e-mail address, the domain of many, or how another channel names a sender: a number.
_ADDRESS = re.compile(r"[^@\s]*@[^@\s]+|\+?[0-9]+")


def _is_a_pattern(text: str) -> str:
    try:
        check_pattern(text)
    except BadInput as fault:
        raise ValueError(str(fault)) from None
    return text


def _is_an_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(
            f'{text!r} is no address: write "anna@example.se", "@example.se" for a whole domain, or a number'
        )
    return text.lower()


def _has_letters(text: str) -> str:
    if not all(part.strip("*") for part in text.split()):
        raise ValueError(f'{text!r} holds a * alone: write it at the end or beginning of a word, such as "snöröj*"')
    return text


#: A regular expression that RE2 can do.
PatternText = Annotated[Text, AfterValidator(_is_a_pattern)]
#: A whole address, or `@domain`; in lower case.
AddressText = Annotated[Text, AfterValidator(_is_an_address)]
#: A word or a phrase, with `*` for any letters.
WordText = Annotated[Text, AfterValidator(_has_letters)]
#: A word that tickets are found by.
Tag = Annotated[Text, Field(max_length=40)]


class HeaderTable(Table):
    """A header that must be there, and what it must hold."""

    name: Text
    contains: str = ""
    pattern: PatternText | None = None

    def to_domain(self) -> HeaderCondition:
        """Return the condition."""
        return HeaderCondition(name=self.name, contains=self.contains, pattern=self.pattern or "")


class WhenTable(Table):
    """What must all hold; of several values of one key any will do."""

    channels: OneOrMany[Channel] = ()
    accounts: OneOrMany[Id] = ()
    tiers: OneOrMany[Tier] = ()
    senders: OneOrMany[AddressText] = ()
    recipients: OneOrMany[AddressText] = ()
    headers: OneOrMany[HeaderTable] = ()
    categories: OneOrMany[Id] = ()
    types: OneOrMany[ErrandType] = ()
    languages: OneOrMany[Language] = ()
    urgencies: OneOrMany[Urgency] = ()
    secrecies: OneOrMany[Secrecy] = ()
    words: OneOrMany[WordText] = ()
    patterns: OneOrMany[PatternText] = ()
    open: bool | None = None
    has_attachment: bool | None = None
    attachments: OneOrMany[Text] = ()
    larger_than_kb: Count | None = None
    smaller_than_kb: Count | None = None
    known_contact: bool | None = None
    threads: OneOrMany[Thread] = ()

    @model_validator(mode="after")
    def _some_message_can_fit(self) -> "WhenTable":
        if self.attachments and self.has_attachment is False:
            raise ValueError("asks for attachments and for none: take one of attachments and has_attachment out")
        if self.larger_than_kb and self.smaller_than_kb and self.smaller_than_kb <= self.larger_than_kb:
            raise ValueError("nothing is larger than larger_than_kb and smaller than smaller_than_kb: change one")
        return self

    def to_domain(self) -> Conditions:
        """Return the conditions."""
        return Conditions(**{**dict(self), "headers": tuple(each.to_domain() for each in self.headers)})


class ThenTable(Table):
    """What a rule that hits decides."""

    unit: Id | None = None
    urgency: Urgency | None = None
    secrecy: Secrecy | None = None
    template: Text | None = None
    no_reply: bool = False
    needs_a_look: bool = False
    tags: OneOrMany[Tag] = ()
    notify_at_once: bool = False

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
        binding = [key for key in BINDING_ACTIONS if getattr(self.then, key) is not None]
        if self.note and binding:
            adds = ", ".join(key for key in ThenTable.model_fields if key not in BINDING_ACTIONS)
            raise ValueError(f"a note only adds ({adds}): take out {', '.join(binding)}")
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
