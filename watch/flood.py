"""Flood: whether somebody makes us send SMS that cost, from numbers that begin alike (domain.md 3.7 row 7)."""

from datetime import datetime

from domain.facts import Facts
from domain.watching import WatchSettings


def sms_flood(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say how many SMS came within an hour from numbers that begin alike, when that is too many to be answered."""
    if facts.flood is None:
        return None
    # No part of a number: it stands on the account's tickets, and an alert leaves the house.
    return f"{facts.flood.came} sms på en timme kom från nummer som börjar lika. De får inget automatiskt svar."
