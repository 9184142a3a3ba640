"""Codes: what stands behind the codes of people's telephones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import OrganisationId, UserId
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import codes
from store.visibility import sees_organisation


@dataclass(frozen=True, slots=True)
class CodeKey:
    """What the key of somebody's codes is made of."""

    salt: str
    #: None: the telephone has not shown yet that it has the key.
    since: datetime | None
    #: How many spare codes are left.
    spare: int


def find_code_key(connection: sa.Connection, viewer: Viewer, user: UserId) -> CodeKey | None:
    """Return what somebody's key is made of; None: there is none."""
    query = sa.select(codes).where(codes.c.user_id == user, sees_organisation(viewer, codes))
    row = connection.execute(query).mappings().first()
    return None if row is None else CodeKey(row["salt"], row["since"], len(row["spare"]))


def put_code_key(connection: sa.Connection, user: UserId, organisation: OrganisationId, salt: str) -> str | None:
    """Begin a key that the telephone has yet to show; return the salt that counts: one that was begun goes on.

    None: a key is in use, and is shown to nobody any more.
    """
    statement = (
        upsert(connection, codes)
        .values(user_id=user, organisation_id=organisation, salt=salt, spare=[])
        .on_conflict_do_nothing(index_elements=[codes.c.user_id])
    )
    connection.execute(statement)
    begun: str | None = connection.scalar(
        sa.select(codes.c.salt).where(codes.c.user_id == user, codes.c.since.is_(None))
    )
    return begun


def open_code_key(connection: sa.Connection, user: UserId, step: int, spare: Sequence[str], at: datetime) -> bool:
    """Ask for codes from now on; return whether they were not asked for before.

    Args:
        connection: writes.
        user: whose telephone has shown a code.
        step: of the code that was shown.
        spare: the digests of the spare codes.
        at: now.
    """
    mine = sa.and_(codes.c.user_id == user, codes.c.since.is_(None))
    return (
        connection.execute(codes.update().where(mine).values(since=at, last_step=step, spare=list(spare))).rowcount == 1
    )


def take_code(connection: sa.Connection, user: UserId, step: int) -> bool:
    """Use the code of a step of time; return False for one that was used, or lies before one that was."""
    mine = sa.and_(codes.c.user_id == user, codes.c.since.is_not(None), codes.c.last_step < step)
    return connection.execute(codes.update().where(mine).values(last_step=step)).rowcount == 1


def take_spare_code(connection: sa.Connection, user: UserId, digest: str) -> bool:
    """Use a spare code; return whether it was one that is left."""
    query = sa.select(codes.c.spare).where(codes.c.user_id == user, codes.c.since.is_not(None)).with_for_update()
    left = connection.scalar(query)
    if left is None or digest not in left:
        return False
    rest = [each for each in left if each != digest]
    connection.execute(codes.update().where(codes.c.user_id == user).values(spare=rest))
    return True


def drop_begun_key(connection: sa.Connection, user: UserId) -> None:
    """Forget a key that no telephone has shown yet: whoever saw it has nothing."""
    connection.execute(codes.delete().where(codes.c.user_id == user, codes.c.since.is_(None)))


def drop_code_key(connection: sa.Connection, user: UserId) -> None:
    """Ask for codes no more."""
    connection.execute(codes.delete().where(codes.c.user_id == user))
