"""The Graph API's error codes, sorted by what the caller must do, each with a sentence of its own.

Source: Meta's "Handle errors", "Access tokens", "Rate limits" and the Messenger Platform's error codes.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from domain.errors import Failing, LimitReached, SendFailed, SendRefused, SendUncertain, Unreachable

#: The token does not hold, whatever the text says.
TOKEN = 190
#: By subcode of 190: why, and what to do.
TOKEN_SUBCODES = {
    458: "The page was taken out of the app, or the app out of the page: have a page administrator connect it again",
    459: "Meta wants the person who made the token to confirm who they are: have them sign in to Facebook",
    460: "The token has ended, because the person who made it changed the password: make a new one",
    463: "The token has ended by time: make a new one",
    464: "Meta wants the person who made the token to confirm who they are: have them sign in to Facebook",
    467: "The token was withdrawn: make a new one",
    492: "The person who made the token has no task on the page any more: have somebody who has make a new one",
}
TOKEN_UNKNOWN = "Meta does not take the token: make a new one"  # noqa: S105 - a sentence

#: We may not: 10 and everything from 200 to 299.
PERMISSION = frozenset({3, 10, *range(200, 300)})
#: Too much was asked.
LIMITS = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
#: A fault of Meta's own.
TRANSIENT = frozenset({1, 2})
#: The object is gone, or was never ours to see.
NOT_THERE = (100, 33)

#: Subcodes of 10.
OUTSIDE_WINDOW = frozenset({2018278, 2018065, 2018109})
NO_HUMAN_AGENT = 2018276
RESTRICTED = 1893063

OFFER_ANOTHER_WAY = "offer the person another way, such as e-mail or a call"
#: By code, or code and subcode, of a send: why it will never go.
REFUSED: dict[tuple[int, int], str] = {
    (551, 0): f"The person cannot be reached in Messenger now: {OFFER_ANOTHER_WAY}",
    (100, 2018001): f"Meta knows no such person: {OFFER_ANOTHER_WAY}",
    (10900, 0): "The comment has been answered in private already; there may be one such answer",
    (10903, 0): f"The comment can no longer be answered in private: answer in public, or {OFFER_ANOTHER_WAY}",
    (100, 33): f"What is to be answered no longer exists at Facebook: {OFFER_ANOTHER_WAY}",
    (100, 0): "Facebook does not take such a message: write it shorter, or in another way",
}
TOO_LATE = f"The time in which the person can be answered in Messenger is over: {OFFER_ANOTHER_WAY}"
NO_LEAVE = f"Meta has not given the app leave to answer after 24 hours (HUMAN_AGENT): {OFFER_ANOTHER_WAY}"


class Refused(Unreachable):
    """The Graph API does not answer what was asked about one object or edge: that says nothing of any other."""


class NotThere(Refused):
    """The Graph API has no such object: it was deleted, or is not ours to see."""


def code_of(said: Mapping[str, Any]) -> tuple[int, int]:
    """Return code and subcode of an answer; zeros where it has none."""
    error = said.get("error")
    if not isinstance(error, Mapping):
        return 0, 0
    return _number(error.get("code")), _number(error.get("error_subcode"))


def unreachable(said: Mapping[str, Any], status: int, rest: timedelta = timedelta(0)) -> Unreachable:
    """Return what a no means for an account that is read.

    Args:
        said: the answer, as far as it could be read.
        status: its HTTP status.
        rest: how long Meta says that it takes until there is room again.
    """
    code, subcode = code_of(said)
    shown = f" (error {code}/{subcode})" if subcode else f" (error {code})" if code else ""
    if code == TOKEN:
        return Unreachable("token", TOKEN_SUBCODES.get(subcode, TOKEN_UNKNOWN) + shown)
    if code in LIMITS or status == 429:
        return LimitReached(f"Meta asks us to wait: too many questions{shown}", rest)
    if (code, subcode) == NOT_THERE:
        return NotThere("page", f"The app does not see the page: check its id, and connect it to the app{shown}")
    if code in PERMISSION:
        return Refused("permission", f"The app lacks a permission{_named(said)}{shown}: have it granted for the page")
    if code in TRANSIENT or _is_transient(said) or status >= 500:
        return Unreachable("down", f"Facebook answers with an error of its own{shown}: see Meta's status page")
    if code == 368:
        return Refused("permission", f"Meta has blocked the page for a while{shown}: see the page's support inbox")
    if not code:
        return Unreachable("protocol", "What answers is not the Graph API: a proxy may stand in between")
    return Refused("protocol", f"The Graph API did not understand the question{shown}: check the version")


def not_sent(
    said: Mapping[str, Any], status: int, rest: timedelta = timedelta(0)
) -> SendFailed | SendRefused | SendUncertain:
    """Return what a no means for a message that was to be sent; the sentence names nobody."""
    code, subcode = code_of(said)
    if code in TRANSIENT:
        return SendUncertain(f"Facebook answers with an error of its own (error {code}): the message may have gone")
    if not code or status >= 500:
        return SendUncertain("Facebook's answer to the message cannot be read: it may have gone")
    if code == 10 and subcode in OUTSIDE_WINDOW:
        return SendRefused(TOO_LATE)
    if code == 10 and subcode == NO_HUMAN_AGENT:
        return SendRefused(NO_LEAVE)
    if code == 10 and subcode == RESTRICTED:
        return SendFailed("Meta has restricted the page from sending: see its support inbox", Failing.sign_in)
    refused = REFUSED.get((code, subcode)) or (REFUSED.get((code, 0)) if code != 100 else None)
    if refused is not None:
        return SendRefused(f"{refused} ({code})")
    if code == 100:
        return SendRefused(f"{REFUSED[100, 0]} ({code}/{subcode})")
    why = unreachable(said, status)
    return SendFailed(str(why), failing_of(why), rest if isinstance(why, LimitReached) else timedelta(0))


def failing_of(fault: Unreachable) -> Failing:
    """Return which waits a send has that failed so."""
    waits = {"busy": Failing.throttled, "token": Failing.sign_in, "permission": Failing.sign_in}
    return waits.get(fault.step, Failing.transient)


def _is_transient(said: Mapping[str, Any]) -> bool:
    error = said.get("error")
    return isinstance(error, Mapping) and error.get("is_transient") is True


def _named(said: Mapping[str, Any]) -> str:
    """Return the permission that the answer names, if it does: `pages_…`."""
    error = said.get("error")
    words = str(error.get("message", "")).replace("'", " ").split() if isinstance(error, Mapping) else []
    named = next((word for word in words if word.startswith("pages_")), "")
    return f", {named}" if named else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
