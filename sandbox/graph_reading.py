"""What can be read at the stand-in of the Graph API: objects, and their edges page by page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.protocols import Clock
from sandbox.graph_behaviour import Behaviour, GraphTrouble
from sandbox.graph_fields import Wanted, cut, read_fields
from sandbox.graph_node_fields import check_fields, node_of
from sandbox.graph_records import CommentRecord, GraphArchive
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


#: What stands on each edge.
NODES = {
    "conversations": "UnifiedThread", "messages": "Message", "feed": "Post", "tagged": "Post", "comments": "Comment",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Edge:
    """The objects of an edge in order; each is written out only when it stands on the page."""

    ids: Sequence[str]
    resource: Callable[[int], Resource]


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
        """Return one object, as far as it was asked for; None: there is none.

        Raises:
            UnknownField: its type has none of that name.
            ValueError: the fields cannot be understood.
        """
        wanted = read_fields(fields) if fields else ()
        resource = self._resource(id)
        if resource is None:
            return None
        check_fields(node_of(resource, self._archive), wanted)
        return self._shown(resource, wanted)

    def edge(self, id: str, name: str, query: Mapping[str, str]) -> Resource:
        """Return a page of an edge.

        Raises:
            NoSuchEdge: the object has none of that name.
            UnknownField: what stands on it has none of that name.
            ValueError: the fields cannot be understood.
        """
        wanted = read_fields(query["fields"]) if query.get("fields") else (Wanted("id"), Wanted("created_time"))
        limit = min(int(query.get("limit") or PAGE), LARGEST_PAGE)
        check_fields(NODES[name], wanted)
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

    def _items(self, id: str, name: str, query: Mapping[str, str]) -> _Edge:
        archive = self._archive
        if name == "conversations" and id == archive.page.id:
            return self._conversations(query.get("user_id", ""))
        if name in ("feed", "tagged") and id == archive.page.id:
            return self._comments(archive.posts(mentions=name == "tagged"))
        if name == "messages":
            records = archive.of_conversation(id)
            return _Edge([each.id for each in records], lambda at: of_message(records[at], self._files_at()))
        if name == "comments" and id in archive.comments:
            stream = query.get("filter") == "stream"
            found = archive.under(id) if stream else [each for each in archive.under(id) if each.parent in ("", id)]
            newest_first = query.get("order") == "reverse_chronological"
            return self._comments(found if newest_first else found[::-1])
        raise NoSuchEdge(name)

    def _conversations(self, user: str) -> _Edge:
        found = [
            (id, messages)
            for id, messages in self._archive.conversations()
            if not user or user in (messages[0].sender.id, messages[0].recipient.id)
        ]
        return _Edge([id for id, _ in found], lambda at: of_conversation(*found[at], self._archive))

    def _comments(self, records: Sequence[CommentRecord]) -> _Edge:
        def shown(at: int) -> Resource:
            return of_comment(records[at], self._archive, self._clock.now(), self._files_at())

        return _Edge([each.id for each in records], shown)

    def _page(self, edge: _Edge, wanted: tuple[Wanted, ...], limit: int, after: str) -> Resource:
        last = urlsafe_b64decode(after.encode()).decode()
        start = (edge.ids.index(last) + 1 if last in edge.ids else len(edge.ids)) if after else 0
        places = list(range(start, min(start + limit, len(edge.ids))))
        cursor = urlsafe_b64encode(edge.ids[places[-1]].encode()).decode() if places else ""
        if self._behaviour.trouble is GraphTrouble.shuffled:
            places = [*places[1:], *places[:1]]
        paging: Resource = {"cursors": {"before": "", "after": cursor}} if places else {}
        if start + limit < len(edge.ids):
            paging["next"] = f"https://graph.facebook.com/next?after={cursor}"
        return {"data": [self._shown(edge.resource(at), wanted) for at in places], "paging": paging}

    def _shown(self, resource: Resource, wanted: tuple[Wanted, ...]) -> Resource:
        shown = cut(resource, wanted)
        for each in wanted:
            if each.name in ("messages", "comments") and each.name not in resource:
                query = {**each.modifiers}
                inner = each.fields or (Wanted("id"),)
                limit = min(int(query.get("limit", PAGE)), LARGEST_PAGE)
                items = self._items(resource["id"], each.name, query)
                shown[each.name] = self._page(items, inner, limit, "")
                if query.get("summary") == "true":
                    shown[each.name]["summary"] = {"total_count": len(items.ids)}
        return shown
