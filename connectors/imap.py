"""Mailboxes read over IMAP: by position, in batches, without a trace in the mailbox (P3, P4)."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from imapclient import IMAPClient

from connectors.ends import what_ends
from connectors.imap_cursor import Position, as_cursor, owed_again, positions, where_to_go_on
from connectors.imap_folder import Folder, examine, find_folders, uids_after
from connectors.imap_reading import Care, Part, Withheld, read_mail, read_sent, read_signs
from connectors.imap_session import BrokenOff, answers, connect, hang_up, opening
from connectors.oauth import Credential
from domain.account import ImapConnection
from domain.errors import Unreachable
from domain.message import Batch, FolderRole


class ImapSource:
    """A mailbox as a Source: inbox, junk, and the headers of Sent.

    Used by one thread at a time; the line stays open between fetches.
    """

    def __init__(self, connection: ImapConnection, password: Credential, *, watch_only: bool = False) -> None:
        """Remember the way in; nothing is opened yet.

        With `watch_only`, UID, date and flags are all that is ever fetched; they come as observations of kind `flags`.
        """
        self._connection = connection
        self._password = password
        self._watch_only = watch_only
        self._client: IMAPClient | None = None
        self._found: list[tuple[str, FolderRole]] = []
        self._care = Care()
        #: What was seen to end as the line was opened, until it has been told.
        self._ends: tuple[tuple[str, datetime], ...] | None = None

    def fetch(self, cursor: Mapping[str, Any] | None) -> Batch:
        """Return what came after the cursor: answers first, then the inbox before junk, each in the order of UIDs.

        A message at which the server breaks off is found by asking for one at a time, and is owed from then on.
        """
        while True:
            try:
                batch = self._fetch(cursor)
            except BrokenOff:
                if not self._care.learn():
                    raise
            else:
                self._care.went_well()
                return batch

    def inventory(self) -> Iterator[str]:
        """Yield the identity of every message of the inbox and of junk."""
        with self._conversation() as client:
            folders = [(name, role) for name, role in self._folders(client) if role is not FolderRole.sent]
        for name, role in folders:
            # A list a folder: between two identities the caller may fetch, which opens another folder.
            with self._conversation() as client:
                folder = self._examine(client, name, role)
                identities = [folder.identity(uid) for uid in uids_after(client, folder, 0)]
            yield from identities

    def fetch_again(self, cursor: Mapping[str, Any], identities: Collection[str]) -> Mapping[str, Any]:
        """Return a cursor by which these come once more; those of an earlier UIDVALIDITY are passed over."""
        return {**cursor, **as_cursor(owed_again(positions(cursor), identities))}

    def close(self) -> None:
        """Say goodbye and close the line; a later fetch opens a new one, and asks again for what was withheld."""
        client, self._client = self._client, None
        self._care, self._found = Care(), []
        if client is None:
            return
        with suppress(Unreachable), self._faults():
            client.logout()
        hang_up(client)

    def _fetch(self, cursor: Mapping[str, Any] | None) -> Batch:
        known = positions(cursor)
        parts: dict[str, Part] = {}
        unopened = set((cursor or {}).get("unopened", ()))
        fault: Unreachable | None = None
        with self._conversation() as client:
            for name, role in self._folders(client):
                if name in known and any(each.more for each in parts.values()):
                    # It is read when nothing more waits before it.
                    continue
                room = self._care.room - sum(len(each.arrivals) for each in parts.values())
                try:
                    folder = self._examine(client, name, role)
                except Unreachable as error:
                    if error.step != "folder" or role is FolderRole.inbox:
                        raise
                    fault = error
                    unopened |= {name} if cursor is None else set()
                    continue
                start = _start(known.get(name), folder, first=cursor is None or name in unopened)
                unopened.discard(name)
                parts[name] = self._read(client, folder, start, max(room, 0))
                if role is FolderRole.sent and parts[name].more:
                    # What is answered already must be known before it is decided.
                    break
        ends, self._ends = self._ends, None
        return replace(_batch(known, parts, fault, unopened), ends=ends)

    def _read(self, client: IMAPClient, folder: Folder, start: Position, room: int) -> Part:
        if folder.role is FolderRole.sent:
            return read_sent(client, folder, start)
        if self._watch_only:
            return read_signs(client, folder, start)
        return read_mail(client, folder, start, room, self._care)

    def _folders(self, client: IMAPClient) -> list[tuple[str, FolderRole]]:
        """Return what is read, sent mail first; of a `watch_only` account it would be content. Asked once a visit."""
        if not self._found:
            found = find_folders(client, self._connection)
            sent = [] if self._watch_only else [each for each in found if each[1] is FolderRole.sent]
            self._found = sent + [each for each in found if each[1] is not FolderRole.sent]
        return self._found

    def _examine(self, client: IMAPClient, name: str, role: FolderRole) -> Folder:
        with opening(self._connection, name):
            folder = examine(client, name, role)
        return folder if client.has_capability("CONDSTORE") else replace(folder, modseq=0)

    @contextmanager
    def _conversation(self) -> Iterator[IMAPClient]:
        """Give a live signed-in client; after any fault the line is dropped, so that the next one starts afresh."""
        client = self._alive() or connect(self._connection, self._password)
        fresh, self._client = self._client is None, client
        try:
            with self._faults():
                if fresh:
                    _count_changes(client)
                    self._ends = what_ends([client.socket()], self._connection.host, self._password)
                yield client
        except BaseException:
            self._client = None
            hang_up(client)
            raise

    def _alive(self) -> IMAPClient | None:
        """Return the open client if it still answers: servers hang up on idle ones."""
        client = self._client
        if client is None:
            return None
        try:
            with self._faults():
                client.noop()
        except Unreachable:
            self._client = None
            hang_up(client)
            return None
        return client

    @contextmanager
    def _faults(self) -> Iterator[None]:
        way = self._connection
        try:
            with answers(way):
                yield
        except Withheld as withheld:
            sentence = (
                f"{way.host}:{way.port} lists message {withheld} and many others and does not hand them over: "
                "ask its operator"
            )
            raise Unreachable("protocol", sentence) from None


def _count_changes(client: IMAPClient) -> None:
    """Ask the server to count changes, which must be done before a folder is opened (RFC 7162 section 3.1)."""
    if client.has_capability("CONDSTORE") and client.has_capability("ENABLE"):
        client.enable("CONDSTORE")


def _start(known: Position | None, folder: Folder, *, first: bool) -> Position:
    start = where_to_go_on(known, first=first, uidvalidity=folder.uidvalidity, uid_next=folder.uid_next)
    if start is known:
        return start
    if folder.role is FolderRole.sent and first:
        # What people answered before we came is nobody's business.
        return replace(start, uid=start.history_until)
    # Changes during a catch-up of many batches are told at its end.
    return replace(start, modseq=folder.modseq)


def _batch(
    known: Mapping[str, Position], parts: Mapping[str, Part], fault: Unreachable | None, unopened: Collection[str]
) -> Batch:
    # Folders that are not listed today keep their place for when they are back.
    cursor = as_cursor({**known, **{name: each.position for name, each in parts.items()}})
    if unopened:
        # What lies in a folder that did not open at first connection is history all the same (P14).
        cursor["unopened"] = sorted(unopened)
    return Batch(
        arrivals=tuple(arrival for each in parts.values() for arrival in each.arrivals),
        observations=tuple(observation for each in parts.values() for observation in each.observations),
        listings=tuple(each.listing for each in parts.values() if each.listing is not None),
        withheld=tuple(
            f"{name}/{each.position.uidvalidity}/{uid}" for name, each in parts.items() for uid in each.position.owed
        ),
        next_cursor=cursor,
        more=any(each.more for each in parts.values()),
        fault=fault,
    )
