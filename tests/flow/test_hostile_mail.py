"""Hostile mail through the whole flow: nothing is lost, what cannot be read waits for a person, the next goes on."""

from collections import Counter
from pathlib import Path

import pytest

from domain.message import Fate
from domain.viewer import MACHINE
from store import events
from store.database import Database
from store.messages import count_by_fate, list_of_ticket
from store.originals import get_original
from tests.flow.installation import Installation, mail

SPECIMENS = sorted((Path(__file__).parents[1] / "mails" / "parse").glob("*.eml"))
MULTIPART = b"From: anna@example.se\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
UNREADABLE = {
    "nothing": b"",
    "noise": bytes(range(256)) * 20,
    "no boundary": MULTIPART + b"hej",
    "nested too deep": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(20_000)
    ),
    "too many headers": b"From: anna@example.se\n" + b"X: y\n" * 200_000 + b"\nhej",
}


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_waits_for_a_person_with_its_original(town: Installation, kind: str) -> None:
    town.arrives(UNREADABLE[kind])
    town.arrives(mail())

    town.round()

    [aside] = [ticket for ticket in town.tickets() if ticket.needs_a_look]
    with town.database.read() as connection:
        [message] = list_of_ticket(connection, MACHINE, aside.id)
        kept = get_original(connection, MACHINE, message.organisation, message.digest)
    assert kept == UNREADABLE[kind]
    assert message.defects
    assert aside.look_reason
    assert aside.notice_due_at is not None
    assert len(town.tickets()) == 2
    assert len(town.wires.out.sent) == 1


def test_every_specimen_is_kept_and_has_a_fate(town: Installation) -> None:
    for specimen in SPECIMENS:
        town.arrives(specimen.read_bytes())

    while town.round()[0].fetched:
        pass

    with town.database.read() as connection:
        fates = Counter(count_by_fate(connection, MACHINE))
    assert fates.total() == len(SPECIMENS)
    assert fates[Fate.waiting] == 0
    assert fates[Fate.history] == 0


def test_the_log_says_whose_time_the_arrival_is(town: Installation) -> None:
    town.arrives(mail())
    town.clock.forward(seconds=90)
    town.arrives(b"From: bo@example.se\r\nSubject: Lampa\r\n\r\nLampan lyser inte.\r\n")

    town.round()

    with town.database.read() as connection:
        logged = [event.details for event in events.list_after(connection, MACHINE, 0) if event.kind == "decided"]
    stamped = next(details for details in logged if "arrival_difference_seconds" in details)
    other = next(details for details in logged if "arrival_difference_seconds" not in details)
    assert stamped["arrival"] == "stamped by mx.exempelby.example"
    assert stamped["arrival_difference_seconds"] == 0
    assert other["arrival"] == "provider's time: no Received line of a border server"
