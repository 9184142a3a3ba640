"""Quiet: nothing comes though something normally does, or nothing has happened for long (R53, R55)."""

from datetime import datetime

from domain.account import Channel
from domain.facts import Facts
from domain.watching import WatchSettings
from watch.said import said_time


def silent(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say since when nothing has come to an account that we can read, and how much usually does."""
    silence, last_at, heartbeat = facts.silence, facts.workload.last_arrival_at, facts.heartbeat
    if silence is None or last_at is None or now < silence.from_at:
        return None
    if heartbeat is None or heartbeat.read_at is None or heartbeat.read_at < silence.from_at:
        return None  # what we have not looked for cannot be missed: it may be unreachable
    return f"Inget har kommit sedan {said_time(last_at)}. Annars brukar det komma {_said_usual(silence.usual_a_day)}."


def inactive(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that nothing has happened in an account for long, and what is to become of it."""
    if facts.account.channel is Channel.facebook:
        return _says_nothing(facts, settings, now)
    work = facts.workload
    came_at = work.last_arrival_at or work.first_read_at
    touched_at = max(filter(None, (work.last_handled_at, work.first_read_at)), default=None)
    if came_at is None or touched_at is None:
        return None
    if now - came_at < settings.inactive_after or now - touched_at < settings.untouched_after:
        return None
    came, untouched = said_time(came_at), (now - touched_at).days
    return f"Inget har kommit sedan {came}, och ingen har gjort något i kontot på {untouched} dagar."


def _says_nothing(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    posted_at = facts.workload.last_post_at or facts.workload.first_read_at
    if posted_at is None or now - posted_at < settings.no_posts_after:
        return None
    what = "Stäng sidan" if now - posted_at >= settings.close_after else "Väck sidan eller stäng den"
    return f"Sidan har inte sagt något sedan {said_time(posted_at)}. {what}."


def _said_usual(a_day: float) -> str:
    if a_day >= 1.5:
        return f"ungefär {round(a_day)} meddelanden om dagen"
    if a_day >= 0.3:
        return f"ungefär {max(round(a_day * 5), 2)} meddelanden i veckan"
    return "något meddelande i veckan"
