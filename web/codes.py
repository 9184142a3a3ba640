"""Codes of a telephone beside the password: time-based one-time passwords, and spare ones on paper.

Source: RFC 6238 (TOTP) with what telephones' apps expect: SHA-1, six figures, thirty seconds.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
import segno

#: Keeps these keys apart from anything else made with the same secret.
_PURPOSE = b"svarsvakt codes "

#: How many spare codes somebody gets.
SPARE = 8

#: Steps of time by which a telephone's clock may be off, to either side.
_STEPS_OFF = 1

#: The shortest secret that is taken.
SHORTEST_SECRET = 16


def new_salt() -> str:
    """Return what makes a key nobody else's."""
    return secrets.token_urlsafe(24)


def key_of(secret: str, salt: str) -> str:
    """Return the key that the telephone holds, in base 32: the database alone does not give it away."""
    digest = hmac.new(secret.encode(), _PURPOSE + salt.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def step_of(key: str, code: str, now: datetime) -> int | None:
    """Return the step of time that a code belongs to; None: it is not one of this moment."""
    figures = "".join(code.split())
    totp = pyotp.TOTP(key)
    current = totp.timecode(now)
    for step in range(current - _STEPS_OFF, current + _STEPS_OFF + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), figures.encode()):
            return step
    return None


def new_spare_codes() -> tuple[str, ...]:
    """Return spare codes to write down, such as ABCD-EFGH; without letters that are taken for figures.

    >>> {len(code) for code in new_spare_codes()}
    {9}
    """
    letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    return tuple("-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(2)) for _ in range(SPARE))


def spare_digest(key: str, code: str) -> str:
    """Return what is stored instead of a spare code; spaces, case and the dash do not count.

    The key goes into it: whoever has the database alone cannot try all codes.
    """
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hmac.new(key.encode(), plain.encode(), hashlib.sha256).hexdigest()


def picture_of(key: str, name: str, site: str) -> str:
    """Return a picture of the key for a telephone's camera, as SVG."""
    address = pyotp.TOTP(key).provisioning_uri(name=name, issuer_name=f"Svarsvakt {site}".strip())
    return str(segno.make(address, error="m").svg_inline(scale=4, border=2, dark="#000", light="#fff"))
