"""Graph objects as the API gives them: every field that Meta's reference names and the product asks for."""

from datetime import datetime
from typing import Any

from sandbox.graph_records import CommentRecord, GraphArchive, GraphFile, MessageRecord

#: For how long a comment can be answered in private.
PRIVATE_REPLY_DAYS = 7


def graph_time(at: datetime) -> str:
    """Return an instant as the API writes it.

    >>> from datetime import UTC
    >>> graph_time(datetime(2026, 11, 24, 8, 12, tzinfo=UTC))
    '2026-11-24T08:12:00+0000'
    """
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def of_message(record: MessageRecord, files_at: str) -> dict[str, Any]:
    """Return a message; `files_at` is where its files can be fetched."""
    resource: dict[str, Any] = {
        "id": record.id,
        "created_time": graph_time(record.created_at),
        "from": record.sender.resource(),
        "to": {"data": [record.recipient.resource()]},
        "message": record.text,
        "tags": {"data": [{"name": "inbox"}]},
    }
    if record.sticker:
        resource["sticker"] = record.sticker
    if record.files:
        resource["attachments"] = {"data": [_attachment(each, files_at) for each in record.files]}
    return resource


def of_comment(record: CommentRecord, archive: GraphArchive, now: datetime, files_at: str) -> dict[str, Any]:
    """Return a post or a comment."""
    resource: dict[str, Any] = {
        "id": record.id,
        "created_time": graph_time(record.created_at),
        "from": record.author.resource(),
        "message": record.text,
        "permalink_url": f"https://www.facebook.com/{record.id}",
        "is_hidden": record.hidden,
    }
    if record.files:
        media = [{"type": "photo", "media": {"image": {"src": f"{files_at}/{record.files[0].id}"}}}]
        resource |= {"attachments": {"data": media}} if not record.post else {"attachment": media[0]}
    if not record.post:
        resource["updated_time"] = graph_time(archive.updated.get(record.id, record.created_at))
        return resource
    fresh = (now - record.created_at).days < PRIVATE_REPLY_DAYS
    by_page = record.author.id == archive.page.id or bool(record.author.category)
    resource["can_reply_privately"] = fresh and not record.private_reply and not by_page
    resource["comment_count"] = archive.count_under(record.id)
    resource["object"] = {"id": record.post}
    if record.parent:
        resource["parent"] = {"id": record.parent, "from": archive.comments[record.parent].author.resource()}
    if record.private_reply:
        resource["private_reply_conversation"] = {"id": archive.messages[record.private_reply].conversation}
    return resource


def of_conversation(id: str, messages: list[MessageRecord], archive: GraphArchive) -> dict[str, Any]:
    """Return a conversation without its messages, which are an edge of its own."""
    other = next((each.sender for each in messages if each.sender.id != archive.page.id), messages[0].recipient)
    return {
        "id": id,
        "updated_time": graph_time(messages[0].created_at),
        "message_count": len(messages),
        "participants": {"data": [other.resource(), archive.page.resource()]},
        "link": f"/{archive.page.id}/inbox/{id}/",
    }


def _attachment(file: GraphFile, files_at: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": file.id, "mime_type": file.media_type, "name": file.name, "size": len(file.content)
    }  # fmt: skip
    url = f"{files_at}/{file.id}"
    if file.media_type.startswith("image/"):
        return {**shown, "image_data": {"url": url, "preview_url": url, "width": 1, "height": 1}}
    if file.media_type.startswith("video/"):
        return {**shown, "video_data": {"url": url, "preview_url": url, "width": 1, "height": 1}}
    return {**shown, "file_url": url}
