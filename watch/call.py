"""Call: who is told that a ticket cannot wait, without a word of what it is about (P12)."""

from collections.abc import Iterable
from datetime import date

from domain.account import Channel
from domain.alerting import Call, Way
from domain.ids import PersonId
from domain.outgoing import Outgoing, OutgoingKind
from domain.person import Person
from domain.phone import normal_number
from domain.site import Site
from domain.ticket import Ticket, TicketStatus
from watch.alert import LANGUAGE
from watch.responsible import responsible_for_unit, stands_for

TEMPLATE = "act_now"


def called_alone(site: Site, on_duty: Iterable[PersonId], day: date) -> tuple[Person, ...]:
    """Return who is called one by one: those of the rota.

    Whoever has left is passed over, and whoever is away gives place to whoever covers (`svarsvakt check` tells of it).
    """
    found = (each for id in on_duty for each in stands_for(site, site.person(id), day))
    return tuple({person.email: person for person in found}.values())


def called_together(site: Site, call: Call, on_duty: Iterable[PersonId], day: date, number: int) -> tuple[Person, ...]:
    """Return who is called when nobody answers alone, or nobody is on the rota; the first call goes to the nearest.

    They are those of the rota, the addresses of `on_duty`, and whoever answers for the ticket's unit.
    """
    listed = [Person(id=PersonId(""), name="", email=address) for address in site.on_duty]
    chain = responsible_for_unit(site, call.unit, day)
    rota = called_alone(site, on_duty, day)
    if number == 0:
        return tuple(listed) or chain[:1]
    return tuple({person.email: person for person in (*chain, *listed, *rota)}.values())


def reach(site: Site, reader: Person, ways: Iterable[Way]) -> tuple[tuple[Way, str], ...]:
    """Return by which ways, and under which addresses and numbers, somebody can be reached; never none."""
    number = normal_number(reader.phone) if site.second_way.sms is not None else None
    found = tuple(
        (way, (number or "") if way is Way.sms else reader.email) for way in ways if way is Way.email or number
    )
    return found or ((Way.email, reader.email),)


def is_seen_to(ticket: Ticket) -> bool:
    """Ask whether somebody has taken, answered or closed a ticket: nobody need be called any more."""
    return ticket.status is not TicketStatus.open or ticket.assignee is not None or ticket.answer_met_at is not None


def call_alert(call: Call, site: Site, way: Way, recipient: str, *, link: str) -> Outgoing:
    """Return the call to one reader by one way."""
    slots = {
        "number": call.number,
        "unit": site.unit(call.unit).name,
        "account": site.account(call.account).name,
        "arrived_at": call.arrived_at.isoformat(),
        "contact": site.organisation(call.organisation).contact,
        "link": link,
        "repeat": _minutes(site),
    }
    return Outgoing(
        kind=OutgoingKind.alert,
        organisation=call.organisation,
        account=call.account,
        channel=Channel.sms if way is Way.sms else Channel.email,
        recipient=recipient,
        template=TEMPLATE,
        language=LANGUAGE,
        slots=slots,
    )


def _minutes(site: Site) -> str:
    minutes = round(site.duty.repeat_every.total_seconds() / 60)
    return "en minut" if minutes == 1 else f"{minutes} minuter"
