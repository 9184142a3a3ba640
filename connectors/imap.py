"""Mailboxes read over IMAP: by position, in batches, without a trace in the mailbox (P3, P4)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from imapclient import IMAPClient

from connectors.imap_cursor import Position, as_cursor, positions, where_to_go_on
from connectors.imap_folder import (
    Folder,
    Withheld,
    examine,
    fetch_arrivals,
    fetch_flags,
    find_folders,
    uids_after,
)
from connectors.imap_session import connect, faults, hang_up, open_line, sign_in
from connectors.reach import connect_tcp, protection, resolve, walk
from domain.account import ImapConnection
from domain.errors import Unreachable
from domain.finding import Health
from domain.message import Arrival, Batch, FolderRole, Observation

#: Messages in one batch: one transaction's worth.
BATCH = 50


@dataclass(frozen=True, slots=True)
class _Part:
    """What one folder gave to a batch."""

    position: Position
    arrivals: tuple[Arrival, ...] = ()
    observations: tuple[Observation, ...] = ()
    more: bool = False


class ImapSource:
    """A mailbox as a Source: inbox and junk. Used by one thread at a time; the line stays open between fetches."""

    def __init__(self, connection: ImapConnection, password: str, *, watch_only: bool = False) -> None:
        """Remember the way in; nothing is opened yet.

        With `watch_only`, UID, date and flags are all that is ever fetched; they come as observations of kind `flags`.
        """
        self._connection = connection
        self._password = password
        self._watch_only = watch_only
        self._client: IMAPClient | None = None

    def fetch(self, cursor: Mapping[str, Any] | None) -> Batch:
        """Return what came after the cursor: the inbox's before junk's, each in the order of UIDs."""
        known = positions(cursor)
        parts: dict[str, _Part] = {}
        with self._conversation() as client:
            for name, role in find_folders(client, self._connection.inbox):
                folder = self._examine(client, name, role)
                start = where_to_go_on(
                    known.get(name), first=cursor is None, uidvalidity=folder.uidvalidity, uid_next=folder.uid_next
                )
                room = BATCH - sum(len(each.arrivals) + len(each.observations) for each in parts.values())
                parts[name] = self._read(client, folder, start, room)
        return Batch(
            arrivals=tuple(arrival for each in parts.values() for arrival in each.arrivals),
            observations=tuple(observation for each in parts.values() for observation in each.observations),
            # Folders that are not listed today keep their place for when they are back.
            next_cursor=as_cursor({**known, **{name: each.position for name, each in parts.items()}}),
            more=any(each.more for each in parts.values()),
        )

    def inventory(self) -> Iterator[str]:
        """Yield the identity of every message of every folder that is read."""
        with self._conversation() as client:
            folders = find_folders(client, self._connection.inbox)
        for name, role in folders:
            # A list a folder: between two identities the caller may fetch, which opens another folder.
            with self._conversation() as client:
                folder = self._examine(client, name, role)
                identities = [folder.identity(uid) for uid in uids_after(client, folder, 0)]
            yield from identities

    def close(self) -> None:
        """Say goodbye and close the line; a later fetch opens a new one."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(Unreachable), self._faults():
            client.logout()
        hang_up(client)

    def _read(self, client: IMAPClient, folder: Folder, start: Position, room: int) -> _Part:
        uids = list(islice(uids_after(client, folder, start.uid), room + 1))
        more = len(uids) > room
        uids = uids[:room]
        if not uids:
            return _Part(start, more=more)
        if self._watch_only:
            seen = fetch_flags(client, folder, uids)
            return _Part(replace(start, uid=uids[-1]), observations=tuple(seen), more=more)
        arrivals, reached = fetch_arrivals(client, folder, uids, start.history_until)
        return _Part(replace(start, uid=reached), arrivals=tuple(arrivals), more=more or reached < uids[-1])

    def _examine(self, client: IMAPClient, name: str, role: FolderRole) -> Folder:
        with opening(self._connection, name):
            return examine(client, name, role)

    @contextmanager
    def _conversation(self) -> Iterator[IMAPClient]:
        """Give a live signed-in client; after any fault the line is dropped, so that the next one starts afresh."""
        client = self._alive() or connect(self._connection, self._password)
        self._client = client
        try:
            with self._faults():
                yield client
        except BaseException:
            self._client = None
            hang_up(client)
            raise

    def _alive(self) -> IMAPClient | None:
        """Return the open client if it still answers: servers hang up on idle ones."""
        client, self._client = self._client, None
        if client is None:
            return None
        try:
            with self._faults():
                client.noop()
        except Unreachable:
            hang_up(client)
            return None
        return client

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            with answers(self._connection):
                yield
        except Withheld as withheld:
            way = self._connection
            sentence = f"{way.host}:{way.port} lists message {withheld} and does not hand it over: look at it there"
            raise Unreachable("protocol", sentence) from None


class ImapProbe:
    """Tries every step of the way into a mailbox: name, tcp, tls, sign_in, folder."""

    def __init__(self, connection: ImapConnection, password: str) -> None:
        """Remember the way in; nothing is opened yet."""
        self._connection = connection
        self._password = password

    def probe(self) -> Health:
        """Try the steps in order, up to the first that fails; nothing in the mailbox changes."""
        way, opened = self._connection, list[IMAPClient]()
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            ("name", lambda: resolve(way.host, way.port)),
            ("tcp", lambda: connect_tcp(way.host, way.port, way.timeout_seconds)),
            ("tls", lambda: self._protect(opened)),
            ("sign_in", lambda: self._sign_in(opened[0])),
            ("folder", lambda: self._look(opened[0])),
        )
        try:
            return walk(steps)
        finally:
            for client in opened:
                hang_up(client)

    def _protect(self, opened: list[IMAPClient]) -> str:
        opened.append(open_line(self._connection))
        return protection(self._connection.security)

    def _sign_in(self, client: IMAPClient) -> str:
        sign_in(client, self._connection, self._password)
        return f"{self._connection.user} may sign in"

    def _look(self, client: IMAPClient) -> str:
        with answers(self._connection):
            folders = find_folders(client, self._connection.inbox)
        for name, role in folders:
            with opening(self._connection, name):
                examine(client, name, role)
        return f"Read: {', '.join(name for name, _ in folders)}"


def opening(connection: ImapConnection, name: str) -> AbstractContextManager[None]:
    """Say of a folder that does not open what to check."""
    sentence = f"{connection.user} cannot open the folder {name}: check its name, and that the user may read it"
    return faults(connection, "folder", sentence)


def answers(connection: ImapConnection) -> AbstractContextManager[None]:
    """Say of a no to an ordinary command whom to ask."""
    sentence = f"{connection.host}:{connection.port} refused a command that it should know: ask its operator"
    return faults(connection, "protocol", sentence)
