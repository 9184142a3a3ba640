"""How the stand-in of Twilio misbehaves on demand, and its errors as Twilio writes them."""

import base64
import binascii
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send


class TwilioTrouble(StrEnum):
    """Ways in which the stand-in misbehaves, until it is told to stop."""

    #: 429 with code 20429 for every request.
    busy = "busy"
    #: 503 with a page in HTML.
    down = "down"
    #: Answers after `slow_seconds`.
    slow = "slow"
    #: Takes the message and breaks the line before it answers.
    cut_after = "cut_after"
    #: Breaks the line before it takes the message.
    cut_before = "cut_before"
    #: Lists what came last somewhere else than first.
    shuffled = "shuffled"
    #: 503 for pictures and files; the rest works.
    no_media = "no_media"
    #: 200 with something that is not JSON.
    garbled = "garbled"


@dataclass
class Behaviour:
    """How the stand-in behaves, and what it was asked; tests change it while it runs."""

    #: None: it works.
    trouble: TwilioTrouble | None = None
    slow_seconds: float = 30.0
    #: Numbers that cannot be written to, each with Twilio's code.
    refused: dict[str, int] = field(default_factory=dict)
    #: How many requests of each method and kind were answered.
    counts: dict[str, int] = field(default_factory=dict)


#: What Twilio says of the codes that a number can be refused with when a message is created.
REFUSALS = {
    21211: "The 'To' number is not a valid phone number.",
    21408: "Permission to send an SMS has not been enabled for the region.",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
}


class CutLine(Exception):
    """Ends a request in the middle of its answer; raised on purpose."""


class CutAnswer(Response):
    """Begins an answer and breaks the line."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise more than is sent."""
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"1000")]})
        raise CutLine


def error(status: int, code: int, message: str) -> JSONResponse:
    """Return an error as Twilio writes it."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status_code=status)


def credentials(request: Request) -> tuple[str, str] | None:
    """Return user and password of HTTP basic authentication; None when there are none."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if kind.lower() == "basic" else None
