"""Reports on our own replies: bounces and complaints (domain.md 3.3 rows 1, 2 and 4)."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.decision import Queue
from domain.finding import FindingKind
from domain.ids import AccountId
from domain.message import Fate
from domain.outgoing import OutgoingKind
from domain.ticket import TicketStatus
from pipeline.alerting import open_quietly
from pipeline.send import send
from pipeline.tell import tell
from store.schema import events, tickets
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
    assert [each.kind for each in town.wires.out.sent if each.kind is not OutgoingKind.alert] == [OutgoingKind.receipt]


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
    with town.database.write() as connection:
        account = town.site.account(AccountId("bygg"))
        open_quietly(connection, account, FindingKind.replies_stopped, "stängt", town.clock.now())
    tell(town.runtime)
    send(town.runtime)
    [alert] = [each for each in town.wires.out.sent if each.kind is OutgoingKind.alert]

    town.arrives(SPECIMENS[2].read_bytes().replace(THEIR_RECEIPT, alert.message_id.encode()))
    town.round()

    assert last_message(town).fate is Fate.attached
    assert suppressed_addresses(town) == []


ANNA = "anna@example.se"
WORDS = Path(__file__).parents[1] / "mails" / "bounces"


def in_words(specimen: str, message_id: str) -> bytes:
    """Return a bounce in plain words that returns our mail below them."""
    original = (WORDS / f"{specimen}.eml").read_bytes().rstrip()
    return original + f"\n\nMessage-ID: {message_id}\nSubject: Hej\n".encode()


@pytest.mark.parametrize("specimen", ["exim", "postfix_words", "exchange_swedish", "sendmail"])
def test_a_bounce_in_plain_words_that_names_our_mail_counts_like_a_report(
    specimen: str, open_town: Callable[..., Installation]
) -> None:
    town = open_town()
    town.arrives(mail(sender=ANNA))
    town.round()

    town.arrives(in_words(specimen, town.wires.out.sent[-1].message_id))
    town.round()

    assert last_message(town).fate is Fate.attached
    assert suppressed_addresses(town) == [ANNA]
    assert [each["status"] for each in events_of(town, "reply_bounced")] == ["5.1.1"]


def test_a_bounce_in_plain_words_that_names_nothing_of_ours_suppresses_nobody(
    open_town: Callable[..., Installation],
) -> None:
    town = open_town()
    town.arrives(mail(sender=ANNA))
    town.round()

    town.arrives(in_words("exim", "<svarsvakt.26-00001.000000000000@exempelby.example>"))
    town.round()

    assert suppressed_addresses(town) == []
    assert events_of(town, "reply_bounced") == []


def test_a_notice_that_bounces_was_not_given_and_the_ticket_says_so(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, SPECIMENS[2].read_bytes())
    [before] = town.tickets()

    town.arrives(specimen)
    town.round()

    [after] = town.tickets()
    [receipt] = town.replies(after)
    assert before.notice_met_at is not None
    assert (after.notice_met_at, after.next_due_at) == (None, before.notice_due_at)
    assert (receipt.bounced_at, receipt.bounce_status) == (town.clock.now(), "5.1.1")
    assert len(events_of(town, "notice_not_met")) == 1


@pytest.mark.parametrize("specimen", ["exim_delayed", "mailbox_full_swedish"])
def test_a_bounce_that_passes_changes_nothing(specimen: str, open_town: Callable[..., Installation]) -> None:
    town = open_town()
    town.arrives(mail(sender=ANNA))
    town.round()

    town.arrives(in_words(specimen, town.wires.out.sent[-1].message_id))
    town.round()

    [ticket] = town.tickets()
    assert ticket.notice_met_at is not None
    assert suppressed_addresses(town) == []
    assert events_of(town, "reply_bounced") == []


def test_a_report_that_comes_twice_counts_once(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, SPECIMENS[2].read_bytes())

    for number in (1, 2):
        town.arrives(specimen.replace(b"row-02.2@", b"row-02.%d@" % number))
        town.round()

    assert len(events_of(town, "reply_bounced")) == 1


def test_a_suppression_runs_out(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    town.arrives(after_our_receipt(BO)(town, SPECIMENS[2].read_bytes()))
    town.round()
    town.clock.forward(days=181)

    town.arrives(mail("Hej! Det är mörkt på Storgatan.", sender=BO, id="<later@example.se>", at=town.clock.now()))
    town.round()

    assert "3.3/32" not in last_message(town).rows
    assert last_message(town).send


def test_an_out_of_office_answer_is_attached_and_reopens_nothing(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    town.arrives(mail(sender=ANNA))
    town.round()
    [ticket] = town.tickets()
    with town.database.write() as connection:
        connection.execute(tickets.update().values(status=TicketStatus.closed))

    town.arrives(
        mail(
            "Jag är på semester till den 7 december.",
            subject="Automatiskt svar: Ditt ärende",
            sender=ANNA,
            id="<ledig@example.se>",
            extra=("Auto-Submitted: auto-replied", f"In-Reply-To: {town.wires.out.sent[-1].message_id}"),
        )
    )
    town.round()

    kept = last_message(town)
    assert (kept.fate, kept.ticket) == (Fate.attached, None)
    assert kept.outgoing == town.replies(ticket)[0].id
    assert town.tickets() == ()
    assert [each.kind for each in town.wires.out.sent if each.kind is not OutgoingKind.alert] == [OutgoingKind.receipt]


def with_crlf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_reports_of_one_batch_are_noted_in_the_order_of_our_messages_so_that_no_two_batches_wait_for_each_other(
    open_town: Callable[..., Installation],
) -> None:
    town = open_town()
    writers = [BO, "zara@example.se"]
    for sender in writers:
        town.arrives(mail(sender=sender, id=f"<{sender[0]}@example.se>"))
    town.round()
    receipts = {each.recipient: each.message_id for each in town.wires.out.sent}
    for number, sender in enumerate(reversed(writers)):
        report = SPECIMENS[2].read_bytes().replace(THEIR_RECEIPT, receipts[sender].encode())
        town.arrives(
            report.replace(BO.encode(), sender.encode()).replace(b"Message-ID: <", b"Message-ID: <%d" % number, 1)
        )

    town.round()

    with town.database.read() as connection:
        noted = connection.scalars(
            sa.select(events.c.outgoing_id).where(events.c.kind == "reply_bounced").order_by(events.c.id)
        ).all()
    assert len(noted) == 2
    assert noted == sorted(noted)
