"""Findings as pure functions of (evidence, settings, now): None, or a sentence of evidence in Swedish."""

from datetime import datetime, timedelta

from domain.account import Account, AccountStatus
from domain.alerting import BouncedAlert
from domain.facts import Facts
from domain.failed_step import say_failed_step
from domain.finding import FindingKind, Heartbeat
from domain.watching import WatchSettings
from watch.said import said_time

#: An account that nobody has read for so many of its intervals is read by nobody.
MISSED_ROUNDS = 3


def unreachable(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say since when and why an account cannot be read, or that no worker of ours has come to read it."""
    heartbeat, account = facts.heartbeat, facts.account
    if heartbeat is None or account.status is AccountStatus.closed:
        return None
    since = heartbeat.failing_since
    if since is not None:
        if now - since < settings.unreachable_after:
            return None
        return f"Kontot har inte gått att läsa sedan {said_time(since)}: {say_failed_step(heartbeat.failed_step)}."
    unread_since = unread(heartbeat, account, facts.read_every, settings, now)
    if unread_since is None:
        return None
    if is_visited(heartbeat, unread_since):
        return f"Kontot har inte gått att läsa sedan {said_time(unread_since)}: {say_failed_step('busy')}."
    return f"Svarsvakt har inte läst kontot sedan {said_time(unread_since)}. Felet ligger i Svarsvakt, inte i kontot."


def unread(
    heartbeat: Heartbeat, account: Account, every: timedelta | None, settings: WatchSettings, now: datetime
) -> datetime | None:
    """Return since when nobody has read an account that was read well; None: it is read, or fails.

    `every`: how often it is to be read; None: by nobody.
    """
    if account.status is AccountStatus.closed or every is None or heartbeat.failing_since is not None:
        return None
    at = heartbeat.read_at
    return at if at is not None and now - at > max(settings.unreachable_after, MISSED_ROUNDS * every) else None


def patience(kind: FindingKind, facts: Facts) -> timedelta:
    """Return how long a condition is looked at before it is believed.

    What nobody has read since we all stood still is given the rounds that reading it takes.
    """
    fails = facts.heartbeat is not None and facts.heartbeat.failing_since is not None
    if kind is not FindingKind.unreachable or fails or facts.read_every is None:
        return timedelta(0)
    return MISSED_ROUNDS * facts.read_every


def is_visited(heartbeat: Heartbeat, unread_since: datetime) -> bool:
    """Ask whether a worker has come to an account since it was read last: the provider has let it wait."""
    return heartbeat.visited_at is not None and heartbeat.visited_at > unread_since


def old_unhandled(unhandled: int) -> str | None:
    """Say how many unread messages lay in an account at first connection (P14)."""
    if unhandled == 0:
        return None
    messages = "1 oläst meddelande" if unhandled == 1 else f"{unhandled} olästa meddelanden"
    return f"Vid första läsningen låg {messages} kvar från tidigare."


def withheld(messages: int) -> str | None:
    """Say how many messages a server lists and does not hand over."""
    if messages == 0:
        return None
    return f"Servern visar {_messages(messages)} som den inte lämnar ut."


def missed(messages: int) -> str | None:
    """Say how many messages the reconciliation found that we had not fetched when they came."""
    if messages == 0:
        return None
    return f"Vid en kontroll fann vi {_messages(messages)} som vi inte hade hämtat i tid."


def alert_bounced(bounced: BouncedAlert) -> str:
    """Say which reader an alert did not reach, and when that was told of."""
    return f"Ett larm till {bounced.to} kom inte fram. Det fick vi veta {said_time(bounced.at)}."


def replies_stopped(most_per_hour: int) -> str:
    """Say that the circuit breaker holds all automatic replies back, and from what rate on."""
    return f"Alla automatiska svar är stoppade: fler än {most_per_hour} gick på en timme."


def _messages(count: int) -> str:
    return "1 meddelande" if count == 1 else f"{count} meddelanden"
