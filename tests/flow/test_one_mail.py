"""One mail through the whole flow: a ticket, a receipt, no alert; and everything that must not happen twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.fake import BATCH, Trouble
from domain.account import AutoReply
from domain.category import Secrecy
from domain.decision import Queue
from domain.finding import FindingKind
from domain.message import Batch, Fate
from domain.outgoing import OutgoingKind, SendState
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.send import send
from store.accounts import list_heartbeats
from store.database import Database
from store.findings import list_open_findings
from store.messages import count_by_fate, get_message, list_of_ticket
from store.originals import get_original
from tests.builders import TUESDAY
from tests.flow.installation import CONTACT_CENTER, GATA, Installation, approved_finnish, mail, numbered, small_site
from watch.findings import old_unhandled


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


def test_a_mail_becomes_a_ticket_and_one_reply_that_names_a_time(town: Installation) -> None:
    town.arrives(mail())

    town.round()

    [ticket] = town.tickets()
    assert ticket.unit == "gata"
    assert ticket.subject == "Hål i vägen"
    assert ticket.notice_due_at == TUESDAY + timedelta(hours=1)
    assert ticket.answer_due_at is not None
    assert ticket.answer_due_at > ticket.notice_due_at
    [sent] = town.wires.out.sent
    assert sent.recipient == "anna@example.se"
    assert "Du får svar senast onsdag 25 november kl. 16.30" in sent.text
    assert ticket.number in sent.subject
    assert town.alerts() == ()


def test_the_accepted_reply_stops_the_notice_clock_and_never_the_answer_clock(town: Installation) -> None:
    town.arrives(mail())

    town.round()

    [ticket] = town.tickets()
    assert ticket.notice_met_at == town.clock.now()
    assert ticket.answer_met_at is None
    assert ticket.next_due_at == ticket.answer_due_at


def test_a_second_round_does_nothing(town: Installation) -> None:
    town.arrives(mail())
    town.round()

    received, decided, sent = town.round()

    assert (received.fetched, decided.fates.total(), sent.states.total()) == (0, 0, 0)
    assert len(town.tickets()) == 1
    assert len(town.wires.out.sent) == 1


def test_the_original_is_kept_byte_for_byte(town: Installation) -> None:
    original = mail("Räksmörgås \x00 och annat")
    town.arrives(original)
    town.round()

    [ticket] = town.tickets()
    with town.database.read() as connection:
        [message] = list_of_ticket(connection, MACHINE, ticket.id)
        kept = get_original(connection, MACHINE, message.organisation, message.digest)

    assert kept == original


def test_nothing_of_the_citizens_message_stands_in_the_reply(town: Installation) -> None:
    town.arrives(mail("Storgatan har ett hål.", subject="Hemligt ämnesord"))

    town.round()

    [sent] = town.wires.out.sent
    for word in ("Hemligt", "ämnesord", "Storgatan", "hål"):
        assert word not in sent.subject + sent.text


def test_a_reply_carries_what_keeps_machines_from_answering_it(town: Installation) -> None:
    town.arrives(mail())

    town.round()

    [sent] = town.wires.out.sent
    headers = dict(sent.headers)
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert headers["In-Reply-To"] == "<1@example.se>"
    assert headers["X-Svarsvakt-Loop"] == town.account
    assert "Precedence" not in headers


def test_a_finnish_mail_is_answered_in_swedish_with_a_finnish_line_until_the_finnish_text_is_approved(
    town: Installation,
) -> None:
    town.arrives(mail("Hei! Koska kirjasto aukeaa lauantaina? Haluaisin palauttaa kirjoja.", subject="Aukioloajat"))

    town.round()

    [sent] = town.wires.out.sent
    assert "Viestisi on tullut perille" in sent.text
    assert dict(sent.headers)["Content-Language"] == "sv"


def test_a_finnish_mail_is_answered_in_finnish_once_the_text_is_approved(town: Installation) -> None:
    town.use(replace(small_site(), reply_texts=(approved_finnish("receipt"),)))
    town.arrives(mail("Hei! Koska kirjasto aukeaa lauantaina? Haluaisin palauttaa kirjoja.", subject="Aukioloajat"))

    town.round()

    [sent] = town.wires.out.sent
    assert "Saat vastauksen viimeistään keskiviikkona 25.11. klo" in sent.text
    assert dict(sent.headers)["Content-Language"] == "fi"
    assert '<html lang="fi">' in sent.html


def test_an_automatic_message_opens_a_ticket_and_gets_no_reply(town: Installation) -> None:
    town.arrives(mail(extra=("Auto-Submitted: auto-replied",)))

    town.round()

    [ticket] = town.tickets()
    assert ticket.queue is Queue.low
    assert ticket.notice_due_at is None
    assert town.replies(ticket) == ()
    assert town.wires.out.sent == []


def test_what_lay_there_at_first_connection_is_history(database: Database) -> None:
    town = Installation(database)
    town.arrives(mail(id="<old@example.se>"))

    town.round()

    assert town.tickets() == ()
    assert (town.alerts(), town.wires.out.sent) == ((), [])
    with database.read() as connection:
        assert count_by_fate(connection, MACHINE) == {Fate.history: 1}
        [finding] = list_open_findings(connection, MACHINE)
    assert (finding.kind, finding.evidence) == (FindingKind.old_unhandled, old_unhandled(1))


def test_old_mail_is_counted_although_the_worker_dies_before_it_has_read_to_the_end(database: Database) -> None:
    town = Installation(database)
    for original in numbered(BATCH + 1):
        town.arrives(original)
    mailbox = town.mailbox()
    whole = mailbox.fetch
    first = iter([whole(None)])

    def dies(cursor: object) -> Batch:
        batch = next(first, None)
        if batch is None:
            raise RuntimeError("the worker dies")
        return batch

    mailbox.fetch = dies  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        receive(town.runtime, town.account)
    town.mailbox().fetch = lambda cursor: replace(whole(cursor), arrivals=())  # type: ignore[method-assign]

    receive(town.runtime, town.account)

    with database.read() as connection:
        [finding] = [each for each in list_open_findings(connection, MACHINE) if each.kind is FindingKind.old_unhandled]
    assert finding.evidence == old_unhandled(BATCH)


def test_in_shadow_the_reply_is_stored_and_not_sent_and_the_clock_runs_on(database: Database) -> None:
    site = small_site()
    shadowed = tuple(replace(account, auto_reply=AutoReply.shadow) for account in site.accounts)
    town = Installation(database, site=replace(site, accounts=shadowed))
    town.connect()
    town.arrives(mail())

    town.round()

    [ticket] = town.tickets()
    [reply] = town.replies(ticket)
    assert reply.state is SendState.shadow
    assert "Du får svar senast" in reply.text
    assert ticket.notice_met_at is None
    assert town.wires.out.sent == []


def test_the_same_letter_in_two_mailboxes_is_one_ticket_with_one_reply(town: Installation) -> None:
    both = f"{CONTACT_CENTER}, gata@exempelby.example"
    town.arrives(mail(to=both))
    town.arrives(mail(to=both), GATA)

    receive(town.runtime, GATA)
    town.round()

    [ticket] = town.tickets()
    with town.database.read() as connection:
        assert len(list_of_ticket(connection, MACHINE, ticket.id)) == 2
    assert len(town.wires.out.sent) == 1


def test_the_same_message_id_on_other_content_is_another_ticket_that_says_so(town: Installation) -> None:
    town.arrives(mail("Det är ett hål i vägen på Storgatan."))
    town.arrives(mail("Lampan på Kyrkogatan är trasig sedan i går.", subject="Gatlykta"))

    town.round()

    tickets = town.tickets()
    assert len(tickets) == 2
    with town.database.read() as connection:
        explanations = [list_of_ticket(connection, MACHINE, ticket.id)[0].explanation for ticket in tickets]
    rows = [{reason["row"] for reason in each["automatic_reply"]["reasons"]} for each in explanations]
    assert any("3.3/10" in each for each in rows)


def test_two_notices_of_a_form_without_message_id_are_two_tickets(town: Installation) -> None:
    town.arrives(mail("Nytt ärende i e-tjänsten", id=None))
    town.arrives(mail("Nytt ärende i e-tjänsten", id=None, to="gata@exempelby.example"), GATA)

    receive(town.runtime, GATA)
    town.round()

    assert len(town.tickets()) == 2


def test_after_a_new_uidvalidity_every_mail_is_recognised(town: Installation) -> None:
    for number in range(3):
        town.arrives(
            mail(f"Hål nummer {number} på Storgatan.", id=f"<{number}@example.se>", sender=f"a{number}@example.se")
        )
    town.round()
    town.mailbox().renumber()

    town.round()

    assert len(town.tickets()) == 3
    assert len(town.wires.out.sent) == 3


def test_a_second_mail_from_the_same_citizen_gets_a_ticket_and_no_second_receipt(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    town.clock.forward(minutes=30)
    town.arrives(mail("Lampan på Kyrkogatan är trasig.", id="<2@example.se>", at=town.clock.now()))

    town.round()

    assert len(town.tickets()) == 2
    assert len(town.wires.out.sent) == 1


def test_a_citizens_reply_to_the_receipt_joins_the_ticket(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    [receipt] = town.wires.out.sent
    town.clock.forward(minutes=30)
    town.arrives(
        mail("Jag glömde: det är vid nummer 12.", id="<2@example.se>", extra=(f"In-Reply-To: {receipt.message_id}",))
    )

    town.round()

    [ticket] = town.tickets()
    with town.database.read() as connection:
        assert len(list_of_ticket(connection, MACHINE, ticket.id)) == 2
    assert len(town.wires.out.sent) == 1


def test_a_citizens_cry_for_help_in_reply_to_the_receipt_gets_a_ticket_of_its_own(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    [receipt] = town.wires.out.sent
    town.clock.forward(minutes=30)
    town.arrives(mail("Det brinner!", id="<2@example.se>", extra=(f"In-Reply-To: {receipt.message_id}",)))

    town.round()

    ordinary, danger = sorted(town.tickets(), key=lambda ticket: ticket.id)
    assert (ordinary.secrecy, danger.secrecy) == (Secrecy.SK0, Secrecy.SK2)
    assert town.wires.out.sent[-1].subject.startswith("Ring 112")


def test_an_out_of_office_answer_to_the_receipt_is_attached_and_opens_nothing(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    [receipt] = town.wires.out.sent
    town.arrives(
        mail(
            "Jag är på semester.",
            subject="Autosvar: semester",
            id="<2@example.se>",
            extra=(f"In-Reply-To: {receipt.message_id}", "Auto-Submitted: auto-replied"),
        )
    )

    town.round()

    assert len(town.tickets()) == 1
    with town.database.read() as connection:
        assert count_by_fate(connection, MACHINE)[Fate.attached] == 1
    assert len(town.wires.out.sent) == 1


def test_an_unreadable_mail_needs_a_look_and_the_next_goes_on(town: Installation) -> None:
    town.arrives(b"\xff\xfe\x00\x01 nothing that is a mail")
    town.arrives(mail())

    town.round()

    tickets = town.tickets()
    assert sorted(ticket.needs_a_look for ticket in tickets) == [False, True]
    broken = next(ticket for ticket in tickets if ticket.needs_a_look)
    assert broken.notice_due_at is not None
    assert broken.look_reason


def test_two_broken_mails_are_two_tickets(town: Installation) -> None:
    town.arrives(b"\xff\xfe\x00\x01 broken one")
    town.arrives(b"\xff\xfe\x00\x01 broken two")

    town.round()

    assert len(town.tickets()) == 2


def test_a_refused_reply_leaves_the_notice_clock_running(town: Installation) -> None:
    town.wires.out.trouble = Trouble.refused
    town.arrives(mail())

    town.round()

    [ticket] = town.tickets()
    [reply] = town.replies(ticket)
    assert reply.state is SendState.refused
    assert ticket.notice_met_at is None


def test_a_send_cut_off_on_the_wire_is_uncertain_and_never_repeated(town: Installation) -> None:
    town.wires.out.trouble = Trouble.gone
    town.arrives(mail())
    town.round()
    town.wires.out.trouble = None

    town.clock.forward(hours=2)
    send(town.runtime)

    [ticket] = town.tickets()
    [reply] = town.replies(ticket)
    assert reply.state is SendState.uncertain
    assert [each.kind for each in town.wires.out.sent] == [OutgoingKind.receipt, OutgoingKind.alert]


def test_two_messages_of_one_sender_decided_at_once_get_one_receipt(town: Installation) -> None:
    town.arrives(mail())
    town.arrives(mail("Lampan på Kyrkogatan är trasig.", id="<2@example.se>"))

    receive(town.runtime, town.account)
    decide(town.colleague("worker-2"))
    send(town.colleague("worker-2"))
    send(town.runtime)

    assert len(town.wires.out.sent) == 1


def test_the_heartbeat_says_when_an_account_was_last_read(town: Installation) -> None:
    town.clock.forward(minutes=5)

    receive(town.runtime, town.account)

    with town.database.read() as connection:
        beat = next(each for each in list_heartbeats(connection, MACHINE) if each.account == town.account)
    assert beat.read_at == town.clock.now()
    assert beat.failing_since is None


def test_a_stored_message_is_found_by_its_row(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    [ticket] = town.tickets()

    with town.database.read() as connection:
        [message] = list_of_ticket(connection, MACHINE, ticket.id)

        assert get_message(connection, MACHINE, message.id) == message


def test_a_reply_that_would_name_a_time_in_the_past_is_held_back(town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    decide(town.runtime)
    town.clock.forward(days=3)

    send(town.runtime)

    [ticket] = town.tickets()
    assert [reply.state for reply in town.replies(ticket)] == [SendState.cancelled]
    assert town.wires.out.sent == []
