"""Connectors without a wire: they keep everything in memory, obey the same contracts and fail on demand."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from connectors.fake_folder import FakeFolder, FakePart
from connectors.imap_cursor import Position, as_cursor, owed_again, positions
from domain.errors import SendFailed, SendRefused, SendUncertain, Unreachable
from domain.finding import Health
from domain.message import Arrival, Batch, FolderRole
from domain.outgoing import CANNOT_TELL, NO_TRACE, Found, Receipt, Rendered, Trace
from domain.protocols import Clock

#: Messages in one batch, as from the real sources.
BATCH = 100


class FakeSource:
    """A mailbox in memory as a Source: fill it with `put`, break it with `fail`, mend it with `recover`."""

    def __init__(self, *, watch_only: bool = False) -> None:
        """Start with an empty inbox, an empty junk folder and nothing sent."""
        self._folders = {
            "Sent": FakeFolder("Sent", FolderRole.sent),
            "INBOX": FakeFolder("INBOX", FolderRole.inbox),
            "Junk": FakeFolder("Junk", FolderRole.junk),
        }
        #: True: only date and flags are given.
        self.watch_only = watch_only
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
        """Let a message arrive, or be sent, and return its identity."""
        arrival = Arrival(identity="", original=original, media_type=media_type, provider_at=at, flags=flags)
        return self._folder(role).add(arrival)

    def remove(self, identity: str) -> None:
        """Delete a message, as a person would. Raises KeyError when there is none."""
        self._named(identity).take(_uid(identity))

    def move(self, identity: str, role: FolderRole) -> str:
        """Move a message, as a person would, and return its new identity. Raises KeyError when there is none."""
        return self._folder(role).add(self._named(identity).take(_uid(identity)))

    def set_flags(self, identity: str, *flags: str) -> None:
        """Change a message's flags, as a person would. Raises KeyError when there is none."""
        self._named(identity).set_flags(_uid(identity), frozenset(flags))

    def withhold(self, identity: str) -> None:
        """List a message and not hand it over, until `hand_over`."""
        self._named(identity).withheld.add(_uid(identity))

    def hand_over(self, identity: str) -> None:
        """Hand over what was withheld."""
        self._named(identity).withheld.discard(_uid(identity))

    def renumber(self) -> None:
        """Change every UIDVALIDITY: the same messages, each with a new identity."""
        for folder in self._folders.values():
            folder.renumber()

    def flags(self) -> list[frozenset[str]]:
        """Return the flags of every message of the inbox, oldest first."""
        return [each.flags for _, each in sorted(self._folders["INBOX"].mails.items())]

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
        known = positions(cursor)
        parts: dict[str, FakePart] = {}
        for name, folder in self._folders.items():
            if self.watch_only and folder.role is FolderRole.sent:
                continue
            room = BATCH - sum(len(each.arrivals) for each in parts.values())
            parts[name] = self._read(folder, folder.start(known.get(name), first=cursor is None), room)
        return Batch(
            arrivals=tuple(arrival for each in parts.values() for arrival in each.arrivals),
            observations=tuple(observation for each in parts.values() for observation in each.observations),
            listings=tuple(each.listing for each in parts.values() if each.listing is not None),
            withheld=tuple(
                self._folders[name].identity(uid) for name, each in parts.items() for uid in each.position.owed
            ),
            next_cursor=as_cursor({**known, **{name: each.position for name, each in parts.items()}}),
            more=any(each.more for each in parts.values()),
        )

    def inventory(self) -> Iterator[str]:
        """Yield the identity of every message of the inbox and of junk."""
        self._answer()
        read = [folder for folder in self._folders.values() if folder.role is not FolderRole.sent]
        yield from [folder.identity(uid) for folder in read for uid in list(folder.mails)]

    def fetch_again(self, cursor: Mapping[str, Any], identities: Collection[str]) -> Mapping[str, Any]:
        """Return a cursor by which these come once more; see `Source.fetch_again`."""
        return {**cursor, **as_cursor(owed_again(positions(cursor), identities))}

    def close(self) -> None:
        """Do nothing: there is no line."""

    def _read(self, folder: FakeFolder, start: Position, room: int) -> FakePart:
        if folder.role is FolderRole.sent:
            return folder.read_sent(start)
        return folder.read_signs(start) if self.watch_only else folder.read_mail(start, room)

    def _folder(self, role: FolderRole) -> FakeFolder:
        return next(each for each in self._folders.values() if each.role is role)

    def _named(self, identity: str) -> FakeFolder:
        return self._folders[identity.partition("/")[0]]

    def _answer(self) -> None:
        if self._fault is not None:
            # A new one each time: an exception that is raised again keeps its old traceback.
            raise Unreachable(self._fault.step, str(self._fault))


def _uid(identity: str) -> int:
    return int(identity.rpartition("/")[2])


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

    def find_sent(self, rendered: Rendered, is_anothers: Callable[[str], bool]) -> Trace:
        """Say whether it went, where it can tell, by its Message-ID."""
        del is_anothers
        if not self._can_tell:
            return CANNOT_TELL
        sent = [each.message_id for each in self.sent]
        if rendered.message_id not in sent:
            return NO_TRACE
        return Trace(Found.found, f"fake {sent.index(rendered.message_id) + 1}")

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
