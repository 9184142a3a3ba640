"""What can be read at the stand-in of the Graph API: objects, and their edges page by page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from domain.protocols import Clock
from sandbox.graph_behaviour import Behaviour, GraphTrouble
from sandbox.graph_fields import Wanted, cut, read_fields
from sandbox.graph_records import CommentRecord, GraphArchive, MessageRecord
from sandbox.graph_resources import of_comment, of_conversation, of_message

Resource = dict[str, Any]

#: Meta's default and largest page.
PAGE, LARGEST_PAGE = 25, 100
#: The permission that each edge needs.
NEEDS = {
    "conversations": "pages_messaging",
    "messages": "pages_messaging",
    "feed": "pages_read_engagement",
    "tagged": "pages_read_user_content",
    "comments": "pages_read_engagement",
}


@dataclass(frozen=True, slots=True)
class _Item:
    """One object of an edge, written out only when it stands on the page."""

    id: str
    resource: Callable[[], Resource]


class NoSuchEdge(Exception):
    """The object has no such edge."""


class Reading:
    """Answers what is asked for with GET."""

    def __init__(self, archive: GraphArchive, behaviour: Behaviour, clock: Clock, files_at: Callable[[], str]) -> None:
        """Read from an archive; `files_at` says where files are fetched."""
        self._archive = archive
        self._behaviour = behaviour
        self._clock = clock
        self._files_at = files_at

    def object(self, id: str, fields: str) -> Resource | None:
        """Return one object, as far as it was asked for; None: there is none. Raises ValueError for bad fields."""
        wanted = read_fields(fields) if fields else ()
        resource = self._resource(id)
        return None if resource is None else self._shown(resource, wanted)

    def edge(self, id: str, name: str, query: Mapping[str, str]) -> Resource:
        """Return a page of an edge.

        Raises:
            NoSuchEdge: the object has none of that name.
            ValueError: the fields cannot be understood.
        """
        wanted = read_fields(query["fields"]) if query.get("fields") else (Wanted("id"), Wanted("created_time"))
        limit = min(int(query.get("limit") or PAGE), LARGEST_PAGE)
        return self._page(self._items(id, name, query), wanted, limit, query.get("after", ""))

    def _resource(self, id: str) -> Resource | None:
        archive, now = self._archive, self._clock.now()
        if id in ("me", archive.page.id):
            return {**archive.page.resource(), "category": archive.page.category}
        if id in archive.messages:
            return of_message(archive.messages[id], self._files_at())
        if id in archive.comments:
            return of_comment(archive.comments[id], archive, now, self._files_at())
        found = archive.of_conversation(id)
        return of_conversation(id, found, archive) if found else None

    def _items(self, id: str, name: str, query: Mapping[str, str]) -> Sequence[_Item]:
        archive = self._archive
        if name == "conversations" and id == archive.page.id:
            user = query.get("user_id", "")
            return [
                _Item(own, partial(of_conversation, own, messages, archive))
                for own, messages in archive.conversations()
                if not user or user in (messages[0].sender.id, messages[0].recipient.id)
            ]
        if name in ("feed", "tagged") and id == archive.page.id:
            return self._comments(archive.posts(mentions=name == "tagged"))
        if name == "messages":
            return self._messages(archive.of_conversation(id))
        if name == "comments" and id in archive.comments:
            stream = query.get("filter") == "stream"
            found = [each for each in archive.under(id) if stream or not each.parent or each.parent == id]
            newest_first = query.get("order") == "reverse_chronological"
            return self._comments(found if newest_first else found[::-1])
        raise NoSuchEdge(name)

    def _comments(self, records: Sequence[CommentRecord]) -> list[_Item]:
        now: datetime = self._clock.now()
        files_at = self._files_at()
        return [_Item(each.id, partial(of_comment, each, self._archive, now, files_at)) for each in records]

    def _messages(self, records: Sequence[MessageRecord]) -> list[_Item]:
        files_at = self._files_at()
        return [_Item(each.id, partial(of_message, each, files_at)) for each in records]

    def _page(self, items: Sequence[_Item], wanted: tuple[Wanted, ...], limit: int, after: str) -> Resource:
        start = 0
        if after:
            last = urlsafe_b64decode(after.encode()).decode()
            start = next((place for place, each in enumerate(items, 1) if each.id == last), len(items))
        page = list(items[start : start + limit])
        cursor = urlsafe_b64encode(page[-1].id.encode()).decode() if page else ""
        if self._behaviour.trouble is GraphTrouble.shuffled:
            page = [*page[1:], *page[:1]]
        paging: Resource = {"cursors": {"before": "", "after": cursor}} if page else {}
        if start + limit < len(items):
            paging["next"] = f"https://graph.facebook.com/next?after={cursor}"
        return {"data": [self._shown(each.resource(), wanted) for each in page], "paging": paging}

    def _shown(self, resource: Resource, wanted: tuple[Wanted, ...]) -> Resource:
        shown = cut(resource, wanted)
        for each in wanted:
            if each.name in ("messages", "comments") and each.name not in resource:
                query = {**each.modifiers}
                inner = each.fields or (Wanted("id"),)
                limit = min(int(query.get("limit") or PAGE), LARGEST_PAGE)
                shown[each.name] = self._page(self._items(resource["id"], each.name, query), inner, limit, "")
        return shown
