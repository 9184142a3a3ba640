"""Facebook: a Graph conversation message or a comment made into a Message."""

from collections.abc import Iterator
from typing import Any

from domain.account import Channel
from domain.message import Arrival, Attachment, Mailbox, Message
from intake.characters import one_line, storable
from intake.resource import Resource, as_headers, read_resource, text_field, time_field

#: A comment may have 8,000 characters, a message 20,000.
MOST_TEXT_CHARS = 32_000
#: More than a conversation or a post can hold at once.
MOST_ATTACHMENTS = 50
#: Fields that only a comment has. Its id also joins the post's and its own by an underscore.
_OF_COMMENTS = ("parent", "can_reply_privately", "comment_count", "like_count", "permalink_url", "is_hidden", "object")


def parse_facebook(arrival: Arrival) -> Message:
    """Return the message; the simple fields are its headers, and `kind` says whether it is a message or a comment.

    Raises:
        ValueError: the original is not a JSON object.
    """
    resource = read_resource(arrival.original)
    sent_at = time_field(resource, "created_time")
    text = storable(text_field(resource, "message"))
    sender = _person(resource.get("from"))
    identity = text_field(resource, "id")
    return Message(
        channel=Channel.facebook,
        arrived_at=min(sent_at, arrival.provider_at) if sent_at else arrival.provider_at,
        sender=sender,
        text=text[:MOST_TEXT_CHARS],
        headers=(("kind", kind(resource)), *as_headers(resource)),
        message_id=named(identity) if identity else None,
        in_reply_to=_parent(resource),
        to=tuple(person.address for each in _listed(resource, "to") if (person := _person(each))),
        date=sent_at,
        media_types=(arrival.media_type,),
        attachments=tuple(_attachments(resource)),
        role=arrival.role,
        flags=arrival.flags,
        size_bytes=len(arrival.original),
        defects=tuple(_defects(sender, text)),
    )


def named(id: str) -> str:
    """Return what a message is referred to by, as a Message-ID is written."""
    return f"<{one_line(id, 320)}>"


def _parent(resource: Resource) -> tuple[str, ...]:
    """Return the comment that a comment replies to."""
    parent = text_field(resource.get("parent"), "id")
    return (named(parent),) if parent else ()


def kind(resource: Resource) -> str:
    """Return `comment` for what stands in public, else `message`."""
    id = text_field(resource, "id")
    is_comment = "to" not in resource and (any(name in resource for name in _OF_COMMENTS) or _joins_two(id))
    return "comment" if is_comment else "message"


def _joins_two(id: str) -> bool:
    post, _, own = id.partition("_")
    return post.isdecimal() and own.isdecimal()


def _person(given: Any) -> Mailbox | None:
    id = one_line(text_field(given, "id"), 320).lower()
    return Mailbox(id, one_line(text_field(given, "name"), 300)) if id else None


def _listed(resource: Resource, name: str) -> list[Any]:
    """Return the items of a Graph edge: `{"data": [...]}`."""
    edge = resource.get(name)
    items = edge.get("data") if isinstance(edge, dict) else edge
    return items[:MOST_ATTACHMENTS] if isinstance(items, list) else []


def _attachments(resource: Resource) -> Iterator[Attachment]:
    for each in _listed(resource, "attachments"):
        size = text_field(each, "size")
        yield Attachment(
            name=one_line(text_field(each, "name"), 300),
            media_type=one_line(text_field(each, "mime_type"), 127).lower() or "application/octet-stream",
            size_bytes=int(size) if size.isdecimal() and len(size) < 16 else 0,
        )


def _defects(sender: Mailbox | None, text: str) -> Iterator[str]:
    if sender is None:
        yield "the sender is missing"
    if len(text) > MOST_TEXT_CHARS:
        yield f"the text was cut: more than {MOST_TEXT_CHARS} characters"
