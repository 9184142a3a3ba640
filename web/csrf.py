"""Forms from our own pages only: a token bound to the visitor's cookie on every POST."""

import hashlib
import hmac

from starlette.requests import Request

#: The form's field.
FIELD = "csrf"


def csrf_token(secret: str) -> str:
    """Return the token that belongs to a cookie's secret; it does not give the secret away."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def comes_from_us(request: Request, secret: str, token: str) -> bool:
    """Return whether a form was filled in on one of our pages by the visitor with this cookie."""
    # A browser that says where the form stood is believed when it says: elsewhere.
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    return bool(secret) and hmac.compare_digest(csrf_token(secret).encode(), token.encode())
