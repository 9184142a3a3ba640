"""Evidence in Sent: what a mail that left an account answers, who got it, and whether a person wrote it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from domain.ids import AccountId
from domain.loop_mark import is_our_own
from domain.message import Arrival, Message
from domain.site import MailSettings
from intake.addresses import mailboxes
from intake.mail import parse_head

_RECIPIENTS = ("to", "cc", "bcc", "resent-to", "resent-cc")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """A mail in Sent, as far as its headers tell."""

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    #: In lower case.
    recipients: frozenset[str]
    #: False: our own automatic reply, or another machine's.
    by_person: bool
    #: Another machine's.
    by_other_machine: bool = False


def read_sent(headers: str, at: datetime, accounts: Collection[AccountId], mail: MailSettings) -> SentMail | None:
    """Return what the headers of a mail in Sent say; None when they cannot be read. Never raises.

    Args:
        headers: raw, each byte a character of Latin-1.
        at: when it was filed.
        accounts: every account of the installation, to know our own loop marks.
        mail: for the domain of our own Message-IDs.
    """
    arrival = Arrival(
        identity="", original=headers.encode("latin-1", "replace"), media_type="message/rfc822", provider_at=at
    )
    try:
        message = parse_head(arrival, mail)
    except Exception:  # it is evidence, not a letter: what nobody can read shows nothing
        return None
    ours = is_our_own(message, accounts, mail.message_id_domain)
    found = {each.address for name in _RECIPIENTS for value in message.header_values(name) for each in mailboxes(value)}
    return SentMail(
        message_id=message.message_id,
        in_reply_to=message.in_reply_to,
        references=message.references,
        recipients=frozenset(address.lower() for address in found),
        by_person=not (ours or _by_machine(message)),
        by_other_machine=_by_machine(message) and not ours,
    )


def correspondents(message: Message, mail: MailSettings) -> frozenset[str]:
    """Return the addresses that an answer to a message goes to: its sender's, where they ask for it, and a form's.

    People answer by hand to where Reply-To says; automatic replies never do (domain.md 3.5).
    """
    sender = message.sender.address.lower() if message.sender else ""
    forms = [header.lower() for address, header in mail.form_senders if address.lower() == sender]
    named = [each.address for name in ("reply-to", *forms) for value in message.header_values(name)
             for each in mailboxes(value)]  # fmt: skip
    return frozenset(address.lower() for address in (sender, *named) if address)


def answers_beside_us(message: Message, accounts: Collection[AccountId], mail: MailSettings) -> bool:
    """Ask whether a machine other than ours wrote a message: of one from our own address, a notice of absence."""
    return _by_machine(message) and not is_our_own(message, accounts, mail.message_id_domain)


def _by_machine(message: Message) -> bool:
    """Return whether a machine says that it wrote this (RFC 3834 section 5)."""
    said = message.header("auto-submitted")
    return said is not None and said.partition(";")[0].partition("(")[0].strip().lower() != "no"
