"""What only a real SMTP server can show: protection, sign-in, envelope, time-outs, probes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors import smtp
from connectors.mime import mime
from connectors.smtp import SmtpSink
from connectors.smtp_probe import SmtpProbe
from domain.account import Security, SmtpConnection
from domain.errors import Failing, SendFailed, SendRefused, SendUncertain
from domain.outgoing import OutgoingKind
from tests.builders import TUESDAY
from tests.contracts.ways_out import StoppedClock
from tests.services.programs import free_port
from tests.services.smtp import SmtpServer
from tests.unit.connectors.builders import rendered

pytestmark = pytest.mark.service("aiosmtpd")


@pytest.fixture
def way(smtp_server: SmtpServer) -> SmtpConnection:
    """Give the way out, in the clear and without sign-in."""
    return SmtpConnection(
        host=smtp_server.host,
        port=smtp_server.port,
        security=Security.none,
        secret="KC_SMTP",
        local_hostname="svar.exempelby.example",
        timeout_seconds=5,
    )


@pytest.fixture
def sink(way: SmtpConnection) -> Iterator[SmtpSink]:
    """Give a sink on it."""
    sink = SmtpSink(way, "", StoppedClock())
    yield sink
    sink.close()


@pytest.fixture
def trusted(smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine trust the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(smtp_server.certificate))


def protected(server: SmtpServer, way: SmtpConnection, security: Security) -> SmtpConnection:
    """Return the same way with TLS and sign-in."""
    port = server.tls_port if security is Security.tls else server.starttls_port
    return replace(way, security=security, port=port, user=server.user)


def commit() -> None:
    """Stand for the commit of `handing_over`."""


def failure_of(connection: SmtpConnection, password: str = "") -> str:
    """Return the sentence of a send that fails."""
    with pytest.raises(SendFailed) as failure:
        SmtpSink(connection, password, StoppedClock()).send(rendered(), commit)
    return str(failure.value)


def test_the_wire_gets_exactly_the_bytes_of_mime(smtp_server: SmtpServer, sink: SmtpSink) -> None:
    message = rendered(text=".\n..\nFrom nu\nå ä ö" + "x" * 2000)

    sink.send(message, commit)

    (received,) = smtp_server.received()
    assert received.content == mime(message, TUESDAY)


def test_an_automatic_reply_goes_from_the_null_path_and_asks_for_no_report(
    smtp_server: SmtpServer, sink: SmtpSink
) -> None:
    sink.send(rendered(), commit)

    (received,) = smtp_server.received()
    assert (received.sender, received.recipients) == ("", ("anna@example.se",))
    assert received.rcpt_options == ("NOTIFY=NEVER",)
    assert received.hello == "svar.exempelby.example"


@pytest.mark.parametrize("kind", [OutgoingKind.answer, OutgoingKind.alert])
def test_what_people_rely_on_is_reported_when_it_bounces(
    smtp_server: SmtpServer, sink: SmtpSink, kind: OutgoingKind
) -> None:
    sink.send(rendered(kind=kind, envelope_sender="studs@exempelby.example"), commit)

    (received,) = smtp_server.received()
    assert (received.sender, received.rcpt_options) == ("studs@exempelby.example", ())


def test_a_recipient_under_a_domain_with_swedish_letters_is_reached(smtp_server: SmtpServer, sink: SmtpSink) -> None:
    sink.send(rendered(recipient="anna@öster.example"), commit)

    (received,) = smtp_server.received()
    assert received.recipients == ("anna@xn--ster-4qa.example",)


def test_an_address_with_swedish_letters_goes_where_the_server_takes_it(
    smtp_server: SmtpServer, sink: SmtpSink
) -> None:
    smtp_server.offer("SMTPUTF8")

    sink.send(rendered(recipient="åsa@öster.example"), commit)
    sink.send(rendered(message_id="<2@exempelby.example>"), commit)

    first, second = smtp_server.received()
    assert first.recipients == ("åsa@xn--ster-4qa.example",)
    assert "SMTPUTF8" in [option.upper() for option in first.mail_options]
    assert "To: åsa@xn--ster-4qa.example\r\n".encode() in first.content
    assert "SMTPUTF8" not in [option.upper() for option in second.mail_options]


def test_an_address_that_the_server_cannot_take_is_refused_before_the_wire(
    smtp_server: SmtpServer, sink: SmtpSink
) -> None:
    with pytest.raises(SendRefused):
        sink.send(rendered(recipient="åsa@example.se"), commit)

    assert smtp_server.received() == ()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", [Security.tls, Security.starttls])
def test_a_message_goes_with_tls_and_sign_in(smtp_server: SmtpServer, way: SmtpConnection, security: Security) -> None:
    sink = SmtpSink(protected(smtp_server, way, security), smtp_server.password, StoppedClock())

    sink.send(rendered(), commit)

    sink.close()
    (received,) = smtp_server.received()
    assert (received.tls, received.signed_in) == (True, True)


@pytest.mark.parametrize("security", [Security.tls, Security.starttls])
def test_a_certificate_that_nobody_trusts_is_refused(
    smtp_server: SmtpServer, way: SmtpConnection, security: Security
) -> None:
    assert "not trusted" in failure_of(protected(smtp_server, way, security), smtp_server.password)


def test_a_server_without_starttls_gets_nothing(smtp_server: SmtpServer, way: SmtpConnection) -> None:
    assert "offers no STARTTLS" in failure_of(replace(way, security=Security.starttls))
    assert smtp_server.received() == ()


def test_a_wrong_password_fails_and_is_not_told(smtp_server: SmtpServer, way: SmtpConnection) -> None:
    sentence = failure_of(replace(way, user=smtp_server.user), "fel lösenord")

    assert "KC_SMTP" in sentence
    assert "fel lösenord" not in sentence


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "failing"),
    [
        ("451 4.7.1 Come back", Failing.transient),
        ("421 4.3.2 Closing", Failing.throttled),
        ("450 4.2.1 You send too quickly", Failing.throttled),
        ("550 5.4.5 Daily user sending limit exceeded", Failing.throttled),
        ("530 5.7.0 Logga in", Failing.sign_in),
        ("550 5.7.1 Nej", None),
        ("552 5.2.2 Mailbox full, over quota", None),
    ],
)
def test_a_no_is_sorted_by_what_the_caller_must_do(
    smtp_server: SmtpServer, sink: SmtpSink, at: str, answer: str, failing: Failing | None
) -> None:
    smtp_server.refuse(at, answer)

    with pytest.raises((SendFailed, SendRefused)) as raised:
        sink.send(rendered(), commit)

    assert getattr(raised.value, "failing", None) is failing
    assert isinstance(raised.value, SendFailed if failing else SendRefused)
    assert answer[:3] in str(raised.value)
    assert smtp_server.received() == ()


def test_the_recipients_address_does_not_stand_in_the_sentence(smtp_server: SmtpServer, sink: SmtpSink) -> None:
    smtp_server.refuse("RCPT", "550 5.1.1 <anna@example.se> finns inte")

    with pytest.raises(SendRefused) as refused:
        sink.send(rendered(), commit)

    assert "anna@example.se" not in str(refused.value)
    assert "finns inte" in str(refused.value)


@pytest.mark.parametrize(("at", "error"), [("MAIL", SendFailed), ("RCPT", SendFailed), ("DATA", SendUncertain)])
def test_a_line_that_breaks_is_in_doubt_only_after_the_commit(
    smtp_server: SmtpServer, sink: SmtpSink, at: str, error: type[Exception]
) -> None:
    smtp_server.drop(at)

    with pytest.raises((SendFailed, SendUncertain)) as raised:
        sink.send(rendered(), commit)

    assert isinstance(raised.value, error)


def test_a_server_that_never_answers_the_content_leaves_doubt(smtp_server: SmtpServer, way: SmtpConnection) -> None:
    sink = SmtpSink(replace(way, timeout_seconds=0.3), "", StoppedClock())
    smtp_server.hang("END", keep=True)

    with pytest.raises(SendUncertain):
        sink.send(rendered(), commit)

    assert len(smtp_server.received()) == 1


def test_an_answer_that_cannot_be_read_leaves_doubt(smtp_server: SmtpServer, sink: SmtpSink) -> None:
    smtp_server.refuse("END", "yes of course")

    with pytest.raises(SendUncertain):
        sink.send(rendered(), commit)


def test_saying_goodbye_to_a_server_that_is_gone_is_no_fault(smtp_server: SmtpServer, sink: SmtpSink) -> None:
    sink.send(rendered(), commit)
    smtp_server.server.stop()

    sink.close()
    sink.close()

    smtp_server.server.start()


def test_a_server_that_never_answers_the_sender_fails(smtp_server: SmtpServer, way: SmtpConnection) -> None:
    smtp_server.hang("MAIL")

    failure_of(replace(way, timeout_seconds=0.3))


def test_one_line_carries_many_messages(smtp_server: SmtpServer, sink: SmtpSink) -> None:
    sink.send(rendered(), commit)
    smtp_server.drop("CONNECT")

    sink.send(rendered(message_id="<2@exempelby.example>"), commit)

    assert len(smtp_server.received()) == 2


def test_a_line_that_the_server_cut_is_opened_again(smtp_server: SmtpServer, sink: SmtpSink) -> None:
    sink.send(rendered(), commit)
    smtp_server.server.stop()
    smtp_server.server.start()

    sink.send(rendered(message_id="<2@exempelby.example>"), commit)

    assert len(smtp_server.received()) == 2


def test_a_line_is_renewed_after_so_many_messages(
    smtp_server: SmtpServer, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "MOST_MESSAGES", 2)
    for number in range(2):
        sink.send(rendered(message_id=f"<{number}@exempelby.example>"), commit)
    smtp_server.drop("CONNECT")

    with pytest.raises(SendFailed):
        sink.send(rendered(), commit)

    assert len(smtp_server.received()) == 2


def test_a_line_is_renewed_when_it_is_old(smtp_server: SmtpServer, way: SmtpConnection) -> None:
    clock = MovedClock()
    sink = SmtpSink(way, "", clock)
    sink.send(rendered(), commit)
    clock.at += smtp.LONGEST_LINE + timedelta(seconds=1)
    smtp_server.drop("CONNECT")

    with pytest.raises(SendFailed):
        sink.send(rendered(), commit)

    sink.close()


def test_a_server_that_closes_a_line_in_use_gets_the_message_on_a_new_one_once(
    smtp_server: SmtpServer, sink: SmtpSink
) -> None:
    sink.send(rendered(), commit)
    commits: list[None] = []
    smtp_server.refuse("MAIL", "421 4.7.0 Too many messages on this line")

    with pytest.raises(SendFailed) as failed:
        sink.send(rendered(), lambda: commits.append(None))

    assert (failed.value.failing, commits) == (Failing.throttled, [])


class MovedClock:
    """A clock that a test moves."""

    at = TUESDAY

    def now(self) -> datetime:
        return self.at


def test_a_server_that_hangs_up_at_once_fails(smtp_server: SmtpServer, way: SmtpConnection) -> None:
    smtp_server.drop("CONNECT")

    failure_of(way)


@pytest.mark.parametrize("host", ["post.invalid", "a..b"])
def test_a_name_that_nobody_knows_fails(way: SmtpConnection, host: str) -> None:
    assert "No address is known" in failure_of(replace(way, host=host))


def test_a_port_that_nobody_listens_on_fails(way: SmtpConnection) -> None:
    assert "Nobody listens" in failure_of(replace(way, port=free_port()))


@pytest.mark.usefixtures("trusted")
def test_the_probe_tries_every_step_in_order_and_sends_nothing(smtp_server: SmtpServer, way: SmtpConnection) -> None:
    health = SmtpProbe(protected(smtp_server, way, Security.starttls), smtp_server.password).probe()

    assert health.ok
    assert [name for name, _, _ in health.steps] == ["name", "tcp", "tls", "sign_in", "permission"]
    assert smtp_server.received() == ()


@pytest.mark.usefixtures("trusted")
def test_the_probe_tells_until_when_the_certificate_holds(smtp_server: SmtpServer, way: SmtpConnection) -> None:
    clear = SmtpProbe(way, "").probe()
    health = SmtpProbe(protected(smtp_server, way, Security.starttls), smtp_server.password).probe()

    [(what, end)] = health.ends
    assert (what, clear.ends) == (f"The certificate of {way.host}", ())
    assert f"trusted until {end:%Y-%m-%d}" in health.steps[2][2]


@pytest.mark.parametrize("sender", ["", "studsar@exempelby.example"])
def test_a_server_that_takes_no_message_from_the_sender_is_told_as_such(
    smtp_server: SmtpServer, way: SmtpConnection, sender: str
) -> None:
    smtp_server.refuse("MAIL", "550 5.7.60 Du far inte")

    health = SmtpProbe(way, "", sender).probe()

    name, ok, sentence = health.steps[-1]
    assert (name, ok) == ("permission", False)
    assert f"takes no message from <{sender}> (550)" in sentence
    assert "bounce_address" in sentence


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"host": "post.invalid"}, "name"),
        ({"port": 1}, "tcp"),
        ({"security": Security.starttls}, "tls"),
        ({"user": "svarsvakt"}, "sign_in"),
    ],
)
def test_the_probe_stops_at_the_step_that_fails(way: SmtpConnection, changes: dict[str, Any], failed: str) -> None:
    health = SmtpProbe(replace(way, **changes), "fel").probe()

    assert not health.ok
    assert [(name, ok) for name, ok, _ in health.steps][-1] == (failed, False)
