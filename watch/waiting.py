"""Unwatched: what came waits, and nobody does anything (R50, R54)."""

from datetime import datetime

from domain.errors import BadInput
from domain.facts import Facts
from domain.promises import count_target
from domain.service_level import Target
from domain.watching import WatchSettings
from watch.findings import unread
from watch.said import said_messages, said_time, said_working_days, working_days_since


def unwatched(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say what waits in an account in which nobody has done anything for too long, or which message is overlooked.

    The time runs from the oldest that waits, and anew from whatever somebody does in the account: who works through a
    full mailbox watches it. A single message may wait longer, and not for ever.

    What was done in an account that cannot be read, or that nobody has read, nobody knows: it is judged as of when it
    could be, or was, read last.
    """
    heartbeat = facts.heartbeat
    if heartbeat is not None:
        now = heartbeat.failing_since or unread(heartbeat, facts.account, facts.read_every, settings, now) or now
    work = facts.workload
    oldest_at = work.oldest_unhandled_at
    if oldest_at is None:
        return None
    since = max(oldest_at, work.last_handled_at or oldest_at)
    if _is_over(settings.unwatched_after, since, facts, now):
        return _nobody(facts, oldest_at, now)
    if _is_over(settings.overlooked_after, oldest_at, facts, now):
        return f"Ett meddelande från {said_time(oldest_at)} har ingen öppnat eller besvarat, fast andra är lästa."
    return None


def dormant_in_use(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that people write to a dormant account, and that what they wrote waits there (R53)."""
    work = facts.workload
    if work.oldest_unhandled_at is None:
        return None
    waits = said_messages(work.unhandled)
    return f"Kontot är vilande, men {waits} väntar där. Det äldsta kom {said_time(work.oldest_unhandled_at)}."


def _nobody(facts: Facts, oldest_at: datetime, now: datetime) -> str:
    work = facts.workload
    waits = f"{said_messages(work.unhandled).capitalize()} väntar. Det äldsta kom {said_time(oldest_at)}."
    if work.last_handled_at is None:
        return f"{waits} Ingen har öppnat eller besvarat något där."
    days = working_days_since(work.last_handled_at, now, facts.calendar)
    ago = f" ({said_working_days(days)})" if days else ""
    return f"{waits} Ingen har öppnat eller besvarat något där sedan {said_time(work.last_handled_at)}{ago}."


def _is_over(after: Target, since: datetime, facts: Facts, now: datetime) -> bool:
    try:
        due_at, _ = count_target(after, since, facts.schedule, facts.calendar)
    except BadInput:  # a schedule that never opens: `svarsvakt check` says so
        return False
    return due_at < now
