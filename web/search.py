"""The search page: text, numbers and people, of what the viewer may see, newest first, and why each was found."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.responses import Response

from domain.account_rights import may_see_account
from domain.category import Secrecy
from domain.ids import AccountId
from domain.search import Question, read_question
from domain.search_marks import Marks, Piece, marks_of
from domain.ticket import TicketStatus
from store.search import Found, Hit, Where, find_history, find_hits
from web.desk import OUTCOMES
from web.names import CHANNELS, account_name, unit_name
from web.times import ShownTime, shown_time
from web.visit import Visit, show
from web.words import SOURCE, Words, mark

#: Tickets shown at most.
MOST_HITS = 50

#: Messages from before shown at most.
MOST_HISTORY = 20

#: What of a ticket was found.
IN_NUMBER = mark("Ärendenumret")
IN_SUBJECT = mark("Ämnet")
IN_SENDER = mark("Avsändaren")
IN_TEXT = mark("Texten")
IN_NOTE = mark("En anteckning")
IN_ANSWER = mark("Ett svar")

#: What staff wrote and was found.
SAID = {Where.note: IN_NOTE, Where.answer: IN_ANSWER}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHit:
    """One ticket that was found."""

    id: int
    number: tuple[Piece, ...]
    subject: tuple[Piece, ...]
    #: ISO code of the citizen's language; empty for Swedish or when it is not known.
    language: str
    sender: tuple[Piece, ...]
    address: tuple[Piece, ...]
    channel: str
    channel_name: str
    unit: str
    time: ShownTime
    is_open: bool
    outcome: str
    is_sensitive: bool
    #: A stretch of the text around what was found; empty: it is not shown here.
    excerpt: tuple[Piece, ...]
    #: Where it was found, in words.
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHistory:
    """One message that lay in its account before Svarsvakt came."""

    subject: tuple[Piece, ...]
    sender: tuple[Piece, ...]
    address: tuple[Piece, ...]
    account: str
    time: ShownTime
    excerpt: tuple[Piece, ...]
    text: tuple[Piece, ...]


def show_search(visit: Visit) -> Response:
    """Show what was found, or how to search when nothing was asked for."""
    said = visit.request.query_params.get("q", "").strip()
    question = read_question(said)
    marks = marks_of(question)
    with visit.surroundings.database.read() as connection:
        hits = find_hits(connection, visit.viewer, question, limit=MOST_HITS + 1)
        old = find_history(connection, visit.viewer, question, accounts=_own_accounts(visit), limit=MOST_HISTORY)
        return show(
            visit, connection, "search.html", said=said, asks=not question.is_empty,
            hits=[_shown(each, marks, visit) for each in hits[:MOST_HITS]], has_more=len(hits) > MOST_HITS,
            history=[_shown_history(each, marks, visit) for each in old],
        )  # fmt: skip


def _own_accounts(visit: Visit) -> Collection[AccountId]:
    """Return the accounts that the visitor's own units read: what lay there nobody has judged for secrecy."""
    return [
        each.id
        for each in visit.site.accounts
        if each.unit in visit.user.units and may_see_account(visit.site, visit.viewer, each)
    ]


def _shown(hit: Hit, marks: Marks, visit: Visit) -> ShownHit:
    ticket, words, message = hit.ticket, visit.words, hit.message
    is_sensitive = ticket.secrecy is Secrecy.SK2
    text = "" if message is None or is_sensitive else message.text
    excerpt, subject = marks.pieces_of(marks.excerpt_of(text)), marks.pieces_of(ticket.subject)
    return ShownHit(
        id=ticket.id,
        number=_number(ticket.number, marks.question),
        subject=subject,
        language="" if ticket.language == SOURCE else ticket.language,
        sender=marks.pieces_of(ticket.sender_name),
        address=marks.pieces_of(ticket.sender_address),
        channel=ticket.channel,
        channel_name=words.gettext(CHANNELS[ticket.channel]),
        unit=unit_name(visit.site, ticket.unit),
        time=shown_time(message.arrived_at if message else ticket.arrived_at, words),
        is_open=ticket.status is TicketStatus.open,
        outcome=words.gettext(OUTCOMES[ticket.outcome]) if ticket.outcome else "",
        is_sensitive=is_sensitive,
        excerpt=excerpt,
        places=_places(hit, marks, words, subject, excerpt),
    )


def _shown_history(found: Found, marks: Marks, visit: Visit) -> ShownHistory:
    return ShownHistory(
        subject=marks.pieces_of(found.subject),
        sender=marks.pieces_of(found.sender_name),
        address=marks.pieces_of(found.sender_address),
        account=account_name(visit.site, found.account),
        time=shown_time(found.arrived_at, visit.words),
        excerpt=marks.pieces_of(marks.excerpt_of(found.text)),
        text=marks.pieces_of(found.text.strip()),
    )


def _number(number: str, question: Question) -> tuple[Piece, ...]:
    return (Piece(number, found=number == question.number),)


def _places(
    hit: Hit, marks: Marks, words: Words, subject: tuple[Piece, ...], excerpt: tuple[Piece, ...]
) -> tuple[str, ...]:  # fmt: skip
    """Return where something of the question stands, in words."""
    message = hit.message
    if message is not None and message.where in SAID:
        return (words.gettext(SAID[message.where]),)
    # Most of the time the excerpt tells it: it is around the first of the text.
    in_excerpt = _is_marked(excerpt)
    where = {
        IN_NUMBER: hit.ticket.number == marks.question.number,
        IN_SUBJECT: message is not None and _is_in_subject(message.subject, hit.ticket.subject, subject, marks),
        IN_SENDER: message is not None and marks.is_in(f"{message.sender_name} {message.sender_address}"),
        IN_TEXT: in_excerpt or (message is not None and marks.is_in(message.text)),
    }
    return tuple(words.gettext(place) for place, found in where.items() if found)


def _is_in_subject(said: str, shown: str, marked: tuple[Piece, ...], marks: Marks) -> bool:
    """Ask whether a message's subject has anything of the question: mostly it is the ticket's, which is marked."""
    return _is_marked(marked) if said == shown else marks.is_in(said)


def _is_marked(pieces: tuple[Piece, ...]) -> bool:
    return any(piece.found for piece in pieces)
