"""Somebody's code: the key behind it, whether a code is right, and how one begins to use codes."""

from dataclasses import dataclass

from domain.errors import BadInput
from domain.viewer import MACHINE
from store import events
from store.codes import find_code_key, open_code_key, put_code_key, take_code, take_spare_code
from store.users import User
from web.auth import actor_of
from web.codes import SHORTEST_SECRET, key_of, new_salt, new_spare_codes, picture_of, spare_digest, step_of
from web.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that a telephone has yet to take in."""

    #: In base 32, four at a time, for who has no camera.
    text: str
    #: The same for a camera, as SVG.
    picture: str


def begin_codes(surroundings: Surroundings, user: User) -> NewKey | None:
    """Return the key to take in; shown again, it is the same. None: one is in use already, and is not shown.

    Raises BadInput without a secret.
    """
    site = surroundings.site()
    with surroundings.database.write() as connection:
        salt = put_code_key(connection, user.id, user.organisation, new_salt())
    if salt is None:
        return None
    key = key_of(_secret(surroundings), salt)
    text = " ".join(key[place : place + 4] for place in range(0, len(key), 4))
    return NewKey(text, picture_of(key, user.name, site.name))


def confirm_codes(surroundings: Surroundings, user: User, code: str) -> tuple[str, ...]:
    """Use codes from now on, if the telephone shows the right one; return the spare codes, empty when it is wrong."""
    now = surroundings.clock.now()
    with surroundings.database.write() as connection:
        known = find_code_key(connection, MACHINE, user.id)
        key = None if known is None else key_of(_secret(surroundings), known.salt)
        step = None if key is None else step_of(key, code, now)
        if key is None or step is None:
            return ()
        spare = new_spare_codes()
        if not open_code_key(connection, user.id, step, [spare_digest(key, each) for each in spare], now):
            return ()
        events.append(connection, "codes_begun", at=now, organisation=user.organisation, actor=actor_of(user))
    return spare


def is_right(surroundings: Surroundings, user: User, code: str) -> bool:
    """Use up a code, of the telephone or a spare one; return whether it was right and not used before."""
    now = surroundings.clock.now()
    with surroundings.database.write() as connection:
        known = find_code_key(connection, MACHINE, user.id)
        if known is None or known.since is None:
            return False
        key = key_of(_secret(surroundings), known.salt)
        step = step_of(key, code, now)
        if step is not None:
            return take_code(connection, user.id, step)
        used = take_spare_code(connection, user.id, spare_digest(key, code))
        if used:
            events.append(connection, "spare_code_used", at=now, organisation=user.organisation, actor=actor_of(user))
        return used


def uses_codes(surroundings: Surroundings, user: User) -> bool:
    """Return whether codes are asked for."""
    with surroundings.database.read() as connection:
        key = find_code_key(connection, MACHINE, user.id)
    return key is not None and key.since is not None


def log_wrong_code(surroundings: Surroundings, user: User) -> None:
    """Write down that a code was wrong: who has the password may be somebody else."""
    now = surroundings.clock.now()
    with surroundings.database.write() as connection:
        events.append(connection, "code_failed", at=now, organisation=user.organisation, actor=actor_of(user))


def _secret(surroundings: Surroundings) -> str:
    site = surroundings.site()
    secret = surroundings.code_secret(site)
    if len(secret) < SHORTEST_SECRET:
        raise BadInput(
            f'the secret "{site.sign_in.code_secret}" is too short: use {SHORTEST_SECRET} characters or more'
        )
    return secret
