"""Facebook pages in words: by which way an answer goes, until when, and what became of a text afterwards."""

from collections.abc import Mapping

from domain.evidence import Evidence, EvidenceKind
from domain.page import PageWay
from domain.ticket import Ticket
from pipeline.answer_faults import AnswerNotTaken, LongText, TooLate
from pipeline.page_answer import PageReply, page_reply
from store.database import Connection
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
    EvidenceKind.edited: mark("Den som skrev ändrade texten %(when)s till:"),
    EvidenceKind.withdrawn: mark("Den som skrev tog bort texten %(when)s. Den finns kvar här."),
    EvidenceKind.answered: mark("Besvarat i Metas inkorg %(when)s:"),
}


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


def page_values(connection: Connection, visit: Visit, ticket: Ticket) -> dict[str, str | bool]:
    """Return what is shown with a page's ticket: whether its comment can be hidden, and why nobody can answer."""
    nothing: dict[str, str | bool] = {"may_hide": False, "too_late": ""}
    try:
        account = visit.site.account(ticket.account)
    except KeyError:
        return nothing
    page = page_reply(connection, visit.viewer, account, ticket, visit.now)
    if page is None:
        return nothing
    return {"may_hide": page.may_hide, "too_late": "" if page.ways else visit.words.gettext(TOO_LATE)}


def say_later(evidence: Evidence, words: Words) -> tuple[str, str] | None:
    """Return what happened to a text at Facebook, and the text that came of it; None: nothing that is shown."""
    if evidence.kind not in LATER or (evidence.kind is EvidenceKind.answered and evidence.details.get("by") != "page"):
        return None
    when = shown_time(evidence.at, words).text
    return words.gettext(LATER[evidence.kind]) % {"when": when}, str(evidence.details.get("text", ""))
