"""Answer heading: to whom a person's answer goes, and what stands around its text.

Reads: the ticket, the original of the citizen's last message for where the answer goes.
Writes: nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from domain.account import Account, Channel
from domain.answering import signature, subject_of
from domain.category import Secrecy
from domain.ids import TicketId
from domain.message import Arrival, Message
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import Viewer
from intake.parse import parse
from pipeline.answer_faults import AnswerNotTaken, RecipientChanged, TooLate
from pipeline.page_answer import PageReply, page_reply
from pipeline.sms_answer import may_be_texted, sms_of, sms_signature
from store.answers import find_latest_answer
from store.belongings import EVERYTHING, Belonging
from store.database import Connection
from store.forwards import Forward, list_forwards
from store.messages import StoredMessage
from store.messages import list_of_ticket as messages_of_ticket
from store.originals import get_original
from store.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands around an answer before it is written."""

    recipient: str
    subject: str
    signature: str
    #: The answer that was the newest when the page was shown; 0: none.
    seen: int
    #: The answer leaves as an SMS: without subject and files, and counted in parts.
    by_sms: bool = False
    #: The answer leaves from a Facebook page: without subject and files, by one of its ways.
    page: PageReply | None = None

    def whole(self, written: str) -> str:
        """Return the exact text that the citizen gets."""
        if self.by_sms:
            return sms_of(written, self.signature)
        return f"{written}\n{self.signature}" if self.page is not None else f"{written}\n\n{self.signature}\n"


def may_be_answered(ticket: Ticket) -> bool:
    """Return whether an answer can be written here: only where we know to whom."""
    if ticket.channel is Channel.sms:
        return may_be_texted(ticket)
    return bool(ticket.sender_address)


def heading_of(
    connection: Connection, viewer: Viewer, site: Site, user: User, ticket: Ticket, now: datetime, comment: str = "", *,
    received: Sequence[StoredMessage] | None = None, has: frozenset[Belonging] = EVERYTHING,
) -> Heading:  # fmt: skip
    """Return to whom an answer goes, with what subject and signature; of a page, to which comment: else to the last.

    `received` are the ticket's messages where they are read already, `has` what the ticket is known to have.

    Raises:
        AnswerNotTaken: the ticket's account is no longer configured.
        RecipientChanged: the ticket has no such comment.
        TooLate: Meta lets nobody answer any more.
    """
    if received is None:
        received = messages_of_ticket(connection, viewer, ticket.id)
    forwarded = list_forwards(connection, viewer, ticket.id) if Belonging.forwards in has else ()
    recipient = addressee(
        connection, viewer, site, account_of(site, ticket), ticket, _last_mail(received, forwarded)
    )  # fmt: skip
    return heading_to(connection, viewer, site, user, ticket, recipient, now, comment, has=has)


def heading_to(
    connection: Connection, viewer: Viewer, site: Site, user: User, ticket: Ticket, recipient: str, now: datetime,
    comment: str, *, has: frozenset[Belonging] = EVERYTHING,
) -> Heading:  # fmt: skip
    """Return the heading of an answer by mail to `recipient`; other channels know theirs. Raises as `heading_of`."""
    latest = find_latest_answer(connection, viewer, ticket.id) if Belonging.answers in has else None
    if ticket.channel is Channel.sms:
        return Heading(
            recipient=ticket.sender_address, subject="", signature=_signature_of_sms(site, user, ticket),
            seen=latest.id if latest else 0, by_sms=True,
        )  # fmt: skip
    if ticket.channel is Channel.facebook:
        page = page_reply(connection, viewer, account_of(site, ticket), ticket, now, comment)
        if page is None and comment:
            raise RecipientChanged
        if page is None or not page.ways:
            raise TooLate
        return Heading(
            recipient=page.recipient, subject="", signature=_signature_of_sms(site, user, ticket),
            seen=latest.id if latest else 0, page=page,
        )  # fmt: skip
    return Heading(
        recipient=recipient,
        subject=subject_of(ticket.subject, ticket.number, sensitive=ticket.secrecy is Secrecy.SK2),
        signature=signature_of(site, user, ticket),
        seen=latest.id if latest else 0,
    )


def account_of(site: Site, ticket: Ticket) -> Account:
    """Return the account of a ticket. Raises AnswerNotTaken: it is no longer configured."""
    try:
        return site.account(ticket.account)
    except KeyError:
        raise AnswerNotTaken(f"the account {ticket.account} is no longer configured: answer from another") from None


def last_mail(connection: Connection, viewer: Viewer, id: TicketId) -> StoredMessage | None:
    """Return the citizen's latest mail in a ticket, not of those it was forwarded to; None: none came by mail."""
    return _last_mail(messages_of_ticket(connection, viewer, id), list_forwards(connection, viewer, id))


def _last_mail(received: Sequence[StoredMessage], forwarded: Sequence[Forward]) -> StoredMessage | None:
    outside = {each.sent_to for each in forwarded}
    mails = (each for each in reversed(received) if _by_mail(each))
    return next((each for each in mails if each.sender_address.lower() not in outside), None)


def addressee(
    connection: Connection, viewer: Viewer, site: Site, account: Account, ticket: Ticket, last: StoredMessage | None
) -> str:  # fmt: skip
    """Return where the citizen wants the answer: where the last message asked for it, else who wrote it.

    A person looks at the address before sending; an automatic reply never goes to Reply-To (domain.md 3.5).
    """
    if last is None:
        return ticket.sender_address
    original = get_original(connection, viewer, last.organisation, last.digest)
    arrival = Arrival(identity="", original=original, media_type=last.media_type, provider_at=last.arrived_at)
    message = parse(arrival, channel=account.channel, mail=site.mail)
    asked = (_form_field(message, site), message.header("reply-to") or "", last.sender_address)
    addresses = (parseaddr(each)[1] for each in asked)
    return next((address for address in addresses if "@" in address), ticket.sender_address)


def _by_mail(message: StoredMessage) -> bool:
    return message.media_type == "message/rfc822"


def _form_field(message: Message, site: Site) -> str:
    """Return what a registered form's own field says (domain.md 3.3 row 15); empty: it is no form."""
    sender = message.sender.address.lower() if message.sender else ""
    field = dict(site.mail.form_senders).get(sender)
    return (message.header(field) or "") if field else ""


def signature_of(site: Site, user: User, ticket: Ticket) -> str:
    """Return how a mail by this user ends (domain.md 1.12 R131)."""
    organisation = site.organisation(ticket.organisation)
    unit = _unit_of(site, user, ticket)
    return signature(user.display_name, unit, organisation.name, organisation.contact, ticket.language)


def _signature_of_sms(site: Site, user: User, ticket: Ticket) -> str:
    organisation = site.organisation(ticket.organisation)
    return sms_signature(user.display_name, _unit_of(site, user, ticket), organisation.sms_name or organisation.name)


def _unit_of(site: Site, user: User, ticket: Ticket) -> str:
    mine = ticket.unit if ticket.unit in user.units or not user.units else min(user.units)
    name = site.organisation(ticket.organisation).name
    return next((each.name for each in site.units if each.id == mine), name)
