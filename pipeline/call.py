"""Call: a ticket cannot wait, and whoever is on duty is called until somebody answers.

Reads: open calls, who was called, the tickets.
Writes: who is called, alerts in the outbox, those that a newer one or the end of a call makes idle, the end, events.
"""

import hashlib
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from domain.alerting import Call, Told, Way
from domain.duty import Ring, on_duty, ring_due
from domain.errors import BadInput
from domain.ids import TicketId
from domain.open_time import local_date
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import MACHINE
from outbox.render import render
from pipeline.alert_link import Links
from pipeline.guard import Guard
from store.calls import end_call, list_open_calls
from store.database import Connection, Database
from store.events import append
from store.outgoing import add_outgoing, cancel_calls
from store.tellings import claim_tellings, list_told_of, name_outgoing
from store.tickets import find_tickets
from watch.call import TEMPLATE, call_alert, called_alone, called_together, is_seen_to, reach

log = logging.getLogger(__name__)

#: To nobody: it marks that there was nobody to call.
NOBODY = "-"


def subject_of(call: Call) -> str:
    """Return how tellings name a call: a ticket may be called about once more."""
    return f"call/{call.ticket}/{call.opened_at.isoformat()}"


def make_calls(database: Database, site: Site, links: Links, now: datetime, guard: Guard) -> int:
    """Call about every ticket that nobody has taken, as often as the rota says; return how many alerts."""
    with database.read() as connection:
        calls = list_open_calls(connection, MACHINE)
        tickets = find_tickets(connection, MACHINE, [call.ticket for call in calls])
        told = list_told_of(connection, MACHINE, [subject_of(call) for call in calls])
    steps = {call.ticket: {each.step for each in told if each.subject == subject_of(call)} for call in calls}
    return sum(
        guard.count(
            f"the call about ticket {call.ticket}",
            partial(_go_on, database, site, call, tickets, steps[call.ticket], links, now, guard),
        )
        for call in calls
    )


def _go_on(
    database: Database, site: Site, call: Call, tickets: Mapping[TicketId, Ticket], steps: set[str], links: Links,
    now: datetime, guard: Guard,
) -> int:  # fmt: skip
    """Call once more, if it is time; end what somebody has seen to, and what the settings no longer know."""
    if not _is_known(site, call):
        with database.write() as connection:
            _give_up(connection, call, now)
        return 0
    if steps and is_seen_to(tickets[call.ticket]):
        with database.write() as connection:
            end(connection, call, "desk", now)
        return 0
    return 0 if _step(_ring(site, call, now)) in steps else _call(database, site, call, links, now, guard)


def _is_known(site: Site, call: Call) -> bool:
    named = any(each.id == call.account for each in site.accounts) and any(each.id == call.unit for each in site.units)
    return named and any(each.id == call.organisation for each in site.organisations)


def _give_up(connection: Connection, call: Call, now: datetime) -> None:
    """End a call of which nobody can say whom it concerns: its account or unit was taken out of the settings."""
    why = "its account or unit is no longer in the settings"
    if end_call(connection, call.ticket, "settings", now):
        log.warning("nobody is called about ticket %s any longer: %s", call.number, why)
        _note(connection, "call_given_up", call, now, why=why)
        _cancel(connection, call, why, now)


def _call(database: Database, site: Site, call: Call, links: Links, now: datetime, guard: Guard) -> int:
    ring = _ring(site, call, now)
    reached = dict.fromkeys(each for reader in ring.readers for each in reach(site, reader, ring.ways))
    with database.write() as connection:
        rings = [_ring_up(connection, site, call, ring, each, links, now, guard) for each in reached]
        called = [to for (_, to), rung in zip(reached, rings, strict=True) if rung is Rung.called]
        if called:
            _note(connection, "notified", call, now, to=called)
        # Where another worker has called just now, somebody was notified.
        elif all(rung is Rung.unwritten for rung in rings) and claim_tellings(
            connection, call.organisation, [_told(call, NOBODY, NOBODY, now)]
        ):
            _note(connection, "nobody_to_notify", call, now)
    return len(called)


class Rung(StrEnum):
    """How it went to call somebody."""

    called = "called"
    #: Another worker has made this call.
    already = "already"
    #: Its text cannot be written.
    unwritten = "unwritten"


def _ring_up(
    connection: Connection, site: Site, call: Call, ring: Ring, to: tuple[Way, str], links: Links, now: datetime,
    guard: Guard,
) -> Rung:  # fmt: skip
    """Queue one call; one that cannot be written holds back no other."""
    way, recipient = to
    intent = call_alert(call, site, way, recipient, link=links.call(call.ticket, recipient))
    try:
        draft = render(intent, site, key=f"alert.{call.number}.{secrets.token_hex(6)}", now=now)
    except BadInput as failure:
        guard.note(f"writing the call about ticket {call.ticket}", failure)
        return Rung.unwritten
    new = claim_tellings(connection, call.organisation, [_told(call, recipient, _step(ring), now)])
    if not new:
        return Rung.already
    _cancel(connection, call, "a newer call about the same ticket goes in its place", now, to=recipient)
    id = add_outgoing(connection, intent, draft, at=now, ticket=call.ticket)
    assert id is not None  # its Message-ID is new
    name_outgoing(connection, new, id)
    return Rung.called


def end(connection: Connection, call: Call, by: str, now: datetime) -> bool:
    """Stop calling because somebody has taken it; return whether it still went on."""
    ended = end_call(connection, call.ticket, by, now)
    if ended:
        _note(connection, "call_answered", call, now, by=by)
        _cancel(connection, call, "somebody has taken the ticket", now)
    return ended


def _cancel(connection: Connection, call: Call, why: str, now: datetime, *, to: str = "") -> None:
    """Take back what has not gone: after an outage one call says what all would."""
    for id in cancel_calls(connection, call.ticket, TEMPLATE, why, to=to):
        _note(connection, "call_withdrawn", call, now, outgoing=id, why=why)


def _ring(site: Site, call: Call, now: datetime) -> Ring:
    duty_now = on_duty(site.duty, now)
    alone = called_alone(site, duty_now, local_date(now))
    first = ring_due(site.duty, alone, (), call.opened_at, now)
    if not first.is_everybody:
        return first
    together = called_together(site, call, duty_now, local_date(now), first.number)
    return ring_due(site.duty, alone, together, call.opened_at, now)


def _step(ring: Ring) -> str:
    """Return how tellings name a ring: its number counts by who is called, and a change of shift changes them."""
    readers = "/".join(sorted(reader.email for reader in ring.readers))
    return f"{ring.number}/{hashlib.sha256(readers.encode()).hexdigest()[:12]}"


def _told(call: Call, to: str, step: str, now: datetime) -> Told:
    return Told(subject=subject_of(call), to=to, step=step, at=now)


def _note(connection: Connection, kind: str, call: Call, now: datetime, **details: Any) -> None:
    append(
        connection, kind, at=now, organisation=call.organisation, actor="tell", account=call.account,
        ticket=call.ticket, **details,
    )  # fmt: skip
