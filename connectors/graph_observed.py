"""What a visit saw happen at a page beside what is new: edits, deletions, answers given elsewhere, signs of life."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connectors.graph_comments import FEED
from connectors.graph_cursor import Known, Position
from connectors.graph_items import Item, files_of
from domain.message import FileState, Media, Observation
from domain.page import PageActivity


def media_of(item: Item) -> Iterator[Media]:
    """Name the files of an item: their addresses end, so that each is asked for when it is fetched."""
    for place, (_, name, media_type) in enumerate(files_of(item.resource)):
        reference = f"{item.identity}/{place}"
        yield Media(name=name, media_type=media_type, state=FileState.waiting, reference=reference)


def edits(others: Sequence[Item], seen: Mapping[str, Known]) -> Iterator[Observation]:
    """Yield what reads otherwise than it did."""
    for each in others:
        known = seen.get(each.identity)
        if known is not None and known.fingerprint != each.fingerprint:
            yield stands(each)


def stands(item: Item) -> Observation:
    """Say how an object reads now."""
    return Observation(identity=item.identity, kind="edited", details=_version(item))


def gone(identity: str) -> Observation:
    """Say that an object is gone."""
    return Observation(identity=identity, kind="gone")


def echoes(items: Sequence[Item], start: Position) -> Iterator[Observation]:
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


def activity(items: Sequence[Item]) -> PageActivity:
    """Return when the page last posted, as far as one visit saw."""
    posts = [each.at for each in items if each.by_page and each.part == FEED and not _is_under(each)]
    last: datetime | None = max(posts, default=None)
    return PageActivity(last_post_at=last)


def _version(item: Item) -> dict[str, str]:
    return {"original": item.original.decode(), "text": str(item.resource.get("message", ""))}


def _is_under(item: Item) -> bool:
    return bool(item.resource.get("object") or item.resource.get("parent"))
