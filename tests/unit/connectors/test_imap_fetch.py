"""What is fetched of a folder when the server behaves oddly."""

import imaplib

import pytest

from connectors import imap_fetch
from connectors.imap_fetch import UNKNOWN_TIME, Fetched, fetch_arrivals
from connectors.imap_folder import Folder
from domain.message import FolderRole
from tests.unit.connectors.scripted import ScriptedClient


def folder(uid_next: int = 10) -> Folder:
    """Return an open inbox."""
    return Folder("INBOX", FolderRole.inbox, uidvalidity=7, uid_next=uid_next)


def identities(fetched: Fetched) -> list[str]:
    """Return what arrived."""
    return [each.identity for each in fetched.arrivals]


@pytest.mark.parametrize("says_no", [True, False])
@pytest.mark.parametrize("vanished", [{1}, {2}, {1, 2, 3}])
def test_what_vanished_before_the_fetch_is_simply_not_there(says_no: bool, vanished: set[int]) -> None:
    client = ScriptedClient(dict.fromkeys((1, 2, 3), b"x"), vanished=vanished, says_no=says_no)

    fetched = fetch_arrivals(client, folder(), [1, 2, 3], 0)

    assert identities(fetched) == [f"INBOX/7/{uid}" for uid in (1, 2, 3) if uid not in vanished]
    assert (fetched.reached, fetched.withheld) == (3, ())


def test_a_withheld_message_is_named_and_the_others_come() -> None:
    client = ScriptedClient({1: b"x", 2: b"x", 3: None, 4: b"x"})

    fetched = fetch_arrivals(client, folder(), [1, 2, 3, 4], 0)

    assert identities(fetched) == ["INBOX/7/1", "INBOX/7/2", "INBOX/7/4"]
    assert (fetched.reached, fetched.withheld) == (4, (3,))


def test_a_message_that_is_refused_does_not_stand_in_front_of_the_others() -> None:
    client = ScriptedClient(dict.fromkeys((1, 2, 3), b"x"), refused={2})

    fetched = fetch_arrivals(client, folder(), [1, 2, 3], 0)

    assert identities(fetched) == ["INBOX/7/1", "INBOX/7/3"]
    assert fetched.withheld == (2,)


def test_a_server_that_refuses_everything_withholds_nothing_in_particular() -> None:
    client = ScriptedClient(dict.fromkeys((1, 2), b"x"), refused={1, 2}, refuses_flags=True)

    with pytest.raises(imaplib.IMAP4.error):
        fetch_arrivals(client, folder(), [1, 2], 0)


def test_what_is_not_to_be_asked_for_counts_as_withheld() -> None:
    client = ScriptedClient(dict.fromkeys((1, 2, 3), b"x"))

    fetched = fetch_arrivals(client, folder(), [1, 2, 3], 0, ask=[1, 3])

    assert identities(fetched) == ["INBOX/7/1", "INBOX/7/3"]
    assert fetched.withheld == (2,)
    assert client.fetched == [[2], [1, 3], [1, 3]], "only its flags"


def test_originals_too_big_to_hold_together_come_in_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_fetch, "BATCH_BYTES", 100)
    client = ScriptedClient({1: b"x" * 60, 2: b"x" * 40, 3: b"x", 4: b"x" * 500})

    first = fetch_arrivals(client, folder(), [1, 2, 3, 4], 0)
    alone = fetch_arrivals(client, folder(), [4], 0)

    assert ([len(each.original) for each in first.arrivals], first.reached) == ([60, 40], 2)
    assert ([len(each.original) for each in alone.arrivals], alone.reached) == ([500], 4)


@pytest.mark.parametrize("size", [11, 19, 20, 21, 30])
@pytest.mark.parametrize("told", [11, 30, 3_000])
@pytest.mark.parametrize("nil", [True, False])
def test_a_big_mail_comes_in_parts_whatever_size_the_server_tells(
    monkeypatch: pytest.MonkeyPatch, size: int, told: int, nil: bool
) -> None:
    monkeypatch.setattr(imap_fetch, "PART_BYTES", 10)
    big = bytes(range(size))
    client = ScriptedClient({1: b"a", 2: big, 3: b"c"}, sizes={2: told}, nil_past_end=nil)

    fetched = fetch_arrivals(client, folder(), [1, 2, 3], 0)

    assert [each.original for each in fetched.arrivals] == [b"a", big, b"c"]
    assert "FETCH BODY.PEEK[]<10.10>" in client.asked


def test_a_mail_without_end_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_fetch, "PART_BYTES", 10)
    monkeypatch.setattr(imap_fetch, "MOST_BYTES", 100)
    client = ScriptedClient({1: b"x" * 200, 2: b"y"})

    fetched = fetch_arrivals(client, folder(), [1, 2], 0)

    assert [each.original for each in fetched.arrivals] == [b"y"]
    assert fetched.withheld == (1,)


def test_a_date_that_cannot_be_read_sorts_first() -> None:
    client = ScriptedClient({1: b"x"}, date=None)

    (arrival,) = fetch_arrivals(client, folder(), [1], 0).arrivals

    assert arrival.provider_at == UNKNOWN_TIME


def test_history_ends_at_its_last_uid() -> None:
    client = ScriptedClient(dict.fromkeys((1, 2, 3), b"x"))

    fetched = fetch_arrivals(client, folder(), [1, 2, 3], 2)

    assert [each.history for each in fetched.arrivals] == [True, True, False]
