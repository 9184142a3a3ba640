"""Mail sent over SMTP: at most once, and never in doubt without saying so (P8)."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from connectors.mime import mime, wire_address
from connectors.oauth import Credential
from connectors.smtp_answers import expect
from connectors.smtp_session import connect, hang_up
from domain.account import SmtpConnection
from domain.errors import Failing, SendFailed, SendRefused, SendUncertain, Unreachable
from domain.outgoing import AUTOMATIC_REPLIES, CANNOT_TELL, Found, Receipt, Rendered, Trace
from domain.protocols import Clock

#: A line carries at most so many messages, and no longer than this: servers cut lines that carry too many, and what
#: balances the load behind a name sees only new lines.
MOST_MESSAGES = 100
LONGEST_LINE = timedelta(minutes=5)

#: With this the server closes the line (RFC 5321 section 3.8).
CLOSING = 421

#: Steps at which an account that cannot be reached waits for a person.
_OUR_SETTINGS = frozenset({"token", "sign_in"})


@dataclass(frozen=True, slots=True)
class Letter:
    """Sender, recipient and content as the wire gets them; an empty sender is the null path."""

    sender: str
    recipient: str
    content: bytes

    @property
    def is_ascii(self) -> bool:
        """Whether every server takes it: only an address can need SMTPUTF8 (RFC 6531)."""
        return self.sender.isascii() and self.recipient.isascii() and self.content.isascii()


class LineBroken(SendFailed):
    """The server hung up before it was to take the message: another line may do."""


class SmtpSink:
    """A way out over SMTP as a Sink. Used by one thread at a time; the line stays open between sends."""

    def __init__(
        self, connection: SmtpConnection, password: Credential, clock: Clock,
        look: Callable[[str], Found] | None = None,
    ) -> None:  # fmt: skip
        """Remember the way out; nothing is opened yet.

        Args:
            connection: the way out.
            password: what one signs in with.
            clock: dates the message and the receipt, and says how old a line is.
            look: asks whether a Message-ID lies among the sent mail; None: there is no such place to look in.
        """
        self._connection = connection
        self._password = password
        self._clock = clock
        self._look = look
        self._client: smtplib.SMTP | None = None
        self._opened_at = clock.now()
        self._carried = 0

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        """Send one message, once; see `Sink.send`.

        Raises:
            SendFailed: no way to the server, or an answer 4xx: nothing was taken.
            SendRefused: an answer 5xx, or a message that cannot be written.
            SendUncertain: no answer after the content was begun.
        """
        letter = self._written(rendered)
        try:
            client = self._announced(letter, rendered)
            before_wire()
            answer = _hand_over(client, letter.content, rendered.recipient)
        except BaseException:
            # Whatever stage the server stands at: a new line starts clean, and an unfinished message is not taken.
            self._drop()
            raise
        self._carried += 1
        return Receipt(accepted_at=self._clock.now(), provider_id=answer)

    def find_sent(self, rendered: Rendered, is_anothers: Callable[[str], bool]) -> Trace:
        """Look among the sent mail, where there is any to look in; SMTP itself cannot tell.

        What does not lie there may have gone all the same: not every provider files what it takes by SMTP. A Message-ID
        is nobody else's.
        """
        del is_anothers
        if self._look is None:
            return CANNOT_TELL
        try:
            found = self._look(rendered.message_id)
        except Unreachable:
            return CANNOT_TELL
        return Trace(Found.found, "lies among the sent mail") if found is Found.found else CANNOT_TELL

    def close(self) -> None:
        """Say goodbye and close the line; a later send opens a new one."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.quit()
        except (smtplib.SMTPException, OSError):
            hang_up(client)

    def _written(self, rendered: Rendered) -> Letter:
        try:
            sender, recipient = wire_address(rendered.envelope_sender), wire_address(rendered.recipient)
            return Letter(sender, recipient, mime(rendered, self._clock.now()))
        except ValueError as error:
            raise SendRefused(f"The message cannot be written as an e-mail: {error}") from None

    def _announced(self, letter: Letter, rendered: Rendered) -> smtplib.SMTP:
        """Have sender and recipient taken; return the line that the content is to follow on.

        A line that was open before may have been cut meanwhile: then a new one is tried, once, for nothing has left.
        """
        if self._client is not None and self._is_worn():
            self.close()
        used = self._client is not None
        try:
            return _announce(self._open(), letter, rendered)
        except LineBroken:
            if not used:
                raise
            self._drop()
            return _announce(self._open(), letter, rendered)

    def _open(self) -> smtplib.SMTP:
        if self._client is None:
            try:
                self._client = connect(self._connection, self._password)
            except Unreachable as fault:
                failing = Failing.sign_in if fault.step in _OUR_SETTINGS else Failing.transient
                raise SendFailed(str(fault), failing) from fault
            self._opened_at, self._carried = self._clock.now(), 0
        return self._client

    def _is_worn(self) -> bool:
        return self._carried >= MOST_MESSAGES or self._clock.now() - self._opened_at > LONGEST_LINE

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            hang_up(client)


def _announce(client: smtplib.SMTP, letter: Letter, rendered: Rendered) -> smtplib.SMTP:
    """Name sender and recipient, and have both taken."""
    if not letter.is_ascii and not client.has_extn("smtputf8"):
        raise SendRefused("The mail server takes no address with other letters than a to z before the @")
    options = [f"SIZE={len(letter.content)}"] if client.has_extn("size") else []
    options += [] if letter.is_ascii else ["smtputf8"]
    # Nobody reads what comes back to an automatic reply; a person must learn that an answer did not arrive.
    quiet = ["NOTIFY=NEVER"] if client.has_extn("dsn") and rendered.kind in AUTOMATIC_REPLIES else []
    try:
        _go_on(client.mail(letter.sender, options), rendered.recipient)
        _go_on(client.rcpt(letter.recipient, quiet), rendered.recipient)
    except (smtplib.SMTPException, OSError):
        raise LineBroken("The line broke before the message was handed over: try again later") from None
    return client


def _go_on(answer: tuple[int, bytes], recipient: str) -> None:
    try:
        expect(*answer, recipient)
    except SendFailed as failed:
        if answer[0] == CLOSING:
            raise LineBroken(str(failed), failed.failing) from None
        raise


def _unwritable(error: ValueError) -> SendRefused:
    return SendRefused(f"The message cannot be written as an e-mail: {error}")


def _hand_over(client: smtplib.SMTP, content: bytes, recipient: str) -> str:
    """Send DATA and the content; return the server's answer."""
    try:
        code, words = client.data(content)
    except smtplib.SMTPDataError as error:
        # The server said no to DATA itself: no content has left.
        code, words = error.smtp_code, _bytes(error.smtp_error)
    except (smtplib.SMTPException, OSError):
        raise SendUncertain("The line broke while the message was handed over: it may have gone") from None
    if not 200 <= code < 600 or 300 <= code < 400:
        raise SendUncertain("The server's answer to the message cannot be read: it may have gone")
    return expect(code, words, recipient)


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()
