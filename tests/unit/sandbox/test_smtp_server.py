"""The sandbox's SMTP server, by the standard library's client on loopback."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from sandbox.clock import TOWN_START
from sandbox.smtp_server import REMEMBERED, SentMail, SmtpServer
from tests.unit.sandbox.fakes import HandClock

TO = "anna@brevlada.example"


def mail(subject: str = "Vi har fått ditt meddelande") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Kontaktcenter <kontaktcenter@exempelby.example>"
    message["To"] = TO
    message["Subject"] = subject
    message.set_content("Du får svar senast i morgon kl. 17.00.\n")
    return message


@pytest.fixture
def told() -> list[SentMail]:
    return []


@pytest.fixture
def server(told: list[SentMail]) -> Iterator[SmtpServer]:
    server = SmtpServer(HandClock(), on_mail=told.append)
    server.start()
    yield server
    server.stop()


def send(server: SmtpServer, *mails: EmailMessage, sender: str = "") -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        for each in mails:
            client.send_message(each, from_addr=sender or "<>", to_addrs=[TO])


def test_what_is_sent_is_remembered_and_told_before_the_sender_is_thanked(
    server: SmtpServer, told: list[SentMail]
) -> None:
    send(server, mail())

    [taken] = server.sent
    assert told == [taken]
    assert (taken.envelope_sender, taken.recipients, taken.at) == ("", (TO,), TOWN_START)
    assert taken.subject == "Vi har fått ditt meddelande"
    assert taken.text == "Du får svar senast i morgon kl. 17.00.\n"
    assert taken.original.endswith(b"17.00.\r\n")


def test_the_envelope_sender_is_kept(server: SmtpServer) -> None:
    send(server, mail(), sender="retur@exempelby.example")

    assert server.sent[0].envelope_sender == "retur@exempelby.example"


def test_memory_is_bounded_and_the_newest_stay(server: SmtpServer) -> None:
    send(server, *(mail(str(number)) for number in range(REMEMBERED + 2)))

    assert len(server.sent) == REMEMBERED
    assert (server.sent[0].subject, server.sent[-1].subject) == ("2", str(REMEMBERED + 1))


def test_a_mail_without_plain_text_has_none() -> None:
    html = SentMail(
        envelope_sender="", recipients=(TO,), original=b"Content-Type: text/html\r\n\r\n<p>Hej</p>", at=TOWN_START
    )

    assert (html.subject, html.text) == ("", "")


def test_a_stopped_server_takes_nothing(server: SmtpServer) -> None:
    port = server.port

    server.stop()
    server.stop()

    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", port, timeout=1)
    with pytest.raises(RuntimeError, match="not started"):
        _ = server.port


def test_a_taken_port_is_an_os_error(server: SmtpServer) -> None:
    with pytest.raises(OSError, match="in use"):
        SmtpServer(HandClock(), port=server.port).start()
