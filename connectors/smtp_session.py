"""A signed-in SMTP conversation: opening it, and what can go wrong in it as a step and a sentence."""

import smtplib
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from connectors.oauth import Bearer, Credential
from connectors.reach import line_fault
from connectors.xoauth2 import MECHANISMS, first_words, last_words, not_let_in
from domain.account import Security, SmtpConnection
from domain.errors import Unreachable

#: Characters of an AUTH command that a server takes, less its name and line end.
LONGEST_COMMAND = 12288 - len("AUTH \r\n")


def connect(connection: SmtpConnection, password: Credential) -> smtplib.SMTP:
    """Open a conversation and sign in where the settings name a user.

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


def open_line(connection: SmtpConnection) -> smtplib.SMTP:
    """Connect, protected as the settings say, and say hello: there is no way back to the clear.

    Raises:
        Unreachable: at step name, tcp, tls or protocol.
    """
    with faults(connection, "protocol", "does not greet as an SMTP server that takes mail from us"):
        client = _dial(connection)
    try:
        with faults(connection, "tls", "offers no STARTTLS: set security to tls, usually with port 465"):
            if connection.security is Security.starttls:
                client.starttls(context=ssl.create_default_context())
        with faults(connection, "protocol", "does not take our EHLO: check local_hostname"):
            client.ehlo_or_helo_if_needed()
    except Unreachable:
        hang_up(client)
        raise
    return client


def sign_in(client: smtplib.SMTP, connection: SmtpConnection, password: Credential) -> None:
    """Sign in with a token, or with user and password in UTF-8, which smtplib cannot; without a user, do nothing.

    Raises:
        Unreachable: at step token, sign_in, tcp or protocol.
    """
    if not connection.user:
        return
    if isinstance(password, Bearer):
        _sign_in_by_token(client, connection, password)
    else:
        _sign_in_by_password(client, connection, password)


def _sign_in_by_token(client: smtplib.SMTP, connection: SmtpConnection, bearer: Bearer) -> None:
    offered = client.esmtp_features.get("auth", "").upper().split()
    mechanism = next((name for name in MECHANISMS if name in offered), "")
    if not mechanism:
        raise Unreachable("sign_in", f"{_where(connection)} takes no tokens: check host, port and security")
    for token in bearer.attempts():
        with faults(connection, "sign_in", "broke off while signing in"):
            code = _show(client, mechanism, _base64(first_words(mechanism, connection.user, token).encode()))
            if code == 334:
                # The server says why; then it waits for a word before it says no.
                code, _ = client.docmd(_base64(last_words(mechanism).encode()))
        if 200 <= code < 300:
            return
        if 400 <= code < 500:
            raise Unreachable(
                "sign_in", f"{_where(connection)} cannot check tokens now ({code}): if it lasts, ask its operator"
            )
    raise Unreachable("sign_in", f"{_where(connection)} {not_let_in(connection.user)} ({code})")


def _show(client: smtplib.SMTP, mechanism: str, words: str) -> int:
    """Begin to sign in; a command as long as some tokens make it would not be taken (RFC 4954 section 4)."""
    command = f"{mechanism} {words}"
    if len(command) <= LONGEST_COMMAND:
        return client.docmd("AUTH", command)[0]
    code, _ = client.docmd("AUTH", mechanism)
    return client.docmd(words)[0] if code == 334 else code


def _sign_in_by_password(client: smtplib.SMTP, connection: SmtpConnection, password: str) -> None:
    offered = client.esmtp_features.get("auth", "").upper().split()
    user, secret = connection.user.encode(), password.encode()
    with faults(connection, "sign_in", "broke off while signing in"):
        if "PLAIN" in offered:
            code, _ = client.docmd("AUTH", "PLAIN " + _base64(b"\0" + user + b"\0" + secret))
        elif "LOGIN" in offered:
            code, _ = client.docmd("AUTH", "LOGIN " + _base64(user))
            if code == 334:
                code, _ = client.docmd(_base64(secret))
        else:
            raise Unreachable("sign_in", f"{_where(connection)} offers no sign-in by password: check security and port")
    if not 200 <= code < 300:
        raise Unreachable("sign_in", _sign_in_sentence(connection, code))


def hang_up(client: smtplib.SMTP) -> None:
    """Close the line without a word; never raises."""
    with suppress(OSError):
        client.close()


@contextmanager
def faults(connection: SmtpConnection, step: str, what: str) -> Iterator[None]:
    """Turn what smtplib raises into Unreachable; an answer of the server gets this step and sentence.

    Raises:
        Unreachable: always in place of the library's errors.
    """
    where = _where(connection)
    try:
        yield
    except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
        raise Unreachable(step, f"{where} {what}{_code(error)}") from None
    except smtplib.SMTPServerDisconnected:
        raise Unreachable("protocol", f"{where} broke the conversation off: if it lasts, ask its operator") from None
    except (OSError, UnicodeError) as error:
        raise line_fault(error, connection.host, connection.port) from None
    except ValueError:
        raise Unreachable(step, f"{where} {what}") from None


def _dial(connection: SmtpConnection) -> smtplib.SMTP:
    hello = connection.local_hostname or None
    if connection.security is Security.tls:
        return smtplib.SMTP_SSL(
            connection.host,
            connection.port,
            local_hostname=hello,
            timeout=connection.timeout_seconds,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(connection.host, connection.port, local_hostname=hello, timeout=connection.timeout_seconds)


def _sign_in_sentence(connection: SmtpConnection, code: int) -> str:
    where, secret = _where(connection), connection.secret or "the account's secret"
    if 400 <= code < 500:
        return f"{where} cannot check passwords now ({code}): if it lasts, ask its operator"
    return f"{where} does not let {connection.user} in ({code}): check user and password ({secret})"


def _code(error: Exception) -> str:
    return f" ({error.smtp_code})" if isinstance(error, smtplib.SMTPResponseException) else ""


def _base64(words: bytes) -> str:
    return b64encode(words).decode("ascii")


def _where(connection: SmtpConnection) -> str:
    return f"{connection.host}:{connection.port}"
