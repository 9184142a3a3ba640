"""Canary: whether test mails from outside arrive."""

from datetime import datetime

from babel.dates import format_datetime

from domain.facts import Facts
from domain.instant import STOCKHOLM
from domain.watching import WatchSettings


def canary_unsent(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that test mails from outside have not gone for so long that it cannot be chance."""
    if not facts.unsent_canaries:
        return None
    accounts = "ett konto" if facts.unsent_canaries == 1 else f"{facts.unsent_canaries} konton"
    return f"Testmejl utifrån till {accounts} har inte gått att skicka."


def canary_missing(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that the last test mail from outside has not arrived in time.

    Nothing while the account cannot be read: that has a finding of its own. One that is read again is given the time.
    """
    canary, heartbeat = facts.canary, facts.heartbeat
    if canary is None or canary.arrived_at is not None or heartbeat is None or heartbeat.failing_since is not None:
        return None
    late_at = canary.sent_at + facts.canary_within
    if heartbeat.read_at is None or heartbeat.read_at < late_at:
        return None
    said = format_datetime(canary.sent_at, "'den' d MMMM 'kl.' HH.mm", tzinfo=STOCKHOLM, locale="sv_SE")
    return f"Ett testmejl som skickades utifrån {said} har inte kommit fram, fast brevlådan går att läsa."
