"""The filter above the queue: it stands in the address, so that a view can be kept as a bookmark or sent on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from domain.account import Channel
from domain.category import Urgency
from domain.ids import OrganisationId
from domain.outcome import Registration
from domain.queue_filter import Holder, QueueFilter
from domain.site import Site
from domain.ticket import TicketStatus
from web.desk import REGISTRATIONS, Choice
from web.names import CHANNELS, URGENCIES
from web.words import Words, mark

HOLDERS = {Holder.mine: mark("Mina"), Holder.nobody: mark("Ej tagna")}

STATUSES = {TicketStatus.open: mark("Väntar"), TicketStatus.closed: mark("Avslutade")}

Value = TypeVar("Value", bound=StrEnum)
Id = TypeVar("Id", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One list to choose from; its name is the key in the address."""

    name: str
    label: str
    #: What stands first: everything.
    every: str
    choices: tuple[Choice, ...]

    @property
    def is_chosen(self) -> bool:
        """Whether it narrows the list."""
        return any(each.chosen for each in self.choices)


def read_filter(asked: Mapping[str, str], site: Site) -> QueueFilter:
    """Return what an address asks for; what is unknown in it narrows nothing."""
    return QueueFilter(
        status=_one_of(TicketStatus, asked.get("status")) or TicketStatus.open,
        holder=_one_of(Holder, asked.get("hos")),
        unit=_known(asked.get("verksamhet"), (each.id for each in site.units)),
        channel=_one_of(Channel, asked.get("kanal")),
        category=_known(asked.get("kategori"), (each.id for each in site.categories)),
        language=_known(asked.get("sprak"), site.triage.languages),
        urgency=_one_of(Urgency, asked.get("bradska")),
        registration=_one_of(Registration, asked.get("registrering")),
        look=asked.get("titta") == "1",
    )


def address_of(asked: QueueFilter) -> str:
    """Return the query of an address that asks for this, with its question mark; empty: for the whole queue."""
    parts = {
        "status": None if asked.status is TicketStatus.open else asked.status,
        "hos": asked.holder,
        "verksamhet": asked.unit,
        "kanal": asked.channel,
        "kategori": asked.category,
        "sprak": asked.language,
        "bradska": asked.urgency,
        "registrering": asked.registration,
        "titta": "1" if asked.look else None,
    }
    query = urlencode({key: value for key, value in parts.items() if value})
    return f"?{query}" if query else ""


def own_query(said: str, site: Site) -> str:
    """Return a filter, as somebody says it, as we write it in the address; empty for one that narrows nothing."""
    return address_of(read_filter(dict(parse_qsl(said.removeprefix("?"))), site))


def fields_of(asked: QueueFilter, site: Site, organisation: OrganisationId, words: Words) -> tuple[Field, ...]:
    """Return the lists above the queue, in the visitor's language, with what is chosen."""
    units = {str(each.id): each.name for each in site.units if each.organisation == organisation}
    categories = {str(each.id): each.name for each in site.categories}
    languages = {each: words.language_name(each) for each in site.triage.languages}
    status = None if asked.status is TicketStatus.open else asked.status

    def named(names: Mapping[Value, str]) -> dict[str, str]:
        return {str(value): words.gettext(name) for value, name in names.items()}

    closed = {str(TicketStatus.closed): words.gettext(STATUSES[TicketStatus.closed])}
    return (
        _field("hos", words.gettext("Hos"), words.gettext("Alla"), named(HOLDERS), asked.holder),
        _field("verksamhet", words.gettext("Verksamhet"), words.gettext("Alla"), _sorted(units), asked.unit),
        _field("kanal", words.gettext("Kanal"), words.gettext("Alla"), named(CHANNELS), asked.channel),
        _field("kategori", words.gettext("Kategori"), words.gettext("Alla"), _sorted(categories), asked.category),
        _field("sprak", words.gettext("Språk"), words.gettext("Alla"), _sorted(languages), asked.language),
        _field("bradska", words.gettext("Brådska"), words.gettext("Alla"), named(URGENCIES), asked.urgency),
        _field(
            "registrering", words.gettext("Registrering"), words.gettext("Alla"), named(REGISTRATIONS),
            asked.registration,
        ),
        _field("status", words.gettext("Visa"), words.gettext(STATUSES[TicketStatus.open]), closed, status),
    )  # fmt: skip


def _field(name: str, label: str, every: str, choices: Mapping[str, str], chosen: str | None) -> Field:
    listed = tuple(Choice(value=value, text=text, chosen=value == chosen) for value, text in choices.items())
    return Field(name=name, label=label, every=every, choices=listed)


def _sorted(names: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda each: each[1].casefold()))


def _one_of(kind: type[Value], said: str | None) -> Value | None:
    return kind(said) if said in list(kind) else None


def _known(said: str | None, known: Iterable[Id]) -> Id | None:
    return next((each for each in known if each == said), None)
