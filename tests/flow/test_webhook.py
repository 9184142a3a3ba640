"""What Twilio posts goes the same way as what a poll brings, and neither does without the other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain.account import AccountStatus
from domain.ids import OrganisationId
from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.active_site import ActiveSite
from pipeline.refusals import MOST
from sandbox.twilio_behaviour import TwilioTrouble
from store.refusals import count_refusals
from tests.flow.phones import CITIZEN, NUMBERS, PUBLIC, Phones

LAMP = "Hej, gatlyktan utanför Storgatan 4 är trasig"


def test_a_posted_message_is_stored_decided_and_answered_before_any_poll(phones: Phones) -> None:
    answered = phones.hear(phones.server.receive(CITIZEN, NUMBERS[0], LAMP))
    phones.decide_and_send()

    [ticket] = phones.tickets()
    assert (answered.status, answered.media_type) == (200, "text/xml")
    assert ticket.number in phones.bodies()[0]
    assert Step.decide in phones.bell.rung


def test_a_message_that_is_posted_and_polled_is_one_message(phones: Phones) -> None:
    record = phones.server.receive(CITIZEN, NUMBERS[0], LAMP)

    phones.hear(record)
    phones.poll()
    phones.hear(record)
    phones.poll()

    assert phones.count_messages() == 1
    assert len(phones.bodies()) == 1


def test_the_same_message_posted_many_times_at_once_is_one_message(phones: Phones) -> None:
    record = phones.server.receive(CITIZEN, NUMBERS[0], LAMP)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: phones.hear(record), range(8)))

    assert {each.status for each in answers} == {200}
    assert phones.count_messages() == 1


def test_a_poll_brings_what_a_webhook_missed(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], LAMP)
    phones.hear(phones.server.receive("+46701740643", NUMBERS[0], "När öppnar badhuset?"))

    phones.poll()

    assert phones.count_messages() == 2


def test_messages_are_posted_while_the_poll_finds_no_way(phones: Phones) -> None:
    phones.server.behaviour.trouble = TwilioTrouble.down
    phones.poll()

    phones.hear(phones.server.receive(CITIZEN, NUMBERS[0], LAMP))
    phones.decide_and_send()

    assert len(phones.tickets()) == 1


def test_what_is_posted_to_another_number_of_ours_lands_there(phones: Phones) -> None:
    phones.hear(phones.server.receive(CITIZEN, NUMBERS[1], LAMP))
    phones.decide_and_send()

    assert [each.account for each in phones.tickets()] == ["sms-1"]


@pytest.mark.parametrize("theirs", ["another account at Twilio", "closed"])
def test_what_is_posted_for_a_number_that_the_signature_does_not_speak_for_is_not_stored(
    phones: Phones, theirs: str
) -> None:
    site = phones.runtime.site()
    [other] = [each for each in site.accounts if each.address == NUMBERS[1]]
    assert other.twilio is not None
    way = replace(other.twilio, account_sid="AC" + "9" * 32)
    if theirs == "closed":
        other = replace(other, status=AccountStatus.closed)
    else:
        other = replace(other, organisation=OrganisationId("annanby"), twilio=way)
    changed = replace(site, accounts=tuple(other if each.id == other.id else each for each in site.accounts))
    phones.runtime = replace(phones.runtime, site=ActiveSite(phones.database, lambda _: changed))

    answered = phones.hear(phones.server.receive(CITIZEN, NUMBERS[1], LAMP))

    assert answered.status == 200
    assert phones.count_messages() == 0


def test_what_is_posted_to_a_number_that_is_not_ours_is_taken_and_not_stored(phones: Phones) -> None:
    answered = phones.hear(phones.server.receive(CITIZEN, "+46701740699", LAMP))

    assert answered.status == 200
    assert phones.count_messages() == 0


def forge(phones: Phones, times: int) -> list[int]:
    """Post a message with a wrong signature some times; return what was answered."""
    url = f"{PUBLIC}/hooks/twilio/sms-0"
    fields, _ = phones.server.webhook(phones.server.receive(CITIZEN, NUMBERS[0], LAMP), url)
    return [phones.post(url, fields, {"X-Twilio-Signature": "fel"}).status for _ in range(times)]


def test_a_wrong_signature_is_refused_counted_and_told_of_without_filling_the_log(phones: Phones) -> None:
    statuses = forge(phones, 12)
    phones.clock.forward(minutes=1)
    forge(phones, 1)

    with phones.database.read() as connection:
        told = connection.exec_driver_sql("SELECT details FROM events WHERE kind = 'webhook_refused'").all()
        assert count_refusals(connection, MACHINE, phones.account) == 13
    assert set(statuses) == {403}
    assert len(told) == 2
    assert phones.server.auth_token not in str(told)
    assert phones.count_messages() == 0


def test_a_flood_of_wrong_signatures_is_told_to_wait_and_written_once_a_minute(phones: Phones) -> None:
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("SELECT") and "counters" in statement:
            written.append(statement)

    sa.event.listen(phones.database.engine, "before_cursor_execute", note)
    statuses = forge(phones, 500)
    in_between = phones.hear(phones.server.receive(CITIZEN, NUMBERS[0], LAMP))
    sa.event.remove(phones.database.engine, "before_cursor_execute", note)

    assert statuses == [403] * MOST + [429] * (500 - MOST)
    assert in_between.status == 200
    assert phones.count_messages() == 1
    with phones.database.read() as connection:
        assert count_refusals(connection, MACHINE, phones.account) == 1
    assert len(written) == 1


@pytest.mark.parametrize("account", ["sms-9", "kontaktcenter"])
def test_there_are_webhooks_only_where_a_provider_has_one(phones: Phones, account: str) -> None:
    assert phones.post(f"{PUBLIC}/hooks/twilio/{account}", {}, {}, account).status == 404
