"""An SMS through the whole flow: the stand-in of Twilio, the real connector, one reply."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.account import Account, AutoReply, Channel, Tier, TwilioConnection
from domain.ids import AccountId
from domain.site import Site
from domain.sms_text import segments
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.send import send
from pipeline.visit import visit
from pipeline.watch import watch
from pipeline.wires import RealWires
from sandbox.twilio import TwilioServer
from sandbox.twilio_behaviour import TwilioTrouble
from store.clocks import mark_answer_met
from store.database import Database
from store.messages import count_by_fate, list_of_ticket
from tests.builders import account
from tests.flow.installation import Installation, SetClock, small_site

CITIZEN = "+46701740642"
NUMBERS = ("+46701740605", "+46701740606")


class Phones(Installation):
    """An installation with two numbers of one Twilio account."""

    def __init__(self, database: Database, server: TwilioServer, clock: SetClock) -> None:
        self.server = server
        super().__init__(database, site=with_numbers(server, database))
        self.clock = clock
        wires = RealWires({"twilio": server.auth_token}.__getitem__, clock)
        self.runtime = replace(self.runtime, clock=clock, wires=wires)

    def connect(self) -> None:
        """Read the numbers while nothing lies there (P14)."""
        self.poll()

    def poll(self) -> None:
        """Visit the first number, and with it the other; decide; send."""
        self.clock.forward(seconds=5)
        visit(self.runtime, AccountId("sms-0"))
        self.decide_and_send()

    def decide_and_send(self) -> None:
        """Do what the bells ask for after a visit."""
        decide(self.runtime)
        send(self.runtime)
        watch(self.runtime)
        send(self.runtime)

    def let_leases_run_out(self) -> None:
        """Let the time pass after which a send that is still handing over was cut off."""
        with self.database.write() as connection:
            connection.exec_driver_sql("UPDATE outgoing SET lease_until = '2000-01-01' WHERE lease_until IS NOT NULL")

    def count_messages(self) -> int:
        with self.database.read() as connection:
            return sum(count_by_fate(connection, MACHINE).values())

    def bodies(self) -> list[str]:
        return [each.body for each in self.server.sent]


def with_numbers(server: TwilioServer, database: Database) -> Site:
    """Return the small site with two numbers beside its mailboxes, which are not read."""
    twilio = TwilioConnection(account_sid=server.account_sid, secret="twilio", base_url=server.url, timeout_seconds=2.0)
    base = small_site()
    numbers = tuple(number(place, twilio) for place in range(len(NUMBERS)))
    return replace(base, accounts=(*numbers, *(replace(each, imap=None) for each in base.accounts)))


def number(place: int, twilio: TwilioConnection) -> Account:
    """Return one of the numbers, which answers."""
    return account(
        id=AccountId(f"sms-{place}"), name=f"Sms {place}", channel=Channel.sms, address=NUMBERS[place],
        tier=Tier.contact_center, auto_reply=AutoReply.on, twilio=twilio, imap=None, smtp=None,
    )  # fmt: skip


@pytest.fixture
def town(database: Database) -> Iterator[Phones]:
    """Give two connected numbers."""
    clock = SetClock()
    server = TwilioServer(clock)
    server.start()
    town = Phones(database, server, clock)
    town.connect()
    yield town
    server.stop()


def test_an_sms_gets_a_ticket_and_one_reply_of_one_part(town: Phones) -> None:
    town.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")

    town.poll()
    town.poll()

    [ticket] = town.tickets()
    [reply] = town.server.sent
    assert ticket.channel is Channel.sms
    assert ticket.notice_met_at is not None
    assert ticket.answer_met_at is None
    assert (reply.sender, reply.recipient) == (NUMBERS[0], CITIZEN)
    assert ticket.number in reply.body
    assert segments(reply.body).parts == 1


def test_what_a_number_with_an_open_ticket_writes_lands_in_it_and_gets_no_second_receipt(town: Phones) -> None:
    town.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")
    town.poll()

    town.server.receive(CITIZEN, NUMBERS[0], "Det var nummer 6, inte 4")
    town.poll()

    [ticket] = town.tickets()
    with town.database.read() as connection:
        assert len(list_of_ticket(connection, MACHINE, ticket.id)) == 2
    assert len(town.bodies()) == 1


def test_two_sms_of_one_number_in_one_visit_are_one_ticket(town: Phones) -> None:
    town.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")
    town.server.receive(CITIZEN, NUMBERS[0], "Den har varit trasig länge")

    town.poll()

    assert len(town.tickets()) == 1


def test_thanks_after_the_answer_ask_for_nothing(town: Phones) -> None:
    town.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")
    town.poll()
    [ticket] = town.tickets()
    with town.database.write() as connection:
        mark_answer_met(connection, ticket.id, town.clock.now())

    town.server.receive(CITIZEN, NUMBERS[0], "Tack!")
    town.poll()

    [after] = town.tickets()
    assert after.answer_met_at is not None


def test_a_number_whose_ticket_is_closed_gets_a_new_one_that_names_it(town: Phones) -> None:
    town.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")
    town.poll()
    [old] = town.tickets()
    with town.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET status = 'closed'")

    town.server.receive(CITIZEN, NUMBERS[0], "Hej, när öppnar badhuset?")
    town.poll()

    [new] = town.tickets()
    assert (new.id != old.id, new.follows) == (True, old.id)


def test_the_numbers_of_one_account_are_listed_together(town: Phones) -> None:
    town.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")
    town.server.receive("+46701740643", NUMBERS[1], "Hej, gatlyktan på Kvarngatan är trasig")
    town.server.behaviour.counts.clear()

    town.poll()

    assert len(town.tickets()) == 2
    assert town.server.behaviour.counts["GET list"] <= 2


def test_what_lay_at_twilio_before_is_history_and_gets_no_reply(database: Database) -> None:
    clock = SetClock()
    server = TwilioServer(clock)
    server.start()
    server.receive(CITIZEN, NUMBERS[0], "Skrivet i förrgår", ago=timedelta(days=2))
    town = Phones(database, server, clock)

    town.poll()
    town.poll()
    server.stop()

    assert town.tickets() == ()
    assert town.bodies() == []


def test_two_messages_of_the_same_words_are_two_messages_and_get_one_reply(town: Phones) -> None:
    for _ in range(2):
        town.server.receive(CITIZEN, NUMBERS[0], "Hallå? Gatlyktan är fortfarande trasig")

    town.poll()

    assert len(town.bodies()) == 1
    assert town.count_messages() == 2


@pytest.mark.parametrize("trouble", [TwilioTrouble.busy, TwilioTrouble.down, TwilioTrouble.garbled])
def test_an_outage_of_an_hour_is_named_and_caught_up(town: Phones, trouble: TwilioTrouble) -> None:
    town.server.behaviour.trouble = trouble
    town.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")
    town.poll()
    during = town.tickets()
    town.clock.forward(hours=1)
    town.server.behaviour.trouble = None

    town.poll()

    assert during == ()
    assert len(town.tickets()) == 1


def test_a_reply_that_was_cut_off_after_twilio_took_it_is_found_and_not_sent_again(town: Phones) -> None:
    town.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")
    town.clock.forward(seconds=5)
    visit(town.runtime, AccountId("sms-0"))
    town.server.behaviour.trouble = TwilioTrouble.cut_after
    town.decide_and_send()
    town.server.behaviour.trouble = None
    town.decide_and_send()
    too_early = town.tickets()[0].notice_met_at
    town.clock.forward(minutes=5)
    town.let_leases_run_out()
    town.decide_and_send()

    [ticket] = town.tickets()
    assert too_early is None
    assert len(town.bodies()) == 1
    assert ticket.notice_met_at is not None


def test_a_number_that_has_opted_out_is_refused_and_the_ticket_stays(town: Phones) -> None:
    town.server.behaviour.refused[CITIZEN] = 21610
    town.server.receive(CITIZEN, NUMBERS[0], "Hej, gatlyktan på Storgatan är trasig")

    town.poll()

    [ticket] = town.tickets()
    assert town.bodies() == []
    assert ticket.notice_met_at is None
