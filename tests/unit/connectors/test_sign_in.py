"""How we sign in to servers that offer less than most."""

import imaplib
import smtplib
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from connectors import imap_session, smtp_session
from connectors.oauth import Bearer
from connectors.token_request import Answer
from domain.account import ImapConnection, OAuth, OAuthKind, SmtpConnection
from domain.errors import Unreachable
from tests.contracts.ways_out import StoppedClock

MAILBOX = ImapConnection(host="imap.example", user="kc", secret="KC_IMAP")
WAY_OUT = SmtpConnection(host="smtp.example", user="kc", secret="KC_SMTP")


@dataclass
class ImapSignIn(IMAPClient):  # type: ignore[misc]
    """A line to an IMAP server that knows one password; opens none."""

    offers: tuple[str, ...]
    password: str
    #: How it was asked.
    asked: list[str] = field(default_factory=list)

    def has_capability(self, capability: str) -> bool:
        """Say whether it is offered."""
        return capability in self.offers

    def login(self, username: str, password: str) -> bytes:
        """Take a LOGIN."""
        return self._take("LOGIN", password)

    def plain_login(self, identity: str, password: str, authorization_identity: Any = None) -> bytes:
        """Take an AUTHENTICATE PLAIN."""
        return self._take("PLAIN", password)

    def _take(self, how: str, password: str) -> bytes:
        self.asked.append(how)
        if password != self.password:
            raise LoginError(f"LOGIN {password} failed")
        return b"OK"


class SmtpSignIn(smtplib.SMTP):
    """A line to an SMTP server that answers from a list; opens none."""

    def __init__(self, offers: str, answers: list[int]) -> None:
        """Offer these mechanisms and give these answers in turn."""
        super().__init__(local_hostname="localhost")
        self.esmtp_features = {"auth": offers}
        self.answers = answers
        self.commands: list[str] = []

    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        """Remember the command."""
        self.commands.append(f"{cmd} {args}".strip())
        return self.answers.pop(0), b""


def imap_fault(client: ImapSignIn, password: str) -> Unreachable:
    """Return what the sign-in is refused with."""
    with pytest.raises(Unreachable) as fault:
        imap_session.sign_in(client, MAILBOX, password)
    return fault.value


def test_imap_prefers_plain_because_it_carries_any_letter() -> None:
    client = ImapSignIn(("AUTH=PLAIN",), "å")

    imap_session.sign_in(client, MAILBOX, "å")

    assert client.asked == ["PLAIN"]


def test_imap_uses_login_where_nothing_else_is_offered() -> None:
    client = ImapSignIn((), "ascii")

    imap_session.sign_in(client, MAILBOX, "ascii")

    assert client.asked == ["LOGIN"]


def test_imap_says_that_login_carries_only_ascii() -> None:
    client = ImapSignIn((), "å")

    fault = imap_fault(client, "å")

    assert (fault.step, client.asked) == ("sign_in", [])
    assert "ASCII" in str(fault)


def test_imap_gives_no_password_where_none_is_taken() -> None:
    client = ImapSignIn(("LOGINDISABLED",), "x")

    fault = imap_fault(client, "x")

    assert (fault.step, client.asked) == ("sign_in", [])
    assert "tls" in str(fault)


def test_imap_does_not_repeat_what_the_server_said_of_a_password() -> None:
    fault = imap_fault(ImapSignIn((), "right"), "wrong")

    assert "wrong" not in str(fault)
    assert fault.__suppress_context__


def test_smtp_signs_in_by_plain_in_utf8() -> None:
    client = SmtpSignIn("LOGIN PLAIN", [235])

    smtp_session.sign_in(client, WAY_OUT, "å")

    (command,) = client.commands
    assert command.startswith("AUTH PLAIN ")
    assert b64decode(command.split()[-1]) == "\0kc\0å".encode()


def test_smtp_signs_in_by_login_where_plain_is_not_offered() -> None:
    client = SmtpSignIn("LOGIN", [334, 235])

    smtp_session.sign_in(client, WAY_OUT, "å")

    assert [b64decode(command.split()[-1]).decode() for command in client.commands] == ["kc", "å"]


@pytest.mark.parametrize(
    ("offers", "answers", "words"),
    [
        ("LOGIN", [535], "check user and password (KC_SMTP)"),
        ("LOGIN", [334, 535], "check user and password (KC_SMTP)"),
        ("PLAIN", [454], "cannot check passwords now"),
        ("CRAM-MD5", [], "offers no sign-in by password"),
        ("", [], "offers no sign-in by password"),
    ],
)
def test_smtp_says_why_it_was_not_let_in(offers: str, answers: list[int], words: str) -> None:
    with pytest.raises(Unreachable) as fault:
        smtp_session.sign_in(SmtpSignIn(offers, answers), WAY_OUT, "hemligt")

    assert fault.value.step == "sign_in"
    assert words in str(fault.value)
    assert "hemligt" not in str(fault.value)


def test_smtp_without_a_user_signs_in_nowhere() -> None:
    client = SmtpSignIn("PLAIN", [])

    smtp_session.sign_in(client, SmtpConnection(host="smtp.example"), "")

    assert client.commands == []


def by_token(token: str = "t1") -> Bearer:
    """Return a way to one token."""
    oauth = OAuth(kind=OAuthKind.client_secret, token_url="https://login.example/", client_id="svarsvakt")
    answer = Answer(token, timedelta(hours=1))
    return Bearer(oauth, {}.__getitem__, lambda *_: None, StoppedClock(), lambda *_: answer)


@dataclass
class ImapToken(IMAPClient):  # type: ignore[misc]
    """A line to an IMAP server that takes tokens, and ends each sign-in in one way; opens none."""

    offers: tuple[str, ...]
    end: Exception | None = None
    said: list[bytes] = field(default_factory=list)

    def has_capability(self, capability: str) -> bool:
        """Say whether it is offered."""
        return capability in self.offers

    def sasl_login(self, mech_name: str, mech_callable: Callable[[bytes], bytes]) -> bytes:
        """Take the token, and what is said after a challenge."""
        self.said += [mech_callable(b""), mech_callable(b'{"status":"401"}')]
        if self.end is not None:
            try:
                raise self.end
            except imaplib.IMAP4.error as error:
                raise LoginError(str(error)) from None
        return b"OK"


def token_fault(client: ImapToken) -> Unreachable:
    """Return what the sign-in is refused with."""
    with pytest.raises(Unreachable) as fault:
        imap_session.sign_in(client, MAILBOX, by_token())
    return fault.value


@pytest.mark.parametrize(
    ("offers", "said"),
    [
        (("AUTH=OAUTHBEARER", "AUTH=XOAUTH2"), [b"user=kc\1auth=Bearer t1\1\1", b""]),
        (("AUTH=OAUTHBEARER", "AUTH=PLAIN"), [b"n,a=kc,\1auth=Bearer t1\1\1", b"\1"]),
    ],
)
def test_imap_shows_a_token_in_the_words_of_the_mechanism(offers: tuple[str, ...], said: list[bytes]) -> None:
    client = ImapToken(offers)

    imap_session.sign_in(client, MAILBOX, by_token())

    assert client.said == said


def test_imap_shows_no_token_where_none_is_taken() -> None:
    client = ImapToken(("AUTH=PLAIN",))

    assert token_fault(client).step == "sign_in"
    assert client.said == []


@pytest.mark.parametrize(
    ("end", "step", "words"),
    [
        (imaplib.IMAP4.error("NO AUTHENTICATE failed for t1"), "sign_in", "given rights to this mailbox"),
        (imaplib.IMAP4.error("NO [UNAVAILABLE] Temporary failure"), "sign_in", "cannot check tokens now"),
        (imaplib.IMAP4.abort("socket error: EOF"), "protocol", "broke the conversation off"),
    ],
)
def test_imap_says_why_a_token_was_not_taken(end: Exception, step: str, words: str) -> None:
    fault = token_fault(ImapToken(("AUTH=XOAUTH2",), end))

    assert (fault.step, words in str(fault)) == (step, True), str(fault)
    assert "t1" not in str(fault)


@pytest.mark.parametrize("no", ["[NOPERM] Not yours", "BAD User is authenticated but not connected."])
def test_imap_tells_missing_rights_from_a_missing_folder(no: str) -> None:
    with pytest.raises(Unreachable) as fault, imap_session.opening(MAILBOX, "INBOX"):
        raise imaplib.IMAP4.error(no)

    assert fault.value.step == "permission"
    assert "have it given rights" in str(fault.value)


def test_smtp_shows_a_token_at_once() -> None:
    client = SmtpSignIn("PLAIN XOAUTH2", [235])

    smtp_session.sign_in(client, WAY_OUT, by_token())

    [command] = client.commands
    assert b64decode(command.removeprefix("AUTH XOAUTH2 ")) == b"user=kc\1auth=Bearer t1\1\1"


def test_smtp_shows_a_token_that_is_too_long_for_a_command_in_a_line_of_its_own() -> None:
    client = SmtpSignIn("OAUTHBEARER", [334, 235])

    smtp_session.sign_in(client, WAY_OUT, by_token("t" * 10_000))

    assert client.commands[0] == "AUTH OAUTHBEARER"
    assert b64decode(client.commands[1]).startswith(b"n,a=kc,\1auth=Bearer ttt")


@pytest.mark.parametrize(
    ("offers", "answers", "words"),
    [
        ("XOAUTH2", [535], "does not let kc in with a token"),
        ("XOAUTH2", [334, 535], "does not let kc in with a token"),
        ("XOAUTH2", [454], "cannot check tokens now (454)"),
        ("PLAIN", [], "takes no tokens"),
    ],
)
def test_smtp_says_why_a_token_was_not_taken(offers: str, answers: list[int], words: str) -> None:
    with pytest.raises(Unreachable) as fault:
        smtp_session.sign_in(SmtpSignIn(offers, answers), WAY_OUT, by_token())

    assert fault.value.step == "sign_in"
    assert words in str(fault.value)
    assert "t1" not in str(fault.value)
