"""What one visit reads of an open folder, by its role: originals, signs of life, or headers of sent mail.

Raises what the library raises, and Withheld.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice

from imapclient import IMAPClient

from connectors.imap_changes import look_for_changes
from connectors.imap_cursor import MOST_OWED, Position, owing
from connectors.imap_fetch import Fetched, fetch_arrivals, fetch_sent, fetch_signs
from connectors.imap_folder import Folder, uids_after
from domain.message import Arrival, Listing, Observation

#: Messages in one batch: one transaction's worth.
BATCH = 100

#: Messages without content in one batch: their date and flags, or their headers.
LIGHT_BATCH = 500

#: Times that a server may break off in one visit before the messages it withheld earlier are left in peace.
MOST_BREAKS = 6


class Withheld(Exception):
    """The server lists far too many messages that it does not hand over; carries the identity of one."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one folder gave to a batch."""

    position: Position
    arrivals: tuple[Arrival, ...] = ()
    observations: tuple[Observation, ...] = ()
    listing: Listing | None = None
    more: bool = False


@dataclass(slots=True)
class Care:
    """What a visit has learnt about messages at which the server breaks off; forgotten when the visit ends."""

    #: Identities that are not asked for: the server broke off at each of them.
    bad: set[str] = field(default_factory=set)
    #: So many fetches more ask for one message at a time, to find the bad one.
    singly: int = 0
    breaks: int = 0
    _asked: tuple[str, ...] = ()

    @property
    def room(self) -> int:
        """How many originals may be asked for at once."""
        return 1 if self.singly else BATCH

    @property
    def tired(self) -> bool:
        """Whether messages that were withheld earlier are left in peace."""
        return self.breaks >= MOST_BREAKS

    @contextmanager
    def asking(self, folder: Folder, uids: Sequence[int]) -> Iterator[list[int]]:
        """Give the UIDs that may be asked for, and keep in mind that they were if the line breaks."""
        good = [uid for uid in uids if folder.identity(uid) not in self.bad]
        self._asked = tuple(folder.identity(uid) for uid in good)
        yield good
        self._asked = ()

    def learn(self) -> bool:
        """Learn from a line that broke; return whether it is worth another try."""
        asked, self._asked = self._asked, ()
        self.breaks += 1
        if len(asked) == 1:
            self.bad.update(asked)
        self.singly = BATCH if len(asked) > 1 else 0
        return bool(asked) and self.breaks <= 2 * MOST_BREAKS

    def went_well(self) -> None:
        """Count a fetch that went well."""
        self.singly = max(0, self.singly - 1)


def read_mail(client: IMAPClient, folder: Folder, start: Position, room: int, care: Care) -> Part:
    """Read what is new, then what is owed, then what has changed.

    Raises:
        Withheld: more would be owed than may be.
    """
    uids = list(islice(uids_after(client, folder, start.uid, window=2 * BATCH), room + 1))
    new = _fetch(client, folder, uids[:room], start, care)
    covered = [uid for uid in uids if uid <= new.reached]
    position = _advanced(start, covered, new.withheld, folder)
    if len(covered) < len(uids):
        return Part(position, new.arrivals, more=True)
    due = [] if care.tired else [uid for uid in position.owed if uid > position.asked]
    if due:
        return _read_owed(client, folder, position, due[: room - len(new.arrivals)], new, care)
    late = sum(uid >= folder.uid_next for uid in covered)
    return _with_changes(client, folder, Part(position, new.arrivals), start.uid, late)


def read_signs(client: IMAPClient, folder: Folder, start: Position) -> Part:
    """Read UID, date and flags of what is new and of what is owed; then what has changed."""
    uids = list(islice(uids_after(client, folder, start.uid), LIGHT_BATCH + 1))
    covered = uids[:LIGHT_BATCH]
    observations = fetch_signs(client, folder, [*start.owed, *covered], start.history_until)
    position = replace(_advanced(start, covered, (), folder), owed=())
    part = Part(position, observations=tuple(observations), more=len(uids) > len(covered))
    if part.more:
        return part
    return _with_changes(client, folder, part, start.uid, sum(uid >= folder.uid_next for uid in covered))


def read_sent(client: IMAPClient, folder: Folder, start: Position) -> Part:
    """Read the headers of what has been sent since."""
    uids = list(islice(uids_after(client, folder, start.uid), LIGHT_BATCH + 1))
    covered = uids[:LIGHT_BATCH]
    observations = tuple(fetch_sent(client, folder, covered))
    return Part(_advanced(start, covered, (), folder), observations=observations, more=len(uids) > len(covered))


def _fetch(client: IMAPClient, folder: Folder, uids: Sequence[int], start: Position, care: Care) -> Fetched:
    with care.asking(folder, uids) as good:
        return fetch_arrivals(client, folder, uids, start.history_until, ask=good)


def _read_owed(
    client: IMAPClient, folder: Folder, position: Position, due: Sequence[int], new: Fetched, care: Care
) -> Part:
    """Ask for messages that were withheld or missed earlier; what is gone meanwhile is owed no longer."""
    old = _fetch(client, folder, due, position, care)
    settled = {uid for uid in due if uid <= old.reached and uid not in old.withheld}
    owed = tuple(uid for uid in position.owed if uid not in settled)
    asked = max(old.reached, position.asked)
    return Part(replace(position, owed=owed, asked=asked), new.arrivals + old.arrivals, more=True)


def _advanced(start: Position, covered: Sequence[int], withheld: Sequence[int], folder: Folder) -> Position:
    if not covered:
        return start
    existing = None if start.existing is None else start.existing + len(covered)
    position = replace(start, uid=covered[-1], existing=existing)
    if not withheld:
        return position
    if len(position.owed) + len(withheld) > MOST_OWED:
        raise Withheld(folder.identity(withheld[0]))
    return replace(owing(position, withheld), asked=max(withheld))


def _with_changes(client: IMAPClient, folder: Folder, part: Part, until: int, late: int) -> Part:
    changes = look_for_changes(client, folder, part.position, until=until, late=late)
    position = changes.position
    if not changes.more and not any(uid > position.asked for uid in position.owed):
        # The next visit asks for all of it anew; else it goes on where this one was tired.
        position = replace(position, asked=0)
    return Part(position, part.arrivals, part.observations + changes.observations, changes.listing, more=changes.more)
