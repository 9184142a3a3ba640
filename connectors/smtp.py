"""Mail sent over SMTP: at most once, and never in doubt without saying so (P8)."""

import smtplib
from collections.abc import Callable

from connectors.mime import ascii_address, mime
from connectors.oauth import Credential
from connectors.smtp_session import connect, hang_up
from domain.account import SmtpConnection
from domain.errors import SendFailed, SendRefused, SendUncertain, Unreachable
from domain.outgoing import AUTOMATIC_REPLIES, Found, Receipt, Rendered
from domain.protocols import Clock

#: Noes for good that speak of our settings, not of the message: it may go when they are right. Source: RFC 4954, 3207.
OUR_FAULT = frozenset({523, 524, 525, 530, 534, 535, 538})

#: Characters of a server's answer that are kept.
LONGEST_ANSWER = 200


class SmtpSink:
    """A way out over SMTP as a Sink. Used by one thread at a time; the line stays open between sends."""

    def __init__(self, connection: SmtpConnection, password: Credential, clock: Clock) -> None:
        """Remember the way out; nothing is opened yet. The clock dates the message and the receipt."""
        self._connection = connection
        self._password = password
        self._clock = clock
        self._client: smtplib.SMTP | None = None

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        """Send one message, once; see `Sink.send`.

        Raises:
            SendFailed: no way to the server, or an answer 4xx: nothing was taken.
            SendRefused: an answer 5xx, or a message that cannot be written.
            SendUncertain: no answer after the content was begun.
        """
        envelope, content = self._written(rendered)
        client = self._open()
        try:
            _envelope(client, envelope, rendered, len(content))
            before_wire()
            answer = _hand_over(client, content, rendered.recipient)
        except BaseException:
            # Whatever stage the server stands at: a new line starts clean, and an unfinished message is not taken.
            self._drop()
            raise
        return Receipt(accepted_at=self._clock.now(), provider_id=answer)

    def find_sent(self, rendered: Rendered) -> Found:
        """Say that SMTP cannot tell."""
        return Found.cannot_tell

    def close(self) -> None:
        """Say goodbye and close the line; a later send opens a new one."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.quit()
        except (smtplib.SMTPException, OSError):
            hang_up(client)

    def _written(self, rendered: Rendered) -> tuple[tuple[str, str], bytes]:
        """Return sender and recipient of the envelope, and the content."""
        try:
            envelope = ascii_address(rendered.envelope_sender), ascii_address(rendered.recipient)
            return envelope, mime(rendered, self._clock.now())
        except ValueError as error:
            raise SendRefused(f"The message cannot be written as an e-mail: {error}") from None

    def _open(self) -> smtplib.SMTP:
        client = self._alive()
        if client is None:
            try:
                client = connect(self._connection, self._password)
            except Unreachable as fault:
                raise SendFailed(str(fault)) from fault
        self._client = client
        return client

    def _alive(self) -> smtplib.SMTP | None:
        """Return the open client if it still answers: servers hang up on idle ones."""
        if self._client is None:
            return None
        try:
            code, _ = self._client.noop()
        except (smtplib.SMTPException, OSError):
            code = 0
        if code != 250:
            self._drop()
        return self._client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            hang_up(client)


def _envelope(client: smtplib.SMTP, envelope: tuple[str, str], rendered: Rendered, size_bytes: int) -> None:
    """Name sender and recipient, and have both taken."""
    sender, recipient = envelope
    options = [f"SIZE={size_bytes}"] if client.has_extn("size") else []
    # Nobody reads what comes back to an automatic reply; a person must learn that an answer did not arrive.
    quiet = ["NOTIFY=NEVER"] if client.has_extn("dsn") and rendered.kind in AUTOMATIC_REPLIES else []
    try:
        _expect(client.mail(sender, options), rendered.recipient)
        _expect(client.rcpt(recipient, quiet), rendered.recipient)
    except (smtplib.SMTPException, OSError):
        raise SendFailed("The line broke before the message was handed over: try again later") from None


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
    return _expect((code, words), recipient)


def _expect(answer: tuple[int, bytes], recipient: str) -> str:
    """Return the server's answer when it is a yes.

    Raises:
        SendFailed: it is a no for now, or one about our settings.
        SendRefused: it is a no for good.
    """
    code, words = answer
    # The sentence goes into logs, where no address belongs.
    text = " ".join(words.decode("utf-8", "replace").replace(recipient, "…").split())[:LONGEST_ANSWER]
    if 200 <= code < 300:
        return f"{code} {text}"
    if 500 <= code < 600 and code not in OUR_FAULT:
        raise SendRefused(f"The mail server refuses the message for good: {code} {text}")
    raise SendFailed(f"The mail server does not take the message now: {code} {text}")


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()
