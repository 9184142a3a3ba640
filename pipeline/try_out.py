"""Try out: what would be decided about a message that somebody writes on the page; nothing is stored or sent.

Reads: nothing.
Writes: nothing.

It is decided as one that came just now, from somebody who has not written before.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.route import automatic_reply
from domain.account import Account, Channel, Mode
from domain.context import Context
from domain.decision import Decision
from domain.errors import BadInput, SvarsvaktError
from domain.ids import RuleId
from domain.message import Mailbox, Message
from domain.phone import normal_number
from domain.rule import CONDITIONS, Conditions, Rule
from domain.site import Site
from domain.viewer import Viewer
from outbox.render import render
from pipeline.get_ready import get_ready
from pipeline.record import record
from triage.categories import classify
from triage.conditions import RuleFacts, compare
from triage.decide import decide, facts_of
from triage.set_aside import set_aside

log = logging.getLogger(__name__)

#: Characters that a message may have; longer ones are refused.
LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 500
LONGEST_SENDER = 254

#: So many of the rules that missed are told, the nearest first.
NEAREST = 5

#: Who writes when nobody is named.
SOMEBODY = {Channel.email: "nagon@prov.example", Channel.sms: "+46701740605", Channel.facebook: "1000000001"}


class NotTried(BadInput):
    """The message cannot be tried; `what` is the field that is wrong: account, sender, subject or text."""

    def __init__(self, what: str) -> None:
        """Keep which field is wrong."""
        super().__init__(f"{what} cannot be tried: shorten or correct it")
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote to be tried."""

    account: Account
    sender: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A rule that nearly hit: which of its conditions held, and which did not."""

    rule: RuleId
    held: tuple[str, ...]
    lacked: tuple[str, ...]
    #: The rule before it that bound the message; None: none did, or it is a note.
    after: RuleId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedOut:
    """What would be decided."""

    decision: Decision
    #: As it is stored with a message.
    explanation: dict[str, Any]
    missed: tuple[Missed, ...]
    #: The automatic reply as it would be sent; empty: none would.
    reply_subject: str = ""
    reply_text: str = ""


def accounts_to_try(site: Site, viewer: Viewer) -> tuple[Account, ...]:
    """Return the accounts of the viewer's organisation whose messages are read, the contact center's first."""
    own = [each for each in site.accounts if each.organisation == viewer.organisation]
    read = [each for each in own if each.mode is not Mode.watch_only]
    return tuple(sorted(read, key=lambda each: each.unit != site.contact_center))


def try_out(written: Written, site: Site, now: datetime) -> TriedOut:
    """Return what would be decided about a message that comes now.

    Raises:
        NotTried: something of it is too long, or no sender of the channel.
    """
    get_ready(site, now)
    message = _message(written, now)
    context = Context(account=written.account, now=now, taken_as_addressed=True)
    decision = _decide(message, context, site)
    subject, text = _reply(message, decision, written.account, site, now)
    return TriedOut(
        decision=decision, explanation=record(decision, message, site),
        missed=_nearest(message, context, decision, site), reply_subject=subject, reply_text=text,
    )  # fmt: skip


def _message(written: Written, now: datetime) -> Message:
    for what, given, most in (
        ("text", written.text, LONGEST_TEXT), ("subject", written.subject, LONGEST_SUBJECT),
        ("sender", written.sender, LONGEST_SENDER),
    ):  # fmt: skip
        if len(given) > most:
            raise NotTried(what)
    channel, account = written.account.channel, written.account
    sender = _sender(written.sender.strip() or SOMEBODY[channel], channel)
    subject = " ".join(written.subject.split()) if channel is Channel.email else ""
    by_mail: dict[str, Any] = {
        "subject": subject, "message_id": "<prov@prov.example>", "return_path": sender, "to": (account.address,),
        "media_types": ("text/plain",), "date": now,
        "headers": (("from", sender), ("to", account.address), ("subject", subject)),
    }  # fmt: skip
    return Message(
        channel=channel, arrived_at=now, sender=Mailbox(sender), text=written.text.replace("\r\n", "\n").strip(),
        size_bytes=len(written.text.encode("utf-8", "replace")), **by_mail if channel is Channel.email else {},
    )  # fmt: skip


def _sender(given: str, channel: Channel) -> str:
    """Return the sender as the channel writes it. Raises NotTried."""
    if channel is Channel.sms:
        number = normal_number(given)
        if number is None:
            raise NotTried("sender")
        return number
    local, _, domain = given.rpartition("@")
    is_address = bool(local) and "." in domain and given.isprintable() and not set(given) & set(" <>,;")
    if channel is Channel.email and not is_address:
        raise NotTried("sender")
    return given.lower() if channel is Channel.email else given


def _decide(message: Message, context: Context, site: Site) -> Decision:
    """Decide as the flow does: what triage cannot decide is set aside (P1). The log gets no word of the message."""
    try:
        return decide(message, context, site)
    except Exception as error:
        log.error("triage failed on a message that was tried out: %s", type(error).__name__)
        return set_aside(message, context, site, why=f"triage failed: {type(error).__name__}")


def _reply(message: Message, decision: Decision, account: Account, site: Site, now: datetime) -> tuple[str, str]:
    """Return subject and text of the automatic reply; both empty where none goes."""
    intent = automatic_reply(message, decision, account, site, f"{now:%y}-00000", now)
    if intent is None:
        return "", ""
    try:
        draft = render(intent, site, key="prov", now=now)
    except SvarsvaktError as fault:
        return "", str(fault)
    return draft.subject, draft.text


def _nearest(message: Message, context: Context, decision: Decision, site: Site) -> tuple[Missed, ...]:
    """Return the rules that missed, the nearest to a hit first: of which least failed, then of which most held."""
    classification = classify(message, decision.language, site.categories, site.triage)
    facts = facts_of(message, context, site, classification, decision.language)
    hits = {each.id for each in decision.rules}
    bound = next((rule.id for rule in site.rules if rule.id in hits and not rule.note), None)
    missed = [_missed(rule, facts, bound) for rule in site.rules if rule.id not in hits]
    near = [each for each in missed if each.held or not each.lacked]
    return tuple(sorted(near, key=lambda each: (len(each.lacked), -len(each.held)))[:NEAREST])


def _missed(rule: Rule, facts: RuleFacts, bound: RuleId | None) -> Missed:
    asked = [name for name in CONDITIONS if rule.when.asks(name)]
    lacked = tuple(name for name in asked if _fails(rule.when, name, facts))
    return Missed(
        rule=rule.id, held=tuple(name for name in asked if name not in lacked), lacked=lacked,
        after=None if rule.note or lacked else bound,
    )  # fmt: skip


def _fails(when: Conditions, name: str, facts: RuleFacts) -> bool:
    return bool(compare(Conditions(**{name: getattr(when, name)}), facts)[1])
