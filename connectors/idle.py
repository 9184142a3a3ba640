"""Push over IMAP: a line held in IDLE tells at once that a mailbox changed; what changed is for the Source to fetch."""

from contextlib import AbstractContextManager

from imapclient import IMAPClient

from connectors.imap_session import connect, faults, hang_up
from connectors.oauth import Credential
from domain.account import ImapConnection
from domain.errors import Unreachable

#: Untagged responses after which the mailbox is worth a visit: something came, went, or was handled.
CHANGES = frozenset({b"EXISTS", b"EXPUNGE", b"FETCH", b"VANISHED"})


class IdleLine:
    """One mailbox held in IDLE. Used by one thread at a time.

    `changed` is quick and may stand in a selector's loop; `open` and `renew` wait for the server.
    """

    def __init__(self, connection: ImapConnection, password: Credential) -> None:
        """Remember the way in; nothing is opened yet."""
        self._connection = connection
        self._password = password
        self._client: IMAPClient | None = None

    def open(self) -> None:
        """Connect, sign in, open the inbox read-only and begin to idle.

        Raises:
            Unreachable: as `ImapSource.fetch`; at step protocol when the server has no IDLE.
        """
        self._client = connect(self._connection, self._password)
        try:
            with self._faults():
                if not self._client.has_capability("IDLE"):
                    raise Unreachable("protocol", f"{self._connection.host} has no IDLE: the account is polled")
                self._client.select_folder(self._connection.inbox, readonly=True)
                self._client.idle()
        except Unreachable:
            self.close()
            raise

    def fileno(self) -> int:
        """Return the socket's descriptor, for a selector.

        Raises:
            Unreachable: the line is closed.
        """
        descriptor: int = self._opened().socket().fileno()
        return descriptor

    def changed(self) -> bool:
        """Say whether the mailbox changed; call it when the socket is readable. Never waits.

        Raises:
            Unreachable: the line broke; `close` it.
        """
        with self._faults():
            responses = self._opened().idle_check(timeout=0)
        if not responses:
            # A server that died leaves a socket that is always readable, and nothing to read.
            raise Unreachable("tcp", f"{self._connection.host} closed the line")
        if any(response[0] == b"BYE" for response in responses):
            raise Unreachable("tcp", f"{self._connection.host} said goodbye")
        return _tells_of_change(responses)

    def renew(self) -> bool:
        """Leave IDLE and enter it again, which shows that the server still answers; say what `changed` says.

        Raises:
            Unreachable: the line broke; `close` it.
        """
        client = self._opened()
        with self._faults():
            _, responses = client.idle_done()
            client.idle()
        return _tells_of_change(responses)

    def close(self) -> None:
        """Let go of the line; never raises."""
        if self._client is not None:
            hang_up(self._client)
            self._client = None

    def _opened(self) -> IMAPClient:
        if self._client is None:
            raise Unreachable("tcp", f"the line to {self._connection.host} is closed")
        return self._client

    def _faults(self) -> AbstractContextManager[None]:
        sentence = f"{self._connection.host} does not let the inbox be watched: polling goes on"
        return faults(self._connection, "folder", sentence)


def _tells_of_change(responses: list[tuple[object, ...]]) -> bool:
    return any(part in CHANGES for response in responses for part in response[:2])
