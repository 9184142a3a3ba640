"""What crosses the wire of a real IMAP server: no content of personal mailboxes, no change, and no more than is needed.

And what a real server withholds, or hands over in parts.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors import imap_changes, imap_fetch
from connectors.imap import ImapSource
from domain.account import ImapConnection, Security
from domain.message import Batch
from tests.services.dovecot import Dovecot
from tests.services.recorder import Recorder, recording

pytestmark = pytest.mark.service("dovecot")

MAIL = (
    b"From: Hemlig Avs\xc3\xa4ndare <hemlig@example.se>\r\nTo: elin@exempelby.example\r\nSubject: Hemligheten\r\n"
    b"Message-ID: <hemlig-1@example.se>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\n\r\nBara mellan oss\r\n"
)

ANSWER = (
    b"From: elin@exempelby.example\r\nTo: hemlig@example.se\r\nMessage-ID: <svar@exempelby.example>\r\n"
    b"In-Reply-To: <hemlig-1@example.se>\r\nSubject: SV: Hemligheten\r\n\r\nBara mellan oss\r\n"
)

#: Every item that was asked for, such as FLAGS or BODY.PEEK[].
FETCH = re.compile(rb"UID FETCH \S+ \(([^\r\n]*)\)")

#: What would change something in a mailbox; a body without PEEK sets \\Seen.
CHANGES = re.compile(
    rb"^\S+ (?:UID )?(?:STORE|EXPUNGE|MOVE|COPY|APPEND|CREATE|DELETE|RENAME|SUBSCRIBE|CLOSE|SELECT)\b"
    rb"|BODY\[|RFC822(?!\.SIZE)",
    re.M,
)


@pytest.fixture
def wire(dovecot: Dovecot) -> Iterator[Recorder]:
    """Record what is said to Dovecot."""
    with recording(dovecot.host, dovecot.imap_port) as recorder:
        yield recorder


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """Give a new mailbox."""
    return dovecot.add_user()


def source_on(wire: Recorder, user: str, *, watch_only: bool = False) -> ImapSource:
    """Return a source that reads a mailbox over the recorder."""
    connection = ImapConnection(host="127.0.0.1", port=wire.port, security=Security.none, user=user, timeout_seconds=20)
    return ImapSource(connection, "hemligt", watch_only=watch_only)


def visit(source: ImapSource, cursor: Mapping[str, Any] | None) -> tuple[list[Batch], Mapping[str, Any]]:
    """Fetch until there is no more, and close; return the batches and the cursor."""
    batches = [source.fetch(cursor)]
    while batches[-1].more:
        batches.append(source.fetch(batches[-1].next_cursor))
    source.close()
    return batches, batches[-1].next_cursor


def items(wire: Recorder) -> set[bytes]:
    """Return what was asked for of messages."""
    return {item for asked in FETCH.findall(wire.asked) for item in asked.split(b" ")}


def test_of_a_personal_mailbox_nothing_but_uid_date_and_flags_crosses_the_wire(
    dovecot: Dovecot, wire: Recorder, user: str
) -> None:
    dovecot.deliver(user, MAIL)
    dovecot.append(user, MAIL, folder="Skräppost")
    dovecot.append(user, ANSWER, folder="Skickat")

    _, cursor = visit(source_on(wire, user, watch_only=True), None)
    dovecot.deliver(user, MAIL)
    dovecot.append(user, ANSWER, folder="Skickat")
    with dovecot.client(user) as client:
        client.select_folder("INBOX")
        client.add_flags([1], [rb"\Seen", rb"\Answered"])
    _, cursor = visit(source_on(wire, user, watch_only=True), cursor)
    dovecot.delete(user, [1])
    dovecot.change_uidvalidity(user)
    source = source_on(wire, user, watch_only=True)
    list(source.inventory())
    visit(source, source.fetch_again(cursor, ["INBOX/1/1"]))

    assert items(wire) == {b"FLAGS", b"INTERNALDATE"}
    assert b"Skickat" not in re.sub(rb"\* LIST [^\r\n]*", b"", wire.answered), "it is listed, and not opened"
    for secret in (b"Hemlig", b"hemlig@", b"hemlig-1", b"mellan oss", b"example.se", b"Subject", b"ENVELOPE"):
        assert secret not in wire.answered


def test_nothing_that_we_say_changes_a_mailbox(dovecot: Dovecot, wire: Recorder, user: str) -> None:
    for _ in range(3):
        dovecot.deliver(user, MAIL)
    dovecot.append(user, ANSWER, folder="Skickat")

    _, cursor = visit(source_on(wire, user), None)
    dovecot.append(user, ANSWER, folder="Skickat")
    dovecot.delete(user, [1])
    with dovecot.client(user) as client:
        client.select_folder("INBOX")
        client.add_flags([2], [rb"\Seen"])
    source = source_on(wire, user)
    list(source.inventory())
    visit(source, cursor)

    assert CHANGES.findall(wire.asked) == []
    assert b" EXAMINE " in wire.asked


def test_of_sent_mail_the_headers_that_count_cross_the_wire_and_no_others(
    dovecot: Dovecot, wire: Recorder, user: str
) -> None:
    _, cursor = visit(source_on(wire, user), None)
    dovecot.append(user, ANSWER, folder="Skickat")
    wire.forget()

    (batch,), _ = visit(source_on(wire, user), cursor)

    assert [each.kind for each in batch.observations] == ["sent"]
    assert b"In-Reply-To: <hemlig-1@example.se>" in wire.answered
    assert b"mellan oss" not in wire.answered
    assert b"SV: Hemligheten" not in wire.answered


def test_with_condstore_a_quiet_visit_asks_for_nothing_and_a_change_for_what_changed(
    dovecot: Dovecot, wire: Recorder, user: str
) -> None:
    for _ in range(5):
        dovecot.deliver(user, MAIL)
    _, cursor = visit(source_on(wire, user), None)

    wire.forget()
    _, cursor = visit(source_on(wire, user), cursor)
    quiet = items(wire)
    with dovecot.client(user) as client:
        client.select_folder("INBOX")
        client.add_flags([3], [rb"\Seen"])
    wire.forget()
    (batch,), _ = visit(source_on(wire, user), cursor)

    assert wire.asked.index(b"ENABLE CONDSTORE") < wire.asked.index(b"EXAMINE")
    assert quiet == set()
    assert b"UID FETCH 3 (FLAGS)" in wire.asked
    assert [each.identity.rpartition("/")[2] for each in batch.observations] == ["3"]


def test_a_great_many_changes_come_in_several_batches(
    dovecot: Dovecot, wire: Recorder, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_changes, "MOST_CHANGES", 4)
    for _ in range(10):
        dovecot.deliver(user, MAIL)
    _, cursor = visit(source_on(wire, user), None)
    with dovecot.client(user) as client:
        client.select_folder("INBOX")
        client.add_flags(list(range(1, 11)), [rb"\Seen"])
    source = source_on(wire, user)
    first = source.fetch(cursor)
    with dovecot.client(user) as client:
        client.select_folder("INBOX")
        client.add_flags([1], [rb"\Flagged"])

    rest, cursor = visit(source, first.next_cursor)
    (after,), _ = visit(source_on(wire, user), cursor)

    told = [len(each.observations) for each in (first, *rest)]
    assert told == [4, 4, 2]
    assert [(each.identity.rpartition("/")[2], each.details["flags"]) for each in after.observations] == [
        ("1", [r"\Flagged", r"\Seen"])
    ]


def test_without_condstore_older_messages_are_looked_at_in_turn(
    dovecot: Dovecot, wire: Recorder, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_changes, "EVERY_TIME", 2)
    monkeypatch.setattr(imap_changes, "RECENT", 8)
    monkeypatch.setattr("imapclient.IMAPClient.has_capability", lambda self, name: name == "AUTH=PLAIN")
    for _ in range(10):
        dovecot.deliver(user, MAIL)
    _, cursor = visit(source_on(wire, user), None)
    looked_at = []

    for _ in range(4):
        (batch,), cursor = visit(source_on(wire, user), cursor)
        looked_at.append([int(each.identity.rpartition("/")[2]) for each in batch.observations])

    assert looked_at == [[7, 8, 9, 10], [5, 6, 9, 10], [3, 4, 9, 10], [7, 8, 9, 10]]
    assert b"MODSEQ" not in wire.asked


def test_a_big_mail_comes_in_parts_and_whole(dovecot: Dovecot, wire: Recorder, user: str) -> None:
    line = b"".join(b"%064d\r\n" % number for number in range(50_000))
    big = MAIL + line
    dovecot.deliver(user, MAIL)
    dovecot.append(user, big)
    dovecot.deliver(user, MAIL)

    (batch,), _ = visit(source_on(wire, user), None)

    assert [len(each.original) > 1_000_000 for each in batch.arrivals] == [False, True, False]
    assert batch.arrivals[1].original == big
    assert max(len(part) for part in re.findall(rb"BODY\[\]<\d+> \{(\d+)\}", wire.answered)) <= len(
        str(imap_fetch.PART_BYTES)
    )
    assert wire.asked.count(b"BODY.PEEK[]<") == len(big) // imap_fetch.PART_BYTES + 1


def test_a_message_that_the_server_cannot_read_holds_up_no_other(dovecot: Dovecot, wire: Recorder, user: str) -> None:
    for number in range(5):
        dovecot.append(user, MAIL.replace(b"mellan oss", b"mellan oss %d" % number))
    broken = _file_with(dovecot, user, b"mellan oss 2")
    broken.chmod(0)

    batches, cursor = visit(source_on(wire, user), None)
    again, cursor = visit(source_on(wire, user), cursor)
    broken.chmod(0o600)
    mended, _ = visit(source_on(wire, user), cursor)

    arrived = [each.identity.rpartition("/")[2] for batch in batches for each in batch.arrivals]
    assert arrived == ["1", "2", "4", "5"]
    assert [identity.rpartition("/")[2] for identity in batches[-1].withheld] == ["3"]
    assert [each for batch in again for each in batch.arrivals] == []
    assert len(again[-1].withheld) == 1
    (arrival,) = [each for batch in mended for each in batch.arrivals]
    assert b"mellan oss 2" in arrival.original
    assert mended[-1].withheld == ()


def _file_with(dovecot: Dovecot, user: str, words: bytes) -> Path:
    """Return the file in which Dovecot keeps a mail."""
    files = (dovecot.folder / "mail" / user / "Maildir").glob("[cn]*/*")
    return next(file for file in files if words in file.read_bytes())
