"""Window alarm: say of tickets in Messenger that the time to answer is nearly over (domain.md 2.11, 3.8 row 2).

Reads: open tickets of pages whose answer is owed, with when the person last wrote.
Writes: until when each can be answered, by which the queue puts it first; a tag; an event; one mail a unit and round to
whoever answers for it. All of a unit in one transaction.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from domain.alerting import Told
from domain.clocks import window_closing
from domain.errors import BadInput
from domain.ids import TicketId, UnitId
from domain.instant import STOCKHOLM
from domain.open_time import local_date
from domain.page import PERSONS_ALARM, PERSONS_WINDOW, STANDARD_ALARM, STANDARD_WINDOW
from domain.person import Person
from domain.protocols import Step
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.guard import Guard
from pipeline.runtime import Runtime
from pipeline.tell_at_once import queue_alert
from store.clocks import set_clocks
from store.database import Connection
from store.events import append
from store.pages import OpenChat, find_open_chats, list_windows
from store.tags import add_tags, list_tags
from store.tellings import claim_tellings
from watch.responsible import responsible_for_unit
from watch.window import window_alert


def warn_of_windows(runtime: Runtime, guard: Guard) -> int:
    """Mark each ticket whose window is about to close, and tell; return how many were. Safe to run twice."""
    site, now = runtime.site(), runtime.now
    leave = {each.id: each.facebook.human_agent for each in site.accounts if each.facebook is not None}
    with runtime.database.read() as connection:
        chats = find_open_chats(connection, MACHINE, now - PERSONS_WINDOW, now - STANDARD_ALARM)
        noted = list_windows(connection, MACHINE)
    closing = {
        chat.ticket: (chat, until)
        for chat in chats
        if (until := closes_at(chat.wrote_at, now, human_agent=leave.get(chat.account, False))) is not None
    }
    _forget(runtime, [ticket for ticket in noted if ticket not in closing])
    units: dict[UnitId, list[tuple[OpenChat, datetime]]] = defaultdict(list)
    for chat, until in closing.values():
        if noted.get(chat.ticket) != until:
            units[chat.unit].append((chat, until))
    parts = {unit: partial(_warn_unit, runtime, site, unit, each, guard) for unit, each in units.items()}
    warned = sum(guard.count(f"the windows of unit {unit}", part) for unit, part in parts.items())
    if warned:
        runtime.bell.ring(Step.send)
    return warned


def closes_at(wrote_at: datetime, now: datetime, *, human_agent: bool) -> datetime | None:
    """Return when the window closes that is to be warned of now; None: none is.

    From 20 hours on it is that of a day; with Meta's leave, from six days on, that of a week.
    """
    age: timedelta = now - wrote_at
    if STANDARD_ALARM <= age < STANDARD_WINDOW:
        return wrote_at + STANDARD_WINDOW
    return wrote_at + PERSONS_WINDOW if human_agent and PERSONS_ALARM <= age <= PERSONS_WINDOW else None


def _forget(runtime: Runtime, tickets: Sequence[TicketId]) -> None:
    """Let tickets go back to where their promises put them: they were answered, or it is too late."""
    if not tickets:
        return
    with runtime.database.write() as connection:
        for ticket in tickets:
            set_clocks(connection, ticket, lambda clocks: window_closing(clocks, None))


def _warn_unit(
    runtime: Runtime, site: Site, unit: UnitId, chats: Sequence[tuple[OpenChat, datetime]], guard: Guard
) -> int:
    with runtime.database.write() as connection:
        new = {chat: until for chat, until in chats if _warn(connection, chat, until, runtime.now)}
        if new:
            _tell(connection, site, unit, new, runtime.now, guard)
    return len(new)


def _warn(connection: Connection, chat: OpenChat, until: datetime, now: datetime) -> bool:
    if set_clocks(connection, chat.ticket, lambda clocks: window_closing(clocks, until)) is None:
        return False
    tag = f"messenger till {until.astimezone(STOCKHOLM):%d/%m %H.%M}"
    if tag in list_tags(connection, MACHINE, chat.ticket):
        return False
    add_tags(connection, chat.organisation, chat.ticket, (tag,))
    append(
        connection, "window_closing", at=now, organisation=chat.organisation, actor="hold",
        account=chat.account, ticket=chat.ticket, until=until.isoformat(),
    )  # fmt: skip
    return True


def _tell(
    connection: Connection, site: Site, unit: UnitId, chats: Mapping[OpenChat, datetime], now: datetime, guard: Guard
) -> None:
    """Queue one mail to whoever answers for the unit; what the outbox does not take leaves the marks as they are."""
    reader = next(iter(responsible_for_unit(site, unit, local_date(now))), None)
    if reader is None:
        return
    seen = {chat: until for chat, until in chats.items() if not chat.is_sensitive or _is_of(site, unit, reader)}
    if not seen:
        return
    first = next(iter(seen))
    told = [
        Told(subject=f"window/{chat.ticket}", to=reader.email, step=until.isoformat(), at=now)
        for chat, until in seen.items()
    ]
    try:
        with connection.begin_nested():
            new = claim_tellings(connection, first.organisation, told)
            if new:
                intent = window_alert(site, site.account(first.account), reader, unit, len(new), min(seen.values()))
                queue_alert(connection, site, intent, new, now)
    except BadInput as failure:
        guard.note(f"the alert about windows that close in unit {unit}", failure)


def _is_of(site: Site, unit: UnitId, reader: Person) -> bool:
    """Ask whether somebody may hear of the unit's sensitive tickets (P12)."""
    own = site.unit(unit)
    return reader.id in {own.manager, own.deputy}
