"""Connectors that other packages bring: found by entry point, and spoken to through one small protocol.

How one is made: docs/add-a-channel.md.
"""

from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

from domain.account import Account
from domain.errors import BadInput
from domain.posted import Hook
from domain.protocols import Clock, Probe, Sink, Source

#: Where packages name their connectors.
GROUP = "svarsvakt.connectors"


class Connector(Protocol):
    """What a package names under `svarsvakt.connectors`: a module, or anything else with these functions.

    `secret` is the account's own, empty where it has none. Nothing is opened before it is used.
    """

    def source(self, account: Account, secret: str, clock: Clock) -> Source:
        """Return what reads the account."""
        ...

    def sink(self, account: Account, secret: str, clock: Clock) -> Sink | None:
        """Return what its answers leave by; None: it is only read."""
        ...

    def hook(self, account: Account, secret: str) -> Hook | None:
        """Return what understands the requests that the provider posts; None: it posts none."""
        ...

    def probe(self, account: Account, secret: str, clock: Clock) -> Probe:
        """Return what tries the way to the provider, step by step."""
        ...


@cache
def find_connector(name: str) -> Connector:
    """Return the connector of that name.

    Raises:
        BadInput: no package that is installed here has one.
    """
    found = entry_points(group=GROUP)
    if name not in found.names:
        known = ", ".join(sorted(found.names)) or "none"
        raise BadInput(f'No connector "{name}" is installed: install its package here (installed are: {known}).')
    connector: Connector = found[name].load()
    return connector


def opened(account: Account, secret: Callable[[str], str]) -> tuple[Connector, str]:
    """Return the connector of an account and its secret.

    Raises:
        BadInput: the connector or its secret is missing.
    """
    assert account.connector is not None
    return find_connector(account.connector.name), secret(account.connector.secret) if account.connector.secret else ""
