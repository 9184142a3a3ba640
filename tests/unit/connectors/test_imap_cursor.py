"""The cursor of a mailbox."""

import json

import pytest

from connectors.imap_cursor import Position, as_cursor, positions, where_to_go_on


def test_a_cursor_is_read_as_it_was_written() -> None:
    folders = {"INBOX": Position(7, 42, 40), "Skräppost": Position(9, 0)}

    assert positions(json.loads(json.dumps(as_cursor(folders)))) == folders


@pytest.mark.parametrize("cursor", [None, {}, {"folders": {}}])
def test_no_cursor_knows_no_folder(cursor: dict[str, object] | None) -> None:
    assert positions(cursor) == {}


@pytest.mark.parametrize(
    ("known", "first", "expected"),
    [
        (None, True, Position(7, 0, 42)),
        (None, False, Position(7, 0, 0)),
        (Position(7, 20, 10), False, Position(7, 20, 10)),
        (Position(6, 20, 10), False, Position(7, 0, 0)),
    ],
)
def test_where_a_folder_is_read_from(known: Position | None, first: bool, expected: Position) -> None:
    assert where_to_go_on(known, first=first, uidvalidity=7, uid_next=43) == expected
