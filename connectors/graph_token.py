"""What Meta says of a page's token: when it ends, and what it allows.

Source: Meta's debug_token: `expires_at` and `data_access_expires_at` in seconds, 0 for never; `granular_scopes`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.graph_client import GraphClient, Resource
from domain.errors import Unreachable

#: How often the token is asked about.
TOKEN_EVERY = timedelta(minutes=15)
#: What reading, answering and hiding need.
NEEDED = ("pages_messaging", "pages_read_engagement", "pages_read_user_content", "pages_manage_engagement")
#: Steps at which the question itself was not allowed: then nothing is known of the token, and nothing is wrong.
_NOT_ALLOWED = frozenset({"page", "permission", "protocol"})

#: What ends, in Swedish: managers read it.
TOKEN_ENDS = "sidans åtkomstnyckel (token)"  # noqa: S105 - words
ACCESS_ENDS = "appens rätt att läsa sidan"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What is known of a token."""

    #: What ends, and when; None: Meta does not tell.
    ends: tuple[tuple[str, datetime], ...] | None = None
    #: What it lacks.
    fault: Unreachable | None = None


def read_token(client: GraphClient, page: str) -> TokenFacts:
    """Return what Meta says of the token; nothing, where it may not be asked.

    Raises:
        Unreachable: Meta cannot be asked now, or does not take the token.
    """
    try:
        said = client.token_facts()
    except Unreachable as fault:
        if fault.step in _NOT_ALLOWED:
            return TokenFacts()
        raise
    ends = ((TOKEN_ENDS, _instant(said.get("expires_at"))), (ACCESS_ENDS, _instant(said.get("data_access_expires_at"))))
    return TokenFacts(tuple((what, at) for what, at in ends if at is not None), _fault(said, page))


def _fault(said: Resource, page: str) -> Unreachable | None:
    scopes = said.get("scopes")
    if isinstance(scopes, list):
        lacking = [each for each in NEEDED if each not in scopes]
        if lacking:
            return Unreachable(
                "permission",
                f"The token lacks {', '.join(lacking)}: have it granted for the page, and make a new token",
            )
    if any(page not in targets for targets in _targets(said)):
        return Unreachable("page", "The page is not connected to the app any more: have an administrator connect it")
    return None


def _targets(said: Resource) -> Iterator[list[Any]]:
    """Yield the pages for which each needed permission was granted, where it was not for all."""
    listed = said.get("granular_scopes")
    for each in listed if isinstance(listed, list) else ():
        targets = each.get("target_ids") if isinstance(each, dict) else None
        if isinstance(targets, list) and each.get("scope") in NEEDED:
            yield targets


def _instant(value: Any) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) and value > 0 else None
