"""Which fields each type of object has at the stand-in of the Graph API: what is asked beyond them is refused.

Source: Meta's reference of Page, Conversation, Message, Page Post and Comment; error 100 for a field that is not there.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.graph_fields import Wanted
from sandbox.graph_records import GraphArchive

#: By type, as Meta's errors name it.
FIELDS: Mapping[str, frozenset[str]] = {
    "Page": frozenset({"id", "name", "category", "conversations", "feed", "tagged"}),
    "UnifiedThread": frozenset(
        {"id", "updated_time", "message_count", "participants", "link", "messages", "snippet", "unread_count"}
    ),
    "Message": frozenset({"id", "created_time", "from", "to", "message", "sticker", "shares", "tags", "attachments"}),
    "Post": frozenset(
        {
            "id", "created_time", "updated_time", "from", "to", "message", "permalink_url", "is_hidden", "attachments",
            "comments", "parent_id", "story",
        }
    ),
    "Comment": frozenset(
        {
            "id", "created_time", "from", "message", "parent", "object", "permalink_url", "is_hidden", "comment_count",
            "can_reply_privately", "private_reply_conversation", "attachment", "comments", "like_count",
        }
    ),
}  # fmt: skip


class UnknownField(Exception):
    """A type of object has no such field; the text is Meta's."""


def node_of(resource: Mapping[str, Any], archive: GraphArchive) -> str:
    """Return the type of an object."""
    id = resource["id"]
    if id == archive.page.id:
        return "Page"
    if id in archive.messages:
        return "Message"
    if id in archive.comments:
        return "Comment" if archive.comments[id].post else "Post"
    return "UnifiedThread"


def check_fields(node: str, wanted: tuple[Wanted, ...]) -> None:
    """Refuse a field that the type has not. Raises UnknownField."""
    unknown = next((each.name for each in wanted if each.name not in FIELDS[node]), None)
    if unknown is not None:
        raise UnknownField(f"(#100) Tried accessing nonexisting field ({unknown}) on node type ({node})")
