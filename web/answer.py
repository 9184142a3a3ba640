"""The form under a ticket's conversation, by which a person answers the citizen."""

import re
from dataclasses import dataclass

from domain.answering import FileFault
from domain.ids import OutgoingId, TicketId
from domain.outgoing import AttachedFile
from domain.ticket import Ticket
from pipeline.answer import (
    AnsweredMeanwhile,
    AnswerNotTaken,
    FilesNotTaken,
    Heading,
    RecipientChanged,
    TextNotTaken,
    answer,
    heading_of,
    may_be_answered,
)
from store.database import Connection
from web.form import Form
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


def form_of(
    connection: Connection, visit: Visit, ticket: Ticket, *, text: str = "", faults: tuple[str, ...] = ()
) -> AnswerForm | None:
    """Return the form; None where nothing can be answered here."""
    if not may_be_answered(ticket):
        return None
    try:
        heading = heading_of(connection, visit.viewer, visit.site, visit.user, ticket)
    except AnswerNotTaken:
        return None
    return AnswerForm(heading=heading, text=text, faults=faults, limits=_limits(visit))


def store_answer(visit: Visit, form: Form, files: tuple[AttachedFile, ...]) -> OutgoingId:
    """Put what stands in the form into the outbox; return its row.

    Raises:
        KeyError: there is no such ticket, or none that the visitor may see.
        AnswerNotTaken: it cannot be sent; `faults_of` says why.
    """
    seen = form.get("seen", "")
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
