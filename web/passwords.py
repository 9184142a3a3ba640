"""Passwords: hashed with argon2id. Needs no web server, so that `svarsvakt user add` can use it."""

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from domain.errors import BadInput

#: NIST SP 800-63B: at least 8, and room for long phrases; ours is the stricter 12.
SHORTEST = 12

#: A longer one is refused: hashing it would cost the server more than the sender.
LONGEST = 1000

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Return what is stored instead of the password.

    Raises:
        BadInput: the password is too short or too long.
    """
    if len(password) < SHORTEST:
        raise BadInput(f"the password is too short: use at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise BadInput(f"the password is too long: use at most {LONGEST} characters")
    return _HASHER.hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Return whether the password is the one that was hashed; takes about 0.2 s. A stored non-hash fits nothing."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, ValueError):
        return False
