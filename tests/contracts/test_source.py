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
    mailbox.deliver_many(map(letter, range(101)))

    first = source.fetch(None)
    mailbox.deliver(letter(101))
    mailbox.deliver(letter(102), FolderRole.junk)
    rest, _ = everything(source, first.next_cursor)

    assert all(each.history for each in first.arrivals)
    assert [(number(each), each.history) for each in rest] == [(100, True), (101, False), (102, False)]


def test_an_empty_mailbox_has_no_history(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver(letter(1))

    (arrival,), _ = everything(source, cursor)

    assert not arrival.history


def test_a_batch_holds_a_hundred_and_says_that_more_is_waiting(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver_many(map(letter, range(201)))

    batches = [source.fetch(cursor)]
    while batches[-1].more:
        batches.append(source.fetch(batches[-1].next_cursor))

    assert [len(each.arrivals) for each in batches] == [100, 100, 1]
    assert [number(each) for batch in batches for each in batch.arrivals] == list(range(201))


def test_exactly_fifty_are_no_reason_to_ask_again(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver_many(map(letter, range(50)))

    batch = source.fetch(cursor)

    assert (len(batch.arrivals), batch.more) == (50, False)


def test_a_full_inbox_does_not_hide_junk(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver(letter(50), FolderRole.junk)
    mailbox.deliver_many(map(letter, range(50)))

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


def visit(source: Source, cursor: Mapping[str, Any] | None) -> tuple[Batch, Mapping[str, Any]]:
    """Fetch until there is no more; return everything in one batch, and the cursor."""
    batches = [source.fetch(cursor)]
    while batches[-1].more:
        batches.append(source.fetch(batches[-1].next_cursor))
    whole = Batch(
        arrivals=tuple(each for batch in batches for each in batch.arrivals),
        observations=tuple(each for batch in batches for each in batch.observations),
        listings=tuple(each for batch in batches for each in batch.listings),
        withheld=batches[-1].withheld,
    )
    return whole, batches[-1].next_cursor


def flags_told(batch: Batch) -> dict[str, set[str]]:
    """Return the flags that were told of each message; Recent belongs to the conversation."""
    return {
        each.identity: set(each.details["flags"]) - {"\\Recent"} for each in batch.observations if each.kind == "flags"
    }


def sent_told(batch: Batch) -> list[str]:
    """Return the headers of what was sent."""
    return [each.details["headers"] for each in batch.observations if each.kind == "sent"]


def test_a_change_of_flags_is_told(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver(letter(1))
    mailbox.deliver(letter(2))
    arrived, cursor = visit(source, cursor)
    first, second = (each.identity for each in arrived.arrivals)

    mailbox.set_flags(0, "\\Seen", "\\Answered")
    changed, cursor = visit(source, cursor)
    mailbox.set_flags(0, "\\Seen")
    mailbox.set_flags(1, "\\Flagged", "Klart")
    again, cursor = visit(source, cursor)

    assert flags_told(changed)[first] == {"\\Seen", "\\Answered"}
    assert flags_told(changed).get(second, set()) == set()
    assert flags_told(again)[first] == {"\\Seen"}
    assert {flag.lower() for flag in flags_told(again)[second]} == {"\\flagged", "klart"}
    assert changed.arrivals == again.arrivals == ()


def test_a_change_is_told_also_by_a_source_that_was_opened_anew(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    arrived, cursor = visit(source, None)
    source.close()
    mailbox.set_flags(0, "\\Seen")

    fresh = mailbox.open()
    changed, _ = visit(fresh, json.loads(json.dumps(cursor)))
    fresh.close()

    assert flags_told(changed) == {arrived.arrivals[0].identity: {"\\Seen"}}


def test_a_change_during_a_catch_up_is_told_at_its_end(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver_many(map(letter, range(60)))
    first = source.fetch(cursor)
    mailbox.set_flags(3, "\\Answered")

    rest, _ = visit(source, first.next_cursor)

    assert flags_told(rest)[first.arrivals[3].identity] == {"\\Answered"}


def test_many_changes_at_once_are_all_told(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver_many(map(letter, range(30)))
    arrived, cursor = visit(source, cursor)

    for place in range(30):
        mailbox.set_flags(place, "\\Seen")
    changed, _ = visit(source, cursor)

    assert set(flags_told(changed)) == {each.identity for each in arrived.arrivals}
    assert all(flags == {"\\Seen"} for flags in flags_told(changed).values())


def test_what_disappears_is_missing_from_a_listing_of_its_folder(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver_many(map(letter, range(3)))
    arrived, cursor = visit(source, cursor)
    before, cursor = visit(source, cursor)

    mailbox.remove_first()
    mailbox.deliver(letter(3))
    after, cursor = visit(source, cursor)
    later, _ = visit(source, cursor)

    there = {each.identity for each in arrived.arrivals[1:] + after.arrivals}
    assert (before.listings, later.listings) == ((), ())
    assert [(each.folder, set(each.identities)) for each in after.listings] == [("INBOX", there)]


def test_what_disappears_while_as_much_arrives_is_noticed(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    arrived, cursor = visit(source, None)

    mailbox.remove_first()
    mailbox.deliver(letter(2))
    after, _ = visit(source, cursor)

    assert arrived.arrivals[0].identity not in after.listings[0].identities
    assert {each.identity for each in after.arrivals} == after.listings[0].identities


def test_a_mail_that_is_moved_arrives_where_it_is_and_is_gone_where_it_was(
    mailbox: BreakableMailbox, source: Source
) -> None:
    mailbox.deliver(letter(1))
    before, cursor = visit(source, None)

    mailbox.move_first()
    after, _ = visit(source, cursor)

    (moved,) = after.arrivals
    assert moved.role is FolderRole.junk
    assert moved.original == before.arrivals[0].original
    assert [(each.folder, each.identities) for each in after.listings] == [("INBOX", frozenset())]


def test_after_a_change_of_uidvalidity_the_folder_is_listed(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    _, cursor = visit(source, None)

    mailbox.renumber()
    after, cursor = visit(source, cursor)
    later, _ = visit(source, cursor)

    inbox = [each.identities for each in after.listings if each.folder == "INBOX"]
    assert inbox == [frozenset(each.identity for each in after.arrivals)]
    assert later.listings == ()


ANSWER = (
    b"From: kc@exempelby.example\r\nTo: anna@example.se\r\nMessage-ID: <svar@exempelby.example>\r\n"
    b"In-Reply-To: <1@example.se>\r\nReferences: <0@example.se>\r\n <1@example.se>\r\nX-Annat: ja\r\n\r\n"
    b"Bara mellan oss\r\n"
)


def test_of_what_was_sent_the_headers_are_told_and_it_does_not_arrive(
    mailbox: BreakableMailbox, source: Source
) -> None:
    cursor = connected(source)

    mailbox.send(ANSWER)
    batch, cursor = visit(source, cursor)
    later, _ = visit(source, cursor)

    (headers,) = sent_told(batch)
    assert batch.arrivals == later.arrivals == ()
    assert sent_told(later) == []
    assert "In-Reply-To: <1@example.se>" in headers
    assert "anna@example.se" in headers
    assert "mellan oss" not in headers


def test_what_was_sent_before_the_first_connection_is_not_told(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.send(ANSWER)

    first, cursor = visit(source, None)
    mailbox.send(ANSWER.replace(b"<svar@", b"<svar-2@"))
    second, _ = visit(source, cursor)

    assert sent_told(first) == []
    assert ["<svar-2@" in each for each in sent_told(second)] == [True]


def test_an_answer_is_told_no_later_than_what_it_answers(mailbox: BreakableMailbox, source: Source) -> None:
    cursor = connected(source)
    mailbox.deliver_many(map(letter, range(60)))
    mailbox.send(ANSWER)

    first = source.fetch(cursor)

    assert len(sent_told(first)) == 1


def test_what_is_asked_for_again_comes_again(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver_many(map(letter, range(4)))
    mailbox.deliver(letter(4), FolderRole.junk)
    arrived, cursor = visit(source, None)
    missed = [arrived.arrivals[place].identity for place in (1, 2, 4)]

    again, cursor = visit(source, source.fetch_again(cursor, missed))
    later, _ = visit(source, cursor)

    assert [each.identity for each in again.arrivals] == missed
    assert all(each.history for each in again.arrivals)
    assert later.arrivals == ()


def test_what_is_asked_for_again_and_is_gone_is_simply_not_there(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    arrived, cursor = visit(source, None)
    mailbox.remove_first()

    again, _ = visit(source, source.fetch_again(cursor, [arrived.arrivals[0].identity, "Borta/1/1"]))

    assert (again.arrivals, again.withheld) == ((), ())


def test_of_a_watch_only_account_only_date_and_flags_are_told(mailbox: BreakableMailbox) -> None:
    mailbox.deliver(letter(1))
    source = mailbox.open(watch_only=True)

    first, cursor = visit(source, None)
    mailbox.deliver(letter(2), FolderRole.junk)
    mailbox.set_flags(0, "\\Seen")
    mailbox.send(ANSWER)
    second, cursor = visit(source, cursor)
    mailbox.remove_first()
    third, _ = visit(source, cursor)
    source.close()

    assert first.arrivals == second.arrivals == third.arrivals == ()
    assert [sorted(each.details) for each in first.observations] == [["at", "flags", "history", "role"]]
    assert first.observations[0].details["history"]
    new = next(each for each in second.observations if each.details["role"] == "junk")
    assert not new.details["history"]
    assert flags_told(second)[first.observations[0].identity] == {"\\Seen"}
    assert sent_told(second) == []
    assert [each.identities for each in third.listings] == [frozenset()]


def test_noticing_what_people_do_leaves_no_trace(mailbox: BreakableMailbox, source: Source) -> None:
    mailbox.deliver(letter(1))
    mailbox.deliver(letter(2))
    _, cursor = visit(source, None)
    mailbox.set_flags(0, "\\Seen")
    mailbox.send(ANSWER)
    before = mailbox.flags()

    _, cursor = visit(source, cursor)
    visit(source, cursor)
    source.close()

    assert mailbox.flags() == before
