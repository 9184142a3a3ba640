"""Findings as pure functions of (evidence, settings, now): None, or a sentence of evidence in Swedish."""

from datetime import datetime

from babel.dates import format_datetime

from domain.account import Account, AccountStatus
from domain.failed_step import say_failed_step
from domain.finding import Heartbeat
from domain.instant import STOCKHOLM
from domain.watching import WatchSettings


def unreachable(heartbeat: Heartbeat, account: Account, settings: WatchSettings, now: datetime) -> str | None:
    """Say since when and why an active account cannot be read."""
    since = heartbeat.failing_since
    if account.status is not AccountStatus.active or since is None or now - since < settings.unreachable_after:
        return None
    said = format_datetime(since, "'den' d MMMM 'kl.' HH.mm", tzinfo=STOCKHOLM, locale="sv_SE")
    return f"Kontot har inte gått att läsa sedan {said}: {say_failed_step(heartbeat.failed_step)}."


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


def replies_stopped(most_per_hour: int) -> str:
    """Say that the circuit breaker holds all automatic replies back, and from what rate on."""
    return f"Alla automatiska svar är stoppade: fler än {most_per_hour} gick på en timme."


def _messages(count: int) -> str:
    return "1 meddelande" if count == 1 else f"{count} meddelanden"
