"""What Twilio's list says of a send that was cut off, on the stand-in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.twilio_client import TwilioClient
from connectors.twilio_sink import TwilioSink
from domain.outgoing import Found
from tests.builders import TUESDAY
from tests.contracts.ways_out import StoppedClock, TwilioWayOut
from tests.unit.connectors.builders import rendered


@pytest.fixture
def twilio() -> Iterator[TwilioWayOut]:
    """Give the stand-in, which has taken one message on Tuesday."""
    twilio = TwilioWayOut()
    sink = twilio.open()
    sink.send(rendered(text="Hej 1"), lambda: None)
    sink.close()
    yield twilio
    twilio.server.stop()


def find(twilio: TwilioWayOut, *, made: timedelta, asked: timedelta) -> Found:
    """Ask for a send that was made and is asked about so long after the other went."""
    client = TwilioClient(twilio.connection, twilio.server.auth_token)
    sink = TwilioSink(client, "+46701740605", StoppedClock(TUESDAY + asked))
    found = sink.find_sent(rendered(text="Hej 1", created_at=TUESDAY + made))
    sink.close()
    return found


@pytest.mark.parametrize("made", [timedelta(minutes=-1), timedelta(days=-3), timedelta(minutes=4)])
def test_a_send_is_found_after_a_weekend_of_standing_still(twilio: TwilioWayOut, made: timedelta) -> None:
    assert find(twilio, made=made, asked=timedelta(days=3)) is Found.found


def test_the_same_words_that_went_before_it_was_made_are_another_message(twilio: TwilioWayOut) -> None:
    assert find(twilio, made=timedelta(minutes=6), asked=timedelta(minutes=10)) is Found.not_found
