"""How the stand-in of the Graph API misbehaves on demand, and its errors as Meta writes them.

Source: Meta's guides "Handle errors", "Rate limits", "Access tokens" and the Messenger Platform's error codes.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.twilio_behaviour import CutAnswer

#: Every permission that the connector needs.
PERMISSIONS = frozenset(
    {
        "pages_show_list", "pages_messaging", "pages_read_engagement", "pages_read_user_content",
        "pages_manage_engagement", "pages_manage_metadata",
    }
)  # fmt: skip


class GraphTrouble(StrEnum):
    """Ways in which the stand-in misbehaves, until it is told to stop."""

    #: Error 4: the application's limit is reached.
    busy = "busy"
    #: Error 613, for those who write.
    busy_to_write = "busy_to_write"
    #: 503 with a page in HTML.
    down = "down"
    #: Error 2 with `is_transient`, as JSON.
    hiccup = "hiccup"
    #: 200 with something that is not JSON.
    garbled = "garbled"
    #: Answers after `slow_seconds`.
    slow = "slow"
    #: Takes the message and breaks the line before it answers; what is read goes on.
    cut_after = "cut_after"
    #: Breaks the line before it takes the message; what is read goes on.
    cut_before = "cut_before"
    #: Lists what is newest somewhere else than first.
    shuffled = "shuffled"
    #: Error 190: the token has ended.
    expired = "expired"
    #: Error 190: a person changed the password.
    password_changed = "password_changed"  # noqa: S105 - a word
    #: Error 190: the app was taken away.
    app_removed = "app_removed"
    #: Error 190 with a text and a subcode that nobody has seen.
    token_unknown = "token_unknown"  # noqa: S105 - a word
    #: Error 100/33: the app does not see the page any more.
    page_removed = "page_removed"
    #: Error 368: the page may not write for a while.
    blocked = "blocked"
    #: Error 10/1893063: the page is restricted.
    restricted = "restricted"


@dataclass
class Behaviour:
    """How the stand-in behaves, and what it was asked; tests change it while it runs."""

    #: None: it works.
    trouble: GraphTrouble | None = None
    slow_seconds: float = 30.0
    #: What the token allows.
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))
    #: Whether the app may use HUMAN_AGENT.
    human_agent: bool = True
    #: Whether the token may be asked about.
    debug_allowed: bool = True
    #: When the token ends; None: never.
    token_ends_at: datetime | None = None
    #: When the leave to read ends; None: never.
    access_ends_at: datetime | None = None
    #: How much of the limit is used, in percent.
    app_usage: int = 0
    page_usage: int = 0
    #: Minutes until there is room again, when a limit is reached.
    regain_minutes: int = 0
    #: People who cannot be written to (551), and those whom Meta does not know (100/2018001).
    unavailable: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    #: Objects that are refused when they are asked for by their id, or for what stands under them: id and error code.
    refused: dict[str, int] = field(default_factory=dict)
    #: Paths and kinds that were asked for, and how often.
    counts: dict[str, int] = field(default_factory=dict)

    def usage_headers(self, page: str) -> dict[str, str]:
        """Return how much of the limits is used, as the API says with every answer."""
        app = {"call_count": self.app_usage, "total_time": self.app_usage, "total_cputime": self.app_usage}
        own = {
            "type": "pages", "call_count": self.page_usage, "total_time": 1, "total_cputime": 1,
            "estimated_time_to_regain_access": self.regain_minutes,
        }  # fmt: skip
        return {"X-App-Usage": json.dumps(app), "X-Business-Use-Case-Usage": json.dumps({page: [own]})}


_ERRORS: dict[GraphTrouble, tuple[int, int, int, str]] = {
    GraphTrouble.busy: (400, 4, 0, "(#4) Application request limit reached"),
    GraphTrouble.busy_to_write: (400, 613, 0, "(#613) Calls to this api have exceeded the rate limit."),
    GraphTrouble.hiccup: (500, 2, 0, "An unexpected error has occurred. Please retry your request later."),
    GraphTrouble.expired: (401, 190, 463, "Error validating access token: Session has expired on Friday."),
    GraphTrouble.password_changed: (401, 190, 460, "The session has been invalidated: the password was changed."),
    GraphTrouble.app_removed: (401, 190, 458, "The user has not authorized application 1."),
    GraphTrouble.token_unknown: (401, 190, 987654, "Något helt annat"),
    GraphTrouble.page_removed: (
        400, 100, 33,
        "Unsupported get request. Object does not exist, cannot be loaded due to missing permissions.",
    ),
    GraphTrouble.blocked: (400, 368, 1390008, "You're temporarily blocked from doing this."),
    GraphTrouble.restricted: (403, 10, 1893063, "(#10) This Page is temporarily restricted from sending messages."),
}  # fmt: skip

#: Troubles that only those who write meet.
_OF_WRITING = frozenset(
    {GraphTrouble.blocked, GraphTrouble.restricted, GraphTrouble.busy_to_write, GraphTrouble.cut_before}
)


def misbehave(trouble: GraphTrouble | None, *, writes: bool) -> Response | None:
    """Return the answer of a trouble; None: the request goes on."""
    if trouble in _OF_WRITING and not writes:
        return None
    match trouble:
        case GraphTrouble.down:
            return HTMLResponse("<html><body>Sorry, something went wrong.</body></html>", status_code=503)
        case GraphTrouble.garbled:
            return HTMLResponse("<html><body>Välkommen till hotellets nätverk</body></html>")
        case GraphTrouble.cut_before:
            return CutAnswer()
        case None:
            return None
    if trouble not in _ERRORS:
        return None
    status, code, subcode, message = _ERRORS[trouble]
    return error(status, code, message, subcode=subcode, transient=trouble is GraphTrouble.hiccup)


def error(status: int, code: int, message: str, *, subcode: int = 0, transient: bool = False) -> JSONResponse:
    """Return an error as the Graph API writes it."""
    inner = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2C3"}
    if subcode:
        inner["error_subcode"] = subcode
    if transient:
        inner["is_transient"] = True
    return JSONResponse({"error": inner}, status_code=status)


def refused(code: int) -> JSONResponse:
    """Return what the API says of one object that it does not give."""
    message = "(#10) This object needs a permission that the app lacks" if code == 10 else "Unsupported get request."
    return error(400, code, message)


def no_such(id: str) -> JSONResponse:
    """Return what the API says of an object that was deleted, or is not ours to see."""
    message = (
        f"Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions"
    )
    return error(400, 100, message, subcode=33)
