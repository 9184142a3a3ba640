"""SmtpServer: takes what Svarsvakt sends, remembers it, and delivers it to nobody."""

import socket
from asyncio import AbstractServer
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from domain.protocols import Clock
from sandbox.loopback import listen

#: How many mails are remembered; the oldest go first.
REMEMBERED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """A mail that left Svarsvakt, as the receiving side got it."""

    #: Empty: the null path `<>`.
    envelope_sender: str
    recipients: tuple[str, ...]
    original: bytes
    #: The town's time; aware UTC.
    at: datetime

    def parsed(self) -> EmailMessage:
        """Return the mail, parsed."""
        mail = message_from_bytes(self.original, policy=policy.default)
        assert isinstance(mail, EmailMessage)  # what policy.default makes
        return mail

    @property
    def subject(self) -> str:
        """Return the decoded subject."""
        return str(self.parsed()["Subject"] or "")

    @property
    def text(self) -> str:
        """Return the plain text, lines ending in LF."""
        body = self.parsed().get_body(("plain",))
        return "" if body is None else str(body.get_content()).replace("\r\n", "\n")


class SmtpServer:
    """A local SMTP server without sign-in, in a thread of its own."""

    def __init__(self, clock: Clock, *, port: int = 0, on_mail: Callable[[SentMail], None] | None = None) -> None:
        """Prepare a server that is not yet listening.

        Args:
            clock: dates what arrives.
            port: 0 takes a free one.
            on_mail: called with every mail, in the server's thread, before the sender gets its 250.
        """
        self._clock = clock
        self._wanted_port = port
        self._on_mail = on_mail
        self._remembered: deque[SentMail] = deque(maxlen=REMEMBERED)
        self._controller: _Controller | None = None

    @property
    def port(self) -> int:
        """Return the port it listens on. Raises RuntimeError before `start`."""
        if self._controller is None:
            raise RuntimeError("The SMTP server is not started")
        return self._controller.port

    @property
    def sent(self) -> tuple[SentMail, ...]:
        """Return what was taken, oldest first; at most `REMEMBERED` mails."""
        return tuple(self._remembered)

    def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._controller = _Controller(self, listen(self._wanted_port))
        self._controller.start()

    def stop(self) -> None:
        """Stop listening and end the thread."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one mail (aiosmtpd calls this after DATA)."""
        mail = SentMail(
            # aiosmtpd writes the null path as it came.
            envelope_sender="" if envelope.mail_from in (None, "<>") else str(envelope.mail_from),
            recipients=tuple(envelope.rcpt_tos),
            original=bytes(envelope.original_content or b""),
            at=self._clock.now(),
        )
        self._remembered.append(mail)
        if self._on_mail is not None:
            self._on_mail(mail)
        return "250 2.0.0 Taken by the sandbox"


class _Controller(Controller):
    """aiosmtpd's own, on a socket that is already bound: no free port can be lost between choosing and binding."""

    def __init__(self, handler: SmtpServer, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port, enable_SMTPUTF8=True, ident="Exempelby sandbox")
        self._listener = listener

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)
