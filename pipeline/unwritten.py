"""Unwritten: digests that cannot be written rest, longer and longer, and the administrator is told, once a day.

Reads: nothing.
Writes: that writing failed, with an event; an alert to the administrator.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.alerting import Told
from domain.ids import OrganisationId
from domain.site import Site
from outbox.render import render
from store.database import Database
from store.events import append
from store.outgoing import add_outgoing
from store.tellings import claim_tellings
from watch.alert import to_administrator

#: Waits between tries, by the number of tries so far; the last one repeats until the day is over.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))

_FAILED = "failed/"


def rest(told: Sequence[Told], now: datetime) -> bool:
    """Ask whether the digests of a day rest, by what was noted of them, in the order it was done."""
    failed = _failed(told)
    # A clock that was set back must not let them rest for hours.
    return bool(failed) and abs(now - failed[-1].at) < WAITS[min(len(failed), len(WAITS)) - 1]


def note_unwritten(
    database: Database, site: Site, organisation: OrganisationId, told: Sequence[Told], mark: Told,
    failures: Sequence[Exception], now: datetime,
) -> None:  # fmt: skip
    """Note that digests could not be written, and tell the administrator unless that was done today."""
    tries = len(_failed(told)) + 1
    said: dict[str, Any] = {"digests": len(failures), "why": type(failures[0]).__name__}
    with database.write() as connection:
        failed = Told(subject=mark.subject, to=mark.to, step=f"{_FAILED}{tries}", at=now)
        if claim_tellings(connection, organisation, [failed]) and tries == 1:
            append(connection, "digest_unwritten", at=now, organisation=organisation, actor="tell", **said)
    slots = {"failed_at": now.isoformat(), "digests": str(said["digests"]), "why": said["why"]}
    intent = to_administrator(site, "digest_unwritten", slots)
    if intent is None:
        return
    with database.write() as connection:
        asked = Told(subject=mark.subject, to=intent.recipient, step="unwritten", at=now)
        if claim_tellings(connection, organisation, [asked]):
            draft = render(intent, site, key=f"alert.digest.{secrets.token_hex(6)}", now=now)
            add_outgoing(connection, intent, draft, at=now)


def _failed(told: Sequence[Told]) -> list[Told]:
    return [each for each in told if each.step.startswith(_FAILED)]
