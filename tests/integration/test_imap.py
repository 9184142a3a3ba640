"""What only a real IMAP server can show: protection, sign-in, folders, deletions under way, probes, silence in logs."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from connectors.imap import ImapSource
from connectors.imap_fetch import fetch_arrivals
from connectors.imap_folder import examine, uids_after
from connectors.imap_probe import ImapProbe
from connectors.imap_reading import BATCH
from connectors.imap_session import connect
from domain.account import ImapConnection, Security
from domain.errors import Unreachable
from domain.message import FolderRole
from tests.services.dovecot import Dovecot
from tests.services.programs import free_port

pytestmark = pytest.mark.service("dovecot")

MAIL = b"From: anna@example.se\r\nSubject: Bara mellan oss\r\n\r\nHemligheten\r\n"


@pytest.fixture
def way(dovecot: Dovecot) -> ImapConnection:
    """Give the way to a new mailbox, in the clear."""
    user = dovecot.add_user()
    return ImapConnection(
        host=dovecot.host,
        port=dovecot.imap_port,
        security=Security.none,
        user=user,
        secret="KC_IMAP",
        timeout_seconds=5,
    )


@pytest.fixture
def trusted(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine trust Dovecot's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Give a port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def protected(dovecot: Dovecot, way: ImapConnection, security: Security) -> ImapConnection:
    """Return the same way with TLS."""
    return replace(way, security=security, port=dovecot.tls_port if security is Security.tls else dovecot.imap_port)


def fault_of(connection: ImapConnection, password: str = "hemligt") -> Unreachable:
    """Return what a fetch is refused with."""
    with pytest.raises(Unreachable) as fault:
        ImapSource(connection, password).fetch(None)
    return fault.value


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", Security)
def test_what_we_say_in_two_parts_waits_for_no_acknowledgement(
    dovecot: Dovecot, way: ImapConnection, security: Security
) -> None:
    client = connect(protected(dovecot, way, security), "hemligt")

    at_once = client.socket().getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    client.logout()

    assert at_once


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", [Security.tls, Security.starttls])
def test_a_mailbox_is_read_with_tls(dovecot: Dovecot, way: ImapConnection, security: Security) -> None:
    dovecot.deliver(way.user, MAIL)
    source = ImapSource(protected(dovecot, way, security), "hemligt")

    batch = source.fetch(None)

    source.close()
    assert len(batch.arrivals) == 1


@pytest.mark.parametrize("security", [Security.tls, Security.starttls])
def test_a_certificate_that_nobody_trusts_is_refused(dovecot: Dovecot, way: ImapConnection, security: Security) -> None:
    fault = fault_of(protected(dovecot, way, security))

    assert fault.step == "tls"
    assert "not trusted" in str(fault)


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_refused(dovecot: Dovecot, way: ImapConnection) -> None:
    fault = fault_of(replace(protected(dovecot, way, Security.tls), host="127.0.0.2"))

    assert fault.step in {"tls", "tcp"}


def test_tls_to_a_port_in_the_clear_is_told_as_such(way: ImapConnection) -> None:
    assert fault_of(replace(way, security=Security.tls)).step == "tls"


@pytest.mark.parametrize(
    ("name", "password"),
    [("åsa@exempelby.example", "lösen å ä ö"), ("citat@x.example", 'a\\b"c'), ("blank@x.example", " a b ")],
)
def test_names_and_passwords_may_hold_any_letters(
    dovecot: Dovecot, way: ImapConnection, name: str, password: str
) -> None:
    user = dovecot.add_user(name, password)
    source = ImapSource(replace(way, user=user), password)

    batch = source.fetch(None)

    source.close()
    assert batch.arrivals == ()


def test_a_wrong_password_names_user_and_secret_and_never_the_password(way: ImapConnection) -> None:
    fault = fault_of(way, "fel lösenord")

    assert fault.step == "sign_in"
    assert way.user in str(fault)
    assert "KC_IMAP" in str(fault)
    assert "fel lösenord" not in str(fault)
    assert fault.__cause__ is None


def test_a_name_that_nobody_knows_is_told_as_such(way: ImapConnection) -> None:
    assert fault_of(replace(way, host="brevlada.invalid")).step == "name"
    assert fault_of(replace(way, host="a..b")).step == "name"


def test_a_port_that_nobody_listens_on_is_told_as_such(way: ImapConnection) -> None:
    assert fault_of(replace(way, port=free_port())).step == "tcp"


@pytest.mark.parametrize("security", [Security.none, Security.tls])
def test_a_server_that_never_speaks_does_not_hold_us(way: ImapConnection, silent_port: int, security: Security) -> None:
    fault = fault_of(replace(way, port=silent_port, security=security, timeout_seconds=0.2))

    assert fault.step == "tcp"
    assert "in time" in str(fault)


def test_a_folder_that_is_not_there_is_told_as_such(way: ImapConnection) -> None:
    fault = fault_of(replace(way, inbox="Finns inte"))

    assert fault.step == "folder"
    assert "Finns inte" in str(fault)


def test_junk_is_found_by_its_use_whatever_it_is_called(dovecot: Dovecot, way: ImapConnection) -> None:
    dovecot.append(way.user, MAIL, folder="Skräppost", flags=[r"\Flagged"])
    source = ImapSource(way, "hemligt")

    (arrival,) = source.fetch(None).arrivals

    source.close()
    assert (arrival.folder, arrival.role) == ("Skräppost", FolderRole.junk)
    assert arrival.identity.startswith("Skräppost/")
    assert arrival.identity.endswith("/1")
    assert r"\Flagged" in arrival.flags


def test_the_arrival_carries_the_servers_own_date_in_utc(dovecot: Dovecot, way: ImapConnection) -> None:
    dovecot.append(way.user, MAIL)
    source = ImapSource(way, "hemligt")

    (arrival,) = source.fetch(None).arrivals

    source.close()
    assert arrival.provider_at.isoformat() == "2026-11-01T12:00:00+00:00"


def test_messages_deleted_between_two_batches_are_passed_over(dovecot: Dovecot, way: ImapConnection) -> None:
    last = BATCH + 5
    for _ in range(last):
        dovecot.append(way.user, MAIL)
    source = ImapSource(way, "hemligt")

    first = source.fetch(None)
    dovecot.delete(way.user, range(BATCH + 1, last))
    second = source.fetch(first.next_cursor)

    source.close()
    assert [each.identity.rpartition("/")[2] for each in second.arrivals] == [str(last)]
    assert not second.more


@pytest.mark.parametrize("gone", [[1, 3], [2], [1, 2, 3]])
def test_messages_deleted_between_search_and_fetch_are_simply_not_there(
    dovecot: Dovecot, way: ImapConnection, gone: list[int]
) -> None:
    for _ in range(3):
        dovecot.deliver(way.user, MAIL)
    client = connect(way, "hemligt")
    folder = examine(client, "INBOX", FolderRole.inbox)
    uids = list(uids_after(client, folder, 0))
    dovecot.delete(way.user, gone)

    fetched = fetch_arrivals(client, folder, uids, history_until=0)

    client.logout()
    assert [each.identity for each in fetched.arrivals] == [folder.identity(uid) for uid in uids if uid not in gone]
    assert fetched.reached == 3


def test_a_line_that_the_server_cut_is_opened_again(dovecot: Dovecot, way: ImapConnection) -> None:
    source = ImapSource(way, "hemligt")
    cursor = source.fetch(None).next_cursor
    dovecot.server.stop()
    dovecot.server.start()
    dovecot.deliver(way.user, MAIL)

    batch = source.fetch(cursor)

    source.close()
    assert len(batch.arrivals) == 1


def test_watch_only_never_sees_content_or_sender(dovecot: Dovecot, way: ImapConnection) -> None:
    dovecot.append(way.user, MAIL, flags=[r"\Seen"])
    source = ImapSource(way, "hemligt", watch_only=True)

    batch = source.fetch(None)
    again = source.fetch(batch.next_cursor)

    source.close()
    assert batch.arrivals == ()
    (observation,) = batch.observations
    assert observation.kind == "flags"
    assert observation.details == {
        "flags": [r"\Recent", r"\Seen"],
        "at": "2026-11-01T12:00:00+00:00",
        "role": "inbox",
        "history": True,
    }
    assert again.observations == ()


def test_neither_password_nor_content_stands_in_any_log(
    dovecot: Dovecot, way: ImapConnection, caplog: pytest.LogCaptureFixture
) -> None:
    dovecot.deliver(way.user, MAIL)
    caplog.set_level(logging.DEBUG)
    source = ImapSource(way, "hemligt")

    source.fetch(None)
    source.close()

    assert "hemligt" not in caplog.text
    assert "Hemligheten" not in caplog.text
    assert "mellan oss" not in caplog.text


@pytest.mark.usefixtures("trusted")
def test_the_probe_tries_every_step_in_order(dovecot: Dovecot, way: ImapConnection) -> None:
    dovecot.deliver(way.user, MAIL)

    health = ImapProbe(protected(dovecot, way, Security.tls), "hemligt").probe()

    assert health.ok
    assert [(name, ok) for name, ok, _ in health.steps] == [
        ("name", True),
        ("tcp", True),
        ("tls", True),
        ("sign_in", True),
        ("folder", True),
    ]
    assert dovecot.flags(way.user) == [{r"\Recent"}]
    [(what, end)] = health.ends
    assert what == f"The certificate of {way.host}"
    assert f"trusted until {end:%Y-%m-%d}" in health.steps[2][2]


@pytest.mark.parametrize(
    ("changes", "password", "failed"),
    [
        ({"host": "brevlada.invalid"}, "hemligt", "name"),
        ({"port": 1}, "hemligt", "tcp"),
        ({"security": Security.tls}, "hemligt", "tls"),
        ({}, "fel", "sign_in"),
        ({"inbox": "Finns inte"}, "hemligt", "folder"),
    ],
)
def test_the_probe_stops_at_the_step_that_fails(
    way: ImapConnection, changes: dict[str, Any], password: str, failed: str
) -> None:
    health = ImapProbe(replace(way, **changes), password).probe()

    assert not health.ok
    name, ok, sentence = health.steps[-1]
    assert (name, ok) == (failed, False)
    assert all(fine for _, fine, _ in health.steps[:-1])
    assert sentence
