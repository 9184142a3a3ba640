"""Headers that every answer carries: nothing of ours runs elsewhere, nothing from elsewhere runs here."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: No inline scripts or styles anywhere: what a citizen writes can never become either.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        # A citizen's mail stands in a frame of ours, which has a policy of its own (web/letter.py).
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with it a browser sends `Origin: null` from our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

#: Pages show people's letters: no cache keeps them, nor the browser after sign-out.
NO_STORE = "no-store"

#: A letter's frame is a document without an origin: to it our own stylesheet is from elsewhere (web/letter.py).
LETTER_STYLE = "/static/letter.css"

#: Two years, as browsers ask for before they believe it.
STRICT_TRANSPORT = "max-age=63072000"


class SafeHeaders:
    """Adds the headers to every answer, error pages included."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the wrapped application."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), scope)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def add_headers(headers: MutableHeaders, scope: Scope) -> None:
    """Add what is not there already."""
    if scope["path"] == LETTER_STYLE:
        headers.setdefault("cross-origin-resource-policy", "cross-origin")
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if not scope["path"].startswith("/static/"):
        headers.setdefault("cache-control", NO_STORE)
    if scope.get("scheme") == "https":
        headers.setdefault("strict-transport-security", STRICT_TRANSPORT)
