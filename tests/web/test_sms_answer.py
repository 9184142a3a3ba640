"""Answering an SMS from the ticket's page: counted before it goes, and never to who has opted out."""

import pytest
from starlette.testclient import TestClient

from domain.account import Channel
from domain.ids import TicketId
from domain.outgoing import OutgoingKind
from domain.suppression import SuppressionReason
from domain.viewer import MACHINE
from store.sent import StoredOutgoing, list_of_ticket
from store.suppressions import add_suppression
from tests.web.conftest import csrf_of
from tests.web.town import NOW, TOWN, Town

NUMBER = "+46701740642"
LONG = "Vi lagar lyktan på torsdag. " * 10


@pytest.fixture
def ticket(town: Town) -> TicketId:
    """Give a ticket that came by SMS."""
    ticket, _ = town.add_ticket(channel=Channel.sms, sender_address=NUMBER, sender_name="", subject="")
    return ticket


def post(client: TestClient, ticket: TicketId, text: str, **fields: str) -> tuple[int, str]:
    path = f"/arende/{ticket}"
    form = {"csrf": csrf_of(client, path), "seen": "0", "recipient": NUMBER, "text": text, "parts": "1", **fields}
    # A form with files is multipart.
    answer = client.post(f"{path}/svara", files=[(name, (None, value)) for name, value in form.items()])
    return answer.status_code, answer.text


def answers(town: Town, ticket: TicketId) -> list[StoredOutgoing]:
    with town.database.read() as connection:
        return [each for each in list_of_ticket(connection, MACHINE, ticket) if each.kind is OutgoingKind.answer]


def test_the_form_has_no_subject_and_no_files(bo: TestClient, ticket: TicketId) -> None:
    page = bo.get(f"/arende/{ticket}").text

    assert "Ett sms rymmer 160 tecken" in page
    assert 'name="files"' not in page
    assert "/Bo Karlsson" in page


def test_a_short_answer_goes_at_once_signed_and_in_plain_characters(
    town: Town, bo: TestClient, ticket: TicketId
) -> None:
    status, _ = post(bo, ticket, "Vi lagar den på torsdag kl. 8–10 …")

    [answer] = answers(town, ticket)
    assert status == 303
    assert answer.text.startswith("Vi lagar den på torsdag kl. 8-10 ...\n/Bo Karlsson, ")
    assert (answer.recipient, answer.subject, answer.author) == (NUMBER, "", "Bo Karlsson")


def test_a_long_answer_is_counted_first_and_goes_when_whoever_wrote_knows(
    town: Town, bo: TestClient, ticket: TicketId
) -> None:
    status, page = post(bo, ticket, LONG)
    before = answers(town, ticket)

    sent, _ = post(bo, ticket, LONG, parts="3")

    assert (status, before) == (200, [])
    assert "Svaret blir 3 sms." in page
    assert 'name="parts" value="3"' in page
    assert LONG.strip() in page
    assert (sent, len(answers(town, ticket))) == (303, 1)


def test_counting_sends_nothing(town: Town, bo: TestClient, ticket: TicketId) -> None:
    status, page = post(bo, ticket, "Hej!", count="1")

    assert status == 200
    assert "Svaret blir 1 sms." in page
    assert "Plats kvar: " in page
    assert answers(town, ticket) == []


def test_it_is_counted_while_one_writes_and_goes_at_once_when_one_knows(
    town: Town, bo: TestClient, ticket: TicketId
) -> None:
    form = {"csrf": csrf_of(bo, f"/arende/{ticket}"), "text": LONG}

    said = bo.post(f"/arende/{ticket}/utkast", data=form).text
    by_mail = bo.post(f"/arende/{town.add_ticket()[0]}/utkast", data=form).text

    assert "Svaret blir 3 sms." in said
    assert 'name="parts" value="3"' in said
    assert "sms" not in by_mail


def test_the_characters_that_make_it_longer_are_named(bo: TestClient, ticket: TicketId) -> None:
    _, page = post(bo, ticket, "Hej, čau!", count="1")

    assert "Dessa tecken gör det längre: č" in page


def test_what_no_provider_takes_is_to_be_shortened(town: Town, bo: TestClient, ticket: TicketId) -> None:
    status, page = post(bo, ticket, LONG * 10, parts="99")

    assert status == 422
    assert "Svaret är för långt för sms. Korta det." in page
    assert answers(town, ticket) == []


def test_who_has_opted_out_gets_no_form_and_no_answer(town: Town, bo: TestClient, ticket: TicketId) -> None:
    with town.database.write() as connection:
        add_suppression(connection, TOWN, NUMBER, "STOPP", NOW, reason=SuppressionReason.opted_out)

    page = bo.get(f"/arende/{ticket}").text
    status, _ = post(bo, ticket, "Hej!")

    assert "Numret kan inte nås med sms: mottagaren har skrivit STOP." in page
    assert 'id="svara"' not in page
    assert (status, answers(town, ticket)) == (422, [])


@pytest.mark.parametrize("sender", ["71234", "postnord"])
def test_who_has_no_number_cannot_be_answered(town: Town, bo: TestClient, sender: str) -> None:
    ticket, _ = town.add_ticket(channel=Channel.sms, sender_address=sender)

    assert 'id="svara"' not in bo.get(f"/arende/{ticket}").text
