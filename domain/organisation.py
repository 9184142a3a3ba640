"""Organisations and their units: who answers."""

from dataclasses import dataclass
from datetime import date

from domain.account import Channel
from domain.ids import OrganisationId, PersonId, ScheduleId, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A municipality or one of its companies: an authority of its own (R2)."""

    id: OrganisationId
    name: str
    #: Addresses under these are our own (R60).
    domains: tuple[str, ...]
    #: How a citizen reaches a person: one sentence's worth, such as a telephone number with hours.
    contact: str
    #: Where it says how personal data are handled.
    privacy_url: str
    #: The name that an SMS begins with; empty: the name.
    sms_name: str = ""
    #: Who is reached in urgent matters outside office hours, such as a telephone number with hours; may be empty.
    on_call: str = ""
    #: Where one complains; may be empty.
    complaint_url: str = ""
    #: Where alerts go when nobody else is known.
    escalation: PersonId | None = None
    #: Its public pages that show how it is reached (R62).
    contact_pages: tuple[str, ...] = ()
    #: Days it has declared closed for itself, such as klämdagar, beside those of the whole installation.
    closed_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit (*verksamhet*) that answers."""

    id: UnitId
    name: str
    organisation: OrganisationId
    schedule: ScheduleId
    #: Other opening hours on some channels (R41).
    channel_schedules: tuple[tuple[Channel, ScheduleId], ...] = ()
    manager: PersonId | None = None
    deputy: PersonId | None = None
