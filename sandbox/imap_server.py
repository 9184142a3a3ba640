"""ImapServer: a small IMAP4rev1 server on loopback, in a thread of its own, with mailboxes in memory."""

import asyncio
import logging
import threading
from datetime import datetime
from email import message_from_bytes
from email.utils import parseaddr

from domain.protocols import Clock
from sandbox.imap_session import Fault, ImapSession
from sandbox.imap_wire import LONGEST_LINE_BYTES, ImapWire
from sandbox.loopback import LOOPBACK
from sandbox.mail_store import Folder, MailStore

log = logging.getLogger(__name__)


class ImapServer:
    """The sandbox's mail server: several users, faults on demand."""

    def __init__(self, clock: Clock, *, port: int = 0) -> None:
        """Prepare a server that is not yet listening.

        Args:
            clock: dates what clients append without a date.
            port: 0 takes a free one.
        """
        self._clock = clock
        #: After the first start the port it got, so that a restart is found by its clients.
        self._port = port
        self._store = MailStore()
        #: Both made by `start`.
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread
        self._server: asyncio.Server | None = None
        self._conversations: dict[asyncio.Task[None], ImapSession] = {}
        #: What the server does wrong from now on; set it from any thread.
        self.fault = Fault.none

    @property
    def port(self) -> int:
        """Return the port it listens on. Raises RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError("The IMAP server is not started")
        return self._port

    def add_user(self, user: str, password: str) -> None:
        """Open a mailbox with INBOX, Junk and Sent."""
        self._store.add_user(user, password)

    def folder(self, user: str, name: str = "INBOX") -> Folder:
        """Return a user's folder. Raises KeyError when there is no such user or folder."""
        folder = self._store.folder(user, name)
        if folder is None:
            raise KeyError(name)
        return folder

    def deliver(self, user: str, original: bytes, at: datetime, *, envelope_sender: str | None = None) -> int:
        """Put a mail in the user's INBOX as LMTP does, with a Return-Path on top, and return its UID.

        Args:
            user: the mailbox's user.
            original: the mail, lines ending in CRLF.
            at: INTERNALDATE; aware.
            envelope_sender: the address of MAIL FROM, empty for the null path; None takes the one of From.

        Raises:
            KeyError: there is no such user.
        """
        sender = _from_address(original) if envelope_sender is None else envelope_sender
        return self.folder(user).add(f"Return-Path: <{sender}>\r\n".encode() + original, at)

    def start(self) -> None:
        """Listen; after a stop, on the same port with the same mails. Raises OSError when the port is taken."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sandbox-imap", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        except OSError:
            self._end_thread()
            raise
        self._store.listen(self._wake)

    def stop(self) -> None:
        """Cut every connection and end the thread; nothing happens when it is not started."""
        if self._server is None:
            return
        self._store.forget(self._wake)
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()
        self._end_thread()

    def _end_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wake(self) -> None:
        """Tell idling clients, from whichever thread changed a folder."""
        self._loop.call_soon_threadsafe(self._set_changed)

    def _set_changed(self) -> None:
        for session in self._conversations.values():
            session.changed.set()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._converse, LOOPBACK, self._port, limit=LONGEST_LINE_BYTES)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await server.wait_closed()
        for task in tuple(self._conversations):
            task.cancel()
        while self._conversations:
            await asyncio.sleep(0)
        # Transports that were aborted close their sockets in the loop's next rounds.
        await asyncio.sleep(0.01)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = ImapSession(ImapWire(reader, writer), self._store, self._clock, lambda: self.fault)
        task = asyncio.current_task()
        assert task is not None  # a coroutine always runs in one
        self._conversations[task] = session
        try:
            await session.run()
        except ConnectionError as error:
            log.debug("A client is gone: %s", error)
        except asyncio.CancelledError:
            log.debug("The server stops")
        finally:
            # Not close(): nobody waits for what is left in the buffers of a client that has vanished.
            if not session.left:
                writer.transport.abort()
            writer.close()
            del self._conversations[task]


def _from_address(original: bytes) -> str:
    return parseaddr(str(message_from_bytes(original).get("From", "")))[1]
