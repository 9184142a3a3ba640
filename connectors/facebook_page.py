"""A Facebook page received through the Graph API: Messenger, comments, visitors' posts and mentions in one account.

Reads with an overlap, because the provider may list late; the store knows what it has. Slows down by itself before
Meta's limit is reached, and says so.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.graph_client import GraphClient
from connectors.graph_codes import NotThere
from connectors.graph_comments import COMMENT_FIELDS, FEED, POST_FIELDS, TAGGED, read_public
from connectors.graph_conversations import CONVERSATIONS, MESSAGE_FIELDS, Found, read_conversations
from connectors.graph_cursor import Known, Part, Position, newest
from connectors.graph_depth import OVERLAP, Depth, depth_of
from connectors.graph_items import Item, files_of, item_of, unique
from connectors.graph_token import TOKEN_EVERY, TokenFacts, read_token
from domain.account import FacebookConnection
from domain.errors import Unreachable
from domain.message import Arrival, Batch, FileState, Media, Observation
from domain.page import DIRECT_MESSAGE, PageActivity
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
        if position.rest_until is not None and now < position.rest_until and not position.delivered:
            return Batch(arrivals=(), next_cursor=position.cursor(), rests_until=position.rest_until)
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

    def fetch_file(self, waiting: Media) -> Media:
        """Fetch a file beside a message; see `FileSource.fetch_file`."""
        identity, _, place = waiting.reference.rpartition("/")
        item = self._one(identity)
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
            more=more,
            fault=None if more else reading.fault,
            activity=reading.activity,
            ends=reading.token.ends if reading.token is not None else None,
        )

    def _read(self, start: Position, now: datetime) -> _Reading:
        token = self._token(start, now)
        found, parts, depths, fault = self._every_part(start, now)
        items = unique([*self._owed(start), *(each for part in found.values() for each in part.items)])
        gone = self._gone(start, items, depths)
        others = [each for each in items if not each.by_page]
        seen = {id: known for id, known in start.seen.items() if id not in gone}
        seen |= {each.identity: Known(each.fingerprint, each.part, each.at) for each in items}
        rest = self._client.usage.rest
        end = Position(
            parts={**start.parts, **parts},
            seen=newest(seen),
            connected_at=start.connected_at or now,
            token_at=now if token is not None else start.token_at,
            token_fault=_pair(token.fault) if token is not None else start.token_fault,
            rest_until=now + rest if rest else None,
        )
        return _Reading(
            start=start,
            end=end,
            arrived=[each for each in others if each.identity not in start.seen or each.identity in start.owed],
            observed=[*_edits(others, start), *_echoes(items, start), *(_gone_now(id) for id in gone)],
            activity=_activity(items, self._page),
            token=token,
            fault=Unreachable(*end.token_fault) if end.token_fault else fault,
        )

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
            except Unreachable as fault:
                if fault.step != "permission":
                    raise
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

    def _owed(self, start: Position) -> Iterator[Item]:
        for identity in start.owed:
            resource = self._one(identity)
            if resource is not None:
                yield resource

    def _one(self, identity: str) -> Item | None:
        """Return one object; None: it is gone, or was never ours to see."""
        part, fields = FEED, COMMENT_FIELDS
        if identity.startswith(DIRECT_MESSAGE):
            part, fields = CONVERSATIONS, MESSAGE_FIELDS
        elif identity.startswith(f"{self._page}_"):
            fields = POST_FIELDS
        try:
            return item_of(self._client.get(identity, fields=fields), part, self._page)
        except NotThere:
            return None

    def _gone(self, start: Position, items: Collection[Item], depths: Mapping[str, Depth]) -> list[str]:
        """Return what was there and is not any more; each is asked for by its id, to be sure."""
        there = {each.identity for each in items}
        missing = [
            id
            for id, known in start.seen.items()
            if id not in there and (depth := depths.get(known.part)) and depth.whole and known.at >= depth.oldest
        ]
        return [id for id in missing[:MOST_MISSING] if self._one(id) is None]

    def _arrival(self, item: Item, start: Position) -> Arrival:
        # What was written before and comes only now was listed late, or had been missed.
        old = start.connected_at is None or item.at < start.connected_at - OVERLAP
        return Arrival(
            identity=item.identity,
            original=item.original,
            media_type="application/json",
            provider_at=item.at,
            history=old,
            media=() if old else tuple(_media(item)),
        )


def _media(item: Item) -> Iterator[Media]:
    """Name the files of an item: their addresses end, so that each is asked for when it is fetched."""
    for place, (_, name, media_type) in enumerate(files_of(item.resource)):
        reference = f"{item.identity}/{place}"
        yield Media(name=name, media_type=media_type, state=FileState.waiting, reference=reference)


def _edits(others: list[Item], start: Position) -> Iterator[Observation]:
    for each in others:
        known = start.seen.get(each.identity)
        if known is not None and known.fingerprint != each.fingerprint:
            yield Observation(identity=each.identity, kind="edited", details=_version(each))


def _version(item: Item) -> dict[str, str]:
    return {"original": item.original.decode(), "text": str(item.resource.get("message", ""))}


def _echoes(items: list[Item], start: Position) -> Iterator[Observation]:
    """Yield what the page answered since; what it had answered at first connection is history."""
    for each in items:
        if each.by_page and each.answers and each.identity not in start.seen and start.part(each.part).listed_at:
            details = {
                "at": each.at.isoformat(),
                "answers": list(each.answers),
                "to": each.to,
                "asked_at": each.asked_at.isoformat() if each.asked_at else None,
                **_version(each),
            }
            yield Observation(identity=each.identity, kind="echo", details=details)


def _gone_now(identity: str) -> Observation:
    return Observation(identity=identity, kind="gone")


def _pair(fault: Unreachable | None) -> tuple[str, str] | None:
    return None if fault is None else (fault.step, str(fault))


def _activity(items: list[Item], page: str) -> PageActivity:
    mine = [each for each in items if each.by_page]
    posts = [each.at for each in mine if each.part == FEED and not _is_under(each)]
    answers = [each.at for each in mine if each.answers]
    return PageActivity(last_post_at=max(posts, default=None), last_answer_at=max(answers, default=None))


def _is_under(item: Item) -> bool:
    return bool(item.resource.get("object") or item.resource.get("parent"))
