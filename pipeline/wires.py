"""Wires: opens the connector that an account's settings ask for."""

from collections.abc import Callable
from typing import Protocol

from connectors.idle import IdleLine
from connectors.imap import ImapSource
from connectors.imap_probe import ImapProbe
from connectors.smtp import SmtpSink
from domain.account import Account, Channel, Mode, SmtpConnection
from domain.outgoing import OutgoingKind
from domain.protocols import Clock, Line, Probe, Sink, Source
from domain.site import Site


class Wires(Protocol):
    """How accounts are opened; each call gives a connector of its own, to be closed by the caller."""

    def source(self, account: Account) -> Source | None:
        """Return what reads the account; None when its connector is not built or not configured."""
        ...

    def sink(self, site: Site, account: Account, kind: OutgoingKind) -> Sink | None:
        """Return what a message of that kind leaves by; None when there is no way out."""
        ...

    def line(self, account: Account) -> Line | None:
        """Return what tells when the account changes; None when it cannot."""
        ...


class RealWires:
    """The wires of a running installation."""

    def __init__(self, secret: Callable[[str], str], clock: Clock) -> None:
        """Keep where secrets come from.

        Args:
            secret: gives the secret of a name; raises BadInput when it is missing.
            clock: what receipts are stamped with.
        """
        self._secret = secret
        self._clock = clock

    def source(self, account: Account) -> Source | None:
        """Return what reads the account; None when its connector is not built or not configured."""
        if account.channel is not Channel.email or account.imap is None:
            return None
        return ImapSource(account.imap, self._password(account.imap.secret), watch_only=account.mode is Mode.watch_only)

    def line(self, account: Account) -> Line | None:
        """Return what tells when the account changes; None when it cannot."""
        if account.channel is not Channel.email or account.imap is None:
            return None
        return IdleLine(account.imap, self._password(account.imap.secret))

    def probe(self, account: Account) -> Probe | None:
        """Return what tries the account's ways in, step by step."""
        if account.channel is not Channel.email or account.imap is None:
            return None
        return ImapProbe(account.imap, self._password(account.imap.secret))

    def sink(self, site: Site, account: Account, kind: OutgoingKind) -> Sink | None:
        """Return what a message of that kind leaves by; None when there is no way out."""
        connection = site.alert_smtp if kind is OutgoingKind.alert else account.smtp
        return None if connection is None else self._smtp(connection)

    def _smtp(self, connection: SmtpConnection) -> Sink:
        return SmtpSink(connection, self._password(connection.secret) if connection.user else "", self._clock)

    def _password(self, name: str) -> str:
        return self._secret(name) if name else ""
