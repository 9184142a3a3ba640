"""The way out by mail, tried step by step."""

import smtplib
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from connectors.ends import what_ends
from connectors.mime import wire_address
from connectors.oauth import Bearer, Credential
from connectors.reach import connect_tcp, protection, resolve, walk
from connectors.smtp_session import faults, hang_up, open_line, sign_in
from domain.account import SmtpConnection
from domain.errors import Unreachable
from domain.finding import Health


class SmtpProbe:
    """Tries every step of the way out: name, tcp, tls, token where there is one, sign_in, permission. Sends nothing."""

    def __init__(self, connection: SmtpConnection, password: Credential, sender: str = "") -> None:
        """Remember the way out; nothing is opened yet.

        `sender` is the envelope sender that automatic messages have; empty: the null path.
        """
        self._connection = connection
        self._password = password
        self._sender = sender

    def probe(self) -> Health:
        """Try the steps in order, up to the first that fails."""
        way, opened = self._connection, list[smtplib.SMTP]()
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            ("name", lambda: resolve(way.host, way.port)),
            ("tcp", lambda: connect_tcp(way.host, way.port, way.timeout_seconds)),
            ("tls", lambda: self._protect(opened)),
            *((("token", self._password.prove),) if isinstance(self._password, Bearer) else ()),
            ("sign_in", lambda: self._sign_in(opened[0])),
            ("permission", lambda: self._offer(opened[0])),
        )
        try:
            return replace(walk(steps), ends=self._ends(opened))
        finally:
            for client in opened:
                hang_up(client)

    def _protect(self, opened: list[smtplib.SMTP]) -> str:
        opened.append(open_line(self._connection))
        return protection(_line(opened[0]))

    def _ends(self, opened: list[smtplib.SMTP]) -> tuple[tuple[str, datetime], ...]:
        return what_ends([_line(client) for client in opened], self._connection.host, self._password)

    def _sign_in(self, client: smtplib.SMTP) -> str:
        sign_in(client, self._connection, self._password)
        return f"{self._connection.user} may sign in" if self._connection.user else "No sign-in is asked for"

    def _offer(self, client: smtplib.SMTP) -> str:
        """Name the sender, and take it back: no message is begun."""
        way, sender = self._connection, self._sender
        with faults(way, "permission", "broke off while the sender was named"):
            code, _ = client.mail(wire_address(sender))
            client.rset()
        if 200 <= code < 300:
            return f"Messages from <{sender}> are taken"
        raise Unreachable(
            "permission",
            f"{way.host}:{way.port} takes no message from <{sender}> ({code}): let {way.user or 'us'} send with that "
            "envelope sender, or set bounce_address in site.toml to one that is taken",
        )


def _line(client: smtplib.SMTP) -> socket.socket:
    line = client.sock
    if line is None:
        raise Unreachable("tcp", "the line is closed")
    return line
