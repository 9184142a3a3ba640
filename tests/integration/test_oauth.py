"""Signing in with tokens: a token server over TLS, a Dovecot that asks it about each token, and an SMTP server."""

import json
import re
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert
from typing import Any

import jwt
import pytest
from cryptography.x509 import load_pem_x509_certificate
from imapclient.exceptions import LoginError
from typer.testing import CliRunner

from cli.main import app
from connectors.imap import ImapSource
from connectors.imap_probe import ImapProbe
from connectors.imap_session import open_line
from connectors.oauth import Bearer
from connectors.smtp import SmtpSink
from connectors.smtp_probe import SmtpProbe
from connectors.xoauth2 import MECHANISMS, Conversation
from domain.account import ImapConnection, OAuth, OAuthKind, Security, SmtpConnection
from domain.errors import SendFailed, Unreachable
from settings.init import write_example
from settings.secrets import Secrets
from tests.services.dovecot import Dovecot
from tests.services.programs import free_port
from tests.services.smtp import SmtpServer
from tests.services.token_server import EXPIRED_SECRET, REVOKED, TokenServer
from tests.unit.connectors.builders import rendered

pytestmark = pytest.mark.service("dovecot")

SECRET = "hemlig~nyckel"
MAIL = b"From: anna@example.se\r\nSubject: Bygglov\r\n\r\nHej\r\n"


@dataclass
class Clock:
    """A clock that is set."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def token_process() -> Iterator[TokenServer]:
    """Run a token server for the module."""
    server = TokenServer.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def token_dovecot(token_process: TokenServer) -> Iterator[Dovecot]:
    """Run a Dovecot that takes its tokens."""
    server = Dovecot.start(token_process)
    yield server
    server.stop()


@pytest.fixture
def tokens(token_process: TokenServer, monkeypatch: pytest.MonkeyPatch) -> TokenServer:
    """Give a token server that behaves and that this machine trusts."""
    token_process.behave()
    monkeypatch.setenv("SSL_CERT_FILE", str(token_process.certificate))
    return token_process


@pytest.fixture
def mailbox(token_dovecot: Dovecot, tokens: TokenServer) -> ImapConnection:
    """Give the way to a new mailbox, for which tokens are made."""
    tokens.user = token_dovecot.add_user()
    return ImapConnection(
        host=token_dovecot.host,
        port=token_dovecot.imap_port,
        security=Security.none,
        user=tokens.user,
        timeout_seconds=5,
    )


@pytest.fixture
def oauth(tokens: TokenServer) -> OAuth:
    """Give a way to tokens by secret."""
    return OAuth(
        kind=OAuthKind.client_secret,
        token_url=tokens.token_url,
        client_id="svarsvakt",
        scope="https://mail.example/.default",
        client_secret="app-nyckel",
        timeout_seconds=5,
    )


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    """Give a folder of secrets."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "app-nyckel").write_text(SECRET, encoding="utf-8")
    (folder / "google-bygg").write_text("r0\n", encoding="utf-8")
    return Secrets({}, folder)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bearer(oauth: OAuth, secrets: Secrets, clock: Clock) -> Bearer:
    return Bearer(oauth, secrets.get, secrets.keep, clock)


def read(connection: ImapConnection, bearer: Bearer) -> None:
    """Read the mailbox once, and close the line."""
    source = ImapSource(connection, bearer)
    source.fetch(None)
    source.close()


def fault_of(connection: ImapConnection, bearer: Bearer) -> Unreachable:
    """Return what a fetch is refused with, which holds no secret."""
    with pytest.raises(Unreachable) as fault:
        ImapSource(connection, bearer).fetch(None)
    assert SECRET not in str(fault.value)
    return fault.value


def steps(connection: ImapConnection, bearer: Bearer) -> list[tuple[str, bool]]:
    """Return the steps of a probe."""
    return [(name, ok) for name, ok, _ in ImapProbe(connection, bearer).probe().steps]


def test_a_mailbox_is_read_with_a_token(
    token_dovecot: Dovecot, tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer
) -> None:
    token_dovecot.deliver(mailbox.user, MAIL)
    source = ImapSource(mailbox, bearer)

    batch = source.fetch(None)

    source.close()
    assert len(batch.arrivals) == 1
    assert [each["client_secret"] for each in tokens.asked] == [SECRET]


def test_a_token_for_another_mailbox_lets_nobody_in(
    tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer
) -> None:
    tokens.user = "annan@exempelby.example"

    fault = fault_of(mailbox, bearer)

    assert fault.step == "sign_in"
    assert "given rights to this mailbox" in str(fault)
    assert len(tokens.asked) == 1


def test_a_token_that_ends_while_the_line_is_open_is_renewed_at_the_next_sign_in(
    token_dovecot: Dovecot, tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer, clock: Clock
) -> None:
    source = ImapSource(mailbox, bearer)
    cursor = source.fetch(None).next_cursor
    tokens.revoke()
    clock.at += timedelta(hours=2)
    token_dovecot.deliver(mailbox.user, MAIL)

    still_open = source.fetch(cursor)
    asked = len(tokens.asked)
    source.close()
    token_dovecot.deliver(mailbox.user, MAIL)
    afresh = source.fetch(still_open.next_cursor)

    source.close()
    assert (len(still_open.arrivals), asked) == (1, 1)
    assert (len(afresh.arrivals), len(tokens.asked)) == (1, 2)


def test_a_token_that_was_revoked_before_its_time_is_replaced(
    tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer
) -> None:
    read(mailbox, bearer)
    tokens.revoke()

    read(mailbox, bearer)

    assert len(tokens.asked) == 2


def test_a_revoked_refresh_token_is_told_as_such(
    tokens: TokenServer, mailbox: ImapConnection, oauth: OAuth, secrets: Secrets, clock: Clock
) -> None:
    by_refresh = replace(oauth, kind=OAuthKind.refresh_token, refresh_token="google-bygg", scope="")
    bearer = Bearer(by_refresh, secrets.get, secrets.keep, clock)
    read(mailbox, bearer)
    tokens.revoke()
    tokens.no = (400, REVOKED)

    fault = fault_of(mailbox, bearer)

    assert fault.step == "token"
    assert 'write it to the secret "google-bygg"' in str(fault)


def test_an_ended_client_secret_is_told_as_such(tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer) -> None:
    tokens.no = (401, EXPIRED_SECRET)

    fault = fault_of(mailbox, bearer)

    assert fault.step == "token"
    assert "The client secret has ended" in str(fault)
    assert "(AADSTS7000222)" in str(fault)


def test_a_token_server_that_is_away_is_told_as_such(mailbox: ImapConnection, oauth: OAuth, secrets: Secrets) -> None:
    away = replace(oauth, token_url=f"https://127.0.0.1:{free_port()}/token")

    fault = fault_of(mailbox, Bearer(away, secrets.get, secrets.keep, Clock()))

    assert (fault.step, "Nobody listens" in str(fault)) == ("token", True)


def test_a_token_server_that_is_slow_is_given_up(
    tokens: TokenServer, mailbox: ImapConnection, oauth: OAuth, secrets: Secrets
) -> None:
    tokens.may_answer.clear()

    fault = fault_of(mailbox, Bearer(replace(oauth, timeout_seconds=0.2), secrets.get, secrets.keep, Clock()))

    assert (fault.step, "did not answer in time" in str(fault)) == ("token", True)


def test_a_token_server_whose_certificate_nobody_trusts_gets_nothing(
    tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    fault = fault_of(mailbox, bearer)

    assert (fault.step, "not trusted" in str(fault)) == ("token", True)
    assert tokens.asked == []


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (302, {}, "refuses and does not say why"),
        (503, {}, "has no time now"),
        (200, {"token_type": "Bearer"}, "gave no bearer token"),
        (200, {"token_type": "mac", "access_token": "t"}, "gave no bearer token"),
        (200, {"token_type": "Bearer", "access_token": "t\1auth=Bearer x"}, "gave no bearer token"),
        (200, {"token_type": "Bearer", "access_token": "t" * 70_000}, "does not answer as a token server"),
        (200, ["t"], "does not answer as a token server"),
    ],
)
def test_an_answer_that_is_no_token_is_told_as_such(
    tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer, status: int, said: Any, words: str
) -> None:
    tokens.no = (status, said)

    fault = fault_of(mailbox, bearer)

    assert (fault.step, words in str(fault)) == ("token", True), str(fault)
    assert len(tokens.asked) == 1


def test_many_mailboxes_at_once_ask_for_one_token(tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer) -> None:
    threads = [threading.Thread(target=read, args=(mailbox, bearer)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(tokens.asked) == 1


def test_a_renewed_refresh_token_lies_in_the_secrets_for_us_alone(
    tokens: TokenServer, mailbox: ImapConnection, oauth: OAuth, secrets: Secrets, tmp_path: Path
) -> None:
    by_refresh = replace(oauth, kind=OAuthKind.refresh_token, refresh_token="google-bygg")
    tokens.added["refresh_token"] = "r1"

    read(mailbox, Bearer(by_refresh, secrets.get, secrets.keep, Clock()))

    written = tmp_path / "secrets" / "google-bygg"
    assert (written.read_text(), stat.S_IMODE(written.stat().st_mode)) == ("r1\n", 0o600)
    assert {path.name for path in written.parent.iterdir()} == {"app-nyckel", "google-bygg"}
    assert tokens.asked[0]["refresh_token"] == "r0"


def test_a_certificate_signs_a_claim_that_the_token_server_can_check(
    tokens: TokenServer, mailbox: ImapConnection, oauth: OAuth, tmp_path: Path
) -> None:
    # The token server's own certificate is as good as any.
    pem = (tokens.folder / "certificate.pem").read_text() + (tokens.folder / "key.pem").read_text()
    (tmp_path / "m365").write_text(pem)
    by_certificate = replace(oauth, kind=OAuthKind.client_certificate, certificate="m365", client_secret="")
    secrets = Secrets({}, tmp_path)

    bearer = Bearer(by_certificate, secrets.get, secrets.keep, Clock())

    read(mailbox, bearer)

    [shown] = tokens.asked
    certificate = tokens.certificate.read_text()
    ends = load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
    assert bearer.ends() == (('The certificate in the secret "m365"', ends),)
    claims = jwt.decode(
        shown["client_assertion"],
        load_pem_x509_certificate(certificate.encode()).public_key(),  # type: ignore[arg-type]
        algorithms=["PS256"],
        audience=tokens.token_url,
        options={"require": ["exp", "nbf", "iss", "sub", "jti"]},
    )
    thumbprint = jwt.get_unverified_header(shown["client_assertion"])["x5t#S256"]
    assert (claims["iss"], claims["sub"]) == ("svarsvakt", "svarsvakt")
    assert jwt.utils.base64url_decode(thumbprint) == sha256(PEM_cert_to_DER_cert(certificate)).digest()
    assert shown["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert shown["grant_type"] == "client_credentials"


@pytest.mark.parametrize(
    ("days", "pem", "words"),
    [
        (3, "both", "ended on"),
        (-3, "both", "holds only from"),
        (0, "certificate", "must hold a certificate and its private key"),
        (0, "nonsense", "must hold a certificate and its private key"),
    ],
)
def test_a_certificate_that_is_of_no_use_is_told_before_anybody_is_asked(
    tokens: TokenServer, mailbox: ImapConnection, oauth: OAuth, tmp_path: Path, days: int, pem: str, words: str
) -> None:
    certificate, key = (tokens.folder / "certificate.pem").read_text(), (tokens.folder / "key.pem").read_text()
    written = {"both": key + certificate, "certificate": certificate, "nonsense": "å"}[pem]
    (tmp_path / "m365").write_text(written, encoding="utf-8")
    by_certificate = replace(oauth, kind=OAuthKind.client_certificate, certificate="m365", client_secret="")
    secrets, clock = Secrets({}, tmp_path), Clock(datetime.now(UTC) + timedelta(days=days))

    fault = fault_of(mailbox, Bearer(by_certificate, secrets.get, secrets.keep, clock))

    assert (fault.step, words in str(fault)) == ("token", True), str(fault)
    assert tokens.asked == []


def test_the_probe_tries_the_token_between_protection_and_sign_in(mailbox: ImapConnection, bearer: Bearer) -> None:
    assert steps(mailbox, bearer) == [
        ("name", True), ("tcp", True), ("tls", True), ("token", True), ("sign_in", True), ("folder", True),
    ]  # fmt: skip


def test_the_probe_tells_a_token_that_is_not_given_from_one_that_is_not_taken(
    tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer
) -> None:
    tokens.no = (401, EXPIRED_SECRET)
    not_given = steps(mailbox, bearer)
    tokens.no, tokens.user = None, "annan@exempelby.example"
    not_taken = steps(mailbox, bearer)

    assert not_given[-1] == ("token", False)
    assert not_taken[-2:] == [("token", True), ("sign_in", False)]


def test_check_takes_the_whole_way_from_the_settings_to_the_mailbox(
    tokens: TokenServer, mailbox: ImapConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_example(tmp_path / "site")
    (tmp_path / "site" / "rules.toml").write_text("\n", encoding="utf-8")
    (tmp_path / "site" / "accounts.toml").write_text(
        f"""
        [accounts.bygglov]
        name = "Bygglov"
        organisation = "exempelby"
        unit = "kontaktcenter"
        channel = "email"
        address = "bygglov@exempelby.example"
        [accounts.bygglov.imap]
        host = "{mailbox.host}"
        port = {mailbox.port}
        security = "none"
        user = "{mailbox.user}"
        [accounts.bygglov.imap.oauth]
        kind = "client_secret"
        token_url = "{tokens.token_url}"
        client_id = "svarsvakt"
        client_secret = "app-nyckel"
        """,
        encoding="utf-8",
    )
    monkeypatch.setenv("SVARSVAKT_SITE", str(tmp_path / "site"))
    monkeypatch.setenv("SVARSVAKT_SECRET_APP_NYCKEL", SECRET)
    # The example's way out for alerts leads nowhere, so nobody can be told by it.
    site_file = tmp_path / "site" / "site.toml"
    head, _, rest = site_file.read_text(encoding="utf-8").partition("[alert_smtp]")
    head = re.sub(r"^(on_duty|administrator) = .*\n", "", head, flags=re.MULTILINE)
    site_file.write_text(head + rest[rest.index("\n\n") :], encoding="utf-8")

    let_in = CliRunner().invoke(app, ["check", "--json"])
    tokens.no = (401, EXPIRED_SECRET)
    shut_out = CliRunner().invoke(app, ["check"])

    assert let_in.exit_code == 0, let_in.output
    assert [step["step"] for step in json.loads(let_in.stdout)["steps"]] == [
        "name", "tcp", "tls", "token", "sign_in", "folder",
    ]  # fmt: skip
    assert shut_out.exit_code == 1
    said = " ".join(shut_out.output.split())
    assert "token failed. The client secret has ended" in said
    assert 'write its value to the secret "app-nyckel"' in said
    assert SECRET not in let_in.output + shut_out.output


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_dovecot_takes_and_refuses_tokens_by_each_mechanism(
    tokens: TokenServer, mailbox: ImapConnection, bearer: Bearer, mechanism: str
) -> None:
    token = next(bearer.attempts())
    client = open_line(mailbox)

    with pytest.raises(LoginError):
        client.sasl_login(mechanism, Conversation(mechanism, mailbox.user, "t-of-nobody"))
    client.sasl_login(mechanism, Conversation(mechanism, mailbox.user, token))

    assert client.folder_exists("INBOX")
    client.logout()


def test_a_server_that_takes_no_tokens_is_told_as_such(dovecot: Dovecot, bearer: Bearer, tokens: TokenServer) -> None:
    way = ImapConnection(host=dovecot.host, port=dovecot.imap_port, security=Security.none, user=dovecot.add_user())

    fault = fault_of(way, bearer)

    assert (fault.step, "takes no tokens" in str(fault)) == ("sign_in", True)
    assert tokens.asked == []


@pytest.fixture
def way_out(smtp_server: SmtpServer) -> SmtpConnection:
    return SmtpConnection(
        host=smtp_server.host,
        port=smtp_server.port,
        security=Security.none,
        user=smtp_server.user,
        timeout_seconds=5,
    )


def test_a_message_goes_with_a_token(
    smtp_server: SmtpServer, tokens: TokenServer, way_out: SmtpConnection, bearer: Bearer, clock: Clock
) -> None:
    smtp_server.let_in("t1")
    sink = SmtpSink(way_out, bearer, clock)

    sink.send(rendered(), lambda: None)

    sink.close()
    [received] = smtp_server.received()
    assert received.signed_in


def test_an_smtp_server_that_knows_a_token_no_more_gets_a_new_one(
    smtp_server: SmtpServer, tokens: TokenServer, way_out: SmtpConnection, bearer: Bearer
) -> None:
    smtp_server.let_in("t1")
    before = SmtpProbe(way_out, bearer).probe()
    smtp_server.let_in("t2")
    after = SmtpProbe(way_out, bearer).probe()

    assert (before.ok, after.ok) == (True, True)
    assert [name for name, _, _ in after.steps] == ["name", "tcp", "tls", "token", "sign_in", "permission"]
    assert len(tokens.asked) == 2


def test_an_smtp_server_that_takes_no_token_of_ours_says_so(
    smtp_server: SmtpServer, tokens: TokenServer, way_out: SmtpConnection, bearer: Bearer, clock: Clock
) -> None:
    smtp_server.let_in("")

    with pytest.raises(SendFailed) as failed:
        SmtpSink(way_out, bearer, clock).send(rendered(), lambda: None)

    assert "does not let svarsvakt in with a token" in str(failed.value)
    assert len(tokens.asked) == 1
