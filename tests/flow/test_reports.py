"""Reports on our own replies: bounces and complaints (domain.md 3.3 rows 1, 2 and 4)."""

from collections.abc import Callable

import pytest

from domain.decision import Queue
from domain.ids import AccountId
from domain.message import Fate
from domain.outgoing import OutgoingKind
from pipeline.receive import receive
from pipeline.send import send
from tests.flow.installation import Installation, mail
from tests.flow.outcomes import events_of, last_message, suppressed_addresses
from tests.flow.screen_cases import BO, SPECIMENS, THEIR_RECEIPT, after_our_receipt


def test_a_null_path_report_on_our_reply_is_attached_to_it(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, SPECIMENS[2].read_bytes())

    town.arrives(specimen)
    town.round()

    kept = last_message(town)
    assert {"3.3/1", "3.3/2"} <= kept.rows
    assert kept.fate is Fate.attached
    assert len(town.tickets()) == 1


def test_a_copy_of_a_report_is_attached_to_the_same_reply(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, SPECIMENS[2].read_bytes())
    town.arrives(specimen)
    town.round()
    first = last_message(town)

    town.arrives(specimen)
    town.round()

    copy = last_message(town)
    assert "3.3/10" in copy.rows
    assert first.outgoing is not None
    assert (copy.fate, copy.outgoing) == (Fate.attached, first.outgoing)


def test_an_address_that_does_not_exist_gets_no_further_reply(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, SPECIMENS[2].read_bytes())
    town.arrives(specimen)
    town.round()
    town.clock.forward(days=2)

    town.arrives(mail("Hej! Det är mörkt på Storgatan.", sender=BO, id="<later@example.se>", at=town.clock.now()))
    town.round()

    assert suppressed_addresses(town) == [BO]
    assert "3.3/32" in last_message(town).rows
    assert [each["status"] for each in events_of(town, "reply_bounced")] == ["5.1.1"]
    assert [each["why"] for each in events_of(town, "address_suppressed")] == ["hard bounce 5.1.1"]
    assert len(town.wires.out.sent) == 1


@pytest.mark.parametrize(
    ("said", "bounced"),
    [
        ((b"5.1.1", b"5.2.2"), ["5.2.2"]),
        ((b"5.1.1", b"5.7.1"), ["5.7.1"]),
        ((b"Action: failed", b"Action: delayed"), []),
        ((b"Status: 5.1.1\r\n", b""), [""]),
    ],
    ids=["full mailbox", "refused by policy", "delayed", "no status"],
)
def test_a_report_that_does_not_say_that_the_mailbox_is_gone_suppresses_nobody(
    said: tuple[bytes, bytes], bounced: list[str], open_town: Callable[..., Installation]
) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, with_crlf(SPECIMENS[2].read_bytes())).replace(*said)

    town.arrives(specimen)
    town.round()

    assert last_message(town).fate is Fate.attached
    assert suppressed_addresses(town) == []
    assert [each["status"] for each in events_of(town, "reply_bounced")] == bounced


def test_a_bounce_that_names_none_of_our_mails_suppresses_nobody(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    town.arrives(mail(sender=BO))
    town.round()

    town.arrives(SPECIMENS[2].read_bytes())
    town.round()

    kept = last_message(town)
    assert kept.ticket is not None
    assert kept.ticket.queue is Queue.low
    assert suppressed_addresses(town) == []


def test_who_called_our_reply_spam_gets_no_further_one(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, SPECIMENS[4].read_bytes())

    town.arrives(specimen)
    town.round()
    town.arrives(specimen.replace(b"row-04.4", b"row-04.5"))
    town.round()

    assert suppressed_addresses(town) == [BO]
    assert [each["why"] for each in events_of(town, "address_suppressed")] == ["spam complaint"]


def test_an_alert_that_bounces_is_attached_and_suppresses_nobody(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    bygg = AccountId("bygg")
    town.arrives(mail(to="bygglov@exempelby.example"), bygg)
    receive(town.runtime, bygg)
    send(town.runtime)
    [alert] = [each for each in town.wires.out.sent if each.kind is OutgoingKind.alert]

    town.arrives(SPECIMENS[2].read_bytes().replace(THEIR_RECEIPT, alert.message_id.encode()))
    town.round()

    assert last_message(town).fate is Fate.attached
    assert suppressed_addresses(town) == []


def with_crlf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
