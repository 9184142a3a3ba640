"""IMAP's grammar."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.imap_syntax import CommandRefused, in_set, internal_date, read_date, tokens


def outcome(parts: list[bytes]) -> str:
    """Return the status of the refusal, or that there was none."""
    try:
        tokens(parts)
    except CommandRefused as refusal:
        return refusal.status
    return "read"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([b"SELECT INBOX"], ["SELECT", "INBOX"]),
        ([b'LOGIN anna "hem \\"lig\\\\"'], ["LOGIN", "anna", 'hem "lig\\']),
        ([b"LOGIN ", b"anna", b" ", b"\xff", b""], ["LOGIN", b"anna", b"\xff"]),
        ([b"STATUS INBOX (MESSAGES (UNSEEN))"], ["STATUS", "INBOX", ["MESSAGES", ["UNSEEN"]]]),
        (
            [b"FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (TO CC)]<0.9>)"],
            ["FETCH", "1:*", ["UID", "BODY.PEEK[HEADER.FIELDS (TO CC)]<0.9>"]],
        ),
        ([b'LIST "" ""'], ["LIST", "", ""]),
        ([b""], []),
    ],
)
def test_a_command_is_split_into_tokens(parts: list[bytes], expected: list[object]) -> None:
    assert tokens(parts) == expected


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=5))
def test_whatever_a_client_sends_is_read_or_refused(parts: list[bytes]) -> None:
    assert outcome(parts) in {"read", "BAD"}


@given(st.text(alphabet='ab ()[]"\\{}*%', max_size=200))
def test_brackets_and_quotes_in_any_order_are_read_or_refused(text: str) -> None:
    assert outcome([text.encode()]) in {"read", "BAD"}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("2", [2]),
        ("1:3", [1, 2, 3]),
        ("3:1", [1, 2, 3]),
        ("7:*", [7, 9]),
        ("*", [9]),
        ("20:*", [9]),
        ("1,9,4:5", [1, 9]),
        ("4", []),
    ],
)
def test_a_sequence_set_names_what_exists(spec: str, expected: list[int]) -> None:
    assert in_set(spec, [1, 2, 3, 7, 9]) == expected


@pytest.mark.parametrize("spec", ["", "x", "1:2:3", "1,,2", "²"])
def test_what_is_no_set_is_refused(spec: str) -> None:
    with pytest.raises(CommandRefused, match="not a sequence set"):
        in_set(spec, [1])


def test_an_empty_folder_has_nothing_to_name() -> None:
    assert in_set("1:*", []) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24-Nov-2026", datetime(2026, 11, 24, tzinfo=UTC)),
        (" 4-nov-2026 09:00:00 +0100", datetime(2026, 11, 4, 8, tzinfo=UTC)),
        ("24-Nov-2026 09:00:00 -0530", datetime(2026, 11, 24, 14, 30, tzinfo=UTC)),
    ],
)
def test_dates_are_read(text: str, expected: datetime) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize("text", ["", "igår", "31-Feb-2026", "24-Nov-2026 09:00", "24-Nov-2026 09:00:00 Z"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(CommandRefused, match="not a date"):
        read_date(text)


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_written_date_reads_back(at: datetime) -> None:
    assert read_date(internal_date(at).strip('"')) == at.replace(microsecond=0)
