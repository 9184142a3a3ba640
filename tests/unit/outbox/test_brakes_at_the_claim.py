"""The brakes asked again when a reply is about to go (P7): alerts pass, a loop does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.brakes import BrakeSettings
from domain.ids import OrganisationId
from domain.outgoing import OutgoingKind, SendState
from domain.site import Site
from outbox.brakes import ask_brakes
from outbox.deliver import note_ended
from store.clocks import mark_answer_met
from store.database import Connection, Database
from store.sending import ToSend, claim_to_send
from store.suppressions import add_suppression
from tests.builders import TUESDAY, answering_site
from tests.unit.outbox.queued import WORKER, queue, queued, ticket_with_clocks

HOUR = timedelta(hours=1)


def held(database: Database, to_send: ToSend, *, after: timedelta = timedelta(0), town: Site | None = None) -> str:
    """Return what holds it back, empty: nothing."""
    with database.write() as connection:
        judged = ask_brakes(connection, [to_send], town or answering_site(), TUESDAY + after)
    return judged.held[0][1] if judged.held else ""


def suppress(database: Database, address: str, organisation: str = "exempelby") -> None:
    with database.write() as connection:
        add_suppression(connection, OrganisationId(organisation), address, "hard bounce 5.1.1", TUESDAY)


def braked(**settings: object) -> Site:
    return replace(answering_site(), brakes=replace(BrakeSettings(), **settings))  # type: ignore[arg-type]


def test_a_first_receipt_may_go(embedded: Database) -> None:
    assert held(embedded, queued(embedded)) == ""


def test_asked_twice_a_reply_does_not_hold_back_itself(embedded: Database) -> None:
    to_send = queued(embedded)

    assert [held(embedded, to_send), held(embedded, to_send, after=HOUR)] == ["", ""]


def test_a_second_receipt_from_the_mailbox_within_a_day_waits(embedded: Database) -> None:
    held(embedded, queued(embedded))

    later = queued(embedded, at=TUESDAY + HOUR)

    assert held(embedded, later, after=HOUR).startswith("3.3/33: receipt went to the same address")
    assert held(embedded, queued(embedded, at=TUESDAY + HOUR, mailbox="gata@exempelby.example"), after=HOUR) == ""


def test_two_closed_notices_within_a_week_are_one(embedded: Database) -> None:
    held(embedded, queued(embedded, template="closed_notice"))

    six_days = timedelta(days=6)
    later = queued(embedded, template="closed_notice", at=TUESDAY + six_days)

    assert held(embedded, later, after=six_days).startswith("3.3/33")


@pytest.mark.parametrize("template", ["holding", "delay"])
def test_what_follows_a_receipt_is_held_back_by_no_window_even_when_another_worker_s_clock_is_ahead(
    embedded: Database, template: str
) -> None:
    held(embedded, queued(embedded))
    first, second = (queued(embedded, template=template, at=TUESDAY) for _ in range(2))

    assert [held(embedded, first, after=HOUR), held(embedded, second, after=HOUR / 2)] == ["", ""]


def test_a_suppressed_address_gets_nothing(embedded: Database) -> None:
    suppress(embedded, "anna@example.se")

    assert held(embedded, queued(embedded)) == "3.3/32: hard bounce 5.1.1"


def test_one_organisations_suppression_binds_no_other(embedded: Database) -> None:
    suppress(embedded, "anna@example.se", organisation="exempelby-vatten")

    assert held(embedded, queued(embedded)) == ""


def test_an_alert_passes_every_brake(embedded: Database) -> None:
    suppress(embedded, "kim.chef@exempelby.example")
    alerts = [queued(embedded, kind=OutgoingKind.alert, recipient="kim.chef@exempelby.example") for _ in range(3)]

    town = braked(address_per_day=1, installation_per_hour=1)

    assert [held(embedded, alert, town=town) for alert in alerts] == ["", "", ""]


def test_a_persons_answer_passes_every_brake(embedded: Database) -> None:
    suppress(embedded, "anna@example.se")

    assert held(embedded, queued(embedded, kind=OutgoingKind.answer)) == ""


def test_the_sixth_message_of_the_day_to_one_address_waits(embedded: Database) -> None:
    replies = [queued(embedded, mailbox=f"box{number}@exempelby.example") for number in range(6)]

    assert [held(embedded, reply) == "" for reply in replies] == [True] * 5 + [False]
    assert held(embedded, replies[-1]).startswith("3.3/34: 5 automatic messages to the address")


def test_above_the_normal_rate_the_whole_installation_stops(embedded: Database) -> None:
    replies = [queued(embedded, recipient=f"person{number}@example.se") for number in range(4)]
    town = braked(installation_per_hour=3)

    assert [held(embedded, reply, town=town) for reply in replies[:3]] == ["", "", ""]
    assert held(embedded, replies[3], town=town).startswith("3.3/34: 3 automatic messages from the installation")


def test_danger_to_life_passes_the_receipt_of_the_day_but_not_itself(embedded: Database) -> None:
    held(embedded, queued(embedded))
    first, second = (queued(embedded, template="urgent", at=TUESDAY + HOUR) for _ in range(2))

    assert held(embedded, first, after=HOUR) == ""
    assert held(embedded, second, after=HOUR).startswith("3.3/33")


def test_danger_to_life_does_not_pass_the_suppression_list(embedded: Database) -> None:
    suppress(embedded, "anna@example.se")

    assert held(embedded, queued(embedded, template="urgent")).startswith("3.3/32")


@pytest.mark.parametrize(("late_by", "held_back"), [(timedelta(seconds=-1), ""), (timedelta(seconds=1), "3.3/37")])
def test_a_reply_that_names_a_time_that_has_passed_does_not_go(
    embedded: Database, late_by: timedelta, held_back: str
) -> None:
    to_send = queued(embedded, slots={"answer_at": (TUESDAY + HOUR).isoformat()})

    assert held(embedded, to_send, after=HOUR + late_by)[:6] == held_back


def test_a_reply_that_waited_long_finds_its_place_taken(embedded: Database) -> None:
    waited = queued(embedded, at=TUESDAY - timedelta(hours=25))
    newer = queued(embedded)

    assert held(embedded, newer) == ""
    assert held(embedded, waited).startswith("3.3/33: receipt went to the same address")


@pytest.mark.parametrize(("state", "free"), [(SendState.refused, True), (SendState.uncertain, False)])
def test_only_what_certainly_never_went_gives_its_place_back(embedded: Database, state: SendState, free: bool) -> None:
    first = queued(embedded)
    held(embedded, first)
    note_ended(embedded, first, WORKER, state, "why", TUESDAY)

    later = queued(embedded, at=TUESDAY + HOUR)

    assert (held(embedded, later, after=HOUR) == "") is free


def test_of_two_that_wait_the_first_that_asks_goes(embedded: Database) -> None:
    first = queued(embedded)

    assert held(embedded, queued(embedded, at=TUESDAY + HOUR), after=HOUR) == ""
    assert held(embedded, first, after=HOUR).startswith("3.3/33")


def test_of_a_batch_to_one_address_one_goes(embedded: Database) -> None:
    batch = [queued(embedded) for _ in range(3)]

    with embedded.write() as connection:
        judged = ask_brakes(connection, batch, answering_site(), TUESDAY)

    assert judged.going == (batch[0],)
    assert [each for each, _ in judged.held] == batch[1:]


def test_a_reply_in_a_thread_that_a_person_has_taken_up_stays(embedded: Database) -> None:
    ticket = ticket_with_clocks(embedded)
    reply = queued(embedded, ticket=ticket)
    queued(embedded, ticket=ticket, kind=OutgoingKind.answer)

    assert held(embedded, reply) == "3.3/35: a person has written in the thread"


def test_a_reply_to_what_was_answered_in_the_mailbox_stays(embedded: Database) -> None:
    ticket = ticket_with_clocks(embedded)
    with embedded.write() as connection:
        mark_answer_met(connection, ticket, TUESDAY)

    assert held(embedded, queued(embedded, ticket=ticket)) == "3.3/36: a person has answered"


def test_a_thread_gets_one_receipt_whoever_it_goes_to(embedded: Database) -> None:
    ticket = ticket_with_clocks(embedded)
    held(embedded, queued(embedded, ticket=ticket))

    other = queued(embedded, ticket=ticket, recipient="bo@example.se", mailbox="gata@exempelby.example")

    assert held(embedded, other) == "3.3/33: the thread already has a receipt"


def test_a_reply_that_was_held_back_counts_no_more(embedded: Database) -> None:
    suppress(embedded, "anna@example.se")
    town = braked(installation_per_hour=1)
    held(embedded, queued(embedded), town=town)

    assert held(embedded, queued(embedded, recipient="bo@example.se"), town=town) == ""


def test_the_breaker_opens_once_and_says_so_to_all_that_follow(embedded: Database) -> None:
    replies = [queued(embedded, recipient=f"person{number}@example.se") for number in range(4)]
    with embedded.write() as connection:
        judged = ask_brakes(connection, replies, braked(installation_per_hour=2), TUESDAY)
    with embedded.write() as connection:
        later = ask_brakes(connection, [queued_later(embedded, connection)], braked(installation_per_hour=2), TUESDAY)

    assert len(judged.going) == 2
    assert judged.opened == "2 automatic messages from the installation within an hour"
    assert [why for _, why in judged.held][1].startswith("3.3/34: automatic replies are stopped")
    assert later.opened is None
    assert later.going == ()


def queued_later(database: Database, connection: Connection) -> ToSend:
    queue(connection, recipient="later@example.se")
    [claimed] = claim_to_send(connection, WORKER)
    return claimed
