"""Answer: what a person writes to a citizen goes into the outbox, and out the same way as everything else.

Reads: the ticket, its thread, the original of the citizen's last message for where the answer goes.
Writes: the answer in the outbox with its files, an event; takes away what was kept unfinished. It waits in the outbox
for as long as it can be undone (`pipeline.undo`). The answer clock stops when the wire has taken it (P10).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.answering import WRITTEN, FileFault, file_faults
from domain.ids import OutgoingId, TicketId, UserId
from domain.outgoing import AttachedFile, Outgoing, OutgoingKind
from domain.page import PageWay
from domain.site import Site
from domain.sms_text import plain_for_sms
from domain.ticket import Ticket
from pipeline.answer_faults import (
    AnsweredMeanwhile,
    AnswerNotTaken,
    FilesNotTaken,
    LongSms,
    OptedOut,
    RecipientChanged,
    TextNotTaken,
)
from pipeline.answer_heading import Heading, account_of, addressee, heading_of, heading_to, last_mail, may_be_answered
from pipeline.handled import note_acted
from pipeline.mail_answer import mail_draft, references_of
from pipeline.page_answer import draft_of
from pipeline.sms_answer import has_opted_out, length_of, sms_draft
from store.answers import find_latest_answer, hold_ticket, list_thread
from store.database import Connection, Database
from store.events import append
from store.outgoing import Draft, add_outgoing
from store.presences import end_writing
from store.tickets import get_ticket
from store.unfinished import drop_unfinished
from store.users import User

__all__ = ["Heading", "answer", "checked_text", "heading_of", "may_be_answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """What a person wrote, and by which way it is to go."""

    site: Site
    user: User
    text: str
    files: Sequence[AttachedFile]
    now: datetime
    parts: int
    way: PageWay | None


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
        recipient: `Heading.recipient` of that page; what has come in since may ask for another. The comment that
            was read is answered, whatever has been written under it since.
        now: aware UTC.
        way: of a page's answer, by which of its ways it goes.
        parts: of an SMS, how many the user knows that it takes; 0: it is to be counted, not sent.

    Raises:
        KeyError: there is no such ticket, or none that the user may see.
        AnsweredMeanwhile: somebody else was faster.
        RecipientChanged: it would go to an address that the user has not seen.
        AnswerNotTaken: the text or the files cannot be sent.
    """
    writing = _Writing(
        site=site, user=user, text=checked_text(site, text), files=files, now=now, parts=parts, way=way
    )  # fmt: skip
    faults = file_faults(site.answers, files)
    if faults:
        raise FilesNotTaken(faults)
    with database.read() as connection:
        # Here, for a big original must not be read while others wait to write.
        ticket = get_ticket(connection, user.viewer, id)
        last = last_mail(connection, user.viewer, id)
        asked_for = addressee(connection, user.viewer, site, account_of(site, ticket), ticket, last)
    with database.write() as connection:
        hold_ticket(connection, id)
        ticket = get_ticket(connection, user.viewer, id)
        heading = heading_to(connection, user.viewer, site, user, ticket, asked_for, now, recipient)
        if heading.seen != seen and (latest := find_latest_answer(connection, user.viewer, id)) is not None:
            raise AnsweredMeanwhile(latest)
        if heading.recipient != recipient or last_mail(connection, user.viewer, id) != last:
            raise RecipientChanged
        return _store(connection, writing, ticket, heading)


def checked_text(site: Site, text: str) -> str:
    """Return what was written as it is sent. Raises TextNotTaken for none or too much."""
    written = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    if not written:
        raise TextNotTaken("the answer is empty: write something")
    if len(written) > site.answers.longest_text:
        raise TextNotTaken(f"the answer has more than {site.answers.longest_text} characters: shorten it")
    return written


def _store(connection: Connection, writing: _Writing, ticket: Ticket, heading: Heading) -> OutgoingId:
    site, user, now = writing.site, writing.user, writing.now
    account = account_of(site, ticket)
    intent, draft = _drafted(connection, writing, ticket, heading)
    stored = add_outgoing(connection, intent, draft, at=now, ticket=ticket.id, wait=site.answers.undo)
    if stored is None:
        raise AnswerNotTaken("the answer could not be stored: send it again")
    append(
        connection, "answered", at=now, organisation=ticket.organisation, actor=f"user/{user.name}",
        account=ticket.account, ticket=ticket.id, outgoing=stored, files=len(writing.files),
    )  # fmt: skip
    drop_unfinished(connection, user.id, ticket.id)
    end_writing(connection, ticket.id, user.id)
    note_acted(connection, account, ticket.id, now, by="answer")
    return stored


def _drafted(
    connection: Connection, writing: _Writing, ticket: Ticket, heading: Heading
) -> tuple[Outgoing, Draft]:  # fmt: skip
    """Return the answer as it goes into the outbox, by the ticket's channel. Raises AnswerNotTaken."""
    site, user, account = writing.site, writing.user, account_of(writing.site, ticket)
    whole = heading.whole(writing.text)
    if heading.page is not None:
        intent, draft = draft_of(
            account, ticket, heading.page, whole, writing.files, writing.way, user.display_name, site
        )  # fmt: skip
        return replace(intent, slots=_slots(user.id, writing.text)), draft
    if heading.by_sms:
        whole = _checked_sms(connection, writing, ticket, whole)
        draft = sms_draft(whole, account, ticket.number, user.display_name, site.mail.message_id_domain)
        return _intent(user, ticket, heading.recipient, (), plain_for_sms(writing.text)), draft
    thread = references_of(list_thread(connection, user.viewer, ticket.id))
    draft = mail_draft(
        site, user, account, ticket.number, heading.subject, thread, whole, writing.files, writing.now
    )  # fmt: skip
    return _intent(user, ticket, heading.recipient, thread, writing.text), draft


def _intent(user: User, ticket: Ticket, recipient: str, thread: tuple[str, ...], written: str) -> Outgoing:
    return Outgoing(
        kind=OutgoingKind.answer, organisation=ticket.organisation, account=ticket.account, channel=ticket.channel,
        recipient=recipient, template=WRITTEN, language=ticket.language or "sv", slots=_slots(user.id, written),
        references=thread,
    )  # fmt: skip


def _slots(user: UserId, written: str) -> dict[str, str]:
    """Return who wrote it, and how much of the text: the rest is the signature."""
    return {"written_chars": str(len(written)), "user": str(user)}


def _checked_sms(connection: Connection, writing: _Writing, ticket: Ticket, text: str) -> str:
    """Return the text when it may go, and whoever writes knows how long it is."""
    if has_opted_out(connection, ticket, writing.now):
        raise OptedOut
    if writing.files:
        raise FilesNotTaken(((FileFault.forbidden, writing.files[0].name),))
    length = length_of(text, writing.site)
    if length.is_too_long or writing.parts == 0 or length.segments.parts > max(writing.parts, 1):
        raise LongSms(length)
    return text
