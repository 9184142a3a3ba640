"""How a folder is found, opened and searched, whatever the server is like."""

import pytest

from connectors import imap_folder
from connectors.imap_folder import Folder, examine, find_folders, newest_until, uids_after, uids_until
from domain.account import ImapConnection
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
    assert len(client.asked) < 20


def test_a_crowd_after_a_wide_gap_is_searched_in_small_steps_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_folder, "WIDEST", 80)
    client = ScriptedClient({1: b"x", **dict.fromkeys(range(400, 600), b"x")})

    found = list(uids_after(client, folder(600), 0, window=10))

    assert len(found) == 201
    assert client.asked[:8] == [
        "SEARCH 1:10", "SEARCH 11:30", "SEARCH 31:70", "SEARCH 71:150", "SEARCH 151:230", "SEARCH 231:310",
        "SEARCH 311:390", "SEARCH 391:470",
    ]  # fmt: skip
    assert client.asked[8] == "SEARCH 471:480"


def test_no_search_looks_through_more_than_one_answer_can_hold() -> None:
    client = ScriptedClient({1: b"x", 200_000: b"x"})

    assert list(uids_until(client, 200_000)) == [1, 200_000]
    assert client.asked == ["SEARCH 1:90000", "SEARCH 90001:180000", "SEARCH 180001:200000"]


def test_the_newest_are_found_from_above_across_gaps() -> None:
    client = ScriptedClient(dict.fromkeys([1, 2, 3, 50_000, 50_001], b"x"))

    assert newest_until(client, 50_001, 4) == [2, 3, 50_000, 50_001]
    assert newest_until(client, 50_000, 1) == [50_000]
    assert newest_until(client, 0, 10) == []


@pytest.mark.parametrize(("messages", "expected"), [({}, 1), ({4: b"x", 9: b"x"}, 10)])
def test_a_server_that_tells_no_uidnext_is_asked_for_its_last_message(
    messages: dict[int, bytes | None], expected: int
) -> None:
    assert examine(ScriptedClient(messages), "INBOX", FolderRole.inbox).uid_next == expected


def test_a_server_that_tells_uidnext_is_believed() -> None:
    assert examine(ScriptedClient({4: b"x"}, uid_next=12), "INBOX", FolderRole.inbox) == folder(12)


@pytest.mark.parametrize(
    ("listed", "junk", "sent"),
    [
        ([((), "INBOX"), ((rb"\Junk",), "Stök"), ((), "Junk"), ((rb"\Sent",), "Gått")], "Stök", "Gått"),
        ([((), "INBOX"), ((), "Skräppost"), ((), "Skickat")], "Skräppost", "Skickat"),
        ([((), "INBOX"), ((), "junk e-mail"), ((), "SENT ITEMS")], "junk e-mail", "SENT ITEMS"),
        ([((), "INBOX"), ((), "Sent"), ((), "Skickat"), ((), "Spam"), ((), "Junk")], "Junk", "Skickat"),
        ([((), "INBOX"), ((rb"\Noselect", rb"\Junk"), "Junk"), ((rb"\Noselect",), "Sent")], None, None),
        ([((rb"\Junk", rb"\Sent"), "INBOX")], None, None),
        ([((rb"\Junk", rb"\Sent"), "Allt")], "Allt", None),
        ([((), "INBOX"), ((), "Arkiv")], None, None),
    ],
)
def test_folders_are_found_by_their_mark_then_by_the_first_name_that_exists(
    listed: list[tuple[tuple[bytes, ...], str]], junk: str | None, sent: str | None
) -> None:
    client = ScriptedClient({}, folders=[(flags, b"/", name) for flags, name in listed])

    found = find_folders(client, ImapConnection(host="imap.example"))

    expected = [("INBOX", FolderRole.inbox), (junk, FolderRole.junk), (sent, FolderRole.sent)]
    assert found == tuple((name, role) for name, role in expected if name)


def test_the_configured_names_are_the_ones_that_are_looked_for() -> None:
    client = ScriptedClient({}, folders=[((), b"/", name) for name in ("Post", "Kastat", "Junk", "Ut")])

    found = find_folders(client, ImapConnection(host="imap.example", inbox="Post", junk=("kastat",), sent=("ut",)))

    assert [name for name, _ in found] == ["Post", "Kastat", "Ut"]
