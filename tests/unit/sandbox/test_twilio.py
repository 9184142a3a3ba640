"""The stand-in of Twilio answers as Twilio's published schema says, to the real SDK."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from sandbox.twilio import TwilioServer
from sandbox.twilio_behaviour import TwilioTrouble
from tests.unit.sandbox.fakes import HandClock

NUMBER, CITIZEN = "+46701740605", "+46701740699"


class Redirected(TwilioHttpClient):
    """The SDK's client, pointed at the stand-in."""

    def __init__(self, url: str) -> None:
        super().__init__(timeout=5)
        self.url = url

    def request(self, method: str, url: str, *args: object, **named: object) -> Response:
        return super().request(method, url.replace("https://api.twilio.com", self.url), *args, **named)


@pytest.fixture
def server() -> Iterator[TwilioServer]:
    """Run the stand-in."""
    server = TwilioServer(HandClock())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: TwilioServer) -> Client:
    """Give the SDK's client."""
    return Client(server.account_sid, server.auth_token, http_client=Redirected(server.url))


def test_the_sdk_lists_newest_first_over_pages(server: TwilioServer, client: Client) -> None:
    for number in range(5):
        server.receive(CITIZEN, NUMBER, f"Hej {number}", ago=timedelta(seconds=10 - number))

    listed = client.messages.list(page_size=2)

    assert [each.body for each in listed] == ["Hej 4", "Hej 3", "Hej 2", "Hej 1", "Hej 0"]


def test_what_arrives_while_pages_are_turned_moves_nothing(server: TwilioServer, client: Client) -> None:
    for number in range(4):
        server.receive(CITIZEN, NUMBER, f"Hej {number}", ago=timedelta(seconds=10 - number))

    pages = client.messages.stream(page_size=2)
    first = [next(pages).body, next(pages).body]
    server.receive(CITIZEN, NUMBER, "Nytt")
    rest = [each.body for each in pages]

    assert [*first, *rest] == ["Hej 3", "Hej 2", "Hej 1", "Hej 0"]


def test_the_list_is_filtered_by_number_and_day(server: TwilioServer, client: Client) -> None:
    server.receive(CITIZEN, NUMBER, "Hit")
    server.receive(CITIZEN, "+46701740606", "Dit")
    server.receive(CITIZEN, NUMBER, "I fjol", ago=timedelta(days=300))

    listed = client.messages.list(to=NUMBER, date_sent_after=HandClock().now() - timedelta(days=1))

    assert [each.body for each in listed] == ["Hit"]


def test_a_message_that_is_sent_goes_from_queued_to_delivered(server: TwilioServer, client: Client) -> None:
    sent = client.messages.create(to=CITIZEN, from_=NUMBER, body="Hej å ä ö")

    for _ in range(3):
        server.archive.advance()

    assert sent.status == "queued"
    assert sent.num_segments == "1"
    assert client.messages(sent.sid).fetch().status == "delivered"


def test_a_message_is_deleted_once(server: TwilioServer, client: Client) -> None:
    sid = server.receive(CITIZEN, NUMBER, "Hej").sid

    assert client.messages(sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        client.messages(sid).delete()
    assert (gone.value.status, gone.value.code) == (404, 20404)


def test_media_is_listed_with_its_type(server: TwilioServer, client: Client) -> None:
    sid = server.receive(CITIZEN, NUMBER, "Se bild", media=(("image/png", b"PNG"),)).sid

    (media,) = client.messages(sid).media.list()

    assert sid.startswith("MM")
    assert media.content_type == "image/png"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"to": "+46701740611", "body": "Hej"}, 21610),
        ({"to": CITIZEN, "body": ""}, 21602),
        ({"to": CITIZEN, "body": "x" * 1601}, 21617),
    ],
)
def test_what_twilio_refuses_it_refuses_with_its_code(
    server: TwilioServer, client: Client, given: dict[str, str], code: int
) -> None:
    server.behaviour.refused["+46701740611"] = 21610

    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(from_=NUMBER, **given)

    assert (refused.value.status, refused.value.code) == (400, code)


@pytest.mark.parametrize(("trouble", "status"), [(TwilioTrouble.busy, 429), (TwilioTrouble.down, 503)])
def test_trouble_shows_as_at_twilio(server: TwilioServer, client: Client, trouble: TwilioTrouble, status: int) -> None:
    server.behaviour.trouble = trouble

    with pytest.raises(TwilioException) as fault:
        client.messages.list()

    assert fault.value.args[1].status_code == status


def test_a_wrong_token_is_not_let_in(server: TwilioServer) -> None:
    client = Client(server.account_sid, "0" * 32, http_client=Redirected(server.url))

    with pytest.raises(TwilioException) as fault:
        client.messages.list()

    assert fault.value.args[1].status_code == 401
