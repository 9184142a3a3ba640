"""A Facebook page received through the Graph API: Messenger, comments, visitors' posts and mentions in one account.

Reads with an overlap, because the provider may list late; the store knows what it has. Slows down by itself before
Meta's limit is reached, and says so.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.graph_aside import ask_again, due, settle
from connectors.graph_client import GraphClient
from connectors.graph_codes import NotThere, Refused
from connectors.graph_comments import FEED, TAGGED, read_public
from connectors.graph_conversations import CONVERSATIONS, read_conversations
from connectors.graph_cursor import Aside, Known, Part, Position, newest
from connectors.graph_depth import OVERLAP, Depth, depth_of
from connectors.graph_found import Found
from connectors.graph_items import Item, files_of, unique
from connectors.graph_observed import activity, echoes, edits, gone, media_of, stands
from connectors.graph_one import read_one
from connectors.graph_pace import LONGEST_REST
from connectors.graph_token import TOKEN_EVERY, TokenFacts, read_token
from domain.account import FacebookConnection
from domain.errors import LimitReached, Unreachable
from domain.message import Arrival, Batch, FileState, Media, Observation
from domain.page import PageActivity
from domain.protocols import Clock

#: Messages in one batch.
BATCH = 50
#: Objects that a visit makes sure are gone.
MOST_MISSING = 20
#: The edges of a page, in the order they are read.
PARTS = (CONVERSATIONS, FEED, TAGGED)


@dataclass(slots=True)
class _Reading:
    """What one reading found, delivered a batch at a time, oldest first."""

    start: Position
    end: Position
    arrived: list[Item] = field(default_factory=list)
    observed: list[Observation] = field(default_factory=list)
    activity: PageActivity = PageActivity()
    token: TokenFacts | None = None
    fault: Unreachable | None = None


class FacebookSource:
    """One page as a Source. Used by one thread at a time."""

    def __init__(self, connection: FacebookConnection, page: str, client: GraphClient, clock: Clock) -> None:
        """Read a page by its id; nothing is asked yet."""
        self._connection = connection
        self._page = page
        self._client = client
        self._clock = clock
        self._reading: _Reading | None = None

    def fetch(self, cursor: Mapping[str, Any] | None) -> Batch:
        """Return what came after the cursor; see `Source.fetch`."""
        position = Position.of(cursor)
        now = self._clock.now()
        # What lies further ahead was said before the clock was set back.
        if (
            position.rest_until is not None
            and now < position.rest_until <= now + LONGEST_REST
            and not position.delivered
        ):
            return Batch(
                arrivals=(), next_cursor=position.cursor(), rests_until=position.rest_until, withheld=position.withheld
            )
        reading = self._reading if position.delivered else None
        if reading is None or replace(position, delivered=0) != reading.start:
            # A reading that another process began is begun again: what it delivered is known by its identity.
            position = replace(position, delivered=0)
            reading = self._read(position, now)
        return self._deliver(reading, position.delivered)

    def inventory(self) -> Iterator[str]:
        """Yield the identity of everything that others wrote and still stands there, as far back as history goes."""
        depth = Depth(self._clock.now() - self._connection.history, whole=True)
        for name in PARTS:
            for each in self._found(name, Part(), depth, {}).items:
                if not each.by_page:
                    yield each.identity

    def fetch_again(self, cursor: Mapping[str, Any], identities: Collection[str]) -> Mapping[str, Any]:
        """Return a cursor by which these come once more; see `Source.fetch_again`."""
        position = Position.of(cursor)
        return replace(position, owed=tuple(dict.fromkeys((*position.owed, *identities)))).cursor()

    def look_again(self, identities: Collection[str]) -> Iterator[Observation]:
        """Yield how objects stand now; see `Rereads.look_again`. Near Meta's limit nothing is asked."""
        for identity in identities:
            if self._client.usage.rest:
                raise LimitReached("Meta's limit is near: what came is looked at again later", self._client.usage.rest)
            try:
                item = read_one(self._client, self._page, identity)
            except Refused:
                continue
            yield gone(identity) if item is None else stands(item)

    def fetch_file(self, waiting: Media) -> Media:
        """Fetch a file beside a message; see `FileSource.fetch_file`."""
        identity, _, place = waiting.reference.rpartition("/")
        item = read_one(self._client, self._page, identity)
        found = files_of(item.resource)[int(place) :] if item is not None and place.isdecimal() else []
        if not found:
            return replace(waiting, state=FileState.gone)
        url, _, said = found[0]
        state, media_type, content = self._client.download(url, self._connection.most_media_bytes)
        return replace(waiting, state=state, media_type=said or media_type, content=content)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _deliver(self, reading: _Reading, delivered: int) -> Batch:
        part = reading.arrived[delivered : delivered + BATCH]
        done = delivered + len(part)
        more = done < len(reading.arrived)
        self._reading = reading if more else None
        return Batch(
            arrivals=tuple(self._arrival(each, reading.start) for each in part),
            observations=() if more else tuple(reading.observed),
            next_cursor=(replace(reading.start, delivered=done) if more else reading.end).cursor(),
            withheld=reading.end.withheld,
            more=more,
            fault=None if more else reading.fault,
            activity=reading.activity,
            ends=reading.token.ends if reading.token is not None else None,
        )

    def _read(self, start: Position, now: datetime) -> _Reading:
        token = self._token(start, now)
        found, parts, depths, fault = self._every_part(start, now)
        asked = due(start.aside, now)
        again = ask_again(self._client, self._page, asked, start.owed)
        items = unique([*again.items, *(each for part in found.values() for each in part.items)])
        missing = self._missing(start, items, depths)
        are_gone, unsure = self._gone(missing)
        refused = {**again.refused, **{id: why for part in found.values() for id, why in part.refused.items()}}
        aside, said = settle(start.aside, asked, {**refused, **unsure}, unsure, now)
        others = [each for each in items if not each.by_page]
        return _Reading(
            start=start,
            end=self._end(start, now, parts, items, are_gone, token, aside, start.turn + len(missing)),
            arrived=[each for each in others if each.identity not in start.seen or each.identity in start.owed],
            observed=[*edits(others, start.seen), *echoes(items, start), *map(gone, are_gone), *said],
            activity=activity(items),
            token=token,
            fault=self._fault(start, token) or fault,
        )

    def _end(
        self,
        start: Position,
        now: datetime,
        parts: Mapping[str, Part],
        items: Collection[Item],
        are_gone: Collection[str],
        token: TokenFacts | None,
        aside: Mapping[str, Aside],
        turn: int,
    ) -> Position:
        """Return how far the page has been read when all of it has been delivered."""
        seen = {id: known for id, known in start.seen.items() if id not in are_gone}
        seen |= {each.identity: Known(each.fingerprint, each.part, each.at) for each in items}
        rest = self._client.usage.rest
        return Position(
            parts={**start.parts, **parts},
            seen=newest(seen),
            connected_at=start.connected_at or now,
            token_at=now if token is not None else start.token_at,
            token_fault=_pair(token.fault) if token is not None else start.token_fault,
            rest_until=now + rest if rest else None,
            aside=aside,
            turn=turn,
        )

    def _fault(self, start: Position, token: TokenFacts | None) -> Unreachable | None:
        """Return what the token lacks, as it was asked last."""
        if token is not None:
            return token.fault
        return Unreachable(*start.token_fault) if start.token_fault else None

    def _every_part(
        self, start: Position, now: datetime
    ) -> tuple[dict[str, Found], dict[str, Part], dict[str, Depth], Unreachable | None]:
        """Read each edge; one that may not be read holds up no other, unless none may."""
        found: dict[str, Found] = {}
        parts: dict[str, Part] = {}
        depths: dict[str, Depth] = {}
        faults: list[Unreachable] = []
        for name in PARTS:
            depth = depth_of(start.part(name), now, self._connection.history)
            try:
                found[name] = self._found(name, start.part(name), depth, start.seen)
            except NotThere:
                raise
            except Refused as fault:
                faults.append(fault)
                continue
            depths[name] = depth
            parts[name] = depth.after(start.part(name), now, found[name].threads)
        if not found:
            raise faults[0]
        return found, parts, depths, faults[0] if faults else None

    def _found(self, name: str, part: Part, depth: Depth, seen: Mapping[str, Known]) -> Found:
        if name == CONVERSATIONS:
            return read_conversations(self._client, self._page, part, depth, seen)
        posts_since = min(depth.oldest, self._clock.now() - self._connection.posts)
        return read_public(self._client, self._page, name, part, depth, posts_since, seen)

    def _token(self, start: Position, now: datetime) -> TokenFacts | None:
        """Ask about the token now and then, where that is allowed."""
        if start.token_at is not None and now - start.token_at < TOKEN_EVERY:
            return None
        return read_token(self._client, self._page)

    def _missing(
        self, start: Position, items: Collection[Item], depths: Mapping[str, Depth]
    ) -> dict[str, Known]:  # fmt: skip
        """Return some of what was there and was not listed now; each visit goes on where the last one stopped."""
        there = {each.identity for each in items}
        missing = [
            id
            for id, known in start.seen.items()
            if id not in there and (depth := depths.get(known.part)) and depth.whole and known.at >= depth.oldest
        ]
        first = start.turn % len(missing) if missing else 0
        return {id: start.seen[id] for id in [*missing[first:], *missing[:first]][:MOST_MISSING]}

    def _gone(self, missing: Mapping[str, Known]) -> tuple[list[str], dict[str, tuple[str, Refused]]]:
        """Return what is gone, and of what that cannot be told; each is asked for by its id, to be sure."""
        are_gone: list[str] = []
        unsure: dict[str, tuple[str, Refused]] = {}
        for id, known in missing.items():
            try:
                if read_one(self._client, self._page, id, known.part) is None:
                    are_gone.append(id)
            except Refused as fault:
                unsure[id] = (known.part, fault)
        return are_gone, unsure

    def _arrival(self, item: Item, start: Position) -> Arrival:
        # What was written before and comes only now was listed late, or had been missed.
        old = start.connected_at is None or item.at < start.connected_at - OVERLAP
        return Arrival(
            identity=item.identity,
            original=item.original,
            media_type="application/json",
            provider_at=item.at,
            history=old,
            media=() if old else tuple(media_of(item)),
        )


def _pair(fault: Unreachable | None) -> tuple[str, str] | None:
    return None if fault is None else (fault.step, str(fault))
