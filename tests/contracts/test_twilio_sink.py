"""What Twilio's list says of a send that was cut off, on the stand-in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from connectors.twilio_client import TwilioClient
from connectors.twilio_sink import TwilioSink
from domain.errors import Failing, SendFailed, SendUncertain, Unreachable
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


@pytest.mark.parametrize("said", ["{}", '{"status": "queued"}', "[]", "1", "Välkommen"])
def test_what_twilio_takes_and_does_not_name_is_in_doubt_until_it_may_be_listed(
    twilio: TwilioWayOut, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(TwilioHttpClient, "request", lambda *_, **__: Response(200, said))
    sink = twilio.open()

    with pytest.raises(SendUncertain):
        sink.send(rendered(text="Hej 2"), lambda: None)
    with pytest.raises(Unreachable, match="in a minute"):
        sink.find_sent(rendered(text="Hej 2"), lambda _: False)
    sink.close()


def test_a_secret_that_does_not_hold_waits_as_settings_do(twilio: TwilioWayOut) -> None:
    client = TwilioClient(twilio.connection, "fel hemlighet")
    sink = TwilioSink(client, "+46701740605", StoppedClock())

    with pytest.raises(SendFailed) as failed:
        sink.send(rendered(text="Hej 2"), lambda: None)

    sink.close()
    assert failed.value.failing is Failing.sign_in
