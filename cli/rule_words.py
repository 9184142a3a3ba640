"""Rule words: a rule in short English lines, as its conditions and actions read in a table."""

from collections.abc import Iterator
from typing import Any

from domain.rule import CONDITIONS, Actions, Conditions, HeaderCondition

#: What stands before the values of a condition that asks for any of some.
_NAMES = {
    "channels": "channel", "accounts": "account", "tiers": "tier", "senders": "from", "recipients": "to",
    "categories": "category", "types": "type", "languages": "language", "urgencies": "urgency",
    "secrecies": "secrecy", "words": "word", "patterns": "pattern", "attachments": "attachment", "threads": "thread",
}  # fmt: skip

_WHETHER = {
    ("open", True): "open", ("open", False): "closed",
    ("has_attachment", True): "with attachment", ("has_attachment", False): "without attachment",
    ("known_contact", True): "known contact", ("known_contact", False): "new contact",
}  # fmt: skip


def say_conditions(when: Conditions) -> tuple[str, ...]:
    """Return each condition in words; one line when nothing is asked."""
    said = [line for name in CONDITIONS if when.asks(name) for line in _condition(name, getattr(when, name))]
    return tuple(said) or ("every message",)


def say_actions(then: Actions) -> tuple[str, ...]:
    """Return each action in words; one line when nothing is done."""
    return tuple(_actions(then)) or ("nothing: it only stops the rules below",)


def _condition(name: str, wanted: Any) -> Iterator[str]:
    if name in _NAMES:
        yield f"{_NAMES[name]} {' or '.join(wanted)}"
    elif name == "headers":
        yield from (_header(each) for each in wanted)
    elif name == "larger_than_kb":
        yield f"over {wanted} kB"
    elif name == "smaller_than_kb":
        yield f"under {wanted} kB"
    else:
        yield _WHETHER[name, wanted]


def _header(wanted: HeaderCondition) -> str:
    holds = f" holds {wanted.contains}" if wanted.contains else ""
    return f"header {wanted.name}{holds}{f' matches {wanted.pattern}' if wanted.pattern else ''}"


def _actions(then: Actions) -> Iterator[str]:
    if then.unit:
        yield f"to {then.unit}"
    if then.urgency:
        yield f"urgency {then.urgency}"
    if then.secrecy:
        yield f"secrecy {then.secrecy}"
    if then.template:
        yield f"reply {then.template}"
    if then.no_reply:
        yield "no reply"
    if then.needs_a_look:
        yield "needs a look"
    if then.tags:
        yield f"tag {', '.join(then.tags)}"
    if then.notify_at_once:
        yield "tell somebody at once"
