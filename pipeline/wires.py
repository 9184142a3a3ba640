"""Wires: opens the connector that an account's settings ask for."""

from collections.abc import Callable
from threading import Lock
from typing import Protocol

from connectors.facebook_page import FacebookSource
from connectors.facebook_probe import FacebookProbe
from connectors.facebook_sink import FacebookSink
from connectors.graph_client import GraphClient
from connectors.graph_hook import GraphHook
from connectors.idle import IdleLine
from connectors.imap import ImapSource
from connectors.imap_probe import ImapProbe
from connectors.installed import opened
from connectors.oauth import Credential, Tokens
from connectors.sent_folder import find_in_sent
from connectors.smtp import SmtpSink
from connectors.smtp_probe import SmtpProbe
from connectors.twilio_client import TwilioClient
from connectors.twilio_hook import TwilioHook
from connectors.twilio_list import TwilioList
from connectors.twilio_probe import TwilioProbe
from connectors.twilio_sink import TwilioSink
from connectors.twilio_sms import TwilioSource
from domain.account import Account, Channel, FacebookConnection, ImapConnection, Mode, SmtpConnection, TwilioConnection
from domain.alerting import AlertSms
from domain.errors import BadInput
from domain.outgoing import Found, OutgoingKind
from domain.posted import Hook
from domain.protocols import Clock, Line, Probe, Sink, Source
from domain.site import Site
from pipeline.alert_ways import AlertWays


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

    def hook(self, wire: str, account: Account) -> Hook | None:
        """Return what understands the requests of a provider; None when the account has no such webhook.

        Raises:
            BadInput: the secret that they are signed with is missing.
        """
        ...


class RealWires:
    """The wires of a running installation."""

    def __init__(
        self, secret: Callable[[str], str], clock: Clock, keep: Callable[[str, str], None] | None = None
    ) -> None:
        """Keep where secrets come from.

        Args:
            secret: gives the secret of a name; raises BadInput when it is missing.
            clock: what receipts are stamped with, and by which tokens end.
            keep: writes a renewed secret to its place; raises BadInput when it cannot. Left out: it never can.
        """
        self._secret = secret
        self._clock = clock
        self._lock = Lock()
        self._lists: dict[TwilioConnection, tuple[str, TwilioList]] = {}
        self._tokens = Tokens(secret, keep or _keep_nothing, clock)
        self._alert_ways = AlertWays(lambda way: self._smtp(way, None), self._alert_sms, clock)

    def source(self, account: Account) -> Source | None:
        """Return what reads the account; None when its connector is not built or not configured."""
        if account.connector is not None:
            connector, secret = opened(account, self._secret)
            return connector.source(account, secret, self._clock)
        if account.twilio is not None:
            return TwilioSource(account.twilio, account.address, self._twilio_list(account.twilio), self._clock)
        if account.facebook is not None:
            page = self._graph(account.facebook)
            return FacebookSource(account.facebook, account.address, page, self._clock)
        if account.channel is not Channel.email or account.imap is None:
            return None
        return ImapSource(account.imap, self._credential(account.imap), watch_only=account.mode is Mode.watch_only)

    def line(self, account: Account) -> Line | None:
        """Return what tells when the account changes; None when it cannot."""
        if account.channel is not Channel.email or account.imap is None:
            return None
        return IdleLine(account.imap, self._credential(account.imap))

    def hook(self, wire: str, account: Account) -> Hook | None:
        """Return what understands the requests of a provider; None when the account has no such webhook."""
        if account.connector is not None and wire == account.connector.name:
            connector, secret = opened(account, self._secret)
            return connector.hook(account, secret)
        if account.twilio is not None and wire == account.twilio.wire:
            twilio = account.twilio
            return TwilioHook(*[self._secret(name) for name in (twilio.webhook_secret, twilio.secret) if name])
        page = account.facebook
        if page is not None and wire == page.wire and page.app_secret and page.verify_token:
            return GraphHook(self._secret(page.app_secret), self._secret(page.verify_token))
        return None

    def way_in(self, way: ImapConnection) -> Probe:
        """Return what tries a way into a mailbox, step by step. Raises BadInput when its secret is missing."""
        return ImapProbe(way, self._credential(way))

    def way_out(self, way: SmtpConnection, sender: str) -> Probe:
        """Return what tries a way out for an envelope sender, step by step. Raises BadInput as `way_in`."""
        return SmtpProbe(way, self._credential(way) if way.user else "", sender)

    def way_by_connector(self, account: Account) -> Probe:
        """Return what tries the way of an installed connector. Raises BadInput when it or its secret is missing."""
        connector, secret = opened(account, self._secret)
        return connector.probe(account, secret, self._clock)

    def way_to_number(self, number: str, way: TwilioConnection) -> Probe:
        """Return what tries the way to a number, step by step. Raises BadInput as `way_in`."""
        return TwilioProbe(way, number, self._twilio(way))

    def way_to_page(self, account: Account, way: FacebookConnection) -> Probe:
        """Return what tries the way to a page, step by step. Raises BadInput as `way_in`."""
        return FacebookProbe(way, account.address, self._graph(way))

    def sink(self, site: Site, account: Account, kind: OutgoingKind) -> Sink | None:
        """Return what a message of that kind leaves by; None when there is no way out."""
        if account.connector is not None and kind is not OutgoingKind.alert:
            connector, secret = opened(account, self._secret)
            return connector.sink(account, secret, self._clock)
        if account.facebook is not None and kind is not OutgoingKind.alert:
            return FacebookSink(account.facebook, account.address, self._graph(account.facebook), self._clock)
        if account.twilio is not None and kind is not OutgoingKind.alert:
            callback = site.hook_address(account.twilio.wire, account)
            return TwilioSink(self._twilio(account.twilio), account.address, self._clock, status_callback=callback)
        if kind is OutgoingKind.alert:
            return self._alert_ways.open(site)
        return None if account.smtp is None else self._smtp(account.smtp, account.imap)

    def _smtp(self, way_out: SmtpConnection, way_in: ImapConnection | None) -> Sink:
        def look(message_id: str) -> Found:
            assert way_in is not None
            return find_in_sent(way_in, self._credential(way_in), message_id)

        password = self._credential(way_out) if way_out.user else ""
        return SmtpSink(way_out, password, self._clock, None if way_in is None else look)

    def _alert_sms(self, way: AlertSms) -> Sink:
        return TwilioSink(self._twilio(way.twilio), way.number, self._clock)

    def _graph(self, connection: FacebookConnection) -> GraphClient:
        app_secret = self._secret(connection.app_secret) if connection.app_secret else ""
        return GraphClient(connection, self._secret(connection.secret), app_secret)

    def _twilio(self, connection: TwilioConnection) -> TwilioClient:
        return TwilioClient(connection, self._secret(connection.secret))

    def _twilio_list(self, connection: TwilioConnection) -> TwilioList:
        """Return the one list of a Twilio account: its numbers are read from it together, by the secret of now."""
        secret = self._secret(connection.secret)
        with self._lock:
            if connection not in self._lists or self._lists[connection][0] != secret:
                self._lists[connection] = secret, TwilioList(TwilioClient(connection, secret), self._clock)
            return self._lists[connection][1]

    def _credential(self, way: ImapConnection | SmtpConnection) -> Credential:
        if way.oauth is not None:
            return self._tokens.bearer(way.oauth)
        return self._secret(way.secret) if way.secret else ""


def _keep_nothing(name: str, secret: str) -> None:
    raise BadInput(f'The secret "{name}" cannot be written here.')
