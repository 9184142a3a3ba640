"""SMS received through Twilio: a number's messages, read from its account's list.

Reads with an overlap, because the provider lists by whole days and may list late; the store knows what it has.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.twilio_client import NotThere
from connectors.twilio_cursor import Position
from connectors.twilio_list import TwilioList
from connectors.twilio_resource import FINAL, Resource, arrival_of, created_at, delivery_of
from domain.account import TwilioConnection
from domain.message import Batch, FileState, Media
from domain.protocols import Clock

#: Messages in one batch.
BATCH = 50
#: Listed again each time: more than a day, because `DateSent` counts whole days.
OVERLAP = timedelta(hours=26)
#: How often the whole overlap is listed again, for what the provider listed late.
OVERLAP_EVERY = timedelta(minutes=10)
#: Identities of the newest messages that are remembered: two pages of them.
REMEMBERED = 100


@dataclass(slots=True)
class _Reading:
    """What one reading of the list found, delivered a batch at a time, oldest first."""

    start: Position
    end: Position
    arrived: list[Resource] = field(default_factory=list)
    sent: list[Resource] = field(default_factory=list)


class TwilioSource:
    """The messages of one number as a Source. Used by one thread at a time."""

    def __init__(self, connection: TwilioConnection, number: str, listing: TwilioList, clock: Clock) -> None:
        """Read a number's messages from its account's list; nothing is asked yet."""
        self._connection = connection
        self._number = number
        self._list = listing
        self._clock = clock
        self._reading: _Reading | None = None

    def fetch(self, cursor: Mapping[str, Any] | None) -> Batch:
        """Return what came after the cursor; see `Source.fetch`."""
        position = Position.of(cursor)
        reading = self._reading if position.delivered else None
        if reading is None or replace(position, delivered=0) != reading.start:
            # A reading that another process began is begun again: what it delivered is known by its identity.
            position = replace(position, delivered=0)
            reading = self._read(position)
        part = reading.arrived[position.delivered : position.delivered + BATCH]
        done = position.delivered + len(part)
        more = done < len(reading.arrived)
        self._reading = reading if more else None
        first = reading.start.listed_at is None
        return Batch(
            arrivals=tuple(arrival_of(each, created_at(each), history=first) for each in part),
            observations=() if more else tuple(delivery_of(each).observed() for each in reading.sent),
            next_cursor=(replace(reading.start, delivered=done) if more else reading.end).cursor(),
            more=more,
        )

    def inventory(self) -> Iterator[str]:
        """Yield the SID of everything that was sent to the number and still lies at Twilio."""
        for each in self._list.everything_to(self._number):
            if _is_inbound(each):
                yield str(each["sid"])

    def fetch_again(self, cursor: Mapping[str, Any], identities: Collection[str]) -> Mapping[str, Any]:
        """Return a cursor by which these come once more; see `Source.fetch_again`."""
        position = Position.of(cursor)
        return replace(position, owed=tuple(dict.fromkeys((*position.owed, *identities)))).cursor()

    def fetch_file(self, waiting: Media) -> Media:
        """Return a picture or a file of a message; see `FileSource.fetch_file`."""
        sid, _, place = waiting.reference.partition("/")
        path = f"/Messages/{sid}/Media"
        with self._list.alone:
            try:
                listed = self._list.client.get(f"{path}.json").get("media_list", [])
            except NotThere:
                listed = []
            if int(place) >= len(listed):
                return replace(waiting, state=FileState.gone)
            return self._list.client.download(
                f"{path}/{listed[int(place)]['sid']}", self._connection.most_media_bytes, waiting
            )

    def close(self) -> None:
        """Do nothing: the line belongs to the account's list."""

    def _read(self, start: Position) -> _Reading:
        now = self._clock.now()
        whole = start.overlapped_at is None or now - start.overlapped_at >= OVERLAP_EVERY
        pages = list(self._whole(start, now) if whole else self._newest(start))
        listed = _unique([each for page in pages for each in page])
        end = Position(
            listed_at=now,
            overlapped_at=now if whole else start.overlapped_at,
            seen=tuple(str(each["sid"]) for each in listed[:REMEMBERED]) or start.seen,
        )
        mine = [each for each in listed if _is_inbound(each) and each.get("to") == self._number]
        owed = [each for sid in start.owed if (each := self._one(sid)) is not None]
        known = set(start.seen)
        arrived = [each for each in mine if whole or each["sid"] not in known]
        sent = [each for each in listed if not _is_inbound(each) and each.get("from") == self._number]
        # Dates are of whole seconds: within one the list, newest first, tells which came first.
        oldest_first = _unique([*owed, *arrived])[::-1]
        in_order = sorted(oldest_first, key=created_at)
        return _Reading(start=start, end=end, arrived=in_order, sent=[each for each in sent if _is_final(each)])

    def _whole(self, start: Position, now: datetime) -> Iterator[list[Resource]]:
        """Yield everything since the last reading, and more than a day before it."""
        since = start.listed_at - OVERLAP if start.listed_at else now - self._connection.history
        return self._list.since(since.date())

    def _newest(self, start: Position) -> Iterator[list[Resource]]:
        """Yield the newest pages, to the first that holds nothing new, and no further than the overlap reaches."""
        known = set(start.seen)
        assert start.listed_at is not None  # a position that was overlapped was listed
        oldest = start.listed_at - OVERLAP
        for page in self._list.newest():
            yield page
            if all(each.get("sid") in known for each in page) or any(created_at(each) < oldest for each in page):
                return

    def _one(self, sid: str) -> Resource | None:
        try:
            with self._list.alone:
                return self._list.client.get(f"/Messages/{sid}.json")
        except NotThere:
            return None


def _is_inbound(resource: Resource) -> bool:
    return resource.get("direction") == "inbound"


def _is_final(resource: Resource) -> bool:
    return resource.get("status") in FINAL


def _unique(resources: list[Resource]) -> list[Resource]:
    return list({str(each["sid"]): each for each in resources if each.get("sid")}.values())
