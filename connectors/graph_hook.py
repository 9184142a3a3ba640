"""What Meta posts to us: that something was written, edited, hidden or deleted at a page.

A webhook only says where to look: what it carries lacks names, and files whose addresses end. What is there is read by
the ordinary way, so that each message has one original, whichever way we heard of it.

Source: Meta's "Webhooks for Pages" and "Messenger Platform webhooks": the verification request, and
`X-Hub-Signature-256`, the HMAC-SHA256 of the raw body; domain.md 3.8.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any

from domain.errors import BadInput, NotSigned
from domain.posted import Heard, Posted, Understood

#: What a page tells of in Messenger and that is nobody's message: reactions, what was read or delivered, and so on.
_ASKS_NOTHING = frozenset({"reaction", "read", "delivery", "optin", "referral", "postback", "account_linking"})
#: Items of a page's feed that ask for nothing.
_NO_TEXT = frozenset({"reaction", "like", "share"})


class GraphHook:
    """The webhook of a page's app, signed with the app's secret."""

    def __init__(self, app_secret: str, verify_token: str) -> None:
        """Keep both; they are never logged."""
        self._app_secret = app_secret
        self._verify_token = verify_token

    def understand(self, posted: Posted) -> Understood:
        """Return which pages are to be looked at; see `Hook.understand`."""
        if posted.method == "GET":
            return Understood(body=self._handshake(posted.query))
        event = self._signed(posted)
        entries = event.get("entry")
        if event.get("object") != "page" or not isinstance(entries, list):
            raise BadInput("the request is not about a page: subscribe the webhook to pages only")
        pages = dict.fromkeys(str(each.get("id") or "") for each in entries if _asks_to_look(each))
        return Understood(heard=tuple(Heard(address=page, look=True) for page in pages if page), body="EVENT_RECEIVED")

    def _handshake(self, query: Mapping[str, str]) -> str:
        said = query.get("hub.verify_token", "")
        knows_word = hmac.compare_digest(said.encode(), self._verify_token.encode())
        if query.get("hub.mode") != "subscribe" or not self._verify_token or not knows_word:
            raise NotSigned("the handshake does not know our word: check verify_token")
        return query.get("hub.challenge", "")

    def _signed(self, posted: Posted) -> Mapping[str, Any]:
        kind, _, given = posted.headers.get("x-hub-signature-256", "").partition("=")
        expected = hmac.new(self._app_secret.encode(), posted.body, hashlib.sha256).hexdigest()
        signed = kind == "sha256" and hmac.compare_digest(expected.encode(), given.encode())
        if posted.method != "POST" or not self._app_secret or not signed:
            raise NotSigned("the signature is not Meta's: check app_secret")
        try:
            event = json.loads(posted.body)
        except ValueError:
            raise BadInput("the request is signed, and no JSON") from None
        if not isinstance(event, dict):
            raise BadInput("the request is signed, and no JSON object")
        return event


def _asks_to_look(entry: Any) -> bool:
    """Say whether an entry tells of something that was written: a message, an echo, a comment, a post."""
    return isinstance(entry, dict) and any(_events(entry))


def _events(entry: Mapping[str, Any]) -> Iterator[bool]:
    """Yield of each event whether it is to be looked at (domain.md 3.8 rows 4 and 8)."""
    for each in _listed(entry, "messaging"):
        yield _ASKS_NOTHING.isdisjoint(each)
    for each in _listed(entry, "changes"):
        value = each.get("value")
        yield not (isinstance(value, dict) and value.get("item") in _NO_TEXT)


def _listed(entry: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = entry.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
