"""Headers and form of our messages as a real server gets them (domain.md 3.6): a test for each."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import pytest

from connectors.smtp import SmtpSink
from domain.account import Security, SmtpConnection
from domain.ids import OutgoingId
from domain.outgoing import Outgoing, OutgoingKind, Rendered
from domain.site import Site
from outbox.render import render
from tests.builders import TUESDAY, site
from tests.contracts.ways_out import StoppedClock
from tests.services.smtp import Received, SmtpServer
from tests.unit.outbox.test_render import ALERT, RECEIPT

pytestmark = pytest.mark.service("aiosmtpd")

SWEDISH_SUBJECT_WORDS = "Hål i vägen"


def on_the_wire(server: SmtpServer, intent: Outgoing = RECEIPT, town: Site | None = None) -> Received:
    """Render an intent, send it, and return what the server got."""
    town = replace(town or site(), alert_sender="svarsvakt@exempelby.example")
    draft = render(intent, town, key="26-00001.ab", now=TUESDAY)
    letter = Rendered(
        id=OutgoingId(1), kind=intent.kind, account=intent.account, channel=intent.channel,
        message_id=draft.message_id, sender=draft.sender, recipient=intent.recipient,
        envelope_sender=draft.envelope_sender, subject=draft.subject, text=draft.text, html=draft.html,
        headers=draft.headers,
    )  # fmt: skip
    way_out = SmtpConnection(host=server.host, port=server.port, security=Security.none, local_hostname="localhost")
    sink = SmtpSink(way_out, "", StoppedClock())
    sink.send(letter, lambda: None)
    sink.close()
    [received] = server.received()
    return received


#: What a receipt says of itself, header by header.
RECEIPT_SAYS: dict[str, Callable[[EmailMessage], object]] = {
    "From": lambda mail: "<kontaktcenter@exempelby.example>" in mail["From"] and "Kontaktcenter" in mail["From"],
    "To": lambda mail: mail["To"] == "anna@example.se",
    "Subject": lambda mail: "26-00001" in mail["Subject"] and SWEDISH_SUBJECT_WORDS not in mail["Subject"],
    "Message-ID": lambda mail: mail["Message-ID"] == "<svarsvakt.26-00001.ab@exempelby.example>",
    "In-Reply-To": lambda mail: mail["In-Reply-To"] == "<1@example.se>",
    "References": lambda mail: mail["References"] == "<0@example.se> <1@example.se>",
    "Auto-Submitted": lambda mail: mail["Auto-Submitted"] == "auto-replied",
    "X-Auto-Response-Suppress": lambda mail: mail["X-Auto-Response-Suppress"] == "All",
    "X-Svarsvakt-Loop": lambda mail: mail["X-Svarsvakt-Loop"] == "kontaktcenter",
    "Content-Language": lambda mail: mail["Content-Language"] == "sv",
    "Date": lambda mail: mail["Date"].datetime == TUESDAY,
}


@pytest.mark.parametrize("name", RECEIPT_SAYS)
def test_a_receipt_carries_the_header_once(smtp_server: SmtpServer, name: str) -> None:
    mail = on_the_wire(smtp_server).message

    assert len(mail.get_all(name, [])) == 1
    assert RECEIPT_SAYS[name](mail), mail[name]


@pytest.mark.parametrize(
    "name",
    ["Precedence", "Reply-To", "Sender", "Cc", "Bcc", "Disposition-Notification-To", "Return-Receipt-To", "List-Id"],
)
def test_a_receipt_carries_no_other(smtp_server: SmtpServer, name: str) -> None:
    assert on_the_wire(smtp_server).message[name] is None


@pytest.mark.parametrize("address", ["", "studs@exempelby.example"])
def test_the_envelope_sender_is_the_null_path_or_one_that_never_answers(smtp_server: SmtpServer, address: str) -> None:
    town = replace(site(), mail=replace(site().mail, bounce_address=address))

    received = on_the_wire(smtp_server, town=town)

    assert received.sender == address
    assert received.recipients == ("anna@example.se",)
    assert received.rcpt_options == ("NOTIFY=NEVER",)


def test_a_receipt_is_small_and_its_first_form_is_plain_text_in_utf_8(smtp_server: SmtpServer) -> None:
    received = on_the_wire(smtp_server)

    plain = received.message.get_body(("plain",))
    assert plain is not None
    assert plain["Content-Type"].params["charset"] == "utf-8"
    assert len(received.content) < 4 * 1024


def test_a_receipt_has_no_attachment_no_image_and_nothing_that_is_fetched(smtp_server: SmtpServer) -> None:
    mail = on_the_wire(smtp_server).message

    assert list(mail.iter_attachments()) == []
    html = mail.get_body(("html",))
    shown = html.get_content() if html is not None else ""
    assert not any(word in shown.lower() for word in ("<img", "<script", "<link", "url(", "<iframe"))


def test_an_alert_says_that_a_machine_made_it_and_answers_nobody(smtp_server: SmtpServer) -> None:
    received = on_the_wire(smtp_server, ALERT)

    assert received.message["Auto-Submitted"] == "auto-generated"
    assert received.message["In-Reply-To"] is None
    assert received.rcpt_options == ()
    assert ALERT.kind is OutgoingKind.alert
