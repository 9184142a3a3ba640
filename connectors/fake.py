"""Connectors without a wire: they keep everything in memory, obey the same contracts and fail on demand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from connectors.imap_cursor import as_cursor, positions, where_to_go_on
from domain.errors import SendFailed, SendRefused, SendUncertain, Unreachable
from domain.finding import Health
from domain.message import Arrival, Batch, FolderRole
from domain.outgoing import Found, Receipt, Rendered
from domain.protocols import Clock

#: Messages in one batch, as from the real sources.
BATCH = 50


@dataclass
class _Folder:
    role: FolderRole
    uidvalidity: int = 1
    uid_next: int = 1
    originals: dict[int, Arrival] = field(default_factory=dict)


class FakeSource:
    """A mailbox in memory as a Source: fill it with `put`, break it with `fail`, mend it with `recover`."""

    def __init__(self) -> None:
        """Start with an empty inbox and an empty junk folder."""
        self._folders = {"INBOX": _Folder(FolderRole.inbox), "Junk": _Folder(FolderRole.junk)}
        self._fault: Unreachable | None = None
        #: How often it was fetched from, faults included.
        self.fetches = 0

    def put(
        self,
        original: bytes,
        *,
        at: datetime = datetime(2026, 11, 24, 8, 12, tzinfo=UTC),
        role: FolderRole = FolderRole.inbox,
        flags: frozenset[str] = frozenset(),
        media_type: str = "message/rfc822",
    ) -> str:
        """Let a message arrive, and return its identity."""
        name, folder = next((name, each) for name, each in self._folders.items() if each.role is role)
        uid, folder.uid_next = folder.uid_next, folder.uid_next + 1
        identity = f"{name}/{folder.uidvalidity}/{uid}"
        folder.originals[uid] = Arrival(
            identity=identity,
            original=original,
            media_type=media_type,
            provider_at=at,
            folder=name,
            role=role,
            flags=flags,
        )
        return identity

    def remove(self, identity: str) -> None:
        """Delete a message, as a person would. Raises KeyError when there is none."""
        name, _, uid = identity.split("/")
        del self._folders[name].originals[int(uid)]

    def renumber(self) -> None:
        """Change every UIDVALIDITY: the same messages, each with a new identity."""
        for name, folder in self._folders.items():
            kept = list(folder.originals.values())
            fresh = _Folder(folder.role, uidvalidity=folder.uidvalidity + 1)
            self._folders[name] = fresh
            for each in kept:
                self.put(each.original, at=each.provider_at, role=each.role, flags=each.flags)

    def flags(self) -> list[frozenset[str]]:
        """Return the flags of every message of the inbox, oldest first."""
        return [each.flags for _, each in sorted(self._folders["INBOX"].originals.items())]

    def fail(self, fault: Unreachable) -> None:
        """Raise this at every visit from now on."""
        self._fault = fault

    def recover(self) -> None:
        """Work again."""
        self._fault = None

    def fetch(self, cursor: Mapping[str, Any] | None) -> Batch:
        """Return what came after the cursor; see `Source.fetch`."""
        self.fetches += 1
        self._answer()
        reached = positions(cursor)
        arrivals: list[Arrival] = []
        more = False
        for name, folder in self._folders.items():
            start = where_to_go_on(
                reached.get(name), first=cursor is None, uidvalidity=folder.uidvalidity, uid_next=folder.uid_next
            )
            waiting = (uid for uid in sorted(folder.originals) if uid > start.uid)
            room = BATCH - len(arrivals)
            uids = list(islice(waiting, room + 1))
            more = more or len(uids) > room
            arrivals += [replace(folder.originals[uid], history=uid <= start.history_until) for uid in uids[:room]]
            reached[name] = replace(start, uid=max(uids[:room], default=start.uid))
        return Batch(arrivals=tuple(arrivals), next_cursor=as_cursor(reached), more=more)

    def inventory(self) -> Iterator[str]:
        """Yield the identity of every message."""
        self._answer()
        yield from [each.identity for folder in self._folders.values() for each in folder.originals.values()]

    def close(self) -> None:
        """Do nothing: there is no line."""

    def _answer(self) -> None:
        if self._fault is not None:
            # A new one each time: an exception that is raised again keeps its old traceback.
            raise Unreachable(self._fault.step, str(self._fault))


class Trouble(StrEnum):
    """Where a FakeSink breaks."""

    #: No way to the server, or a no for now, before the wire took anything.
    failed = "failed"
    #: A no for good, before the wire took anything.
    refused = "refused"
    #: A no for now, after `before_wire`.
    failed_on_wire = "failed_on_wire"
    #: A no for good, after `before_wire`.
    refused_on_wire = "refused_on_wire"
    #: The line breaks after `before_wire`, and the message is lost.
    lost = "lost"
    #: The line breaks after `before_wire`, and the message has gone.
    gone = "gone"


class FakeSink:
    """A way out in memory as a Sink: what it took stands in `sent`."""

    def __init__(self, clock: Clock, *, can_tell: bool = False) -> None:
        """Start well, with nothing sent; with `can_tell`, `find_sent` knows what went."""
        self._clock = clock
        self._can_tell = can_tell
        #: Everything that was taken, in order.
        self.sent: list[Rendered] = []
        #: Where it breaks, at every send until it is None again.
        self.trouble: Trouble | None = None

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        """Take one message, or break where `trouble` says; see `Sink.send`."""
        if self.trouble is Trouble.failed:
            raise SendFailed("The fake sink was told to fail before the wire")
        if self.trouble is Trouble.refused:
            raise SendRefused("The fake sink was told to refuse before the wire")
        before_wire()
        self._break_on_wire(rendered)
        self.sent.append(rendered)
        return Receipt(accepted_at=self._clock.now(), provider_id=f"fake {len(self.sent)}")

    def find_sent(self, rendered: Rendered) -> Found:
        """Say whether it went, where it can tell."""
        if not self._can_tell:
            return Found.cannot_tell
        return Found.found if any(each.message_id == rendered.message_id for each in self.sent) else Found.not_found

    def close(self) -> None:
        """Do nothing: there is no line."""

    def _break_on_wire(self, rendered: Rendered) -> None:
        match self.trouble:
            case Trouble.failed_on_wire:
                raise SendFailed("The fake sink was told to fail on the wire")
            case Trouble.refused_on_wire:
                raise SendRefused("The fake sink was told to refuse on the wire")
            case Trouble.lost:
                raise SendUncertain("The fake sink was told to lose the message")
            case Trouble.gone:
                self.sent.append(rendered)
                raise SendUncertain("The fake sink was told to break after it took the message")


@dataclass(frozen=True)
class FakeProbe:
    """A Probe that finds what it was made with."""

    health: Health = Health(ok=True, steps=(("name", True, "In memory"),))

    def probe(self) -> Health:
        """Return the health."""
        return self.health
