"""Render: an intent becomes the exact text that will be sent, with its headers (domain.md 3.6)."""

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime, formataddr

from domain.account import Account, Channel
from domain.errors import BadInput
from domain.instant import STOCKHOLM
from domain.loop_mark import LOOP_HEADER, automatic_message_id
from domain.outgoing import DIGEST, Outgoing, OutgoingKind
from domain.site import Site
from outbox.alert_text import write_alert, write_alert_sms
from outbox.digest_text import write_digest
from outbox.reply_text import Text, write_reply
from store.outgoing import Draft

#: Says of a text that nobody has approved it; it is sent in the demo only.
DRAFT_HEADER = "X-Svarsvakt-Draft"


def render(intent: Outgoing, site: Site, *, key: str, now: datetime) -> Draft:
    """Return the exact text of an automatic message.

    Args:
        intent: the template, its slots, and to whom.
        site: the configuration, for texts, sender and marks.
        key: what makes its Message-ID its own: the same key gives the same Message-ID (P8).
        now: stands in Date; aware UTC.

    Raises:
        BadInput: the template is missing or asks for a slot that is not there.
    """
    account = site.account(intent.account)
    text = _text(intent, site)
    return Draft(
        message_id=automatic_message_id(key, site.mail.message_id_domain),
        sender=_sender(intent, site, account),
        envelope_sender=site.mail.bounce_address,
        subject=text.subject,
        text=text.body,
        html=text.html,
        headers=_headers(intent, text, account, now),
        template_version=text.version,
        says_number_plainly=text.says_number_plainly,
    )


def renumber(draft: Draft, intent: Outgoing, site: Site, number: str, *, key: str, now: datetime) -> Draft:
    """Return the draft of an intent with another number of the ticket, and with a Message-ID of its own.

    What was rendered is what is sent, but for the number; a text that does more with it than say it is rendered anew.

    Raises:
        BadInput: as `render`.
    """
    if not draft.says_number_plainly:
        return render(replace(intent, slots={**intent.slots, "number": number}), site, key=key, now=now)
    old = intent.slots["number"]
    return replace(
        draft,
        message_id=automatic_message_id(key, site.mail.message_id_domain),
        subject=draft.subject.replace(old, number),
        text=draft.text.replace(old, number),
        html=draft.html.replace(old, number),
    )


def _text(intent: Outgoing, site: Site) -> Text:
    if intent.kind is OutgoingKind.alert:
        return _alert(intent)
    if intent.kind is OutgoingKind.answer:
        raise BadInput("an answer is written by a person: there is no template to fill")
    return write_reply(site, intent.channel, intent.template, intent.language, intent.slots)


def _alert(intent: Outgoing) -> Text:
    if intent.template == DIGEST:
        return write_digest(intent.slots)
    if intent.channel is Channel.sms:
        return write_alert_sms(intent.template, intent.slots)
    return write_alert(intent.template, intent.slots)


def _sender(intent: Outgoing, site: Site, account: Account) -> str:
    if intent.kind is OutgoingKind.alert and intent.channel is Channel.sms:
        return site.second_way.sms.number if site.second_way.sms else ""
    if intent.kind is OutgoingKind.alert:
        return formataddr(("Svarsvakt", site.alert_sender))
    if intent.channel is not Channel.email:
        return account.address
    return formataddr((f"{account.name}, {site.organisation(account.organisation).name}", account.address))


def _headers(intent: Outgoing, text: Text, account: Account, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return the headers of an e-mail; on other channels they are kept with the text and go nowhere."""
    headers = [("Date", format_datetime(now.astimezone(STOCKHOLM)))]
    if intent.references:
        headers += [("In-Reply-To", intent.references[-1]), ("References", " ".join(intent.references))]
    automatic = "auto-generated" if intent.kind is OutgoingKind.alert else "auto-replied"
    headers += [
        ("Auto-Submitted", automatic),
        ("X-Auto-Response-Suppress", "All"),
        (LOOP_HEADER, account.id),
        ("Content-Language", ", ".join(text.languages)),
    ]
    return (*headers, *([(DRAFT_HEADER, "yes")] if text.is_draft else []))
