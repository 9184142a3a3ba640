"""The page that tries a message out: what would be decided, as a ticket shows it. Nothing is stored or sent."""

from dataclasses import dataclass

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from domain.account import Account, AutoReply
from domain.rule_rights import may_see_rule
from domain.site import Site
from pipeline.get_ready import get_ready
from pipeline.rule_trial import may_try
from pipeline.try_out import (
    LONGEST_SENDER,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Missed,
    NotTried,
    TriedOut,
    Written,
    accounts_to_try,
    try_out,
)
from web.explanation import read_explanation
from web.form import Form
from web.names import channel_name, unit_name
from web.rule_words import say_rule_condition
from web.times import ShownTime, shown_time
from web.visit import Visit, show, visit_of_form
from web.why import Why, why_of
from web.words import Words, mark

FAULTS = {
    "account": mark("Välj ett konto i listan."),
    "sender": mark("Avsändaren ska vara en e-postadress för e-post och ett telefonnummer för sms."),
    "subject": mark("Ämnet är för långt: högst 500 tecken."),
    "text": mark("Texten är för lång: högst 20 000 tecken."),
    "empty": mark("Skriv eller klistra in en text."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMiss:
    """A rule that nearly hit."""

    id: str
    why: str
    #: What held and what did not, in words.
    held: tuple[str, ...]
    lacked: tuple[str, ...]
    #: The rule that took the message before it; empty: none did.
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTry:
    """What would be decided."""

    why: Why
    unit: str
    needs_a_look: bool
    queue: str
    notice: ShownTime | None
    answer: ShownTime | None
    sends: bool
    is_shadow: bool
    reply_language: str
    reply_subject: str
    reply_text: str
    tags: tuple[str, ...]
    notifies: bool
    missed: tuple[ShownMiss, ...]


def show_try_out(visit: Visit) -> Response:
    """Show the empty form, and get ready while it is filled in."""
    page = _page(visit, {})
    page.background = BackgroundTask(get_ready, visit.site, visit.now)
    return page


def take_try_out(request: Request, form: Form) -> Response:
    """Show what would be decided about what was written."""
    visit = visit_of_form(request)
    account = next((each for each in accounts_to_try(visit.site, visit.viewer) if each.id == form.get("account")), None)
    if account is None:
        return _page(visit, form, fault="account")
    if not form.get("text", "").strip():
        return _page(visit, form, fault="empty")
    written = Written(
        account=account, sender=form.get("sender", ""), subject=form.get("subject", ""), text=form["text"]
    )
    try:
        tried = try_out(written, visit.site, visit.now)
    except NotTried as error:
        return _page(visit, form, fault=error.what)
    return _page(visit, form, tried=_shown(tried, account, visit))


def _page(visit: Visit, form: Form, *, fault: str = "", tried: ShownTry | None = None) -> Response:
    with visit.surroundings.database.read() as connection:
        return show(
            visit, connection, "try_out.html", status=422 if fault else 200, tried=tried,
            fields={name: form.get(name, "") for name in ("account", "sender", "subject", "text")},
            fault=visit.words.gettext(FAULTS[fault]) if fault else "", wrong=fault, accounts=_choices(visit),
            longest=(LONGEST_SENDER, LONGEST_SUBJECT, LONGEST_TEXT), tries=may_try(visit.viewer),
        )  # fmt: skip


def _choices(visit: Visit) -> dict[str, list[Account]]:
    """Return the accounts by the name of their channel: who chooses one has chosen the channel too."""
    found: dict[str, list[Account]] = {}
    for account in accounts_to_try(visit.site, visit.viewer):
        found.setdefault(channel_name(account.channel, visit.words), []).append(account)
    return found


def _shown(tried: TriedOut, account: Account, visit: Visit) -> ShownTry:
    site, words, decision = visit.site, visit.words, tried.decision
    explanation = read_explanation(tried.explanation)
    seen = {rule.id for rule in site.rules if may_see_rule(site, visit.viewer, rule)}
    due = decision.due
    return ShownTry(
        why=why_of(explanation, site, words),
        unit=unit_name(site, decision.unit),
        needs_a_look=decision.needs_a_look,
        queue=decision.queue,
        notice=shown_time(due.notice_at, words) if due else None,
        answer=shown_time(due.answer_at, words) if due else None,
        sends=decision.reply.send,
        is_shadow=account.auto_reply is AutoReply.shadow,
        reply_language=decision.reply.language or "",
        reply_subject=tried.reply_subject,
        reply_text=tried.reply_text,
        tags=decision.tags,
        notifies=decision.notify_at_once,
        missed=tuple(_miss(each, site, words) for each in tried.missed if each.rule in seen),
    )


def _miss(missed: Missed, site: Site, words: Words) -> ShownMiss:
    rule = next(each for each in site.rules if each.id == missed.rule)
    return ShownMiss(
        id=rule.id,
        why=rule.why,
        held=tuple(say_rule_condition(name, rule.when, site, words) for name in missed.held),
        lacked=tuple(say_rule_condition(name, rule.when, site, words) for name in missed.lacked),
        after=missed.after or "",
    )
