"""What every Sink promises (domain.protocols.Sink), tried on each implementation."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from urllib3.connection import HTTPConnection
from urllib3.response import HTTPResponse

from connectors.fake import Trouble
from domain.errors import SendFailed, SendRefused, SendUncertain, Unreachable, WireError
from domain.outgoing import CANNOT_TELL, NO_TRACE, Found, Rendered, Trace
from domain.page import PageWay
from domain.protocols import Sink
from tests.builders import TUESDAY
from tests.contracts.ways_out import CommentWayOut, FakeWayOut, MessengerWayOut, SmtpWayOut, TwilioWayOut, WayOut
from tests.unit.connectors.builders import rendered

#: Long after a send was cut off: whatever was taken is listed, and noted by whoever sent it.
LATER = timedelta(minutes=10)

WAYS_OUT = [
    pytest.param("fake", id="fake"),
    pytest.param("twilio", id="twilio"),
    pytest.param("messenger", id="messenger"),
    pytest.param("public", id="a public comment"),
    pytest.param("private", id="a private answer to a comment"),
    pytest.param("smtp", id="smtp", marks=pytest.mark.service("aiosmtpd")),
]


@pytest.fixture(params=WAYS_OUT)
def way_out(request: pytest.FixtureRequest) -> Iterator[WayOut]:
    """Give a wire of each kind that has taken nothing."""
    if request.param == "fake":
        yield FakeWayOut()
    elif request.param == "twilio":
        twilio = TwilioWayOut()
        yield twilio
        twilio.server.stop()
    elif request.param == "messenger":
        messenger = MessengerWayOut()
        yield messenger
        messenger.server.stop()
    elif request.param in ("public", "private"):
        comments = CommentWayOut(PageWay(request.param))
        yield comments
        comments.server.stop()
    else:
        yield SmtpWayOut(request.getfixturevalue("smtp_server"))


@pytest.fixture
def sink(way_out: WayOut) -> Iterator[Sink]:
    """Give a sink on the wire."""
    sink = way_out.open()
    yield sink
    sink.close()


class Ledger:
    """Stands for the commit of `handing_over`."""

    def __init__(self) -> None:
        self.commits = 0

    def commit(self) -> None:
        self.commits += 1


def nobodys(provider_id: str) -> bool:
    """Say that no other message of ours has the name."""
    return False


def letter(number: int) -> Rendered:
    """Return a message with its own Message-ID and words."""
    return rendered(message_id=f"<{number}@exempelby.example>", text=f"Hej {number}")


def test_a_message_goes_once_and_is_receipted(way_out: WayOut, sink: Sink) -> None:
    ledger = Ledger()

    receipt = sink.send(letter(1), ledger.commit)

    assert way_out.message_ids() == ["<1@exempelby.example>"]
    assert ledger.commits == 1
    assert receipt.accepted_at == TUESDAY
    assert receipt.provider_id


def test_many_messages_go_once_each_in_order(way_out: WayOut, sink: Sink) -> None:
    for number in range(5):
        sink.send(letter(number), Ledger().commit)

    assert way_out.message_ids() == [f"<{number}@exempelby.example>" for number in range(5)]


def test_before_wire_is_called_before_the_wire_takes_it(way_out: WayOut, sink: Sink) -> None:
    seen: list[list[str]] = []

    sink.send(letter(1), lambda: seen.append(way_out.message_ids()))

    assert seen == [[]]


def test_nothing_is_sent_when_before_wire_raises(way_out: WayOut, sink: Sink) -> None:
    def fail() -> None:
        raise RuntimeError("the commit failed")

    with pytest.raises(RuntimeError, match="the commit failed"):
        sink.send(letter(1), fail)
    sink.send(letter(2), Ledger().commit)

    assert way_out.message_ids() == ["<2@exempelby.example>"]


@pytest.mark.parametrize(
    ("trouble", "error", "commits"),
    [
        (Trouble.failed, SendFailed, 0),
        (Trouble.refused, SendRefused, 0),
        (Trouble.failed_on_wire, SendFailed, 1),
        (Trouble.refused_on_wire, SendRefused, 1),
        (Trouble.lost, SendUncertain, 1),
    ],
)
def test_a_message_that_was_not_taken_says_what_to_do(
    way_out: WayOut, sink: Sink, trouble: Trouble, error: type[WireError], commits: int
) -> None:
    ledger = Ledger()
    way_out.be(trouble)

    with pytest.raises(WireError) as raised:
        sink.send(letter(1), ledger.commit)

    assert type(raised.value) is error
    assert ledger.commits == (commits if way_out.says_no_early or trouble is not Trouble.refused else 1)
    assert way_out.message_ids() == []


def test_a_message_that_went_before_the_line_broke_is_uncertain(way_out: WayOut, sink: Sink) -> None:
    way_out.be(Trouble.gone)

    with pytest.raises(SendUncertain):
        sink.send(letter(1), Ledger().commit)

    assert way_out.message_ids() == ["<1@exempelby.example>"]


@pytest.mark.parametrize("way_out", ["twilio", "messenger"], indirect=True)
def test_a_message_that_went_before_the_answer_could_not_be_decrypted_is_uncertain(
    way_out: WayOut, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, take = Ledger(), HTTPConnection.getresponse

    def break_after(connection: HTTPConnection) -> HTTPResponse:
        answer = take(connection)
        if way_out.message_ids():
            raise ssl.SSLError("decryption failed or bad record mac")
        return answer

    monkeypatch.setattr(HTTPConnection, "getresponse", break_after)

    with pytest.raises(SendUncertain):
        sink.send(letter(1), ledger.commit)

    assert ledger.commits == 1
    assert way_out.message_ids() == ["<1@exempelby.example>"]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_the_next_message_goes_after_any_trouble(way_out: WayOut, sink: Sink, trouble: Trouble) -> None:
    way_out.be(trouble)
    with pytest.raises(WireError):
        sink.send(letter(1), Ledger().commit)
    way_out.be(None)

    sink.send(letter(2), Ledger().commit)

    assert way_out.message_ids()[-1:] == ["<2@exempelby.example>"]
    assert way_out.message_ids().count("<1@exempelby.example>") == (trouble is Trouble.gone)


def test_a_sink_says_whether_a_message_went_or_that_it_cannot_tell(way_out: WayOut, sink: Sink) -> None:
    receipt = sink.send(letter(1), Ledger().commit)
    asked = way_out.open(TUESDAY + LATER)

    traces = asked.find_sent(letter(1), nobodys), asked.find_sent(letter(2), nobodys)
    asked.close()

    told = (Trace(Found.found, receipt.provider_id), NO_TRACE)
    assert traces == (told if way_out.can_tell else (CANNOT_TELL, CANNOT_TELL))


@pytest.mark.parametrize("way_out", ["twilio", "messenger"], indirect=True)
def test_of_two_messages_of_the_same_words_each_is_found_by_its_own_name(way_out: WayOut, sink: Sink) -> None:
    first, second = sink.send(letter(1), Ledger().commit), sink.send(letter(1), Ledger().commit)
    asked = way_out.open(TUESDAY + LATER)

    traces = [
        asked.find_sent(letter(1), taken.__contains__)
        for taken in ({first.provider_id}, {second.provider_id}, {first.provider_id, second.provider_id})
    ]
    asked.close()

    assert traces == [Trace(Found.found, second.provider_id), Trace(Found.found, first.provider_id), NO_TRACE]


@pytest.mark.parametrize("way_out", ["twilio", "messenger"], indirect=True)
def test_what_went_a_moment_ago_may_be_in_anothers_hands_and_is_asked_about_later(way_out: WayOut, sink: Sink) -> None:
    sink.send(letter(1), Ledger().commit)

    with pytest.raises(Unreachable, match="Another worker"):
        way_out.open(TUESDAY + timedelta(seconds=10)).find_sent(letter(1), nobodys)


@pytest.mark.parametrize("way_out", ["twilio", "messenger"], indirect=True)
def test_the_same_words_that_went_before_a_message_was_made_are_another(way_out: WayOut, sink: Sink) -> None:
    sink.send(letter(1), Ledger().commit)
    made = replace(letter(1), created_at=TUESDAY + LATER)

    assert way_out.open(TUESDAY + 2 * LATER).find_sent(made, nobodys) == NO_TRACE


def test_a_closed_sink_opens_again(way_out: WayOut, sink: Sink) -> None:
    sink.send(letter(1), Ledger().commit)
    sink.close()

    sink.send(letter(2), Ledger().commit)

    assert way_out.message_ids() == ["<1@exempelby.example>", "<2@exempelby.example>"]
