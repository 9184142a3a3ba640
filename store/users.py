"""Users: who signs in, and as what."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.errors import BadInput
from domain.ids import OrganisationId, PersonId, UnitId, UserId
from domain.signing_in import Rights
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
    #: Who the identity provider says it is; empty: a local account.
    subject: str = ""
    #: Nobody signs in as this user any more.
    is_closed: bool = False

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
    person: PersonId | None, units: frozenset[UnitId], roles: frozenset[Role], at: datetime, subject: str = "",
) -> UserId:  # fmt: skip
    """Add a user.

    Raises:
        BadInput: the name is taken or too long, or the provider's account has a user already.
    """
    _check_length(name)
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
            subject=subject or None,
        )
        .on_conflict_do_nothing()
        .returning(users.c.id)
    )
    row = connection.execute(statement).first()
    if row is None:
        raise _taken(name)
    return UserId(row[0])


def rename_user(connection: sa.Connection, user: User, name: str) -> None:
    """Let somebody sign in by another name, and nothing else change; who is signed in stays so.

    Raises:
        BadInput: the name is empty, taken or too long.
    """
    _check_length(name)
    if connection.scalar(sa.select(users.c.id).where(users.c.name == name.lower())) is not None:
        raise _taken(name)
    try:
        connection.execute(users.update().where(users.c.id == user.id).values(name=name.lower()))
    except sa.exc.IntegrityError:
        # Somebody has got the name since it was looked for.
        raise _taken(name) from None


def set_uses_keys(connection: sa.Connection, user: UserId, *, uses: bool) -> None:
    """Note whether somebody wants single keys to do anything."""
    connection.execute(users.update().where(users.c.id == user).values(uses_keys=uses))


def find_user(connection: sa.Connection, viewer: Viewer, name: str) -> User | None:
    """Return the user of that name, case aside."""
    query = sa.select(users).where(users.c.name == name.lower(), sees_organisation(viewer, users))
    row = connection.execute(query).mappings().first()
    return None if row is None else user_of(row)


def list_colleagues(connection: sa.Connection, viewer: Viewer) -> tuple[User, ...]:
    """Return everybody who can sign in and whom the viewer may know of, by the name that colleagues see."""
    query = sa.select(users).where(sees_organisation(viewer, users)).order_by(users.c.display_name, users.c.id)
    return tuple(user_of(row) for row in connection.execute(query).mappings())


def find_display_name(connection: sa.Connection, viewer: Viewer, id: UserId) -> str:
    """Return the name that colleagues and citizens see; empty when there is no such user."""
    query = sa.select(users.c.display_name).where(users.c.id == id, sees_organisation(viewer, users))
    return connection.scalar(query) or ""


def find_user_by_subject(connection: sa.Connection, viewer: Viewer, subject: str) -> User | None:
    """Return who the identity provider means."""
    query = sa.select(users).where(users.c.subject == subject, sees_organisation(viewer, users))
    row = connection.execute(query).mappings().first()
    return None if row is None else user_of(row)


def adopt_user(connection: sa.Connection, id: UserId, *, display_name: str, rights: Rights) -> None:
    """Let somebody be called, and be allowed, what the identity provider says now."""
    connection.execute(
        users.update()
        .where(users.c.id == id)
        .values(
            display_name=display_name,
            organisation_id=rights.organisation,
            units=sorted(rights.units),
            roles=sorted(rights.roles),
            person_id=rights.person,
        )
    )


def close_user(connection: sa.Connection, id: UserId, at: datetime) -> bool:
    """Let nobody sign in as this user any more; return whether somebody could. Sessions end with it."""
    closed = users.update().where(users.c.id == id, users.c.closed_at.is_(None)).values(closed_at=at)
    connection.execute(sessions.delete().where(sessions.c.user_id == id))
    return connection.execute(closed).rowcount == 1


def open_user(connection: sa.Connection, id: UserId) -> bool:
    """Let somebody sign in as this user again; return whether nobody could."""
    opened = users.update().where(users.c.id == id, users.c.closed_at.is_not(None)).values(closed_at=None)
    return connection.execute(opened).rowcount == 1


def _check_length(name: str) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise BadInput(f"the name is empty or has more than {LONGEST_NAME} characters: choose another name")


def _taken(name: str) -> BadInput:
    return BadInput(f"there is already a user named {name.lower()}: choose another name")


def user_of(row: sa.RowMapping) -> User:
    """Return the user of a row of `users`."""
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
        subject=row["subject"] or "",
        is_closed=row["closed_at"] is not None,
    )
