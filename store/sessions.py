"""Sessions: who is signed in where, kept in the database so that they can be ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.ids import UserId
from domain.viewer import Viewer
from store.columns import Instant
from store.schema import sessions, users
from store.users import User, user_of
from store.visibility import sees_organisation

#: Characters of a token's digest by which a page names a session: enough to choose by, of no use to sign in.
NAME_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which somebody is signed in."""

    #: By which forms choose it; it signs nobody in.
    name: str
    user: UserId
    started_at: datetime
    seen_at: datetime
    device: str
    by_provider: bool


def add_session(
    connection: sa.Connection,
    user: User,
    token_digest: str,
    at: datetime,
    *,
    device: str = "",
    by_provider: bool = False,
) -> None:
    """Start a session; only the digest of its token is kept."""
    connection.execute(
        sessions.insert().values(
            token_digest=token_digest,
            organisation_id=user.organisation,
            user_id=user.id,
            started_at=at,
            seen_at=at,
            device=device,
            by_provider=by_provider,
        )
    )


def find_session_user(
    connection: sa.Connection, viewer: Viewer, token_digest: str, *, now: datetime, idle: timedelta, longest: timedelta
) -> User | None:
    """Return who is signed in with a token; None when the session is unknown, idle for too long or too old."""
    asked = {"digest": token_digest, "seen_after": now - idle, "started_after": now - longest}
    row = connection.execute(_signed_in(viewer), asked).mappings().first()
    return None if row is None else user_of(row)


@lru_cache(maxsize=64)
def _signed_in(viewer: Viewer) -> sa.Select[Any]:
    """Return what every page asks first, put together once."""
    return (
        sa.select(users)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(
            sessions.c.token_digest == sa.bindparam("digest"),
            sessions.c.seen_at > sa.bindparam("seen_after", type_=Instant),
            sessions.c.started_at > sa.bindparam("started_after", type_=Instant),
            users.c.closed_at.is_(None),
            sees_organisation(viewer, users),
        )
    )


def is_by_provider(connection: sa.Connection, viewer: Viewer, token_digest: str) -> bool:
    """Return whether the identity provider said who it is."""
    query = sa.select(sessions.c.by_provider).where(
        sessions.c.token_digest == token_digest, sees_organisation(viewer, sessions)
    )
    return bool(connection.scalar(query))


def list_sessions(
    connection: sa.Connection,
    viewer: Viewer,
    *,
    now: datetime,
    idle: timedelta,
    longest: timedelta,
    user: UserId | None = None,
) -> tuple[Session, ...]:
    """Return the sessions that are going on, the one in use last first; of whom the viewer may know of.

    `user`: whose; None: everybody's.
    """
    going_on = [sessions.c.seen_at > now - idle, sessions.c.started_at > now - longest]
    if user is not None:
        going_on.append(sessions.c.user_id == user)
    query = (
        sa.select(sessions)
        .where(*going_on, sees_organisation(viewer, sessions))
        .order_by(sessions.c.seen_at.desc(), sessions.c.token_digest)
    )
    return tuple(
        Session(
            name=row["token_digest"][:NAME_LENGTH],
            user=UserId(row["user_id"]),
            started_at=row["started_at"],
            seen_at=row["seen_at"],
            device=row["device"],
            by_provider=row["by_provider"],
        )
        for row in connection.execute(query).mappings()
    )


def mark_session_seen(connection: sa.Connection, token_digest: str, at: datetime) -> None:
    """Note that a session is in use."""
    connection.execute(sessions.update().where(sessions.c.token_digest == token_digest).values(seen_at=at))


def close_session(connection: sa.Connection, token_digest: str) -> bool:
    """End a session; return whether it was going on."""
    return connection.execute(sessions.delete().where(sessions.c.token_digest == token_digest)).rowcount == 1


def close_sessions(connection: sa.Connection, user: UserId, *, name: str = "", but: str = "") -> int:
    """End sessions of somebody; return how many.

    Args:
        connection: writes.
        user: whose.
        name: the one to end; empty: all of them.
        but: the digest of the token of one that goes on.
    """
    chosen = [sessions.c.user_id == user, sessions.c.token_digest != but]
    if name:
        chosen.append(sa.func.substr(sessions.c.token_digest, 1, NAME_LENGTH) == name)
    return connection.execute(sessions.delete().where(*chosen)).rowcount
