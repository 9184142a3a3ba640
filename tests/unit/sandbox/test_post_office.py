"""The post office's pace."""

from datetime import datetime, timedelta
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path

import pytest

from sandbox.clock import TOWN_START
from sandbox.compose import Mail, Note, Posting, Text
from sandbox.letters import read_letters
from sandbox.post_office import FIRST_MAILS, MOST_MAILS, PostOffice, arrival_times
from tests.unit.sandbox.fakes import HandClock


class Doormat:
    """Where the mails land."""

    def __init__(self) -> None:
        self.mails: list[tuple[Mail, datetime]] = []
        self.texts: list[Text | Note] = []

    def take(self, mail: Posting, at: datetime) -> None:
        if isinstance(mail, Mail):
            self.mails.append((mail, at))
        else:
            self.texts.append(mail)

    def headers(self, name: str) -> list[str]:
        return [str(message_from_bytes(mail.original)[name]) for mail, _ in self.mails]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def doormat() -> Doormat:
    return Doormat()


@pytest.fixture
def office(clock: HandClock, doormat: Doormat) -> PostOffice:
    return PostOffice(read_letters(), clock, doormat.take, seed=1)


def test_nothing_comes_before_the_office_has_opened(office: PostOffice, clock: HandClock) -> None:
    clock.move(timedelta(hours=1))

    assert office.deliver_due() == 0


def test_a_dozen_comes_within_the_first_three_quarters_of_a_minute(office: PostOffice, clock: HandClock) -> None:
    office.open()
    clock.move(timedelta(seconds=45))

    assert office.deliver_due() >= FIRST_MAILS == 14


@pytest.mark.parametrize("seed", range(5))
def test_the_pace_slackens_and_ends(seed: int) -> None:
    times = list(arrival_times(seed))

    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]

    assert len(times) == MOST_MAILS
    assert times[13] <= timedelta(seconds=45)
    assert all(5 <= gap <= 10 for gap in gaps[13:58])
    assert all(gap >= 20 for gap in gaps[60:])


def test_opening_twice_is_opening_once(office: PostOffice, clock: HandClock, doormat: Doormat) -> None:
    office.open()
    clock.move(timedelta(seconds=45))
    office.deliver_due()

    office.open()

    assert office.deliver_due() == 0
    assert office.delivered == len(doormat.mails) + len(doormat.texts)


def test_the_letters_keep_coming_round_with_fresh_senders_and_message_ids(
    office: PostOffice, clock: HandClock, doormat: Doormat
) -> None:
    office.open()
    clock.move(timedelta(days=1))

    office.deliver_due()
    office.deliver_due()

    senders = [mail.envelope_sender for mail, _ in doormat.mails]
    fixed = {letter.sender for letter in read_letters() if letter.sender}
    assert len(doormat.mails) + len(doormat.texts) == MOST_MAILS
    assert len(set(doormat.headers("Message-ID"))) == len(doormat.mails)
    assert len({sender for sender in senders if senders.count(sender) == 1}) >= len(doormat.mails) - len(fixed) * 8


def test_one_mail_is_late_and_only_the_first_time_round(office: PostOffice, clock: HandClock, doormat: Doormat) -> None:
    office.open()
    clock.move(timedelta(days=1))
    office.deliver_due()

    late = [stamp for stamp in doormat.headers("Received") if "23 Nov" in stamp or "24 Nov 2026 07:31" in stamp]

    assert len(late) == 1
    assert all(at == TOWN_START + timedelta(days=1) for _, at in doormat.mails)


def test_the_thread_delivers_and_ends_when_told(doormat: Doormat) -> None:
    # A clock that leaps between every two looks makes each mail due at once.
    class LeapingClock(HandClock):
        def now(self) -> datetime:
            self.move(timedelta(minutes=1))
            return super().now()

    office = PostOffice(read_letters(Path("sandbox/citizens")), LeapingClock(), doormat.take, seed=1)
    office.start()
    office.open()
    office.stop()

    assert office.delivered == len(doormat.mails) + len(doormat.texts)
    assert not office.running
