"""Facebook pages in words: by which way an answer goes, until when, and what became of a text afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.account import Channel
from domain.evidence import Evidence, EvidenceKind
from domain.ids import MessageId
from domain.page import DIRECT_MESSAGE, PageWay
from domain.ticket import Ticket
from pipeline.answer_faults import AnswerNotTaken, LongText, TooLate
from pipeline.page_answer import PageReply, page_reply
from store.database import Connection
from store.pages import list_written
from web.times import shown_time
from web.visit import Visit
from web.words import Words, mark

WAYS = {
    PageWay.message: mark("I Messenger"),
    PageWay.public: mark("Öppet under kommentaren: alla ser det"),
    PageWay.private: mark("Privat i Messenger: bara en gång, bara den som skrev ser det"),
}

TOO_LATE = mark(
    "Tiden för svar i Messenger är ute. Be den som skrev att skriva igen, eller svara på en annan väg, till exempel"
    " e-post eller telefon."
)

HIDE_WITH_REASON = mark("Skriv varför kommentaren döljs, i högst 500 tecken.")

#: What was seen to happen to a text at Facebook.
LATER: Mapping[EvidenceKind, str] = {
    EvidenceKind.edited: mark("Den som skrev ändrade texten %(when)s."),
    EvidenceKind.withdrawn: mark("Den som skrev tog bort texten %(when)s. Den finns kvar här."),
    EvidenceKind.answered: mark("Besvarat i Metas inkorg %(when)s:"),
}


#: The parameter of a ticket's address that says which of its comments is meant.
COMMENT = "kommentar"
#: So much of a comment is shown beside the form that is about it.
EXCERPT_CHARS = 160


def comments_of(connection: Connection, visit: Visit, ticket: Ticket) -> Mapping[MessageId, str]:
    """Return the identities of a ticket's comments, where there are several to choose from."""
    if ticket.channel is not Channel.facebook:
        return {}
    written = list_written(connection, visit.viewer, ticket.id)
    found = {each.message: each.identity for each in written if not each.identity.startswith(DIRECT_MESSAGE)}
    return found if len(found) > 1 else {}


def comment_meant(connection: Connection, visit: Visit, ticket: Ticket, asked: str) -> str:
    """Return the comment that is meant, if the ticket has it; empty: the last one."""
    return asked if asked and asked in comments_of(connection, visit, ticket).values() else ""


def say_ways(page: PageReply | None, words: Words) -> tuple[tuple[str, str], ...]:
    """Return the ways that an answer may go, each with what it means."""
    return tuple((way.value, words.gettext(WAYS[way])) for way in page.ways) if page is not None else ()


def say_page_fault(error: AnswerNotTaken, words: Words) -> str:
    """Return what is wrong with an answer at a page, and what to do."""
    match error:
        case TooLate():
            return words.gettext(TOO_LATE)
        case LongText():
            said = words.gettext("Svaret får ha högst %(most)s tecken, med underskriften. Korta det.")
            return said % {"most": error.most_chars}
    return words.gettext("Välj hur svaret ska gå och skicka sedan en gång till.")


def say_until(page: PageReply | None, words: Words) -> str:
    """Return until when an answer can go in Messenger; empty: it cannot."""
    if page is None or page.until is None:
        return ""
    said = words.gettext("I Messenger går det att svara till %(when)s.")
    return said % {"when": shown_time(page.until, words).text}


def page_values(connection: Connection, visit: Visit, ticket: Ticket, comment: str) -> dict[str, str | bool]:
    """Return what is shown with a page's ticket: which comment can be hidden, and why nobody can answer."""
    nothing: dict[str, str | bool] = {"may_hide": False, "comment": "", "about": "", "too_late": ""}
    try:
        account = visit.site.account(ticket.account)
    except KeyError:
        return nothing
    page = page_reply(connection, visit.viewer, account, ticket, visit.now, comment)
    if page is None:
        return nothing
    about = page.about if len(page.about) <= EXCERPT_CHARS else f"{page.about[:EXCERPT_CHARS].rstrip()} …"
    return {
        "may_hide": page.may_hide,
        "comment": page.recipient,
        "about": about,
        "too_late": "" if page.ways else visit.words.gettext(TOO_LATE),
    }


def versions_of(
    text: str, came_at: datetime, evidence: Sequence[Evidence], words: Words
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return how a text reads now, and how it read before: since when, and what it said, oldest first."""
    edits = [each for each in evidence if each.kind is EvidenceKind.edited]
    every = [(came_at, text), *((each.at, str(each.details.get("text", ""))) for each in edits)]
    return every[-1][1], tuple((shown_time(at, words).text, said) for at, said in every[:-1])


def say_later(evidence: Evidence, words: Words) -> tuple[str, str] | None:
    """Return what happened to a text at Facebook, and the text that came of it; None: nothing that is shown."""
    if evidence.kind not in LATER or (evidence.kind is EvidenceKind.answered and evidence.details.get("by") != "page"):
        return None
    when = shown_time(evidence.at, words).text
    if evidence.kind is EvidenceKind.edited:
        return words.gettext(LATER[evidence.kind]) % {"when": when}, ""
    return words.gettext(LATER[evidence.kind]) % {"when": when}, str(evidence.details.get("text", ""))
