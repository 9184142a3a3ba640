"""Render: an intent becomes the exact text that will be sent, with its headers (domain.md 3.6)."""

from datetime import datetime
from email.utils import format_datetime, formataddr

from domain.account import Account
from domain.instant import STOCKHOLM
from domain.loop_mark import LOOP_HEADER, automatic_message_id
from domain.outgoing import Outgoing, OutgoingKind
from domain.site import Site
from outbox.templates import Text, render_text
from store.outgoing import Draft

#: Which folder of templates belongs to which kind.
FOLDERS = {OutgoingKind.receipt: "replies", OutgoingKind.alert: "alerts"}


def render(intent: Outgoing, site: Site, *, key: str, now: datetime) -> Draft:
    """Return the exact text of an automatic message.

    Args:
        intent: the template, its slots, and to whom.
        site: the configuration, for sender and marks.
        key: what makes its Message-ID its own: the same key gives the same Message-ID (P8).
        now: stands in Date; aware UTC.

    Raises:
        BadInput: the template is missing or asks for a slot that is not there.
    """
    text = render_text(f"{FOLDERS[intent.kind]}/{intent.template}", intent.language, intent.slots)
    account = site.account(intent.account)
    is_alert = intent.kind is OutgoingKind.alert
    return Draft(
        message_id=automatic_message_id(key, site.mail.message_id_domain),
        sender=_alert_sender(site) if is_alert else _service_sender(site, account),
        envelope_sender=site.mail.bounce_address,
        subject=text.subject,
        text=text.body,
        headers=_headers(intent, text, account, now),
        template_version=text.version,
    )


def _service_sender(site: Site, account: Account) -> str:
    return formataddr((f"{account.name}, {site.organisation(account.organisation).name}", account.address))


def _alert_sender(site: Site) -> str:
    return formataddr(("Svarsvakt", site.alert_sender))


def _headers(intent: Outgoing, text: Text, account: Account, now: datetime) -> tuple[tuple[str, str], ...]:
    headers = [("Date", format_datetime(now.astimezone(STOCKHOLM)))]
    if intent.references:
        headers += [("In-Reply-To", intent.references[-1]), ("References", " ".join(intent.references))]
    automatic = "auto-generated" if intent.kind is OutgoingKind.alert else "auto-replied"
    return (
        *headers,
        ("Auto-Submitted", automatic),
        ("X-Auto-Response-Suppress", "All"),
        (LOOP_HEADER, account.id),
        ("Content-Language", text.language),
    )
