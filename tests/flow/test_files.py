"""Pictures that came with an SMS: named at once, fetched until they are here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.twilio_sms import TwilioSource
from domain.ids import AccountId
from domain.message import FileState, Media
from domain.viewer import MACHINE
from pipeline.files import MOST_TRIES
from pipeline.visit import visit
from sandbox.twilio_behaviour import TwilioTrouble
from store.files import StoredFile, get_file, list_files
from tests.flow.phones import CITIZEN, NUMBERS, Phones

PICTURE = ("image/jpeg", b"\xff\xd8\xff" + bytes(1000))


def files(phones: Phones) -> list[StoredFile]:
    with phones.database.read() as connection:
        return [file for ticket in phones.tickets() for file in list_files(connection, MACHINE, ticket.id)]


def test_a_picture_is_stored_as_it_came(phones: Phones) -> None:
    phones.server.receive(
        CITIZEN, NUMBERS[0], "Lyktan på Storgatan ser ut så här", media=(PICTURE, ("text/plain", b"x"))
    )

    phones.poll()

    first, second = files(phones)
    with phones.database.read() as connection:
        assert get_file(connection, MACHINE, first.id)[2] == PICTURE[1]
    assert (first.media_type, first.size_bytes, first.state) == (*(PICTURE[0], 1003), FileState.stored)
    assert (second.name, second.state) == ("bilaga-2", FileState.stored)


def test_a_picture_of_a_posted_message_is_fetched_at_the_next_visit(phones: Phones) -> None:
    phones.hear(phones.server.receive(CITIZEN, NUMBERS[0], "Lyktan på Storgatan", media=(PICTURE,)))
    phones.decide_and_send()
    [before] = files(phones)

    phones.poll()

    [after] = files(phones)
    assert (before.state, before.media_type) == (FileState.waiting, "image/jpeg")
    assert after.state is FileState.stored


def test_a_picture_is_fetched_once(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Lyktan på Storgatan", media=(PICTURE,))
    for _ in range(3):
        phones.poll()
        phones.clock.forward(minutes=11)

    assert phones.server.behaviour.counts["GET fetch_media"] == 1


def test_a_picture_that_cannot_be_fetched_holds_nothing_up_and_comes_later(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Lyktan på Storgatan", media=(PICTURE,))
    phones.server.behaviour.trouble = TwilioTrouble.no_media
    phones.poll()
    [during] = files(phones)
    phones.server.behaviour.trouble = None
    phones.clock.forward(seconds=30)

    phones.poll()

    [after] = files(phones)
    assert len(phones.bodies()) == 1
    assert (during.state, after.state) == (FileState.waiting, FileState.stored)


@pytest.mark.parametrize("fault", [ValueError("Invalid IPv6 URL"), KeyError("sid")])
def test_a_picture_whose_place_makes_no_sense_is_put_off_and_the_next_one_comes(
    phones: Phones, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    fetch = TwilioSource.fetch_file

    def fail_first(source: TwilioSource, waiting: Media) -> Media:
        if waiting.reference.endswith("/0"):
            raise fault
        return fetch(source, waiting)

    monkeypatch.setattr(TwilioSource, "fetch_file", fail_first)
    phones.server.receive(CITIZEN, NUMBERS[0], "Lyktan på Storgatan", media=(PICTURE, PICTURE))

    phones.poll()

    assert [each.state for each in files(phones)] == [FileState.waiting, FileState.stored]


def test_a_picture_that_is_too_large_stays_where_it_is(phones: Phones) -> None:
    small = replace(phones.site.accounts[0], twilio=replace(phones.site.accounts[0].twilio, most_media_bytes=500))  # type: ignore[type-var]
    phones.use(replace(phones.site, accounts=(small, *phones.site.accounts[1:])))
    phones.server.receive(CITIZEN, NUMBERS[0], "Lyktan på Storgatan", media=(PICTURE,))

    phones.poll()

    assert [each.state for each in files(phones)] == [FileState.too_large]


@pytest.mark.parametrize("delete", [True, False], ids=["message", "media"])
def test_a_picture_that_was_deleted_meanwhile_is_said_to_be_gone(phones: Phones, delete: bool) -> None:
    record = phones.server.receive(CITIZEN, NUMBERS[0], "Lyktan på Storgatan", media=(PICTURE,))
    phones.hear(record)
    if delete:
        phones.server.archive.remove(record.sid)
    else:
        phones.server.archive.change(record.sid, media=())

    phones.poll()

    assert [each.state for each in files(phones)] == [FileState.gone]


def test_a_picture_that_never_comes_is_given_up_with_a_word(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], "Lyktan på Storgatan", media=(PICTURE,))
    phones.server.behaviour.trouble = TwilioTrouble.no_media
    phones.poll()

    for _ in range(MOST_TRIES):
        phones.clock.forward(hours=1)
        visit(phones.runtime, AccountId("sms-0"))

    with phones.database.read() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM events WHERE kind = 'file_gone'").scalar()
    assert [each.state for each in files(phones)] == [FileState.gone]
    assert told == 1
    assert phones.clock.now() - phones.tickets()[0].arrived_at > timedelta(days=2)
