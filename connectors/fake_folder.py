"""A folder of a mailbox in memory: it counts changes as a server with CONDSTORE does."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import islice

from connectors.imap_cursor import Position, where_to_go_on
from domain.message import Arrival, FolderRole, Listing, Observation


@dataclass(frozen=True)
class FakePart:
    """What a folder gave to a batch."""

    position: Position
    arrivals: tuple[Arrival, ...] = ()
    observations: tuple[Observation, ...] = ()
    listing: Listing | None = None
    more: bool = False


@dataclass
class FakeFolder:
    """One folder."""

    name: str
    role: FolderRole
    uidvalidity: int = 1
    uid_next: int = 1
    modseq: int = 1
    mails: dict[int, Arrival] = field(default_factory=dict)
    #: When each mail's flags changed last.
    changed: dict[int, int] = field(default_factory=dict)
    #: Listed, and not handed over.
    withheld: set[int] = field(default_factory=set)

    def identity(self, uid: int) -> str:
        """Return a message's identity within the account."""
        return f"{self.name}/{self.uidvalidity}/{uid}"

    def add(self, arrival: Arrival) -> str:
        """Put a message last, and return its identity."""
        uid, self.uid_next = self.uid_next, self.uid_next + 1
        self.mails[uid] = replace(arrival, identity=self.identity(uid), folder=self.name, role=self.role)
        return self.identity(uid)

    def take(self, uid: int) -> Arrival:
        """Remove a message and return it. Raises KeyError when there is none."""
        self.withheld.discard(uid)
        return self.mails.pop(uid)

    def set_flags(self, uid: int, flags: frozenset[str]) -> None:
        """Change a message's flags. Raises KeyError when there is none."""
        self.modseq += 1
        self.changed[uid] = self.modseq
        self.mails[uid] = replace(self.mails[uid], flags=flags)

    def renumber(self) -> None:
        """Change UIDVALIDITY: the same messages, each with a new identity."""
        kept = list(self.mails.values())
        self.uidvalidity += 1
        self.uid_next = 1
        self.mails, self.changed, self.withheld = {}, {}, set()
        for each in kept:
            self.add(each)

    def start(self, known: Position | None, *, first: bool) -> Position:
        """Return the position to read on from."""
        start = where_to_go_on(known, first=first, uidvalidity=self.uidvalidity, uid_next=self.uid_next)
        if start is known:
            return start
        uid = start.history_until if self.role is FolderRole.sent and first else start.uid
        return replace(start, uid=uid, modseq=self.modseq)

    def read_mail(self, start: Position, room: int) -> FakePart:
        """Return what is new, then what was withheld and is not any longer, then what has changed."""
        uids = list(islice((uid for uid in sorted(self.mails) if uid > start.uid), room + 1))
        more, uids = len(uids) > room, uids[:room]
        ready = [uid for uid in start.owed if uid not in self.withheld][: room - len(uids)]
        owed = tuple(uid for uid in start.owed if uid not in ready)
        more = more or any(uid not in self.withheld for uid in owed)
        due = [uid for uid in ready if uid in self.mails]
        handed = [uid for uid in uids if uid not in self.withheld]
        position = replace(
            start, uid=max(uids, default=start.uid), owed=(*owed, *(uid for uid in uids if uid in self.withheld))
        )
        arrivals = tuple(replace(self.mails[uid], history=uid <= start.history_until) for uid in handed + due)
        if more:
            return FakePart(position, arrivals, more=True)
        return self._with_changes(FakePart(position, arrivals), start.uid)

    def read_signs(self, start: Position) -> FakePart:
        """Return date and flags of what is new."""
        uids = [uid for uid in sorted(self.mails) if uid > start.uid]
        observations = tuple(
            Observation(
                identity=self.identity(uid),
                kind="flags",
                details={
                    "flags": sorted(self.mails[uid].flags),
                    "at": self.mails[uid].provider_at.isoformat(),
                    "role": self.role,
                    "history": uid <= start.history_until,
                },
            )
            for uid in uids + [uid for uid in start.owed if uid in self.mails]
        )
        position = replace(start, uid=max(uids, default=start.uid), owed=())
        return self._with_changes(FakePart(position, observations=observations), start.uid)

    def read_sent(self, start: Position) -> FakePart:
        """Return the headers of what was sent since."""
        uids = [uid for uid in sorted(self.mails) if uid > start.uid]
        observations = tuple(
            Observation(
                identity=self.identity(uid),
                kind="sent",
                details={
                    "headers": self.mails[uid].original.partition(b"\r\n\r\n")[0].decode("latin-1"),
                    "at": self.mails[uid].provider_at.isoformat(),
                },
            )
            for uid in uids
        )
        return FakePart(replace(start, uid=max(uids, default=start.uid)), observations=observations)

    def identities(self, uids: Collection[int]) -> frozenset[str]:
        """Return the identities of some messages."""
        return frozenset(self.identity(uid) for uid in uids)

    def _with_changes(self, part: FakePart, until: int) -> FakePart:
        position = part.position
        changed = [uid for uid in self.mails if uid <= until and self.changed.get(uid, 0) > position.modseq]
        there = [uid for uid in self.mails if uid <= position.uid]
        listing = Listing(folder=self.name, identities=self.identities(there))
        return replace(
            part,
            position=replace(position, modseq=self.modseq, existing=len(there)),
            observations=part.observations + tuple(self._flags(uid) for uid in sorted(changed)),
            # More cannot exist than did, so that a listing is due whenever the numbers differ.
            listing=listing if len(there) != self._expected(part, until) else None,
        )

    def _expected(self, part: FakePart, until: int) -> int | None:
        before = part.position.existing
        return None if before is None else before + sum(until < uid <= part.position.uid for uid in self.mails)

    def _flags(self, uid: int) -> Observation:
        details = {"flags": sorted(self.mails[uid].flags), "role": self.role}
        return Observation(identity=self.identity(uid), kind="flags", details=details)
