"""The answer bank on a ticket's page: phrases that suit what it is about, in its language."""

from dataclasses import dataclass

from domain.category import Secrecy
from domain.phrase import FALLBACK, filled, phrases_for
from domain.ticket import Ticket
from web.times import say_exactly
from web.visit import Visit
from web.words import LANGUAGES, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPhrase:
    """One phrase, filled in."""

    id: str
    title: str
    text: str
    #: ISO code of the text's language.
    language: str


def phrases_of(visit: Visit, ticket: Ticket) -> tuple[ShownPhrase, ...]:
    """Return what is offered for a ticket, those of its own category first."""
    values = _values(visit, ticket)
    offered = ((each, each.in_language(ticket.language)) for each in phrases_for(visit.site.phrases, ticket.category))
    return tuple(
        ShownPhrase(id=each.id, title=each.title, text=filled(chosen.text, values), language=chosen.language)
        for each, chosen in offered
    )


def with_phrase(visit: Visit, ticket: Ticket, text: str, id: str) -> str:
    """Return a text with a phrase put after it; the text as it is where there is none of that name."""
    found = next((each for each in phrases_of(visit, ticket) if each.id == id), None)
    if found is None:
        return text
    return f"{text.rstrip()}\n\n{found.text}" if text.strip() else found.text


def _values(visit: Visit, ticket: Ticket) -> dict[str, str]:
    organisation = visit.site.organisation(ticket.organisation)
    # A sensitive matter's unit says what it is about.
    unit = organisation.name if ticket.secrecy is Secrecy.SK2 else _unit_name(visit, ticket)
    words = words_of(ticket.language if ticket.language in LANGUAGES else FALLBACK)
    due_at = ticket.answer_due_at if ticket.clocks.answer_runs else None
    return {
        "number": ticket.number,
        "name": ticket.sender_name,
        "unit": unit,
        "organisation": organisation.name,
        "contact": organisation.contact,
        "answer_at": say_exactly(due_at, words) if due_at else "",
    }


def _unit_name(visit: Visit, ticket: Ticket) -> str:
    return next((each.name for each in visit.site.units if each.id == ticket.unit), "")
