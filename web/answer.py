"""The form under a ticket's conversation, by which a person answers the citizen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.answering import FileFault
from domain.ids import OutgoingId, TicketId
from domain.outgoing import AttachedFile
from domain.page import PageWay
from domain.ticket import Ticket
from pipeline.answer import Heading, answer, heading_of, may_be_answered
from pipeline.answer_faults import (
    AnsweredMeanwhile,
    AnswerNotTaken,
    FilesNotTaken,
    LongSms,
    LongText,
    OptedOut,
    RecipientChanged,
    TextNotTaken,
    TooLate,
    WayNotTaken,
)
from pipeline.sms_answer import SmsLength, has_opted_out
from store.belongings import Belonging
from store.database import Connection
from store.messages import StoredMessage
from web.answer_bank import ShownPhrase, phrases_of
from web.beside import ShownUnfinished, unfinished_of
from web.form import Form
from web.page_words import say_page_fault, say_until, say_ways
from web.preview import Preview, preview_of
from web.sms_words import say_length
from web.times import say_size, shown_time
from web.visit import Visit
from web.words import mark

FILE_FAULTS = {
    FileFault.too_many: mark("Det är för många filer."),
    FileFault.too_large: mark("%(name)s är för stor."),
    FileFault.too_large_together: mark("Filerna är för stora tillsammans."),
    FileFault.forbidden: mark("%(name)s är en sorts fil som inte får skickas."),
    FileFault.empty: mark("%(name)s är tom."),
}


#: A row's number, as the form carries it.
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForm:
    """The form as it is shown."""

    heading: Heading
    text: str = ""
    #: What was wrong, a sentence each; empty when nothing was.
    faults: tuple[str, ...] = ()
    #: Which files may go with it.
    limits: str
    #: Of an SMS, how many parts whoever writes has been told that it takes.
    parts: int = 1
    #: Of an SMS, how long it is, when that was asked.
    length: str = ""
    #: Of a page, by which ways it may go: the value and what it means; the first is chosen unless another was.
    ways: tuple[tuple[str, str], ...] = ()
    way: str = ""
    #: Of a page, until when it can go so, in words.
    until: str = ""
    unfinished: ShownUnfinished = ShownUnfinished()
    phrases: tuple[ShownPhrase, ...] = ()
    #: Whether what would go is shown, and what that is.
    shows_preview: bool = False
    preview: Preview | None = None


def form_of(
    connection: Connection, visit: Visit, ticket: Ticket, received: Sequence[StoredMessage], has: frozenset[Belonging],
    *, text: str = "", faults: tuple[str, ...] = (),
    length: SmsLength | None = None, way: str = "", shows_preview: bool = False, comment: str = "",
) -> AnswerForm | None:  # fmt: skip
    """Return the form; None where nothing can be answered here."""
    if not may_be_answered(ticket):
        return None
    try:
        heading = heading_of(
            connection, visit.viewer, visit.site, visit.user, ticket, visit.now, comment, received=received, has=has
        )  # fmt: skip
    except AnswerNotTaken:
        return None
    if heading.by_sms and has_opted_out(connection, ticket, visit.now):
        return None
    parts = 1 if length is None or length.is_too_long else length.segments.parts
    said = "" if length is None else say_length(length, visit.words)
    unfinished = unfinished_of(connection, visit, ticket) if Belonging.unfinished in has else ShownUnfinished()
    return AnswerForm(
        heading=heading, text=text or unfinished.text, faults=faults, limits=_limits(visit), parts=parts, length=said,
        ways=say_ways(heading.page, visit.words), way=way, until=say_until(heading.page, visit.words),
        unfinished=unfinished, phrases=phrases_of(visit, ticket), shows_preview=shows_preview,
        preview=preview_of(visit, heading, text, ticket.language) if shows_preview else None,
    )  # fmt: skip


def store_answer(visit: Visit, form: Form, files: tuple[AttachedFile, ...]) -> OutgoingId:
    """Put what stands in the form into the outbox; return its row.

    Raises:
        KeyError: there is no such ticket, or none that the visitor may see.
        AnswerNotTaken: it cannot be sent; `faults_of` says why.
    """
    seen, parts = form.get("seen", ""), form.get("parts", "")
    known = 0 if "count" in form else int(parts) if _NUMBER.fullmatch(parts) else 1
    return answer(
        visit.surroundings.database,
        visit.site,
        visit.user,
        TicketId(visit.row),
        text=form.get("text", ""),
        files=files,
        seen=int(seen) if _NUMBER.fullmatch(seen) else 0,
        recipient=form.get("recipient", ""),
        now=visit.now,
        parts=known,
        way=PageWay(way) if (way := form.get("way", "")) in set(PageWay) else None,
    )


def faults_of(error: AnswerNotTaken, files: tuple[AttachedFile, ...], visit: Visit) -> tuple[str, ...]:
    """Return what is wrong and what to do, a sentence each."""
    # A browser never fills in files again.
    gone = (visit.words.gettext("Din text finns kvar. Välj bilagorna igen."),) if files else ()
    return (*_faults(error, visit), *gone)


def _faults(error: AnswerNotTaken, visit: Visit) -> tuple[str, ...]:
    words = visit.words
    match error:
        case AnsweredMeanwhile():
            said = words.gettext("%(who)s har svarat under tiden, %(when)s. Läs det svaret först.")
            go_on = words.gettext("Vill du ändå skicka ditt svar, tryck på Skicka svaret en gång till.")
            when = shown_time(error.latest.at, words).text
            return (said % {"who": error.latest.author, "when": when}, go_on)
        case RecipientChanged():
            return (words.gettext("Mottagaren har ändrats. Kontrollera adressen och skicka sedan en gång till."),)
        case FilesNotTaken():
            return tuple(words.gettext(FILE_FAULTS[fault]) % {"name": name} for fault, name in error.faults)
        case OptedOut():
            return (words.gettext("Numret kan inte nås med sms. Svara på en annan väg, till exempel telefon."),)
        case LongSms() as long if long.length.is_too_long:
            return (words.gettext("Svaret är för långt för sms. Korta det."),)
        case LongSms():
            # It is no fault: the length stands beside the button.
            return ()
        case TooLate() | WayNotTaken() | LongText():
            return (say_page_fault(error, words),)
        case TextNotTaken():
            longest = visit.site.answers.longest_text
            return (words.gettext("Skriv ett svar på högst %(longest)s tecken.") % {"longest": longest},)
    return (words.gettext("Svaret kunde inte sparas. Försök igen om en stund."),)


def _limits(visit: Visit) -> str:
    limits = visit.site.answers
    said = visit.words.gettext("Högst %(files)s filer, %(one)s var och %(together)s tillsammans. Program skickas inte.")
    return said % {
        "files": limits.most_files,
        "one": say_size(limits.largest_file_bytes, visit.words),
        "together": say_size(limits.largest_together_bytes, visit.words),
    }
