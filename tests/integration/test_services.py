"""The tests' own servers do what the other tests rely on."""

import smtplib

import psycopg
import pytest
import redis

from tests.services.dovecot import Dovecot
from tests.services.postgres import Postgres
from tests.services.programs import need
from tests.services.smtp import SmtpServer

MAIL = b"From: anna@example.se\r\nTo: kc@exempelby.example\r\nSubject: Hej\r\n\r\nHej\r\n"


def test_a_missing_program_skips_at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        need("no-such-program", "/usr/lib/*/bin")


def test_a_missing_program_fails_where_nothing_may_go_untested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        need("no-such-program", "/usr/lib/*/bin")


@pytest.mark.service("postgres")
def test_every_database_is_new_and_empty(postgres: Postgres) -> None:
    urls = [postgres(), postgres()]

    for url in urls:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE proof (id int)")
    assert len(set(urls)) == 2


@pytest.mark.service("redis-server")
@pytest.mark.parametrize("round", [1, 2])
def test_redis_is_empty_at_the_start_of_a_test(redis_url: str, round: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        size = client.dbsize()
        client.set("left", "behind")

    assert size == 0


@pytest.mark.service("dovecot")
def test_dovecot_delivers_with_the_envelope_sender_as_return_path(dovecot: Dovecot) -> None:
    user = dovecot.add_user()

    dovecot.deliver(user, MAIL, envelope_from="bo@example.se")

    with dovecot.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        ((_, found),) = client.fetch(client.search(["ALL"]), ["BODY.PEEK[]"]).items()
    assert found[b"BODY[]"].startswith(b"Return-Path: <bo@example.se>\r\n")


@pytest.mark.service("dovecot")
def test_dovecot_tells_flags_without_changing_them(dovecot: Dovecot) -> None:
    user = dovecot.add_user()
    dovecot.deliver(user, MAIL)
    dovecot.append(user, MAIL, flags=[r"\Flagged"])

    first, second = dovecot.flags(user), dovecot.flags(user)

    assert first == second == [{r"\Recent"}, {r"\Recent", r"\Flagged"}]


@pytest.mark.service("aiosmtpd")
def test_the_smtp_server_tells_what_it_received(smtp_server: SmtpServer) -> None:
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        client.sendmail("", ["anna@example.se"], MAIL, rcpt_options=["NOTIFY=NEVER"])

    (received,) = smtp_server.received()
    assert (received.sender, received.recipients, received.rcpt_options) == (
        "",
        ("anna@example.se",),
        ("NOTIFY=NEVER",),
    )
    assert received.message["Subject"] == "Hej"


@pytest.mark.service("aiosmtpd")
def test_the_smtp_server_refuses_when_told_to(smtp_server: SmtpServer) -> None:
    smtp_server.refuse("DATA", "451 4.7.1 Kom tillbaka")

    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("", ["anna@example.se"], MAIL)

    assert refused.value.smtp_code == 451
    assert smtp_server.received() == ()


@pytest.mark.service("aiosmtpd")
def test_the_smtp_server_can_take_a_message_and_cut_the_line(smtp_server: SmtpServer) -> None:
    smtp_server.drop("END", keep=True)

    client = smtplib.SMTP(smtp_server.host, smtp_server.port)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.sendmail("", ["anna@example.se"], MAIL)
    client.close()

    assert len(smtp_server.received()) == 1
