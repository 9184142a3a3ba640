"""Answer: what a person writes to a citizen goes into the outbox, and out the same way as everything else.

Reads: the ticket, its thread, the original of the citizen's last message for where the answer goes.
Writes: the answer in the outbox with its files, an event. The answer clock stops when the wire has taken it (P10).
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr

from domain.account import Account, Channel
from domain.answering import FileFault, file_faults, signature, subject_of
from domain.category import Secrecy
from domain.ids import OutgoingId, TicketId
from domain.instant import STOCKHOLM
from domain.message import Arrival, Message
from domain.outgoing import AttachedFile, Outgoing, OutgoingKind
from domain.page import PageWay
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import Viewer
from intake.parse import parse
from pipeline.answer_faults import (
    AnsweredMeanwhile,
    AnswerNotTaken,
    FilesNotTaken,
    LongSms,
    OptedOut,
    RecipientChanged,
    TextNotTaken,
    TooLate,
)
from pipeline.handled import note_acted
from pipeline.page_answer import PageReply, draft_of, page_reply
from pipeline.sms_answer import (
    has_opted_out,
    length_of,
    may_be_texted,
    sms_draft,
    sms_of,
    sms_signature,
)
from store.answers import find_latest_answer, hold_ticket, list_thread
from store.database import Connection, Database
from store.events import append
from store.messages import StoredMessage
from store.messages import list_of_ticket as messages_of_ticket
from store.originals import get_original
from store.outgoing import Draft, add_outgoing
from store.tickets import get_ticket
from store.users import User

#: What stands in `outgoing.template` of a text that came from no template.
WRITTEN = "written"

#: A thread is named by its first Message-ID and its latest ones: one header line holds no more than 998 characters.
MOST_REFERENCES = 12
LONGEST_REFERENCE = 250

#: A Message-ID that can stand in a header of ours.
_REFERENCE = re.compile(r"<[!-;=?-~]+>")


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


def may_be_answered(ticket: Ticket) -> bool:
    """Return whether an answer can be written here: only where we know to whom."""
    if ticket.channel is Channel.sms:
        return may_be_texted(ticket)
    return bool(ticket.sender_address)


def heading_of(
    connection: Connection, viewer: Viewer, site: Site, user: User, ticket: Ticket, now: datetime
) -> Heading:  # fmt: skip
    """Return to whom an answer goes, with what subject and signature.

    Raises:
        AnswerNotTaken: the ticket's account is no longer configured.
        TooLate: Meta lets nobody answer any more.
    """
    last = _last_mail(connection, viewer, ticket.id)
    recipient = _addressee(connection, viewer, site, _account(site, ticket), ticket, last)
    return _heading(connection, viewer, site, user, ticket, recipient, now)


def _heading(
    connection: Connection, viewer: Viewer, site: Site, user: User, ticket: Ticket, recipient: str, now: datetime
) -> Heading:  # fmt: skip
    latest = find_latest_answer(connection, viewer, ticket.id)
    if ticket.channel is Channel.sms:
        return Heading(
            recipient=ticket.sender_address, subject="", signature=_signature_of_sms(site, user, ticket),
            seen=latest.id if latest else 0, by_sms=True,
        )  # fmt: skip
    if ticket.channel is Channel.facebook:
        page = page_reply(connection, viewer, _account(site, ticket), ticket, now)
        if page is None or not page.ways:
            raise TooLate
        return Heading(
            recipient=page.recipient, subject="", signature=_signature_of_sms(site, user, ticket),
            seen=latest.id if latest else 0, page=page,
        )  # fmt: skip
    return Heading(
        recipient=recipient,
        subject=subject_of(ticket.subject, ticket.number, sensitive=ticket.secrecy is Secrecy.SK2),
        signature=_signature(site, user, ticket),
        seen=latest.id if latest else 0,
    )


def answer(
    database: Database, site: Site, user: User, id: TicketId, *, text: str, files: Sequence[AttachedFile], seen: int,
    recipient: str, now: datetime, parts: int = 1, way: PageWay | None = None,
) -> OutgoingId:  # fmt: skip
    """Put a person's answer into the outbox; return its row. The brakes of automatic replies do not count it.

    Args:
        database: where the outbox lies.
        site: the configuration, for the account, the signature and the limits.
        user: who answers.
        id: the ticket.
        text: what was written, without the signature.
        files: what goes with it.
        seen: `Heading.seen` of the page that the form stood on.
        recipient: `Heading.recipient` of that page; what has come in since may ask for another.
        now: aware UTC.
        way: of a page's answer, by which of its ways it goes.
        parts: of an SMS, how many the user knows that it takes; 0: it is to be counted, not sent.

    Raises:
        KeyError: there is no such ticket, or none that the user may see.
        AnsweredMeanwhile: somebody else was faster.
        RecipientChanged: it would go to an address that the user has not seen.
        AnswerNotTaken: the text or the files cannot be sent.
    """
    written = _checked_text(site, text)
    faults = file_faults(site.answers, files)
    if faults:
        raise FilesNotTaken(faults)
    with database.read() as connection:
        # Here, for a big original must not be read while others wait to write.
        ticket = get_ticket(connection, user.viewer, id)
        last = _last_mail(connection, user.viewer, id)
        asked_for = _addressee(connection, user.viewer, site, _account(site, ticket), ticket, last)
    with database.write() as connection:
        hold_ticket(connection, id)
        ticket = get_ticket(connection, user.viewer, id)
        heading = _heading(connection, user.viewer, site, user, ticket, asked_for, now)
        if heading.seen != seen and (latest := find_latest_answer(connection, user.viewer, id)) is not None:
            raise AnsweredMeanwhile(latest)
        if heading.recipient != recipient or _last_mail(connection, user.viewer, id) != last:
            raise RecipientChanged
        if heading.by_sms:
            sms = _checked_sms(connection, site, ticket, sms_of(written, heading.signature), files, parts, now)
            stored = _store_sms(connection, site, user, ticket, sms, now)
        elif heading.page is not None:
            said = f"{written}\n{heading.signature}"
            at_page = draft_of(_account(site, ticket), ticket, heading.page, said, files, way, user.display_name, site)
            stored = _kept(add_outgoing(connection, *at_page, at=now, ticket=ticket.id))
        else:
            thread = _references(list_thread(connection, user.viewer, id))
            stored = _store(
                connection, site, user, ticket, heading, thread, f"{written}\n\n{heading.signature}\n", files, now
            )
        append(
            connection, "answered", at=now, organisation=ticket.organisation, actor=f"user/{user.name}",
            account=ticket.account, ticket=ticket.id, outgoing=stored, files=len(files),
        )  # fmt: skip
        account = _account(site, ticket)
        note_acted(connection, account, id, now, by="answer")
    return stored


def _checked_sms(
    connection: Connection, site: Site, ticket: Ticket, text: str, files: Sequence[AttachedFile], parts: int,
    now: datetime,
) -> str:  # fmt: skip
    """Return the text when it may go, and whoever writes knows how long it is."""
    if has_opted_out(connection, ticket, now):
        raise OptedOut
    if files:
        raise FilesNotTaken(((FileFault.forbidden, files[0].name),))
    length = length_of(text, site)
    if length.is_too_long or parts == 0 or length.segments.parts > max(parts, 1):
        raise LongSms(length)
    return text


def _store_sms(
    connection: Connection, site: Site, user: User, ticket: Ticket, text: str, now: datetime
) -> OutgoingId:  # fmt: skip
    account = _account(site, ticket)
    intent = Outgoing(
        kind=OutgoingKind.answer, organisation=ticket.organisation, account=account.id, channel=ticket.channel,
        recipient=ticket.sender_address, template=WRITTEN, language=ticket.language or "sv", slots={},
    )  # fmt: skip
    draft = sms_draft(text, account, ticket.number, user.display_name, site.mail.message_id_domain)
    return _kept(add_outgoing(connection, intent, draft, at=now, ticket=ticket.id))


def _kept(stored: OutgoingId | None) -> OutgoingId:
    if stored is None:
        raise AnswerNotTaken("the answer could not be stored: send it again")
    return stored


def _store(
    connection: Connection, site: Site, user: User, ticket: Ticket, heading: Heading, thread: tuple[str, ...],
    text: str, files: Sequence[AttachedFile], now: datetime,
) -> OutgoingId:  # fmt: skip
    account = _account(site, ticket)
    intent = Outgoing(
        kind=OutgoingKind.answer, organisation=ticket.organisation, account=account.id, channel=ticket.channel,
        recipient=heading.recipient, template=WRITTEN, language=ticket.language or "sv", slots={}, references=thread,
    )  # fmt: skip
    headers = [("Date", format_datetime(now.astimezone(STOCKHOLM)))]
    if thread:
        headers += [("In-Reply-To", thread[-1]), ("References", " ".join(thread))]
    draft = Draft(
        # Not of the form that automatic messages have: a person wrote it, and whoever answers it is heard.
        message_id=f"<answer.{ticket.number}.{secrets.token_hex(8)}@{site.mail.message_id_domain.lower()}>",
        sender=formataddr((f"{account.name}, {site.organisation(account.organisation).name}", account.address)),
        # What does not arrive must come back to where people read it.
        envelope_sender=account.address,
        subject=heading.subject,
        text=text,
        headers=tuple(headers),
        template_version=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16],
        attachments=tuple(files),
        author=user.display_name,
    )
    return _kept(add_outgoing(connection, intent, draft, at=now, ticket=ticket.id))


def _checked_text(site: Site, text: str) -> str:
    written = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not written:
        raise TextNotTaken("the answer is empty: write something")
    if len(written) > site.answers.longest_text:
        raise TextNotTaken(f"the answer has more than {site.answers.longest_text} characters: shorten it")
    return written


def _account(site: Site, ticket: Ticket) -> Account:
    try:
        return site.account(ticket.account)
    except KeyError:
        raise AnswerNotTaken(f"the account {ticket.account} is no longer configured: answer from another") from None


def _last_mail(connection: Connection, viewer: Viewer, id: TicketId) -> StoredMessage | None:
    return next((each for each in reversed(messages_of_ticket(connection, viewer, id)) if _by_mail(each)), None)


def _addressee(
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


def _references(thread: Sequence[tuple[str, bool]]) -> tuple[str, ...]:
    """Return the thread as References names it: oldest first, last the citizen's message that is answered."""
    kept = {each: came for each, came in thread if len(each) <= LONGEST_REFERENCE and _REFERENCE.fullmatch(each)}
    answered = next((each for each, came in reversed(kept.items()) if came), None)
    named = [*(each for each in kept if each != answered), *([answered] if answered else [])]
    return tuple(named if len(named) <= MOST_REFERENCES else [named[0], *named[1 - MOST_REFERENCES :]])


def _signature(site: Site, user: User, ticket: Ticket) -> str:
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
