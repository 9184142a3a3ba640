"""Window alarm: say of tickets in Messenger that the time to answer is nearly over (domain.md 2.11, 3.8 row 2).

Reads: open tickets of pages whose answer is owed, with when the person last wrote.
Writes: a tag that names until when, once a window; an event.
"""

from datetime import datetime, timedelta

from domain.instant import STOCKHOLM
from domain.page import PERSONS_ALARM, PERSONS_WINDOW, STANDARD_ALARM, STANDARD_WINDOW
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from store.events import append
from store.pages import OpenChat, find_open_chats
from store.tags import add_tags, list_tags


def warn_of_windows(runtime: Runtime) -> int:
    """Mark each ticket whose window is about to close; return how many were. Safe to run twice."""
    site, now, warned = runtime.site(), runtime.now, 0
    leave = {each.id: each.facebook.human_agent for each in site.accounts if each.facebook is not None}
    with runtime.database.read() as connection:
        chats = find_open_chats(connection, MACHINE, now - PERSONS_WINDOW, now - STANDARD_ALARM)
    for chat in chats:
        until = closes_at(chat.wrote_at, now, human_agent=leave.get(chat.account, False))
        warned += until is not None and _warn(runtime, chat, until)
    return warned


def closes_at(wrote_at: datetime, now: datetime, *, human_agent: bool) -> datetime | None:
    """Return when the window closes that is to be warned of now; None: none is.

    From 20 hours on it is that of a day; with Meta's leave, from six days on, that of a week.
    """
    age: timedelta = now - wrote_at
    if STANDARD_ALARM <= age < STANDARD_WINDOW:
        return wrote_at + STANDARD_WINDOW
    return wrote_at + PERSONS_WINDOW if human_agent and PERSONS_ALARM <= age <= PERSONS_WINDOW else None


def _warn(runtime: Runtime, chat: OpenChat, until: datetime) -> bool:
    tag = f"messenger till {until.astimezone(STOCKHOLM):%d/%m %H.%M}"
    with runtime.database.write() as connection:
        if tag in list_tags(connection, MACHINE, chat.ticket):
            return False
        add_tags(connection, chat.organisation, chat.ticket, (tag,))
        append(
            connection, "window_closing", at=runtime.now, organisation=chat.organisation, actor="hold",
            account=chat.account, ticket=chat.ticket, until=until.isoformat(),
        )  # fmt: skip
    return True
