"""What a source says when the server behaves oddly."""

import imaplib

import pytest

from connectors.imap import ImapSource
from domain.account import ImapConnection
from domain.errors import Unreachable
from tests.unit.connectors.scripted import ScriptedClient

WAY = ImapConnection(host="imap.example", user="kc")


def source_on(client: ScriptedClient, monkeypatch: pytest.MonkeyPatch) -> ImapSource:
    """Return a source whose line leads to this client."""
    monkeypatch.setattr("connectors.imap.connect", lambda connection, password: client)
    return ImapSource(WAY, "hemligt")


def test_a_withheld_message_is_named_so_that_somebody_can_look_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_on(ScriptedClient({3: None}), monkeypatch)

    with pytest.raises(Unreachable) as fault:
        source.fetch(None)

    assert fault.value.step == "protocol"
    assert "INBOX/7/3" in str(fault.value)


def test_what_lies_before_a_withheld_message_is_delivered_first(monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_on(ScriptedClient({1: b"x", 2: None, 3: b"x"}), monkeypatch)

    batch = source.fetch(None)

    assert [each.identity for each in batch.arrivals] == ["INBOX/7/1"]
    assert batch.more
    with pytest.raises(Unreachable, match="INBOX/7/2"):
        source.fetch(batch.next_cursor)


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
    assert batch.next_cursor["folders"]["INBOX"] == {"uidvalidity": 7, "uid": 1, "history_until": 0}
