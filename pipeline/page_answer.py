"""Page answer: what a person writes back at a Facebook page, by which way, and for how long.

Reads: what the citizen wrote last in the ticket; whether a private answer has gone.
Writes: answers and hidings in the outbox, events; `pipeline.answer` looks after the rest.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.account import Account, Channel
from domain.answering import WRITTEN, FileFault
from domain.errors import BadInput
from domain.ids import OutgoingId, TicketId
from domain.outgoing import AttachedFile, Outgoing, OutgoingKind
from domain.page import (
    DIRECT_MESSAGE,
    LONGEST_COMMENT_CHARS,
    LONGEST_MESSAGE_CHARS,
    PERSONS_WINDOW,
    STANDARD_WINDOW,
    WAY_HEADER,
    PageWay,
    Window,
    window,
)
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import Viewer
from pipeline.answer_faults import FilesNotTaken, LongText, WayNotTaken
from store.answers import hold_ticket
from store.database import Connection, Database
from store.events import append
from store.outgoing import Draft, add_outgoing
from store.pages import Written, find_answered_in_private, find_hidden, list_written
from store.tickets import get_ticket
from store.users import User

#: The longest reason that is kept.
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReply:
    """How a ticket of a page can be answered now."""

    #: The person's id in Messenger, or the comment's.
    recipient: str
    #: What may be chosen; none: the time is over.
    ways: tuple[PageWay, ...]
    #: Until when an answer in private, or in Messenger, can go; None: it cannot.
    until: datetime | None
    #: The comment can be hidden, and is not.
    may_hide: bool = False
    #: What the comment says, where the ticket has several; empty: there is only one to mean.
    about: str = ""


def page_reply(
    connection: Connection, viewer: Viewer, account: Account, ticket: Ticket, now: datetime, comment: str = ""
) -> PageReply | None:  # fmt: skip
    """Return how a ticket can be answered.

    Args:
        connection: what is read from.
        viewer: who asks.
        account: the page.
        ticket: the ticket.
        now: aware UTC.
        comment: the identity of the comment that is meant; empty: the last one. In Messenger it says nothing.

    Returns:
        None: it is not of a page, it has no such comment, or the viewer may not see what stands in it.
    """
    if ticket.channel is not Channel.facebook or account.facebook is None:
        return None
    written = list_written(connection, viewer, ticket.id)
    if not written:
        return None
    last = written[-1]
    if last.identity.startswith(DIRECT_MESSAGE):
        return _in_messenger(ticket, last, now, human_agent=account.facebook.human_agent)
    meant = next((each for each in written if each.identity == comment), None) if comment else last
    if meant is None:
        return None
    reply = _to_comment(connection, viewer, account, meant, now)
    return replace(reply, about=meant.text) if len(written) > 1 else reply


def draft_of(
    account: Account, ticket: Ticket, page: PageReply, text: str, files: Sequence[AttachedFile], way: PageWay | None,
    author: str, site: Site,
) -> tuple[Outgoing, Draft]:  # fmt: skip
    """Return a person's answer as it goes into the outbox.

    Raises:
        AnswerNotTaken: it has files, no way, or more text than the way takes.
    """
    if files:
        raise FilesNotTaken(((FileFault.forbidden, files[0].name),))
    if way is None or way not in page.ways:
        raise WayNotTaken
    most_chars = LONGEST_COMMENT_CHARS if way is PageWay.public else LONGEST_MESSAGE_CHARS
    if len(text) > most_chars:
        raise LongText(most_chars)
    intent = Outgoing(
        kind=OutgoingKind.answer, organisation=ticket.organisation, account=account.id, channel=ticket.channel,
        recipient=page.recipient, template=WRITTEN, language=ticket.language or "sv", slots={},
    )  # fmt: skip
    return intent, page_draft(account, ticket, text, way, author, site.mail.message_id_domain)


def page_draft(account: Account, ticket: Ticket, text: str, way: PageWay, author: str, domain: str) -> Draft:
    """Return the exact answer before it has a row."""
    return Draft(
        message_id=f"<answer.{ticket.number}.{secrets.token_hex(8)}@{domain.lower()}>",
        sender=account.address,
        envelope_sender="",
        subject="",
        text=text,
        headers=((WAY_HEADER, way.value),),
        template_version=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16],
        author=author,
    )


def hide_comment(
    database: Database, site: Site, user: User, id: TicketId, comment: str, reason: str, now: datetime
) -> OutgoingId:  # fmt: skip
    """Have a comment hidden at Facebook; what it says stays here.

    Args:
        database: where the outbox lies.
        site: the configuration.
        user: who hides it.
        id: the ticket.
        comment: the identity of the comment that the person has read; what has come since is not hidden.
        reason: why.
        now: aware UTC.

    Raises:
        KeyError: there is no such ticket, or none that the user may see.
        BadInput: there is no reason, or nothing to hide.
    """
    why = " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON:
        raise BadInput(f"say why it is hidden, in at most {LONGEST_REASON} characters")
    with database.write() as connection:
        hold_ticket(connection, id)
        ticket = get_ticket(connection, user.viewer, id)
        account = site.account(ticket.account)
        reply = page_reply(connection, user.viewer, account, ticket, now, comment) if comment else None
        if reply is None or not reply.may_hide:
            raise BadInput("there is nothing to hide: look at the ticket again")
        intent = Outgoing(
            kind=OutgoingKind.hiding, organisation=ticket.organisation, account=account.id, channel=ticket.channel,
            recipient=reply.recipient, template="hidden", language="sv", slots={},
        )  # fmt: skip
        draft = page_draft(account, ticket, why, PageWay.hide, user.display_name, site.mail.message_id_domain)
        stored = add_outgoing(connection, intent, draft, at=now, ticket=ticket.id)
        if stored is None:
            raise BadInput("it could not be stored: hide it again")
        append(
            connection, "comment_hidden", at=now, organisation=ticket.organisation, actor=f"user/{user.name}",
            account=account.id, ticket=ticket.id, outgoing=stored, why=why,
        )  # fmt: skip
    return stored


def _in_messenger(ticket: Ticket, last: Written, now: datetime, *, human_agent: bool) -> PageReply:
    allowed: timedelta = PERSONS_WINDOW if human_agent else STANDARD_WINDOW
    who = window(now - last.at)
    open_still = who is Window.everybody or (who is Window.people and human_agent)
    return PageReply(
        recipient=ticket.sender_address,
        ways=(PageWay.message,) if open_still else (),
        until=last.at + allowed if open_still else None,
    )


def _to_comment(
    connection: Connection, viewer: Viewer, account: Account, last: Written, now: datetime
) -> PageReply:  # fmt: skip
    fresh = now - last.at <= PERSONS_WINDOW
    private = fresh and not find_answered_in_private(connection, viewer, account.id, [last.identity])
    return PageReply(
        recipient=last.identity,
        ways=(PageWay.public, PageWay.private) if private else (PageWay.public,),
        until=last.at + PERSONS_WINDOW if private else None,
        may_hide=last.identity not in find_hidden(connection, viewer, account.id, [last.identity]),
    )
