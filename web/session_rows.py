"""Sessions as rows of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.ids import UserId
from store.database import Connection
from store.sessions import NAME_LENGTH, Session, list_sessions
from web.auth import session_digest
from web.times import ShownTime, shown_ago, shown_time
from web.visit import Visit
from web.words import Words


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser in which somebody is signed in."""

    name: str
    device: str
    started: ShownTime
    seen: ShownTime
    by_provider: bool
    #: The one that asks.
    is_here: bool


def going_on(visit: Visit, connection: Connection, user: UserId | None = None) -> tuple[Session, ...]:
    """Return the sessions that are going on: a user's, or of everybody whom the viewer may know of."""
    lasts = visit.site.sign_in
    return list_sessions(connection, visit.viewer, now=visit.now, idle=lasts.idle, longest=lasts.longest, user=user)


def session_rows(visit: Visit, sessions: Sequence[Session]) -> tuple[SessionRow, ...]:
    """Return the rows of sessions."""
    here = session_digest(visit.request)[:NAME_LENGTH]
    return tuple(_row(each, here, visit.now, visit.words) for each in sessions)


def _row(session: Session, here: str, now: datetime, words: Words) -> SessionRow:
    return SessionRow(
        name=session.name,
        device=session.device or words.gettext("Okänd webbläsare"),
        started=shown_time(session.started_at, words),
        seen=shown_ago(session.seen_at, now, words),
        by_provider=session.by_provider,
        is_here=session.name == here,
    )
