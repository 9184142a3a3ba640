"""What Twilio's list says of a send that was cut off, on the stand-in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.twilio_client import TwilioClient
from connectors.twilio_sink import TwilioSink
from domain.outgoing import NO_TRACE, Found, Trace
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


def find(twilio: TwilioWayOut, *, made: timedelta, asked: timedelta) -> Trace:
    """Ask for a send that was made and is asked about so long after the other went."""
    client = TwilioClient(twilio.connection, twilio.server.auth_token)
    sink = TwilioSink(client, "+46701740605", StoppedClock(TUESDAY + asked))
    found = sink.find_sent(rendered(text="Hej 1", created_at=TUESDAY + made), lambda _: False)
    sink.close()
    return found


@pytest.mark.parametrize("made", [timedelta(minutes=-1), timedelta(days=-3), timedelta(minutes=4)])
def test_a_send_is_found_after_a_weekend_of_standing_still(twilio: TwilioWayOut, made: timedelta) -> None:
    assert find(twilio, made=made, asked=timedelta(days=3)) == Trace(Found.found, twilio.server.sent[0].sid)


def test_the_same_words_that_went_before_it_was_made_are_another_message(twilio: TwilioWayOut) -> None:
    assert find(twilio, made=timedelta(minutes=6), asked=timedelta(minutes=10)) == NO_TRACE


@pytest.mark.parametrize("status", ["failed", "undelivered", "canceled"])
def test_what_twilio_took_and_could_not_deliver_did_not_go(twilio: TwilioWayOut, status: str) -> None:
    twilio.server.archive.change(twilio.server.sent[0].sid, status=status)

    assert find(twilio, made=timedelta(minutes=-1), asked=timedelta(minutes=10)) == NO_TRACE
