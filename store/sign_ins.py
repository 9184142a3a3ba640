"""Sign-ins that have begun: at the identity provider, or with a password that a code must follow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.ids import UserId
from domain.signing_in import Attempt
from domain.viewer import Viewer
from store.schema import sign_ins, users
from store.users import User, user_of
from store.visibility import sees_organisation

#: Nobody takes longer.
LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that has begun at the identity provider."""

    attempt: Attempt
    #: The page that was asked for.
    next: str


def keep_attempt(connection: sa.Connection, token_digest: str, begun: Begun, at: datetime) -> None:
    """Remember what a visit to the identity provider is bound to; what nobody came back from is forgotten."""
    _forget_old(connection, at)
    attempt = begun.attempt
    connection.execute(
        sign_ins.insert().values(
            token_digest=token_digest, started_at=at, next=begun.next,
            state=attempt.state, nonce=attempt.nonce, verifier=attempt.verifier,
        )
    )  # fmt: skip


def take_attempt(connection: sa.Connection, token_digest: str, at: datetime) -> Begun | None:
    """Return what the visit was bound to, once; None: there is none, or it took too long."""
    taken = sign_ins.delete().where(sign_ins.c.token_digest == token_digest, sign_ins.c.user_id.is_(None))
    row = connection.execute(taken.returning(*sign_ins.c)).mappings().first()
    if row is None or row["started_at"] <= at - LASTS:
        return None
    return Begun(Attempt(row["state"], row["nonce"], row["verifier"]), row["next"])


def keep_half(connection: sa.Connection, token_digest: str, user: UserId, next: str, at: datetime) -> None:
    """Remember whose password was right until the code comes; an earlier one of the same person is given up."""
    _forget_old(connection, at)
    connection.execute(sign_ins.delete().where(sign_ins.c.user_id == user))
    connection.execute(sign_ins.insert().values(token_digest=token_digest, started_at=at, next=next, user_id=user))


def find_half(connection: sa.Connection, viewer: Viewer, token_digest: str, at: datetime) -> tuple[User, str] | None:
    """Return whose password was right, and the page that was asked for; None: nobody's, or it took too long."""
    query = (
        sa.select(users, sign_ins.c.next)
        .join(sign_ins, sign_ins.c.user_id == users.c.id)
        .where(
            sign_ins.c.token_digest == token_digest,
            sign_ins.c.started_at > at - LASTS,
            users.c.closed_at.is_(None),
            sees_organisation(viewer, users),
        )
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else (user_of(row), row["next"])


def end_half(connection: sa.Connection, token_digest: str) -> None:
    """Forget a sign-in: it is whole, or was given up."""
    connection.execute(sign_ins.delete().where(sign_ins.c.token_digest == token_digest))


def _forget_old(connection: sa.Connection, at: datetime) -> None:
    connection.execute(sign_ins.delete().where(sign_ins.c.started_at <= at - LASTS))
