"""A signed-in IMAP conversation: opening it, and what can go wrong in it as a step and a sentence."""

import imaplib
import logging
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from connectors.imap_refusals import told
from connectors.oauth import Bearer, Credential
from connectors.reach import line_fault
from connectors.xoauth2 import MECHANISMS, Conversation, not_let_in
from domain.account import ImapConnection, Security
from domain.errors import Unreachable

# At DEBUG the library logs the whole conversation: content and senders have no place in a log (P12).
logging.getLogger("imapclient").setLevel(logging.INFO)


def connect(connection: ImapConnection, password: Credential) -> IMAPClient:
    """Open a conversation and sign in.

    Raises:
        Unreachable: at step name, tcp, tls, token, sign_in or protocol.
    """
    client = open_line(connection)
    try:
        sign_in(client, connection, password)
    except Unreachable:
        hang_up(client)
        raise
    return client


def open_line(connection: ImapConnection) -> IMAPClient:
    """Connect, protected as the settings say: there is no way back to the clear.

    Raises:
        Unreachable: at step name, tcp, tls or protocol.
    """
    with faults(connection, "protocol", f"{_where(connection)} does not greet as an IMAP server: check the port"):
        client = IMAPClient(
            connection.host,
            connection.port,
            ssl=connection.security is Security.tls,
            timeout=SocketTimeout(connection.timeout_seconds, connection.timeout_seconds),
        )
    # What is said in two parts, such as how one signs in, leaves at once: else the second waits 40 ms for the server to
    # acknowledge the first.
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.normalise_times = False
    if connection.security is Security.starttls:
        try:
            _start_tls(client, connection)
        except Unreachable:
            hang_up(client)
            raise
    return client


def sign_in(client: IMAPClient, connection: ImapConnection, password: Credential) -> None:
    """Sign in.

    Raises:
        Unreachable: at step token, sign_in, tcp or protocol.
    """
    if isinstance(password, Bearer):
        _sign_in_by_token(client, connection, password)
        return
    where, secret = _where(connection), connection.secret or "the account's secret"
    with faults(
        connection, "sign_in", f"{where} does not let {connection.user} in: check user and password ({secret})"
    ):
        if client.has_capability("AUTH=PLAIN"):
            # LOGIN cannot carry å ä ö.
            client.plain_login(connection.user, password)
        elif client.has_capability("LOGINDISABLED"):
            raise Unreachable("sign_in", f"{where} takes no password here: set security to tls or starttls")
        elif (connection.user + password).isascii():
            client.login(connection.user, password)
        else:
            raise Unreachable("sign_in", f"{where} takes only ASCII in user and password: choose others")


def _sign_in_by_token(client: IMAPClient, connection: ImapConnection, bearer: Bearer) -> None:
    where = _where(connection)
    offered = [name for name in MECHANISMS if client.has_capability(f"AUTH={name}")]
    if not offered:
        raise Unreachable("sign_in", f"{where} takes no tokens: check host and security, or use a password")
    for token in bearer.attempts():
        with faults(connection, "sign_in", ""):
            try:
                client.sasl_login(offered[0], Conversation(offered[0], connection.user, token))
            except LoginError as error:
                if isinstance(error.__context__, imaplib.IMAP4.abort):
                    # The library tells a broken line and a no apart, and then calls both a no.
                    raise error.__context__ from None
                if "[UNAVAILABLE]" in str(error):
                    raise Unreachable(
                        "sign_in", f"{where} cannot check tokens now: if it lasts, ask its operator"
                    ) from None
            else:
                return
    raise Unreachable("sign_in", f"{where} {not_let_in(connection.user)}")


class BrokenOff(Unreachable):
    """The server closed the line in the middle of a conversation."""


@contextmanager
def faults(connection: ImapConnection, step: str, sentence: str) -> Iterator[None]:
    """Turn what the library raises into Unreachable.

    A no of the server gets the step and sentence given; a broken line or conversation gets its own. The original
    error is left out of the chain: the server's words may hold a sender or a subject.

    Raises:
        Unreachable: always in place of the library's errors.
    """
    where = _where(connection)
    try:
        yield
    except imaplib.IMAP4.abort:
        raise BrokenOff("protocol", f"{where} broke the conversation off: if it lasts, ask its operator") from None
    except imaplib.IMAP4.error as error:
        step, sentence = told(error, connection) or (step, sentence)
        raise Unreachable(step, sentence) from None
    except (ConnectionResetError, BrokenPipeError) as error:
        broken = line_fault(error, connection.host, connection.port)
        raise BrokenOff(broken.step, str(broken)) from None
    except (OSError, UnicodeError) as error:
        raise line_fault(error, connection.host, connection.port) from None
    except ValueError:
        raise Unreachable("protocol", f"{where} gave an answer that cannot be read: ask its operator") from None


def opening(connection: ImapConnection, name: str) -> AbstractContextManager[None]:
    """Say of a folder that does not open what to check."""
    sentence = f"{connection.user} cannot open the folder {name}: check its name, and that the user may read it"
    return faults(connection, "folder", sentence)


def answers(connection: ImapConnection) -> AbstractContextManager[None]:
    """Say of a no to an ordinary command whom to ask."""
    sentence = f"{connection.host}:{connection.port} refused a command that it should know: ask its operator"
    return faults(connection, "protocol", sentence)


def hang_up(client: IMAPClient) -> None:
    """Close the line without a word; never raises."""
    # Nothing is lost by a line that closes badly: every position lies in the cursor.
    with suppress(imaplib.IMAP4.error, OSError):
        client.shutdown()


def _start_tls(client: IMAPClient, connection: ImapConnection) -> None:
    sentence = f"{_where(connection)} offers no STARTTLS: set security to tls, usually with port 993"
    with faults(connection, "tls", sentence):
        client.starttls()


def _where(connection: ImapConnection) -> str:
    return f"{connection.host}:{connection.port}"
