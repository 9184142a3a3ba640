"""What a source says when the server behaves oddly."""

import imaplib
from contextlib import suppress
from typing import Any

import pytest

from connectors.imap import ImapSource
from domain.account import ImapConnection
from domain.errors import Unreachable
from domain.message import Batch
from tests.unit.connectors.scripted import ScriptedClient

WAY = ImapConnection(host="imap.example", user="kc")


def source_on(client: ScriptedClient, monkeypatch: pytest.MonkeyPatch) -> ImapSource:
    """Return a source whose line leads to this client."""
    monkeypatch.setattr("connectors.imap.connect", lambda connection, password: client)
    return ImapSource(WAY, "hemligt")


def fetched_all(source: ImapSource, cursor: dict[str, Any] | None = None) -> tuple[list[str], Batch]:
    """Fetch until there is no more; return the identities in the order they came, and the last batch."""
    batch = source.fetch(cursor)
    found = [each.identity for each in batch.arrivals]
    while batch.more:
        batch = source.fetch(batch.next_cursor)
        found += [each.identity for each in batch.arrivals]
    return found, batch


def test_a_withheld_message_is_owed_and_the_others_come(monkeypatch: pytest.MonkeyPatch) -> None:
    client = ScriptedClient({1: b"x", 2: None, 3: b"x"})
    source = source_on(client, monkeypatch)

    before, batch = fetched_all(source)
    source.close()
    client.messages[2] = b"x"
    client.messages[4] = b"x"
    after, last = fetched_all(source, dict(batch.next_cursor))

    assert before == ["INBOX/7/1", "INBOX/7/3"]
    assert batch.withheld == ("INBOX/7/2",)
    assert after == ["INBOX/7/4", "INBOX/7/2"]
    assert last.withheld == ()
    assert "owed" not in last.next_cursor["folders"]["INBOX"]


def test_a_withheld_message_that_goes_away_is_owed_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    client = ScriptedClient({1: b"x", 2: None})
    source = source_on(client, monkeypatch)
    _, batch = fetched_all(source)
    source.close()

    del client.messages[2]
    found, last = fetched_all(source, dict(batch.next_cursor))

    assert (found, last.withheld) == ([], ())


def test_what_is_withheld_is_asked_for_once_a_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    client = ScriptedClient({1: None, **dict.fromkeys(range(2, 200), b"x")})
    source = source_on(client, monkeypatch)

    fetched_all(source)

    assert sum(1 in uids for uids in client.fetched) == 3, "its size, its content, and its flags"


def test_a_server_that_withholds_everything_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_on(ScriptedClient(dict.fromkeys(range(1, 300))), monkeypatch)

    with pytest.raises(Unreachable, match="and many others") as fault:
        fetched_all(source)

    assert fault.value.step == "protocol"


@pytest.mark.parametrize("bad", [{1}, {30}, {60}, {7, 8, 40}])
def test_a_message_at_which_the_server_breaks_off_is_found_and_owed(
    monkeypatch: pytest.MonkeyPatch, bad: set[int]
) -> None:
    client = ScriptedClient(dict.fromkeys(range(1, 61), b"x"), breaks_at=set(bad))
    source = source_on(client, monkeypatch)

    found, batch = fetched_all(source)
    source.close()
    client.breaks_at.clear()
    after, last = fetched_all(source, dict(batch.next_cursor))

    assert found == [f"INBOX/7/{uid}" for uid in range(1, 61) if uid not in bad]
    assert batch.withheld == tuple(f"INBOX/7/{uid}" for uid in sorted(bad))
    assert after == list(batch.withheld)
    assert last.withheld == ()


def test_messages_that_stay_bad_hold_up_no_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = set(range(1, 21))
    client = ScriptedClient(dict.fromkeys(range(1, 31), b"x"), breaks_at=bad)
    source = source_on(client, monkeypatch)
    cursor: dict[str, Any] | None = None
    found: list[str] = []

    for _ in range(6):
        with suppress(Unreachable):
            batch = source.fetch(cursor)
            cursor = dict(batch.next_cursor)
            found += [each.identity for each in batch.arrivals]
            while batch.more:
                batch = source.fetch(cursor)
                cursor = dict(batch.next_cursor)
                found += [each.identity for each in batch.arrivals]
        source.close()
    client.messages[31] = b"x"
    last, _ = fetched_all(source, cursor)

    assert sorted(found) == sorted(f"INBOX/7/{uid}" for uid in range(21, 31))
    assert last == ["INBOX/7/31"]


def test_a_server_that_breaks_off_before_anything_is_asked_for_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaking(ScriptedClient):
        def list_folders(self, *_: object) -> Any:
            raise imaplib.IMAP4.abort("socket error: EOF")

    with pytest.raises(Unreachable, match="broke the conversation off"):
        source_on(Breaking({1: b"x"}), monkeypatch).fetch(None)


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (imaplib.IMAP4.abort("socket error: EOF"), "protocol"),
        (imaplib.IMAP4.error("FETCH command error: BAD Bara mellan oss"), "protocol"),
        (ValueError("bad date in Bara mellan oss"), "protocol"),
        (TimeoutError("timed out"), "tcp"),
        (ConnectionResetError(104, "Connection reset by peer"), "tcp"),
    ],
)
def test_a_broken_conversation_is_told_without_its_words(
    monkeypatch: pytest.MonkeyPatch, error: Exception, step: str
) -> None:
    class Breaking(ScriptedClient):
        def fetch(self, *_: object) -> dict[int, dict[bytes, object]]:
            raise error

    with pytest.raises(Unreachable) as fault:
        source_on(Breaking({1: b"x"}), monkeypatch).fetch(None)

    assert fault.value.step == step
    assert "mellan oss" not in str(fault.value)
    assert fault.value.__suppress_context__


def test_folders_that_are_not_listed_today_keep_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_on(ScriptedClient({1: b"x"}), monkeypatch)
    cursor = {"folders": {"Junk": {"uidvalidity": 3, "uid": 8, "history_until": 8}}}

    batch = source.fetch(cursor)

    assert batch.next_cursor["folders"]["Junk"] == cursor["folders"]["Junk"]
    inbox = batch.next_cursor["folders"]["INBOX"]
    assert (inbox["uidvalidity"], inbox["uid"], inbox["history_until"]) == (7, 1, 0)


FOLDERS = (((rb"\Junk",), b"/", "Skräppost"), ((rb"\Sent",), b"/", "Skickat"))


@pytest.mark.parametrize("closed", ["Skräppost", "Skickat"])
def test_a_folder_beside_the_inbox_that_does_not_open_is_named_and_holds_up_nothing(
    monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    source = source_on(ScriptedClient({1: b"x"}, folders=FOLDERS, closed={closed}), monkeypatch)

    batch = source.fetch(None)

    assert "INBOX/7/1" in [each.identity for each in batch.arrivals]
    assert batch.fault is not None
    assert batch.fault.step == "folder"
    assert closed in str(batch.fault)
    assert closed not in batch.next_cursor["folders"]


def test_what_lies_in_a_folder_that_opens_later_lay_there_at_first_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    client = ScriptedClient({1: b"x"}, folders=FOLDERS, closed={"Skräppost"})
    source = source_on(client, monkeypatch)
    first = source.fetch(None)
    second = source.fetch(first.next_cursor)

    client.closed.clear()
    third = source.fetch(second.next_cursor)
    client.messages[2] = b"y"
    fourth = source.fetch(third.next_cursor)

    assert [(each.folder, each.history) for each in third.arrivals] == [("Skräppost", True)]
    assert [(each.folder, each.history) for each in fourth.arrivals] == [("INBOX", False), ("Skräppost", False)]
    assert "unopened" not in third.next_cursor


def test_an_inbox_that_does_not_open_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_on(ScriptedClient({1: b"x"}, folders=FOLDERS, closed={"INBOX"}), monkeypatch)

    with pytest.raises(Unreachable, match="INBOX") as fault:
        source.fetch(None)

    assert fault.value.step == "folder"
