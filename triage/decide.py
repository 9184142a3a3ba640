"""Decide: message in, decision out; the whole of triage in order.

Reads: the message, its context, the site.
Writes: nothing; the pipeline stores what is returned.

Whether an automatic reply is really sent is the outbox's: `Reply.send` says that one is due, and stays true for an
account in `shadow`, where the outbox keeps the rendered text and sends nothing (P14).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.account import Account, AutoReply, Mode
from domain.category import DANGER, Secrecy, Urgency
from domain.context import Context, thread_of
from domain.decision import Classification, Decision, Due, LanguageGuess, Queue, Reason, Reply, Screening
from domain.errors import BadInput
from domain.ids import CategoryId, UnitId
from domain.message import Message
from domain.open_time import is_open, local_date
from domain.promises import promise
from domain.reply_choice import choose_reply
from domain.site import Site
from triage.categories import classify
from triage.conditions import RuleFacts
from triage.destination import is_from_form
from triage.language import guess_language
from triage.rules import Outcome, apply_rules
from triage.screen import screen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What is known before the screen: what it is about, where it goes, by when."""

    ruled: Outcome
    classification: Classification
    #: As classified, with the urgency and secrecy that the rules left.
    about: Classification
    unit: UnitId
    #: Why it stays although its category or rule points elsewhere.
    border: Reason | None
    due: Due | None
    #: Why no time can be promised.
    outage: str | None


def decide(message: Message, context: Context, site: Site) -> Decision:
    """Return the whole outcome of triage for one message, with every reason (P6)."""
    return decide_each([(message, context)], site)[0]


def decide_each(asked: Sequence[tuple[Message, Context]], site: Site) -> list[Decision]:
    """Return the whole outcome of triage for each message, each by itself, in order.

    One step for all of them, then the next: to take one message through all steps before the next costs half as much
    again, because the processor has to fetch each step's code and words anew every time (docs/decisions/0016).
    """
    languages = [
        guess_language(message.text or message.subject, site.triage, context.earlier_language)
        for message, context in asked
    ]
    about = [
        classify(message, language, site.categories, site.triage)
        for (message, _), language in zip(asked, languages, strict=True)
    ]
    drafts = [
        _draft(message, context, site, language, each)
        for (message, context), language, each in zip(asked, languages, about, strict=True)
    ]
    templates = [_template(context, draft, site) for (_, context), draft in zip(asked, drafts, strict=True)]
    screened = [
        _screened(message, context, site, draft, template)
        for (message, context), draft, template in zip(asked, drafts, templates, strict=True)
    ]
    return [
        _decision(message, context, language, draft, template, screening)
        for (message, context), language, draft, template, screening in zip(
            asked, languages, drafts, templates, screened, strict=True
        )
    ]


def _template(context: Context, draft: _Draft, site: Site) -> str:
    is_open = opening(site, context.account, context.now)
    return choose_reply(draft.about, draft.ruled.template, is_open, context.account.status)


def _screened(message: Message, context: Context, site: Site, draft: _Draft, template: str) -> Screening:
    urgent = draft.about.category == DANGER
    return screen(message, context, site, draft.about, urgent, template=template, outage=draft.outage)


def _decision(
    message: Message, context: Context, language: LanguageGuess, draft: _Draft, template: str, screening: Screening
) -> Decision:
    seen = screening.queue in (Queue.normal, Queue.low)
    needs_a_look = screening.needs_a_look or (seen and (message.unreadable or bool(draft.ruled.needs_a_look)))
    return Decision(
        queue=screening.queue,
        needs_a_look=needs_a_look,
        language=language,
        classification=draft.classification,
        unit=draft.unit,
        urgency=Urgency.U0 if screening.top else draft.about.urgency,
        secrecy=Secrecy.SK2 if screening.sensitive else draft.about.secrecy,
        reply=_reply(screening, draft, context.account, template, language),
        due=draft.due if needs_a_look or screening.queue is Queue.normal else None,
        rules=draft.ruled.traces,
        tags=draft.ruled.tags,
        notify_at_once=draft.ruled.notify_at_once,
    )


def facts_of(
    message: Message, context: Context, site: Site, classification: Classification, language: LanguageGuess
) -> RuleFacts:
    """Return what the conditions of the rules are compared with."""
    return RuleFacts(
        message=message,
        account=context.account,
        classification=classification,
        language=language.code,
        open=opening(site, context.account, message.arrived_at),
        thread=thread_of(message, context),
        known_contact=context.known_contact,
    )


def opening(site: Site, account: Account, instant: datetime) -> bool | None:
    """Return whether the account is open; None: its hours, or the calendar, cannot tell."""
    try:
        return is_open(site.schedule_of(account), site.calendar_of(account.organisation), instant)
    except BadInput:
        return None


def _draft(
    message: Message, context: Context, site: Site, language: LanguageGuess, classification: Classification
) -> _Draft:
    account = context.account
    facts = facts_of(message, context, site, classification, language)
    ruled = apply_rules(site.rule_index, facts)
    unit, border = _route(site, account, classification, ruled)
    due, outage = _promise(site, account, unit, classification.category, message, context)
    about = replace(classification, urgency=ruled.urgency, secrecy=ruled.secrecy)
    return _Draft(
        ruled=ruled, classification=classification, about=about, unit=unit, border=border, due=due, outage=outage
    )


def _route(site: Site, account: Account, about: Classification, ruled: Outcome) -> tuple[UnitId, Reason | None]:
    """Return the unit: the rule's, else the category's, else the contact center; never across a border (P2)."""
    named = site.find_category(about.category)
    unit = ruled.unit or (named.unit if named is not None else site.contact_center)
    owner = site.unit(unit).organisation
    if owner == account.organisation:
        return unit, None
    stays = f"{unit} belongs to {owner}, the account to {account.organisation}: it stays with {account.unit}"
    return account.unit, Reason("P2", stays)


def _promise(
    site: Site, account: Account, unit: UnitId, category: CategoryId, message: Message, context: Context
) -> tuple[Due | None, str | None]:
    """Return the promise, or what of ours is out of order so that none can be made (row 38: fail closed)."""
    try:
        today, by_form = local_date(context.now), is_from_form(message, site)
        return promise(site, account, unit, category, message.arrived_at, today, by_form=by_form), None
    except BadInput as fault:
        return None, str(fault)


def _reply(screening: Screening, draft: _Draft, account: Account, template: str, language: LanguageGuess) -> Reply:
    withheld = tuple(_withheld(account, draft.ruled))
    reasons = (*screening.reasons, *withheld, *((draft.border,) if draft.border else ()))
    if withheld or not screening.may_reply or screening.destination is None:
        return Reply(send=False, reasons=reasons)
    return Reply(send=True, reasons=reasons, template=template, language=language.code, to=screening.destination)


def _withheld(account: Account, ruled: Outcome) -> Iterator[Reason]:
    """Yield what beside the screen speaks against a reply: the account's settings, and rules."""
    if account.auto_reply is AutoReply.off:
        yield Reason("P14", "auto_reply is off")
    if account.mode is Mode.watch_only:
        yield Reason("mode", f"the account's mode is {account.mode}: nothing of it is read")
    for rule in ruled.no_reply:
        yield Reason("rule", f"{rule.id}: {rule.why}" if rule.why else rule.id)
