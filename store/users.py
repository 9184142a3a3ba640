"""Users and sessions: who signs in, and as what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.errors import BadInput
from domain.ids import OrganisationId, PersonId, UnitId, UserId
from domain.viewer import Role, Scope, Viewer
from store.leases import upsert
from store.schema import sessions, users
from store.visibility import sees_organisation

#: What a person can be expected to type.
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who can sign in."""

    id: UserId
    organisation: OrganisationId
    name: str
    display_name: str
    password_hash: str
    person: PersonId | None
    units: frozenset[UnitId]
    roles: frozenset[Role]
    #: False: single keys do nothing on the pages.
    uses_keys: bool = True

    @property
    def viewer(self) -> Viewer:
        """What this person reads with."""
        return Viewer(
            scope=Scope.person,
            organisation=self.organisation,
            user=self.id,
            person=self.person,
            units=self.units,
            roles=self.roles,
        )


def add_user(
    connection: sa.Connection, *, organisation: OrganisationId, name: str, display_name: str, password_hash: str,
    person: PersonId | None, units: frozenset[UnitId], roles: frozenset[Role], at: datetime,
) -> UserId:  # fmt: skip
    """Add a user.

    Raises:
        BadInput: the name is taken or too long.
    """
    if len(name) > LONGEST_NAME:
        raise BadInput(f"the name has more than {LONGEST_NAME} characters: choose a shorter name")
    statement = (
        upsert(connection, users)
        .values(
            organisation_id=organisation,
            name=name.lower(),
            display_name=display_name,
            password_hash=password_hash,
            person_id=person,
            units=sorted(units),
            roles=sorted(roles),
            added_at=at,
        )
        .on_conflict_do_nothing()
        .returning(users.c.id)
    )
    row = connection.execute(statement).first()
    if row is None:
        raise BadInput(f"there is already a user named {name.lower()}: choose another name")
    return UserId(row[0])


def set_uses_keys(connection: sa.Connection, user: UserId, *, uses: bool) -> None:
    """Note whether somebody wants single keys to do anything."""
    connection.execute(users.update().where(users.c.id == user).values(uses_keys=uses))


def find_user(connection: sa.Connection, viewer: Viewer, name: str) -> User | None:
    """Return the user of that name, case aside."""
    query = sa.select(users).where(users.c.name == name.lower(), sees_organisation(viewer, users))
    row = connection.execute(query).mappings().first()
    return None if row is None else _user(row)


def list_colleagues(connection: sa.Connection, viewer: Viewer) -> tuple[User, ...]:
    """Return everybody who can sign in and whom the viewer may know of, by the name that colleagues see."""
    query = sa.select(users).where(sees_organisation(viewer, users)).order_by(users.c.display_name, users.c.id)
    return tuple(_user(row) for row in connection.execute(query).mappings())


def find_display_name(connection: sa.Connection, viewer: Viewer, id: UserId) -> str:
    """Return the name that colleagues and citizens see; empty when there is no such user."""
    query = sa.select(users.c.display_name).where(users.c.id == id, sees_organisation(viewer, users))
    return connection.scalar(query) or ""


def add_session(connection: sa.Connection, user: User, token_digest: str, at: datetime) -> None:
    """Start a session; only the digest of its token is kept."""
    connection.execute(
        sessions.insert().values(
            token_digest=token_digest, organisation_id=user.organisation, user_id=user.id, started_at=at, seen_at=at
        )
    )


def find_session_user(
    connection: sa.Connection, viewer: Viewer, token_digest: str, *, now: datetime, idle: timedelta, longest: timedelta
) -> User | None:
    """Return who is signed in with a token; None when the session is unknown, idle for too long or too old."""
    query = (
        sa.select(users)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(
            sessions.c.token_digest == token_digest,
            sessions.c.seen_at > now - idle,
            sessions.c.started_at > now - longest,
            sees_organisation(viewer, users),
        )
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _user(row)


def mark_session_seen(connection: sa.Connection, token_digest: str, at: datetime) -> None:
    """Note that a session is in use."""
    connection.execute(sessions.update().where(sessions.c.token_digest == token_digest).values(seen_at=at))


def close_session(connection: sa.Connection, token_digest: str) -> None:
    """End a session."""
    connection.execute(sessions.delete().where(sessions.c.token_digest == token_digest))


def _user(row: sa.RowMapping) -> User:
    return User(
        id=row["id"],
        organisation=row["organisation_id"],
        name=row["name"],
        display_name=row["display_name"],
        password_hash=row["password_hash"],
        person=row["person_id"],
        units=frozenset(row["units"]),
        roles=frozenset(Role(role) for role in row["roles"]),
        uses_keys=row["uses_keys"],
    )
