"""The list of one Twilio account, newest first: asked for once in a while, and read by the sources of all its numbers.

Source: Twilio's Messages list: pages by token, `DateSent` by whole days.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from threading import RLock

from connectors.twilio_client import TwilioClient
from connectors.twilio_resource import Resource
from domain.protocols import Clock

#: Messages in a page of what is newest, and in one of everything.
PAGE, LARGEST_PAGE = 50, 1000

#: All numbers of an account are visited within this; shorter than polls are apart, so that each poll asks anew.
FRESH_FOR = timedelta(seconds=1)


class TwilioList:
    """Shared by the sources of a Twilio account's numbers, in any thread."""

    def __init__(self, client: TwilioClient, clock: Clock, *, fresh_for: timedelta = FRESH_FOR) -> None:
        """Remember how to ask; nothing is asked yet. What was asked within `fresh_for` is not asked again."""
        self._client = client
        self._clock = clock
        self._fresh_for = fresh_for
        self._lock = RLock()
        self._newest: _Round | None = None
        self._since: dict[date, _Round] = {}

    @property
    def client(self) -> TwilioClient:
        """Return what asks; hold the list's lock, `alone`, while it is used."""
        return self._client

    @property
    def alone(self) -> RLock:
        """Return the lock that keeps two threads from asking at once."""
        return self._lock

    def newest(self) -> Iterator[list[Resource]]:
        """Yield pages, newest first, as far as the caller wants to go.

        Raises:
            Unreachable: the list cannot be read now.
        """
        with self._lock:
            if self._newest is None or self._is_stale(self._newest):
                self._newest = _Round(self._client, {"PageSize": PAGE}, self._clock.now())
            return iter(self._pages(self._newest))

    def since(self, day: date) -> Iterator[list[Resource]]:
        """Yield every page of what was sent on a day or later, newest first.

        Raises:
            Unreachable: the list cannot be read now.
        """
        with self._lock:
            self._since = {each: found for each, found in self._since.items() if not self._is_stale(found)}
            found = self._since.get(day)
            if found is None:
                wanted: dict[str, str | int] = {"PageSize": LARGEST_PAGE, "DateSent>": day.isoformat()}
                found = self._since[day] = _Round(self._client, wanted, self._clock.now())
            return iter(self._pages(found))

    def everything_to(self, number: str) -> Iterator[Resource]:
        """Yield all that was ever sent to a number and still lies at Twilio. Raises Unreachable."""
        with self._lock:
            wanted: dict[str, str | int] = {"PageSize": LARGEST_PAGE, "To": number}
            for page in self._pages(_Round(self._client, wanted, self._clock.now())):
                yield from page

    def _is_stale(self, found: "_Round") -> bool:
        return self._clock.now() - found.asked_at >= self._fresh_for

    def _pages(self, found: "_Round") -> Iterator[list[Resource]]:
        place = 0
        while True:
            with self._lock:
                page = found.page(place)
            if page is None:
                return
            yield page
            place += 1


class _Round:
    """One reading of the list; a page is asked for when somebody first wants it."""

    def __init__(self, client: TwilioClient, wanted: dict[str, str | int], asked_at: datetime) -> None:
        self._client = client
        self._wanted = wanted
        self.asked_at = asked_at
        self._pages: list[list[Resource]] = []
        self._next: str | None = "/Messages.json"

    def page(self, place: int) -> list[Resource] | None:
        """Return a page by its place from 0; None when there are not so many."""
        while place >= len(self._pages) and self._next is not None:
            answer = self._client.get(self._next, {} if self._pages else self._wanted)
            self._pages.append([each for each in answer.get("messages", ()) if isinstance(each, dict)])
            self._next = answer.get("next_page_uri") or None
        return self._pages[place] if place < len(self._pages) else None
