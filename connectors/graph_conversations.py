"""The Messenger conversations of a page, read by when they last changed, newest first.

Source: Meta's Page Conversations: no paging by time, so that one walks in the order of change to the known mark.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain

from connectors.graph_client import GraphClient, items, next_cursor
from connectors.graph_codes import Refused
from connectors.graph_cursor import THREADS, Known, Part
from connectors.graph_depth import EDITED_WITHIN, Depth
from connectors.graph_found import Found
from connectors.graph_items import Item, Resource, item_of, time_of, writer_of

CONVERSATIONS = "conversations"
#: Conversations in a page: few at first, because most visits find little.
PAGE, LARGER_PAGE = 10, 50
#: Messages that come with each conversation, and those of a page of one that has more.
INLINE, MESSAGES = 10, 50
#: The latest messages of a person that an answer may answer.
MOST_ANSWERED = 20

MESSAGE_FIELDS = (
    "id,created_time,from,to,message,sticker,shares,tags,"
    "attachments{id,mime_type,name,size,image_data,video_data,file_url}"
)
_FIELDS = f"id,updated_time,message_count,participants,messages.limit({INLINE}){{{MESSAGE_FIELDS}}}"


def read_conversations(client: GraphClient, page: str, part: Part, depth: Depth, seen: Mapping[str, Known]) -> Found:
    """Return the messages of every conversation that changed. Raises Unreachable: they cannot be read now."""
    found = Found(threads=dict(part.threads))
    changed: dict[str, str] = {}
    for listed in _pages(client, page):
        for each in listed:
            id, mark = str(each["id"]), _mark(each)
            if depth.whole or part.threads.get(id) != mark:
                changed.setdefault(id, mark)
                found.items += _read(client, page, each, depth, seen, found)
        unchanged = all(part.threads.get(str(each["id"])) == _mark(each) for each in listed)
        if (unchanged and not depth.whole) or any(time_of(each, "updated_time") < depth.oldest for each in listed):
            break
    # Those that changed come first, so that they are remembered longest.
    found.threads = dict(list({**changed, **part.threads, **changed}.items())[:THREADS])
    return found


def read_conversation(client: GraphClient, page: str, id: str, depth: Depth) -> Found:
    """Return the messages of one conversation. Raises Unreachable: it cannot be read now."""
    found = Found()
    found.items += _read(client, page, client.get(id, fields=_FIELDS), depth, {}, found)
    return found


def _mark(conversation: Resource) -> str:
    """Return what changes when something is written: two messages may come in one second."""
    return f"{conversation.get('updated_time', '')}/{conversation.get('message_count', '')}"


def _pages(client: GraphClient, page: str) -> Iterator[list[Resource]]:
    asked: dict[str, str | int] = {"platform": "messenger", "fields": _FIELDS, "limit": PAGE}
    while True:
        answer = client.get(page, CONVERSATIONS, **asked)
        yield items(answer)
        after = next_cursor(answer)
        if not after or after == asked.get("after"):
            return
        asked = {**asked, "limit": LARGER_PAGE, "after": after}


def _read(
    client: GraphClient, page: str, conversation: Resource, depth: Depth, seen: Mapping[str, Known], found: Found
) -> Iterator[Item]:
    person = _person(conversation, page)
    asked: list[str] = []
    asked_at: datetime | None = None
    taken = [*_taken(client, conversation, depth, seen, found), *_before(conversation, depth)]
    for each in {str(each["id"]): each for each in reversed(taken)}.values():
        at = time_of(each, "created_time")
        if writer_of(each) != page:
            asked.append(str(each["id"]))
            asked_at = at
        if at < depth.oldest:
            continue
        if writer_of(each) == page:
            answers = tuple(asked[-MOST_ANSWERED:])
            yield item_of(each, CONVERSATIONS, page, answers=answers, to=person, asked_at=asked_at)
        else:
            yield item_of(each, CONVERSATIONS, page)


def _before(conversation: Resource, depth: Depth) -> list[Resource]:
    """Return what came with a conversation and is too old to be read: what the page writes now may answer it."""
    inline = conversation.get("messages")
    listed = items(inline) if isinstance(inline, dict) else []
    oldest = depth.oldest - EDITED_WITHIN
    return [each for each in listed if oldest <= time_of(each, "created_time") < depth.oldest]


def _taken(
    client: GraphClient, conversation: Resource, depth: Depth, seen: Mapping[str, Known], found: Found
) -> list[Resource]:
    """Return the messages that are wanted, newest first; one page that is refused leaves those before it."""
    inline = conversation.get("messages") if isinstance(conversation.get("messages"), dict) else {}
    first = items(inline or {})
    more = chain.from_iterable(_more(client, conversation)) if next_cursor(inline or {}) else iter(())
    taken: list[Resource] = []
    try:
        for each in chain(first, more):
            if time_of(each, "created_time") < depth.oldest:
                break
            if not depth.whole and len(taken) >= len(first) and each["id"] in seen:
                break
            taken.append(each)
    except Refused as fault:
        found.refuse(str(conversation["id"]), CONVERSATIONS, fault)
    return taken


def _more(client: GraphClient, conversation: Resource) -> Iterator[list[Resource]]:
    """Yield the messages of a conversation that has more than came with it, those included."""
    return client.pages(str(conversation["id"]), "messages", fields=MESSAGE_FIELDS, limit=MESSAGES)


def _person(conversation: Resource, page: str) -> str:
    people = conversation.get("participants")
    ids = [str(each["id"]) for each in items(people)] if isinstance(people, dict) else []
    return next((id for id in ids if id != page), "")
