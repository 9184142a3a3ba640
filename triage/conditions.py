"""Conditions of rules: one question, one function; each says what matched, or why it failed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from domain.account import Account
from domain.context import Thread
from domain.decision import Classification
from domain.message import Attachment, AttachmentKind, Message
from domain.pattern import MOST_CHARACTERS, find_pattern, find_word, fits
from domain.rule import CONDITIONS, Conditions, HeaderCondition

#: Parts that nobody would call an attachment.
_NO_ATTACHMENT = frozenset({AttachmentKind.signature, AttachmentKind.report})

#: Of what matched, the words that pages and the log of decisions show.
_LONGEST_SHOWN = 120


@dataclass(frozen=True, kw_only=True)
class RuleFacts:
    """What the conditions of a rule may ask about."""

    message: Message
    account: Account
    classification: Classification
    language: str
    #: The opening state of the account when the message arrived; None: it could not be told.
    open: bool | None
    thread: Thread = Thread.new
    known_contact: bool = False

    @cached_property
    def sender(self) -> str:
        """The address in From, in lower case; empty when there is none."""
        return self.message.sender.address.lower() if self.message.sender else ""

    @cached_property
    def recipients(self) -> tuple[str, ...]:
        """The addresses in To and Cc, in lower case."""
        return tuple(address.lower() for address in (*self.message.to, *self.message.cc))

    @cached_property
    def text(self) -> str:
        """Where words and patterns are looked for: the subject and the author's own text."""
        return f"{self.message.subject}\n{self.message.text}"[:MOST_CHARACTERS]

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """What a person would call an attachment."""
        return tuple(each for each in self.message.attachments if each.kind not in _NO_ATTACHMENT)


class Compared(NamedTuple):
    """What became of one condition."""

    #: What matched, in words; its first word is the kind of condition.
    matched: str
    #: Why it failed, in words; empty: it holds.
    failed: str


def compare(when: Conditions, facts: RuleFacts, *, all_failed: bool = False) -> tuple[list[str], list[str]]:
    """Return what matched and what failed, each in words; only the first that failed, unless all are asked for."""
    matched: list[str] = []
    failed: list[str] = []
    for name in CONDITIONS:
        wanted = getattr(when, name)
        if wanted is None or wanted == ():
            continue
        for each in _CHECKS[name](wanted, facts):
            if not each.failed:
                matched.append(each.matched)
                continue
            failed.append(each.failed)
            if not all_failed:
                return matched, failed
    return matched, failed


def _hit(matched: str) -> list[Compared]:
    return [Compared(matched, "")]


def _miss(failed: str) -> list[Compared]:
    return [Compared("", failed)]


def _one_of(what: str, wanted: tuple[str, ...], is_: str) -> list[Compared]:
    return _hit(f"{what} {is_}") if is_ in wanted else _miss(f"{what} is {is_}, not {_or(wanted)}")


def _or(wanted: tuple[str, ...]) -> str:
    return " or ".join(wanted)


def _shown(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LONGEST_SHOWN else f"{one_line[:_LONGEST_SHOWN]}…"


def _is_address(address: str, wanted: tuple[str, ...]) -> bool:
    return any(address == each.lower() or (each.startswith("@") and address.endswith(each.lower())) for each in wanted)


def _sender(wanted: tuple[str, ...], facts: RuleFacts) -> list[Compared]:
    if _is_address(facts.sender, wanted):
        return _hit(f"sender {facts.sender}")
    return _miss(f"sender is {facts.sender or 'missing'}, not {_or(wanted)}")


def _recipient(wanted: tuple[str, ...], facts: RuleFacts) -> list[Compared]:
    for address in facts.recipients:
        if _is_address(address, wanted):
            return _hit(f"recipient {address}")
    return _miss(f"no recipient is {_or(wanted)}")


def _headers(wanted: tuple[HeaderCondition, ...], facts: RuleFacts) -> list[Compared]:
    return [_header(each, facts.message) for each in wanted]


def _header(wanted: HeaderCondition, message: Message) -> Compared:
    values = message.header_values(wanted.name)
    for value in values:
        searched = value[:MOST_CHARACTERS]
        found = not wanted.pattern or find_pattern(wanted.pattern, searched) is not None
        if found and wanted.contains.lower() in value.lower():
            return Compared(f"header {wanted.name}: {_shown(value)}", "")
    if not values:
        return Compared("", f"header {wanted.name} is missing")
    lacks = f"match {wanted.pattern}" if wanted.pattern else f"contain {wanted.contains}"
    return Compared("", f"header {wanted.name} does not {lacks}")


def _words(wanted: tuple[str, ...], facts: RuleFacts) -> list[Compared]:
    found = find_word(wanted, facts.text)
    return _miss(f"no word is {_or(wanted)}") if found is None else _hit(f"word {_shown(found)}")


def _patterns(wanted: tuple[str, ...], facts: RuleFacts) -> list[Compared]:
    for pattern in wanted:
        found = find_pattern(pattern, facts.text)
        if found is not None:
            return _hit(f"pattern {_shown(found)}")
    return _miss(f"nothing matches {_or(wanted)}")


def _opening(wanted: bool, facts: RuleFacts) -> list[Compared]:
    words = {True: "open", False: "closed", None: "neither known open nor closed"}
    if facts.open is wanted:
        return _hit(f"the account was {words[wanted]}")
    return _miss(f"the account was {words[facts.open]}, not {words[wanted]}")


def _has_attachment(wanted: bool, facts: RuleFacts) -> list[Compared]:
    words = {True: "something is attached", False: "nothing is attached"}
    is_so = bool(facts.attachments)
    return _hit(words[is_so]) if is_so is wanted else _miss(words[is_so])


def _attachments(wanted: tuple[str, ...], facts: RuleFacts) -> list[Compared]:
    for part in facts.attachments:
        if fits(wanted, part.name) or fits(wanted, part.media_type):
            return _hit(f"attachment {_shown(part.name) or part.media_type}")
    return _miss(f"no attachment is {_or(wanted)}")


def _larger(wanted: int, facts: RuleFacts) -> list[Compared]:
    size = facts.message.size_bytes
    return _hit(f"size {size} bytes") if size > wanted * 1000 else _miss(f"size is {size} bytes, not over {wanted} kB")


def _smaller(wanted: int, facts: RuleFacts) -> list[Compared]:
    size = facts.message.size_bytes
    return _hit(f"size {size} bytes") if size < wanted * 1000 else _miss(f"size is {size} bytes, not under {wanted} kB")


def _contact(wanted: bool, facts: RuleFacts) -> list[Compared]:
    words = {True: "the contact is known", False: "the contact is new"}
    is_so = facts.known_contact
    return _hit(words[is_so]) if is_so is wanted else _miss(words[is_so])


#: Every condition by its name in `Conditions`.
_CHECKS: Mapping[str, Callable[[Any, RuleFacts], list[Compared]]] = {
    "channels": lambda wanted, facts: _one_of("channel", wanted, facts.message.channel),
    "accounts": lambda wanted, facts: _one_of("account", wanted, facts.account.id),
    "tiers": lambda wanted, facts: _one_of("tier", wanted, facts.account.tier),
    "senders": _sender,
    "recipients": _recipient,
    "headers": _headers,
    "categories": lambda wanted, facts: _one_of("category", wanted, facts.classification.category),
    "types": lambda wanted, facts: _one_of("type", wanted, facts.classification.type),
    "languages": lambda wanted, facts: _one_of("language", wanted, facts.language),
    "urgencies": lambda wanted, facts: _one_of("urgency", wanted, facts.classification.urgency),
    "secrecies": lambda wanted, facts: _one_of("secrecy", wanted, facts.classification.secrecy),
    "words": _words,
    "patterns": _patterns,
    "open": _opening,
    "has_attachment": _has_attachment,
    "attachments": _attachments,
    "larger_than_kb": _larger,
    "smaller_than_kb": _smaller,
    "known_contact": _contact,
    "threads": lambda wanted, facts: _one_of("thread", wanted, facts.thread),
}
