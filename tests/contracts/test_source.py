"""What every Source promises (domain.protocols.Source), tried on each implementation."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from domain.errors import Unreachable
from domain.message import Arrival, Batch, FolderRole
from domain.protocols import Source
from sandbox.imap_server import ImapServer
from tests.contracts.mailboxes import BreakableMailbox, CyrusMailbox, DovecotMailbox, FakeMailbox, SandboxMailbox
from tests.unit.sandbox.fakes import HandClock

MAILBOXES = [
    pytest.param("fake", id="fake"),
    pytest.param("sandbox", id="sandbox"),
    pytest.param("dovecot", id="dovecot", marks=pytest.mark.service("dovecot")),
    pytest.param("cyrus", id="cyrus", marks=pytest.mark.service("cyrus")),
]


@pytest.fixture
def sandbox_imap() -> Iterator[ImapServer]:
    """Run the sandbox's IMAP server."""
    server = ImapServer(HandClock())
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=MAILBOXES)
def mailbox(request: pytest.FixtureRequest) -> BreakableMailbox:
    """Give an empty mailbox of each kind."""
    if request.param == "fake":
        return FakeMailbox()
    if request.param == "sandbox":
        return SandboxMailbox(request.getfixturevalue("sandbox_imap"))
    if request.param == "cyrus":
        return CyrusMailbox(request.getfixturevalue("cyrus"))
    return DovecotMailbox(request.getfixturevalue("dovecot"))


@pytest.fixture
def source(mailbox: BreakableMailbox) -> Iterator[Source]:
    """Give a source on the mailbox."""
    source = mailbox.open()
    yield source
    source.close()


def letter(number: int) -> bytes:
    """Return a small mail that says its number."""
    return f"From: anna@example.se\r\nSubject: Brev {number}\r\n\r\nHej {number}\r\n".encode()


def number(arrival: Arrival) -> int:
    """Return the number that a letter says."""
    return int(arrival.original.rpartition(b"Hej ")[2])


def everything(source: Source, cursor: Mapping[str, Any] | None) -> tuple[list[Arrival], Mapping[str, Any]]:
    """Fetch until there is no more, as the pipeline does."""
    arrivals: list[Arrival] = []
    batch = Batch(arrivals=(), next_cursor=cursor or {}, more=True)
    while batch.more:
        batch = source.fetch(cursor)
        arrivals += batch.arrivals
        cursor = batch.next_cursor
    return arrivals, batch.next_cursor


def connected(source: Source) -> Mapping[str, Any]:
    """Connect for the first time, and return the cursor."""
    return everything(source, None)[1]


def test_each_message_comes_once_and_in_order(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver(letter(1))
    mailbox.deliver(letter(2))

    first, cursor = everything(source, cursor)
    mailbox.deliver(letter(3))
    second, cursor = everything(source, cursor)
    third, _ = everything(source, cursor)

    assert [number(each) for each in first] == [1, 2]
    assert [number(each) for each in second] == [3]
    assert third == []


def test_the_original_is_exactly_what_arrived(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    original = "From: anna@example.se\r\nSubject: Hål\r\n\r\n.å ä ö\r\n\r\n  \x7f slut  \r\n".encode()
    mailbox.deliver(original, FolderRole.junk)

    (arrival,), _ = everything(source, cursor)

    assert arrival.original == original
    assert arrival.media_type == "message/rfc822"


def test_the_cursor_is_json(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    cursor = connected(source)
    mailbox.deliver(letter(2))

    arrivals, _ = everything(source, json.loads(json.dumps(cursor)))

    assert [number(each) for each in arrivals] == [2]


def test_an_old_cursor_asked_again_gives_the_same(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver(letter(1))
    mailbox.deliver(letter(2))

    once, again = source.fetch(cursor), source.fetch(cursor)

    assert [each.identity for each in once.arrivals] == [each.identity for each in again.arrivals]
    assert once.next_cursor == again.next_cursor


def test_what_lies_there_at_first_connection_is_history(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    mailbox.deliver(letter(2), FolderRole.junk)

    before, cursor = everything(source, None)
    mailbox.deliver(letter(3))
    mailbox.deliver(letter(4), FolderRole.junk)
    after, _ = everything(source, cursor)

    assert [(number(each), each.history) for each in before] == [(1, True), (2, True)]
    assert [(number(each), each.history) for each in after] == [(3, False), (4, False)]


def test_what_arrives_while_history_is_read_is_not_history(mailbox: BreakableMailbox, source: Source) -> None:
    for each in range(51):
        mailbox.deliver(letter(each))

    first = source.fetch(None)
    mailbox.deliver(letter(51))
    mailbox.deliver(letter(52), FolderRole.junk)
    rest, _ = everything(source, first.next_cursor)

    assert all(each.history for each in first.arrivals)
    assert [(number(each), each.history) for each in rest] == [(50, True), (51, False), (52, False)]


def test_an_empty_mailbox_has_no_history(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver(letter(1))

    (arrival,), _ = everything(source, cursor)

    assert not arrival.history


def test_a_batch_holds_fifty_and_says_that_more_is_waiting(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    for each in range(101):
        mailbox.deliver(letter(each))

    batches = [source.fetch(cursor)]
    while batches[-1].more:
        batches.append(source.fetch(batches[-1].next_cursor))

    assert [len(each.arrivals) for each in batches] == [50, 50, 1]
    assert [number(each) for batch in batches for each in batch.arrivals] == list(range(101))


def test_exactly_fifty_are_no_reason_to_ask_again(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    for each in range(50):
        mailbox.deliver(letter(each))

    batch = source.fetch(cursor)

    assert (len(batch.arrivals), batch.more) == (50, False)


def test_a_full_inbox_does_not_hide_junk(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver(letter(50), FolderRole.junk)
    for each in range(50):
        mailbox.deliver(letter(each))

    arrivals, _ = everything(source, cursor)

    assert [number(each) for each in arrivals] == list(range(51))
    assert [each.role for each in arrivals[-2:]] == [FolderRole.inbox, FolderRole.junk]


def test_reading_leaves_no_trace(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    before = mailbox.flags()

    everything(source, None)
    list(source.inventory())
    source.close()

    assert mailbox.flags() == before
    assert len(before) == 1


def test_a_deleted_message_is_simply_not_there(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver(letter(1))
    mailbox.deliver(letter(2))
    mailbox.remove_first()

    arrivals, _ = everything(source, cursor)

    assert [number(each) for each in arrivals] == [2]


def test_deleting_the_last_message_does_not_bring_an_old_one_back(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    _, cursor = everything(source, None)
    mailbox.remove_first()

    arrivals, _ = everything(source, cursor)

    assert arrivals == []


def test_after_a_change_of_uidvalidity_everything_comes_again_and_not_as_history(
    mailbox: BreakableMailbox, source: Source
) -> None:
    mailbox.deliver(letter(1))
    mailbox.deliver(letter(2))
    before, cursor = everything(source, None)

    mailbox.renumber()
    after, cursor = everything(source, cursor)
    again, _ = everything(source, cursor)

    assert [number(each) for each in after] == [1, 2]
    assert not any(each.history for each in after)
    assert {each.identity for each in after}.isdisjoint(each.identity for each in before)
    assert again == []


def test_the_inventory_names_what_exists_by_the_same_identities(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    mailbox.deliver(letter(2), FolderRole.junk)
    arrivals, _ = everything(source, None)

    assert sorted(source.inventory()) == sorted(each.identity for each in arrivals)


def test_a_server_that_went_away_is_unreachable_and_then_read_on(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver(letter(1))

    mailbox.go_away()
    with pytest.raises(Unreachable) as fault:
        source.fetch(cursor)
    mailbox.come_back()
    arrivals, _ = everything(source, cursor)

    assert fault.value.step == "tcp"
    assert [number(each) for each in arrivals] == [1]


def test_a_server_that_was_restarted_between_two_fetches_is_not_noticed(
    mailbox: BreakableMailbox, source: Source
) -> None:
    cursor = connected(source)
    mailbox.go_away()
    mailbox.come_back()
    mailbox.deliver(letter(1))

    arrivals, _ = everything(source, cursor)

    assert [number(each) for each in arrivals] == [1]


def test_a_wrong_password_is_told_as_such(mailbox: BreakableMailbox) -> None:
    source = mailbox.open_with_wrong_password()

    with pytest.raises(Unreachable) as fault:
        source.fetch(None)

    assert fault.value.step == "sign_in"
    assert "fel lösenord" not in str(fault.value)


def test_a_closed_source_opens_again(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    source.close()
    mailbox.deliver(letter(1))

    arrivals, _ = everything(source, cursor)

    assert [number(each) for each in arrivals] == [1]
