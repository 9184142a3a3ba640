"""An SMS through the whole flow: the stand-in of Twilio, the real connector, one reply."""

from datetime import timedelta

import pytest

from connectors.twilio_list import LARGEST_PAGE
from domain.account import Channel
from domain.errors import Unreachable
from domain.ids import AccountId, TicketId
from domain.message import Fate
from domain.outgoing import Outgoing, OutgoingKind
from domain.sms_text import segments
from domain.viewer import MACHINE
from pipeline.visit import visit
from pipeline.wires import RealWires
from sandbox.twilio import TwilioServer
from sandbox.twilio_behaviour import TwilioTrouble
from store.clocks import mark_answer_met
from store.database import Database
from store.messages import count_by_fate, list_of_ticket
from store.outgoing import Draft, add_outgoing
from store.schema import outgoing
from tests.flow.installation import SetClock
from tests.flow.phones import CITIZEN, NUMBERS, Phones


def test_an_sms_gets_a_ticket_and_one_reply_of_one_part(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")

    phones.poll()
    phones.poll()

    [ticket] = phones.tickets()
    [reply] = phones.server.sent
    assert ticket.channel is Channel.sms
    assert ticket.notice_met_at is not None
    assert ticket.answer_met_at is None
    assert (reply.sender, reply.recipient) == (NUMBERS[0], CITIZEN)
    assert ticket.number in reply.body
    assert segments(reply.body).parts == 1


def test_what_a_number_with_an_open_ticket_writes_lands_in_it_and_gets_no_second_receipt(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")
    phones.poll()

    phones.server.receive(CITIZEN, NUMBERS[0], "Det var nummer 6, inte 4")
    phones.poll()

    [ticket] = phones.tickets()
    assert written_in(phones, ticket.id) == [
        "Hej, gatlyktan utanför Storgatan 4 är trasig", "Det var nummer 6, inte 4",
    ]  # fmt: skip
    assert len(phones.bodies()) == 1


def test_two_sms_of_one_number_in_one_visit_are_one_ticket(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")
    phones.server.receive(CITIZEN, NUMBERS[0], "Den har varit trasig länge")

    phones.poll()

    [ticket] = phones.tickets()
    assert written_in(phones, ticket.id) == [
        "Hej, gatlyktan utanför Storgatan 4 är trasig", "Den har varit trasig länge",
    ]  # fmt: skip
    assert len(phones.bodies()) == 1


def test_thanks_after_the_answer_ask_for_nothing(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")
    phones.poll()
    [ticket] = phones.tickets()
    with phones.database.write() as connection:
        mark_answer_met(connection, ticket.id, phones.clock.now())

    phones.server.receive(CITIZEN, NUMBERS[0], "Tack!")
    phones.poll()

    [after] = phones.tickets()
    assert after.answer_met_at is not None
    assert written_in(phones, ticket.id)[-1] == "Tack!"
    assert len(phones.bodies()) == 1


def test_a_number_whose_ticket_is_closed_gets_a_new_one_that_names_it(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")
    phones.poll()
    [old] = phones.tickets()
    with phones.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET status = 'closed'")

    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, när öppnar badhuset?")
    phones.poll()

    [new] = phones.tickets()
    assert (new.id != old.id, new.follows) == (True, old.id)
    assert written_in(phones, new.id) == ["Hej, när öppnar badhuset?"]
    assert phones.count_messages() == 2


def test_the_numbers_of_one_account_are_listed_together(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")
    phones.server.receive("+46701740643", NUMBERS[1], "Hej, gatlyktan på Kvarngatan är trasig")
    phones.server.behaviour.counts.clear()

    phones.poll()

    assert len(phones.tickets()) == 2
    assert phones.server.behaviour.counts["GET list"] <= 2


@pytest.mark.parametrize("apart", [1.0, 3.9])
def test_each_poll_asks_anew_also_one_that_comes_a_little_early(phones: Phones, apart: float) -> None:
    visit(phones.runtime, AccountId("sms-0"))
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")
    phones.clock.forward(seconds=apart)

    visit(phones.runtime, AccountId("sms-0"))

    assert phones.count_messages() == 1


def test_what_lay_at_twilio_before_is_history_and_gets_no_reply(database: Database) -> None:
    clock = SetClock()
    server = TwilioServer(clock)
    server.start()
    server.receive(CITIZEN, NUMBERS[0], "Skrivet i förrgår", ago=timedelta(days=2))
    phones = Phones(database, server, clock)

    phones.poll()
    phones.poll()
    server.stop()

    assert phones.tickets() == ()
    assert phones.bodies() == []
    with phones.database.read() as connection:
        assert count_by_fate(connection, MACHINE) == {Fate.history: 1}


def test_two_messages_of_the_same_words_are_two_messages_and_get_one_reply(phones: Phones) -> None:
    for _ in range(2):
        phones.server.receive(CITIZEN, NUMBERS[0], "Hallå? Gatlyktan är fortfarande trasig")

    phones.poll()

    assert len(phones.bodies()) == 1
    assert phones.count_messages() == 2


@pytest.mark.parametrize("trouble", [TwilioTrouble.busy, TwilioTrouble.down, TwilioTrouble.garbled])
def test_an_outage_of_an_hour_is_named_and_caught_up(phones: Phones, trouble: TwilioTrouble) -> None:
    phones.server.behaviour.trouble = trouble
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")
    phones.poll()
    during = phones.tickets()
    phones.clock.forward(hours=1)
    phones.server.behaviour.trouble = None

    phones.poll()

    assert during == ()
    [ticket] = phones.tickets()
    assert written_in(phones, ticket.id) == ["Hej, gatlyktan på Storgatan är trasig"]


def test_a_reply_that_was_cut_off_after_twilio_took_it_is_found_and_not_sent_again(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")
    phones.clock.forward(seconds=5)
    visit(phones.runtime, AccountId("sms-0"))
    phones.server.behaviour.trouble = TwilioTrouble.cut_after
    phones.decide_and_send()
    phones.server.behaviour.trouble = None
    phones.decide_and_send()
    too_early = phones.tickets()[0].notice_met_at
    phones.clock.forward(minutes=5)
    phones.let_leases_run_out()
    phones.decide_and_send()

    [ticket] = phones.tickets()
    assert too_early is None
    assert len(phones.bodies()) == 1
    assert ticket.notice_met_at is not None


def test_two_answers_of_the_same_words_that_were_cut_off_are_each_found_by_their_own_name(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")
    phones.poll()
    phones.server.behaviour.trouble = TwilioTrouble.cut_after
    for key in ("1", "2"):
        phones.add_answer("Tack, det är klart.", key)
    phones.decide_and_send()
    phones.server.behaviour.trouble = None
    phones.clock.forward(minutes=5)
    phones.let_leases_run_out()
    phones.decide_and_send()
    _, *answers = phones.server.sent
    phones.tell(answers[1].sid, "undelivered", 30003)

    with phones.database.read() as connection:
        query = "SELECT provider_id, state, bounce_status FROM outgoing WHERE kind = 'answer' ORDER BY provider_id"
        found = [tuple(row) for row in connection.exec_driver_sql(query)]
    assert len(answers) == 2
    assert found == sorted([(answers[0].sid, "sent", ""), (answers[1].sid, "sent", "30003")])


def test_an_answer_that_was_cut_off_and_then_failed_is_sent_again(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")
    phones.poll()
    phones.server.behaviour.trouble = TwilioTrouble.cut_after
    phones.add_answer("Tack, det är klart.")
    phones.decide_and_send()
    phones.server.behaviour.trouble = None
    phones.server.archive.change(phones.server.sent[-1].sid, status="failed", error_code=30008)
    phones.clock.forward(minutes=5)
    for _ in range(2):
        phones.let_leases_run_out()
        with phones.database.write() as connection:
            connection.exec_driver_sql("UPDATE outgoing SET next_try_at = NULL")
        phones.decide_and_send()

    assert [each.status for each in phones.server.sent if each.body == "Tack, det är klart."] == ["failed", "queued"]


def test_a_number_that_has_opted_out_is_refused_and_the_ticket_stays(phones: Phones) -> None:
    phones.server.behaviour.refused[CITIZEN] = 21610
    phones.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")

    phones.poll()

    [ticket] = phones.tickets()
    assert phones.bodies() == []
    assert ticket.notice_met_at is None


def test_a_storm_of_429_delays_and_loses_nothing_and_nothing_goes_twice(phones: Phones) -> None:
    for place in range(6):
        phones.server.receive(f"+467017406{place}1", NUMBERS[0], f"Hej, gatlyktan på Storgatan {place} är trasig")
        phones.server.behaviour.trouble = TwilioTrouble.busy
        phones.poll()
        phones.poll()
        phones.server.behaviour.trouble = None
        visit(phones.runtime, AccountId("sms-0"))
        phones.server.behaviour.trouble = TwilioTrouble.busy
        phones.decide_and_send()
    during = phones.bodies()
    phones.server.behaviour.trouble = None
    with phones.database.write() as connection:
        # The waits between tries are the database's own.
        connection.exec_driver_sql("UPDATE outgoing SET next_try_at = NULL")
    phones.poll()

    assert during == []
    assert len(phones.tickets()) == 6
    assert len({each.recipient for each in phones.server.sent}) == len(phones.bodies()) == 6


def test_a_clock_of_ours_that_runs_behind_or_ahead_loses_nothing(phones: Phones) -> None:
    for place, hours in enumerate((0, 5, -8, 3)):
        phones.clock.forward(hours=hours)
        phones.server.receive(f"+467017406{place}2", NUMBERS[0], f"Hej, gatlyktan på Storgatan {place} är trasig")
        phones.clock.forward(hours=-hours)
        phones.poll()

    assert phones.count_messages() == 4


def test_what_is_written_within_one_second_stands_in_the_order_it_was_written(phones: Phones) -> None:
    for text in ("Hej, gatlyktan är trasig", "på Storgatan 4", "vid skolan"):
        phones.server.receive(CITIZEN, NUMBERS[0], text)
    phones.poll()

    [ticket] = phones.tickets()
    assert written_in(phones, ticket.id) == ["Hej, gatlyktan är trasig", "på Storgatan 4", "vid skolan"]


def test_of_more_sms_sent_in_ten_minutes_than_a_page_holds_no_status_is_lost(phones: Phones) -> None:
    sent = [queue_sent(phones, number) for number in range(LARGEST_PAGE + 10)]
    phones.poll()
    reached = {
        sid: ("undelivered", 30003) if place % 10 == 0 else ("delivered", None) for place, sid in enumerate(sent)
    }
    for sid, (status, code) in reached.items():
        phones.server.archive.change(sid, status=status, error_code=code)
    phones.clock.forward(minutes=10)
    phones.poll()

    with phones.database.read() as connection:
        told = connection.exec_driver_sql("SELECT provider_id, state FROM deliveries").all()
        known = connection.exec_driver_sql("SELECT COUNT(*) FROM deliveries WHERE outgoing_id IS NOT NULL").scalar()
        lost = connection.exec_driver_sql("SELECT COUNT(*) FROM outgoing WHERE bounced_at IS NOT NULL").scalar()
    assert dict(map(tuple, told)) == {sid: status for sid, (status, _) in reached.items()}
    assert (known, lost) == (LARGEST_PAGE + 10, 101)


def queue_sent(phones: Phones, number: int) -> str:
    """Put an answer that went 600 ms after the one before it into the outbox and Twilio's list; return its SID."""
    intent = Outgoing(
        kind=OutgoingKind.answer, organisation=phones.site.accounts[0].organisation, account=AccountId("sms-0"),
        channel=Channel.sms, recipient=f"+467017406{number % 100:02d}", template="written", language="sv", slots={},
    )  # fmt: skip
    draft = Draft(
        message_id=f"<many-{number}@exempelby.example>", sender=NUMBERS[0], envelope_sender="", subject="",
        text=f"Svar {number}", headers=(), template_version="1", author="Bo",
    )  # fmt: skip
    at = phones.clock.now()
    phones.clock.forward(seconds=0.6)
    record = phones.server.archive.add(
        sender=NUMBERS[0], recipient=intent.recipient, body=draft.text, direction="outbound-api", status="sent",
        created_at=at,
    )  # fmt: skip
    with phones.database.write() as connection:
        id = add_outgoing(connection, intent, draft, at=at)
        connection.execute(
            outgoing.update().where(outgoing.c.id == id).values(state="sent", sent_at=at, provider_id=record.sid)
        )
    return record.sid


def written_in(phones: Phones, ticket: TicketId) -> list[str]:
    """Return what was written in a ticket, in order."""
    with phones.database.read() as connection:
        return [each.text for each in list_of_ticket(connection, MACHINE, ticket)]


def test_a_secret_that_was_changed_is_used_at_the_next_poll(phones: Phones) -> None:
    secrets = {"twilio": "en gammal"}
    wires = RealWires(secrets.__getitem__, phones.clock)
    number = phones.site.account(AccountId("sms-0"))
    before = wires.source(number)
    with pytest.raises(Unreachable, match="does not know"):
        before.fetch(None)  # type: ignore[union-attr]

    secrets["twilio"] = phones.server.auth_token

    assert wires.source(number).fetch(None).next_cursor  # type: ignore[union-attr]
