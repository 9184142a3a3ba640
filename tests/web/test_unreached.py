"""The ticket's page says when whoever wrote is not reached by what we send."""

from datetime import timedelta

from starlette.testclient import TestClient

from domain.suppression import SuppressionReason
from store.bounces import mark_bounced
from store.suppressions import add_suppression
from tests.web.town import NOW, TOWN, WATER, Town

MINUTE = timedelta(minutes=1)
NOT_TAKEN = "Adressen tar inte emot e-post."


def test_a_reply_that_bounced_is_shown_as_not_arrived(town: Town, bo: TestClient) -> None:
    ticket, message = town.add_ticket()
    reply = town.answer_automatically(ticket, message, NOW - MINUTE)
    with town.database.write() as connection:
        mark_bounced(connection, reply, NOW, "5.1.1")

    page = bo.get(f"/arende/{ticket}").text

    assert "Vårt besked kom inte fram till den som skrev." in page
    assert "kom inte fram: adressen tar inte emot e-post (5.1.1)" in page


def test_an_address_that_takes_no_mail_is_named_on_its_tickets(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    with town.database.write() as connection:
        add_suppression(
            connection, TOWN, "anna@example.se", "hard bounce 5.1.1", NOW, reason=SuppressionReason.hard_bounce,
            until=NOW + MINUTE,
        )  # fmt: skip

    assert NOT_TAKEN in bo.get(f"/arende/{ticket}").text


def test_an_address_of_another_organisations_list_is_reached(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    with town.database.write() as connection:
        add_suppression(connection, WATER, "anna@example.se", "asked", NOW, reason=SuppressionReason.hard_bounce)

    assert NOT_TAKEN not in bo.get(f"/arende/{ticket}").text


def test_what_arrived_says_nothing(town: Town, bo: TestClient) -> None:
    ticket, message = town.add_ticket()
    town.answer_automatically(ticket, message, NOW - MINUTE)

    page = bo.get(f"/arende/{ticket}").text

    assert "kom inte fram" not in page
    assert NOT_TAKEN not in page
