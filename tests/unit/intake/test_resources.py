"""SMS and Facebook: what the providers' JSON becomes."""

import json
from datetime import UTC, datetime
from typing import Any

from domain.account import Channel
from domain.message import Attachment, Mailbox, Message
from tests.unit.intake.arrivals import PROVIDER_AT, parsed

SMS = {
    "sid": "SM1",
    "from": "+46701740605",
    "to": "+46701740699",
    "body": "Hål i vägen 😀",
    "date_created": "Tue, 24 Nov 2026 08:11:00 +0000",
    "direction": "inbound",
    "num_media": "0",
    "error_code": None,
}
COMMENT = {
    "id": "100_200",
    "message": "När öppnar badet?",
    "from": {"name": "Anna Exempel", "id": "77"},
    "created_time": "2026-11-24T08:11:00+0000",
    "parent": {"id": "100_150"},
}


def sms(resource: Any) -> Message:
    return parsed(json.dumps(resource).encode(), Channel.sms)


def facebook(resource: Any) -> Message:
    return parsed(json.dumps(resource).encode(), Channel.facebook)


def test_an_sms_has_its_sender_text_and_time() -> None:
    message = sms(SMS)

    assert message.sender == Mailbox("+46701740605")
    assert message.to == ("+46701740699",)
    assert message.text == "Hål i vägen 😀"
    assert message.date == message.arrived_at == datetime(2026, 11, 24, 8, 11, tzinfo=UTC)
    assert message.media_types == ("application/json",)
    assert message.header("direction") == "inbound"
    assert (message.message_id, message.defects, message.unreadable) == (None, (), False)


def test_the_webhooks_form_is_the_same_message() -> None:
    webhook = {
        "MessageSid": "SM1",
        "From": "+46701740605",
        "To": "+46701740699",
        "Body": "Hej",
        "NumMedia": "1",
        "MediaContentType0": "image/jpeg",
    }

    message = sms(webhook)

    assert (message.sender, message.to, message.text) == (Mailbox("+46701740605"), ("+46701740699",), "Hej")
    assert message.header("sid") == "SM1"
    assert message.arrived_at == PROVIDER_AT
    assert message.attachments == (Attachment(name="", media_type="image/jpeg", size_bytes=0),)


def test_a_sender_with_letters_keeps_its_name() -> None:
    assert sms(SMS | {"from": "PostNord"}).sender == Mailbox("postnord", "PostNord")


def test_a_creation_time_after_the_providers_is_not_believed() -> None:
    assert sms(SMS | {"date_created": "Tue, 24 Nov 2026 22:11:00 +0000"}).arrived_at == PROVIDER_AT


def test_half_a_character_can_be_stored() -> None:
    message = parsed(b'{"from": "+46701740605", "body": "a\\ud83d\\u0000b"}', Channel.sms)

    assert message.text == "a\ufffdb"


def test_what_is_no_object_is_unreadable() -> None:
    for original in (b"", b"[]", b"{", b"[" * 100_000, b"\xff", b"1" * 2_000_000):
        message = parsed(original, Channel.sms)

        assert message.unreadable
        assert message.arrived_at == PROVIDER_AT
        assert message.defects


def test_a_conversation_message_is_private() -> None:
    message = facebook(
        {
            "id": "m_1",
            "message": "Hej",
            "from": {"name": "Anna Exempel", "id": "77"},
            "to": {"data": [{"id": "900", "name": "Exempelby"}]},
            "created_time": "2026-11-24T08:11:00+0000",
            "attachments": {"data": [{"name": "a.jpg", "mime_type": "image/jpeg", "size": 5}]},
        }
    )

    assert message.sender == Mailbox("77", "Anna Exempel")
    assert message.to == ("900",)
    assert message.arrived_at == datetime(2026, 11, 24, 8, 11, tzinfo=UTC)
    assert message.header("kind") == "message"
    assert message.attachments == (Attachment(name="a.jpg", media_type="image/jpeg", size_bytes=5),)


def test_a_comment_is_public() -> None:
    message = facebook(COMMENT)

    assert message.header("kind") == "comment"
    assert message.header("parent.id") == "100_150"
    assert message.text == "När öppnar badet?"


def test_a_comment_without_author_says_so() -> None:
    message = facebook({key: value for key, value in COMMENT.items() if key != "from"})

    assert message.sender is None
    assert message.defects == ("the sender is missing",)


def test_too_long_a_text_is_cut_and_says_so() -> None:
    for message in (sms(SMS | {"body": "x" * 20_000}), facebook(COMMENT | {"message": "x" * 40_000})):
        assert len(message.defects) == 1
        assert "cut" in message.defects[0]


def test_an_sms_without_sender_says_so() -> None:
    assert sms({"body": "Hej"}).defects == ("the sender is missing",)
