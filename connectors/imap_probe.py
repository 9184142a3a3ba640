"""The way into a mailbox, tried step by step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from imapclient import IMAPClient

from connectors.ends import what_ends
from connectors.imap_folder import examine, find_folders
from connectors.imap_session import answers, hang_up, open_line, opening, sign_in
from connectors.oauth import Bearer, Credential
from connectors.reach import connect_tcp, protection, resolve, walk
from domain.account import ImapConnection
from domain.finding import Health


class ImapProbe:
    """Tries every step of the way into a mailbox: name, tcp, tls, token where there is one, sign_in, folder."""

    def __init__(self, connection: ImapConnection, password: Credential) -> None:
        """Remember the way in; nothing is opened yet."""
        self._connection = connection
        self._password = password

    def probe(self) -> Health:
        """Try the steps in order, up to the first that fails; nothing in the mailbox changes."""
        way, opened = self._connection, list[IMAPClient]()
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            ("name", lambda: resolve(way.host, way.port)),
            ("tcp", lambda: connect_tcp(way.host, way.port, way.timeout_seconds)),
            ("tls", lambda: self._protect(opened)),
            *((("token", self._password.prove),) if isinstance(self._password, Bearer) else ()),
            ("sign_in", lambda: self._sign_in(opened[0])),
            ("folder", lambda: self._look(opened[0])),
        )
        try:
            return replace(walk(steps), ends=self._ends(opened))
        finally:
            for client in opened:
                hang_up(client)

    def _protect(self, opened: list[IMAPClient]) -> str:
        opened.append(open_line(self._connection))
        return protection(opened[0].socket())

    def _ends(self, opened: list[IMAPClient]) -> tuple[tuple[str, datetime], ...]:
        return what_ends([client.socket() for client in opened], self._connection.host, self._password)

    def _sign_in(self, client: IMAPClient) -> str:
        sign_in(client, self._connection, self._password)
        return f"{self._connection.user} may sign in"

    def _look(self, client: IMAPClient) -> str:
        with answers(self._connection):
            folders = find_folders(client, self._connection)
        for name, role in folders:
            with opening(self._connection, name):
                examine(client, name, role)
        return f"Read: {', '.join(name for name, _ in folders)}"
