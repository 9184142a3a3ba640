"""What a provider posts to us, and what a connector makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.message import Arrival, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A request to one of our webhooks, as it came."""

    #: In capitals: GET or POST.
    method: str
    #: As the provider knows it: under the configured public address, with its query.
    url: str
    #: The query's parameters; of several of one name the last.
    query: Mapping[str, str]
    #: Names in lower case.
    headers: Mapping[str, str]
    #: The raw bytes, which signatures are made of.
    body: bytes
    #: When it came; aware UTC.
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a request brought to one account."""

    #: The address of the account; empty: the one that the webhook's URL names.
    address: str = ""
    arrivals: tuple[Arrival, ...] = ()
    observations: tuple[Observation, ...] = ()
    #: True: something changed there, and the account is to be visited to learn what.
    look: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A request that was signed as it must be, and what to answer."""

    heard: tuple[Heard, ...] = ()
    body: str = ""
    media_type: str = "text/plain"


class Hook(Protocol):
    """A connector that understands what its provider posts. Holds no line and asks nothing of the provider."""

    def understand(self, posted: Posted) -> Understood:
        """Return what a request brought.

        Raises:
            NotSigned: its signature is missing or wrong, or a handshake does not know our word.
            BadInput: it is signed, and makes no sense.
        """
        ...
