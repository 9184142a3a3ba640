"""What is wrong with the way to a real server, as the account says it: a step and a sentence for each cause."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.imap import ImapSource
from domain.account import ImapConnection, Security
from domain.errors import Unreachable
from tests.services.dovecot import Dovecot
from tests.services.hanging import HangingServer
from tests.services.programs import free_port, need
from tests.services.tls_front import TlsFront

pytestmark = pytest.mark.service("dovecot")


def certificate(folder: Path, name: str, *, days: tuple[str, str]) -> tuple[Path, Path]:
    """Make a certificate for a name, valid between two instants (YYYYMMDDHHMMSSZ)."""
    made, key, request = folder / f"{name}.pem", folder / f"{name}.key", folder / f"{name}.csr"
    authority = folder / f"{name}.ca"
    authority.mkdir()
    (authority / "index").touch()
    settings = authority / "openssl.cnf"
    settings.write_text(
        f"[ca]\ndefault_ca = own\n[own]\ndatabase = {authority}/index\nnew_certs_dir = {authority}\n"
        "rand_serial = yes\ndefault_md = sha256\npolicy = any\ncopy_extensions = copy\n[any]\ncommonName = supplied\n"
    )
    openssl = need("openssl")
    wanted = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(request), "-subj", f"/CN={name}"]
    run([openssl, "req", *wanted, "-addext", f"subjectAltName=DNS:{name}"])
    span = ["-startdate", days[0], "-enddate", days[1]]
    signing = ["-batch", "-notext", "-selfsign", "-keyfile", str(key), "-in", str(request), "-out", str(made)]
    run([openssl, "ca", "-config", str(settings), *signing, *span])
    return made, key


def run(command: list[str]) -> None:
    """Run a command; fail with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def way(dovecot: Dovecot) -> ImapConnection:
    """Give the way to an empty mailbox."""
    return ImapConnection(
        host=dovecot.host, port=dovecot.imap_port, security=Security.none, user=dovecot.add_user(), timeout_seconds=2
    )


def fault_of(way: ImapConnection, password: str = "hemligt") -> Unreachable:
    """Return why the mailbox cannot be read."""
    source = ImapSource(way, password)
    with pytest.raises(Unreachable) as fault:
        source.fetch(None)
    source.close()
    return fault.value


def test_an_unknown_host(way: ImapConnection) -> None:
    fault = fault_of(replace(way, host="brevlador.invalid"))

    assert (fault.step, "No address is known" in str(fault)) == ("name", True)


def test_a_refused_connection(way: ImapConnection) -> None:
    fault = fault_of(replace(way, port=free_port()))

    assert (fault.step, "Nobody listens" in str(fault)) == ("tcp", True)


def test_a_wrong_password(way: ImapConnection) -> None:
    fault = fault_of(way, "fel")

    assert (fault.step, "check user and password" in str(fault)) == ("sign_in", True)


@pytest.mark.parametrize("at", [b"", b"\r\n", b"EXAMINE"], ids=["before_greeting", "after_greeting", "at_the_folder"])
def test_a_server_that_hangs(way: ImapConnection, dovecot: Dovecot, at: bytes) -> None:
    server = HangingServer("127.0.0.1", dovecot.imap_port, at=at)
    try:
        fault = fault_of(replace(way, port=server.port))
    finally:
        server.stop()

    assert (fault.step, "did not answer in time" in str(fault)) == ("tcp", True)


@pytest.mark.parametrize(
    ("name", "days", "words"),
    [
        ("localhost", ("20200101000000Z", "20200201000000Z"), "expired"),
        ("annan.example", ("20200101000000Z", "21200101000000Z"), "ostname mismatch"),
    ],
    ids=["expired", "of_another_name"],
)
def test_a_certificate_that_must_not_be_trusted(
    way: ImapConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    days: tuple[str, str],
    words: str,
) -> None:
    made, key = certificate(tmp_path, name, days=days)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    front = TlsFront(made, key)
    try:
        fault = fault_of(replace(way, host="localhost", port=front.port, security=Security.tls))
    finally:
        front.stop()

    assert (fault.step, words in str(fault)) == ("tls", True), str(fault)
