"""The second way out of alerts, on real mail servers that hang, refuse and vanish; and the dead-man's signal."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from connectors.signal import send_signal
from connectors.smtp import SmtpSink
from domain.account import Channel, Security, SmtpConnection, TwilioConnection
from domain.alerting import AlertSms, SecondWay
from domain.errors import SendFailed, Unreachable
from domain.ids import PersonId
from domain.outgoing import OutgoingKind, Receipt, Rendered
from domain.person import Person
from domain.site import Site
from pipeline.alert_ways import AlertWays
from tests.builders import TUESDAY, site
from tests.contracts.ways_out import StoppedClock
from tests.services.programs import free_port
from tests.services.smtp import SmtpServer
from tests.unit.connectors.builders import rendered

pytestmark = pytest.mark.service("aiosmtpd")

NUMBER = "+46701740699"


@pytest.fixture
def second_server() -> Iterator[SmtpServer]:
    """Run another mail server."""
    server = SmtpServer.start()
    yield server
    server.stop()


def way(server: SmtpServer) -> SmtpConnection:
    return SmtpConnection(host=server.host, port=server.port, security=Security.none, timeout_seconds=1)


class SmsSink:
    """A way out that keeps what it got."""

    def __init__(self) -> None:
        self.sent: list[Rendered] = []

    def send(self, rendered: Rendered, before_wire: object) -> Receipt:
        """Keep it."""
        before_wire()  # type: ignore[operator]
        self.sent.append(rendered)
        return Receipt(accepted_at=TUESDAY)

    def find_sent(self, rendered: Rendered, is_anothers: object) -> None:
        """Never asked."""

    def close(self) -> None:
        """Do nothing."""


class Alerts:
    """The ways of one installation, and what was committed before the wire."""

    def __init__(self, first: SmtpConnection, second: SmtpConnection | None, *, sms: bool = False) -> None:
        self.sms = SmsSink()
        self.clock = StoppedClock()
        self.committed = 0
        telephone = AlertSms(twilio=TwilioConnection(account_sid="AC0", secret="x"), number=NUMBER) if sms else None
        kim = Person(id=PersonId("kim"), name="Kim", email="kim@exempelby.example", phone="070-174 06 11")
        self.site: Site = replace(
            site(), people=(kim,), alert_smtp=first, alert_sender="svarsvakt@exempelby.example",
            second_way=SecondWay(smtp=second, sms=telephone),
        )  # fmt: skip
        self.ways = AlertWays(
            lambda smtp: SmtpSink(smtp, "", self.clock), lambda _: self.sms, self.clock  # type: ignore[arg-type, return-value]
        )  # fmt: skip

    def send(self, **changes: object) -> None:
        base = rendered(kind=OutgoingKind.alert, recipient="kim@exempelby.example", subject="Brevlådan kan inte läsas")
        sink = self.ways.open(self.site)
        assert sink is not None
        with closing(sink):
            sink.send(replace(base, **changes), self._commit)  # type: ignore[arg-type]

    def _commit(self) -> None:
        self.committed += 1


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("trouble", ["hang", "drop", "refuse"])
def test_an_alert_goes_by_the_second_server_when_the_first_hangs_or_refuses(
    smtp_server: SmtpServer, second_server: SmtpServer, at: str, trouble: str
) -> None:
    alerts = Alerts(way(smtp_server), way(second_server))
    if trouble == "refuse":
        smtp_server.refuse(at, "451 4.3.0 not now")
    else:
        getattr(smtp_server, trouble)(at)

    alerts.send()

    [received] = second_server.received()
    assert "kan inte" in received.message["Subject"]
    assert alerts.committed == 1


def test_a_reader_whom_the_server_does_not_know_rests_no_way(smtp_server: SmtpServer) -> None:
    alerts = Alerts(way(smtp_server), None, sms=True)
    smtp_server.refuse("RCPT", "550 5.1.1 no such user")
    alerts.send()
    smtp_server.behave()

    alerts.send()

    assert len(smtp_server.received()) == 1


def test_a_server_that_is_not_there_is_tried_last_for_a_while(smtp_server: SmtpServer) -> None:
    gone = SmtpConnection(host="127.0.0.1", port=free_port(), security=Security.none, timeout_seconds=1)
    alerts = Alerts(gone, way(smtp_server))

    alerts.send()
    rests = alerts.ways.is_resting(gone)
    alerts.send()

    assert rests
    assert len(smtp_server.received()) == 2


def test_without_any_mail_server_the_reader_gets_a_short_message(smtp_server: SmtpServer) -> None:
    smtp_server.refuse("MAIL", "451 4.3.0 not now")
    alerts = Alerts(way(smtp_server), None, sms=True)

    alerts.send()

    [sent] = alerts.sms.sent
    assert (sent.channel, sent.recipient) == (Channel.sms, "+46701740611")
    assert sent.text == "Svarsvakt: Brevlådan kan inte läsas. Mejlet om det gick inte att skicka."


def test_when_no_way_takes_it_it_is_tried_again(smtp_server: SmtpServer) -> None:
    smtp_server.refuse("MAIL", "451 4.3.0 not now")
    alerts = Alerts(way(smtp_server), None)

    with pytest.raises(SendFailed):
        alerts.send()

    smtp_server.behave()
    alerts.send()
    assert len(smtp_server.received()) == 1


class Listener:
    """A server that counts who asks, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """Counts."""

            def do_GET(self) -> None:
                """Count and answer."""
                outer.asked.append(self.path)
                self.send_response(outer.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/ping"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Run who listens for the signal."""
    listening = Listener()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


def test_the_signal_asks_once(listener: Listener) -> None:
    send_signal(listener.url, 2)

    assert listener.asked == ["/ping"]


@pytest.mark.parametrize("status", [301, 404, 500])
def test_a_signal_that_is_not_taken_is_told_in_a_sentence_and_follows_nothing(listener: Listener, status: int) -> None:
    listener.status = status

    with pytest.raises(Unreachable, match=r"check \[signal\] url"):
        send_signal(listener.url, 2)

    assert listener.asked == ["/ping"]


def test_a_signal_that_nobody_answers_is_told_in_a_sentence() -> None:
    with pytest.raises(Unreachable, match=r"check \[signal\] url"):
        send_signal(f"http://127.0.0.1:{free_port()}/ping", 1)
