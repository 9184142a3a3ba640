"""Channel: what a file without an account seems to be."""

import pytest

from domain.account import Channel
from intake.channel import channel_of


@pytest.mark.parametrize(
    ("original", "name", "expected"),
    [
        (b"Subject: x\r\n\r\n", "a.eml", Channel.email),
        (b'{"sid": "SM1", "body": "x"}', "a.eml", Channel.email),
        (b'{"sid": "SM1", "body": "x"}', "a.JSON", Channel.sms),
        (b'\xef\xbb\xbf{"created_time": "x", "message": "y"}', "a.json", Channel.facebook),
        (b'{"id": "1"}', "a.json", None),
        (b'{"sid": "1", "message": "y"}', "a.json", None),
        (b"[" * 100_000, "a.json", None),
        (b'{"a":' * 100_000, "a.json", None),
        (b"\xff", "a.json", None),
        (b"[]", "a.json", None),
        (b"1" * 900_000, "a.json", None),
    ],
)
def test_a_file_is_what_its_name_and_fields_say(original: bytes, name: str, expected: Channel | None) -> None:
    assert channel_of(original, name) is expected
