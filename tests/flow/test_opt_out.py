"""Whoever texts STOP gets no SMS until START; a flood of numbers that begin alike gets none at all."""

from dataclasses import replace

import pytest

from domain.brakes import BrakeSettings
from domain.decision import Queue
from domain.finding import FindingKind
from domain.ids import AccountId
from domain.suppression import Suppression, SuppressionReason
from domain.viewer import MACHINE
from pipeline.tell import tell
from pipeline.watch import look
from store.findings import list_open_findings
from store.messages import list_of_ticket
from store.suppressions import find_suppression
from tests.flow.phones import CITIZEN, NUMBERS, Phones

LAMP = "Hej, gatlyktan utanför Storgatan 4 är trasig"
OTHER = "När öppnar badhuset i morgon?"


def write(phones: Phones, text: str, sender: str = CITIZEN) -> None:
    phones.server.receive(sender, NUMBERS[0], text)
    phones.poll()


def suppression(phones: Phones) -> Suppression | None:
    with phones.database.read() as connection:
        return find_suppression(connection, MACHINE, phones.site.accounts[0].organisation, CITIZEN, phones.clock.now())


def rows(phones: Phones) -> list[str]:
    """Return the rows that stand against a reply to the newest message."""
    with phones.database.read() as connection:
        [message] = list_of_ticket(connection, MACHINE, max(each.id for each in phones.tickets()))[-1:]
    return [each["row"] for each in message.explanation["automatic_reply"]["reasons"]]


@pytest.mark.parametrize("word", ["STOP", "Stopp.", "avsluta", "LOPETA"])
def test_who_opts_out_gets_no_sms_and_staff_see_why(phones: Phones, word: str) -> None:
    write(phones, word)
    phones.clock.forward(hours=13)
    write(phones, LAMP)

    found = suppression(phones)
    assert phones.bodies() == []
    assert found is not None
    assert (found.reason, found.until) == (SuppressionReason.opted_out, None)
    assert "3.7/3" in rows(phones)


def test_the_word_alone_is_no_work_but_stands_in_the_low_queue(phones: Phones) -> None:
    write(phones, "STOPP")

    [ticket] = phones.tickets()
    assert (ticket.queue, ticket.notice_due_at) == (Queue.low, None)


def test_who_comes_back_is_answered_again(phones: Phones) -> None:
    write(phones, "STOPP")
    write(phones, "START")
    with phones.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET status = 'closed'")
    write(phones, LAMP)

    assert suppression(phones) is None
    assert len(phones.bodies()) == 1


def test_start_does_not_lift_what_a_person_entered(phones: Phones) -> None:
    with phones.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO suppressions (organisation_id, address, why, added_at, reason, status) "
            f"VALUES ('{phones.site.accounts[0].organisation}', '{CITIZEN}', 'by a court', '2026-01-01', 'by_hand', '')"
        )

    write(phones, "START")

    found = suppression(phones)
    assert found is not None
    assert found.reason is SuppressionReason.by_hand


def test_stop_before_a_question_in_the_same_visit_holds(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "STOPP")
    phones.server.receive(CITIZEN, NUMBERS[0], LAMP)

    phones.poll()

    assert phones.bodies() == []


def test_a_number_that_twilio_refuses_for_good_is_known_from_then_on(phones: Phones) -> None:
    phones.server.behaviour.refused[CITIZEN] = 21610
    write(phones, LAMP)

    found = suppression(phones)
    assert found is not None
    assert found.reason is SuppressionReason.opted_out
    assert phones.tickets()[0].notice_met_at is None


def test_a_flood_of_numbers_that_begin_alike_is_not_answered_and_all_of_it_stands_in_the_queue(phones: Phones) -> None:
    most = BrakeSettings().sms_prefix_per_hour
    for place in range(most + 30):
        phones.server.receive(f"+4670999{place:04d}", NUMBERS[0], LAMP)
    phones.server.receive(CITIZEN, NUMBERS[0], OTHER)
    phones.poll()
    phones.poll()

    written_to = {each.recipient for each in phones.server.sent}
    assert len(phones.tickets()) == most + 31
    assert len(written_to) == most + 1
    assert CITIZEN in written_to


def test_a_flood_goes_on_over_visits_and_is_over_after_an_hour(phones: Phones) -> None:
    most = BrakeSettings().sms_prefix_per_hour
    for place in range(most):
        phones.server.receive(f"+4670999{place:04d}", NUMBERS[0], LAMP)
    phones.poll()
    write(phones, LAMP, "+46709995000")
    during = len(phones.bodies())
    phones.clock.forward(minutes=61)

    write(phones, LAMP, "+46709996000")

    assert during == most
    assert len(phones.bodies()) == most + 1


def test_a_number_outside_the_countries_that_we_write_to_stands_in_the_queue(phones: Phones) -> None:
    write(phones, LAMP, "+447700900123")

    assert len(phones.tickets()) == 1
    assert phones.bodies() == []


@pytest.mark.parametrize("sender", ["71234", "PostNord"])
def test_short_codes_and_names_are_kept_as_they_are(phones: Phones, sender: str) -> None:
    write(phones, "Hej, vi stänger av vattnet på Storgatan", sender)

    [ticket] = phones.tickets()
    assert ticket.sender_address == sender.lower()
    assert phones.bodies() == []


def test_a_flood_is_told_of_once_with_what_to_do_and_ends_with_it(phones: Phones) -> None:
    most = BrakeSettings().sms_prefix_per_hour
    site = replace(phones.runtime.site(), administrator="drift@exempelby.example")
    phones.use(site)
    for place in range(most + 1):
        phones.server.receive(f"+4670999{place:04d}", NUMBERS[place % 2], LAMP)
    phones.poll()
    for _ in range(3):
        look(phones.runtime)
        tell(phones.runtime)
        phones.clock.forward(minutes=5)
    during = floods(phones)
    for _ in range(2):
        phones.clock.forward(minutes=50)
        look(phones.runtime)

    assert during == [(AccountId("sms-0"), f"{most + 1} sms på en timme kom från nummer som börjar lika. "
                       "De får inget automatiskt svar.")]  # fmt: skip
    assert floods(phones) == []
    alerts = [each for each in phones.alerts() if each.template == "sms_flood"]
    assert len(alerts) == len({each.recipient for each in alerts}) == 1
    assert "spärra numren" in alerts[0].text


def floods(phones: Phones) -> list[tuple[AccountId, str]]:
    """Return the open findings about floods: the account of each, and what it says."""
    with phones.database.read() as connection:
        found = list_open_findings(connection, MACHINE)
    return [(each.account, each.evidence) for each in found if each.kind is FindingKind.sms_flood]
