"""Items: what stands at a page, direct or public, as the Graph API gives it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Resource = dict[str, Any]

#: More than a message or a post can hold at once.
MOST_FILES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One message, post or comment."""

    identity: str
    #: The edge it was read from: conversations, feed or tagged.
    part: str
    at: datetime
    resource: Resource
    #: True: the page itself wrote it.
    by_page: bool
    #: Of what the page wrote: what it answers, oldest first.
    answers: tuple[str, ...] = ()
    #: Of what the page wrote to a person: to whom; of a reply, to whom it replies.
    to: str = ""
    #: Of what the page wrote in Messenger: when the person last wrote before it.
    asked_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """Return what changes when its words do; addresses of files change by themselves."""
        said = [self.resource.get("message", ""), self.resource.get("sticker", "")]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:8]

    @property
    def original(self) -> bytes:
        """Return what is kept of it."""
        return json.dumps(self.resource, ensure_ascii=False).encode()


def item_of(resource: Resource, part: str, page: str, **answered: Any) -> Item:
    """Return an object of the API as an item; one without a date is as old as can be."""
    return Item(
        identity=str(resource["id"]),
        part=part,
        at=time_of(resource, "created_time"),
        resource=resource,
        by_page=writer_of(resource) == page,
        **answered,
    )


def time_of(resource: Resource, name: str) -> datetime:
    """Return a time of an object; one that is missing or makes no sense is as old as can be."""
    try:
        return datetime.fromisoformat(str(resource[name])).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


def writer_of(resource: Resource) -> str:
    """Return the id of who wrote; empty: Meta does not say."""
    writer = resource.get("from")
    return str(writer.get("id") or "") if isinstance(writer, dict) else ""


def files_of(resource: Resource) -> list[tuple[str, str, str]]:
    """Return address, name and media type of each file of a message or a comment, as far as the API says."""
    listed = _data(resource.get("attachments")) or ([resource["attachment"]] if resource.get("attachment") else [])
    found = [_file(each, place) for place, each in enumerate(listed[:MOST_FILES], 1) if isinstance(each, dict)]
    return [each for each in found if each[0]]


def _file(each: Resource, place: int) -> tuple[str, str, str]:
    media = each.get("media") if isinstance(each.get("media"), dict) else {}
    holders = (each.get("image_data"), each.get("video_data"), media.get("image") if media else None)
    urls = [holder.get("url") or holder.get("src") for holder in holders if isinstance(holder, dict)]
    url = next((str(url) for url in (*urls, each.get("file_url")) if url), "")
    return url, str(each.get("name") or f"bilaga-{place}"), str(each.get("mime_type") or "")


def unique(items: Iterable[Item]) -> list[Item]:
    """Return each item once, as it was read last, oldest first."""
    return sorted({each.identity: each for each in items}.values(), key=lambda each: each.at)


def _data(edge: Any) -> list[Any]:
    listed = edge.get("data") if isinstance(edge, dict) else None
    return listed if isinstance(listed, list) else []
