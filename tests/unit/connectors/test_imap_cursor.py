"""The cursor of a mailbox."""

import json

import pytest

from connectors.imap_cursor import Position, as_cursor, owed_again, owing, positions, where_to_go_on


def test_a_cursor_is_read_as_it_was_written() -> None:
    folders = {
        "INBOX": Position(7, 42, 40, owed=(3, 9), asked=3, existing=41, modseq=2**63 - 1, next_modseq=7, looked_at=12),
        "Skräppost": Position(9, 0),
    }

    assert positions(json.loads(json.dumps(as_cursor(folders)))) == folders


@pytest.mark.parametrize("cursor", [None, {}, {"folders": {}}])
def test_no_cursor_knows_no_folder(cursor: dict[str, object] | None) -> None:
    assert positions(cursor) == {}


@pytest.mark.parametrize(
    ("known", "first", "expected"),
    [
        (None, True, Position(7, 0, 42, existing=0)),
        (None, False, Position(7, 0, 0, existing=0)),
        (Position(7, 20, 10), False, Position(7, 20, 10)),
        (Position(6, 20, 10), False, Position(7, 0, 0)),
    ],
)
def test_where_a_folder_is_read_from(known: Position | None, first: bool, expected: Position) -> None:
    assert where_to_go_on(known, first=first, uidvalidity=7, uid_next=43) == expected


def test_a_cursor_of_an_earlier_version_is_read_on_from() -> None:
    old = {"folders": {"INBOX": {"uidvalidity": 7, "uid": 42, "history_until": 40}}}

    assert positions(old) == {"INBOX": Position(7, 42, 40)}


def test_a_cursor_of_a_later_version_loses_only_what_we_do_not_know() -> None:
    new = {"folders": {"INBOX": {"uidvalidity": 7, "uid": 42, "history_until": 40, "colour": "blue"}}}

    assert positions(new) == {"INBOX": Position(7, 42, 40)}


def test_what_is_owed_is_kept_in_order_and_asked_for_from_the_start() -> None:
    position = Position(7, 42, owed=(5,), asked=5)

    assert owing(position, [9, 3, 5, 43, 0]) == Position(7, 42, owed=(3, 5, 9))


def test_when_too_much_is_owed_all_is_read_again_from_there() -> None:
    position = Position(7, 4200, existing=17, modseq=8)

    again = owing(position, range(100, 400))

    assert (again.uid, again.owed, again.existing, again.modseq) == (99, (), None, 8)


def test_identities_are_owed_by_their_own_folder_and_uidvalidity() -> None:
    known = {"INBOX": Position(7, 42), "INBOX/Under": Position(8, 42)}

    again = owed_again(known, ["INBOX/7/3", "INBOX/Under/8/4", "INBOX/6/5", "Borta/1/6"])

    assert (again["INBOX"].owed, again["INBOX/Under"].owed) == ((3,), (4,))
