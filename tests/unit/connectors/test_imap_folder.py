"""What a folder gives when the server behaves oddly."""

import pytest

from connectors import imap_folder
from connectors.imap_folder import (
    UNKNOWN_TIME,
    Folder,
    Withheld,
    examine,
    fetch_arrivals,
    find_folders,
    uids_after,
)
from domain.message import FolderRole
from tests.unit.connectors.scripted import ScriptedClient


def folder(uid_next: int = 10) -> Folder:
    """Return an open inbox."""
    return Folder("INBOX", FolderRole.inbox, uidvalidity=7, uid_next=uid_next)


def test_the_last_message_is_not_new_because_the_server_gives_it() -> None:
    client = ScriptedClient({5: b"x"})

    assert list(uids_after(client, folder(6), 5)) == []


def test_uids_come_in_ascending_order_whatever_the_server_gives() -> None:
    client = ScriptedClient({3: b"x", 1: b"x", 2: b"x"})

    assert list(uids_after(client, folder(4), 0)) == [1, 2, 3]


def test_a_long_mailbox_is_searched_no_further_than_it_is_read() -> None:
    client = ScriptedClient(dict.fromkeys(range(1, 10_001), b"x"))

    found = uids_after(client, folder(10_001), 0)

    assert [next(found) for _ in range(51)] == list(range(1, 52))
    assert client.asked == ["SEARCH 1:2000"]


def test_a_wide_gap_is_crossed_in_few_steps() -> None:
    client = ScriptedClient({1: b"x", 1_000_000: b"x", 1_000_001: b"x"})

    found = list(uids_after(client, folder(1_000_002), 0))

    assert found == [1, 1_000_000, 1_000_001]
    assert len(client.asked) < 12


@pytest.mark.parametrize(("messages", "expected"), [({}, 1), ({4: b"x", 9: b"x"}, 10)])
def test_a_server_that_tells_no_uidnext_is_asked_for_its_last_message(
    messages: dict[int, bytes | None], expected: int
) -> None:
    assert examine(ScriptedClient(messages), "INBOX", FolderRole.inbox).uid_next == expected


def test_a_server_that_tells_uidnext_is_believed() -> None:
    assert examine(ScriptedClient({4: b"x"}, uid_next=12), "INBOX", FolderRole.inbox) == folder(12)


@pytest.mark.parametrize("says_no", [True, False])
@pytest.mark.parametrize("vanished", [{1}, {2}, {1, 2, 3}])
def test_what_vanished_before_the_fetch_is_simply_not_there(says_no: bool, vanished: set[int]) -> None:
    client = ScriptedClient(dict.fromkeys((1, 2, 3), b"x"), vanished=vanished, says_no=says_no)

    arrivals, reached = fetch_arrivals(client, folder(), [1, 2, 3], 0)

    assert [each.identity for each in arrivals] == [f"INBOX/7/{uid}" for uid in (1, 2, 3) if uid not in vanished]
    assert reached == 3


def test_a_withheld_message_is_not_passed_over() -> None:
    client = ScriptedClient({1: b"x", 2: b"x", 3: None, 4: b"x"})

    arrivals, reached = fetch_arrivals(client, folder(), [1, 2, 3, 4], 0)

    assert [each.identity for each in arrivals] == ["INBOX/7/1", "INBOX/7/2"]
    assert reached == 2


def test_a_withheld_message_that_comes_first_is_told_of() -> None:
    client = ScriptedClient({3: None, 4: b"x"})

    with pytest.raises(Withheld, match="INBOX/7/3"):
        fetch_arrivals(client, folder(), [3, 4], 0)


def test_originals_too_big_to_hold_together_come_in_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_folder, "BATCH_BYTES", 100)
    client = ScriptedClient({1: b"x" * 60, 2: b"x" * 40, 3: b"x", 4: b"x" * 500})

    first = fetch_arrivals(client, folder(), [1, 2, 3, 4], 0)
    alone = fetch_arrivals(client, folder(), [4], 0)

    assert ([len(each.original) for each in first[0]], first[1]) == ([60, 40], 2)
    assert ([len(each.original) for each in alone[0]], alone[1]) == ([500], 4)


def test_a_date_that_cannot_be_read_sorts_first() -> None:
    client = ScriptedClient({1: b"x"}, date=None)

    ((arrival,), _) = fetch_arrivals(client, folder(), [1], 0)

    assert arrival.provider_at == UNKNOWN_TIME


def test_history_ends_at_its_last_uid() -> None:
    client = ScriptedClient(dict.fromkeys((1, 2, 3), b"x"))

    arrivals, _ = fetch_arrivals(client, folder(), [1, 2, 3], 2)

    assert [each.history for each in arrivals] == [True, True, False]


@pytest.mark.parametrize(
    ("listed", "junk"),
    [
        ([((), "INBOX"), ((rb"\Junk",), "Stök"), ((), "Junk")], ["Stök"]),
        ([((), "INBOX"), ((), "Skräppost")], ["Skräppost"]),
        ([((), "INBOX"), ((), "Junk E-mail")], ["Junk E-mail"]),
        ([((), "INBOX"), ((rb"\Noselect", rb"\Junk"), "Junk")], []),
        ([((rb"\Junk",), "INBOX")], []),
        ([((), "INBOX"), ((), "Arkiv")], []),
    ],
)
def test_junk_is_found_by_its_mark_then_by_its_name(
    listed: list[tuple[tuple[bytes, ...], str]], junk: list[str]
) -> None:
    client = ScriptedClient({}, folders=[(flags, b"/", name) for flags, name in listed])

    found = find_folders(client, "INBOX")

    assert found == (("INBOX", FolderRole.inbox), *((name, FolderRole.junk) for name in junk))
