"""What is written in public at a page: visitors' posts, comments and replies under its posts, and mentions elsewhere.

Source: Meta's Page Feed and Comment: a post's `updated_time` moves with each comment; `filter=stream` gives replies.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors.graph_client import GraphClient
from connectors.graph_codes import Refused
from connectors.graph_cursor import THREADS, Known, Part
from connectors.graph_depth import Depth
from connectors.graph_found import Found
from connectors.graph_items import Item, Resource, item_of, time_of, writer_of

FEED, TAGGED = "feed", "tagged"
#: Posts and comments in a page.
POSTS, COMMENTS = 50, 100

POST_FIELDS = "id,created_time,updated_time,from,message,permalink_url,is_hidden,attachments{type,media,url}"
#: How many comments a post has tells more than when it changed: two may come in one second.
_LISTED_FIELDS = f"{POST_FIELDS},comments.filter(stream).summary(true).limit(0)"
COMMENT_FIELDS = (
    "id,created_time,from,message,parent{id,from},object{id},permalink_url,is_hidden,can_reply_privately,comment_count,"
    "attachment{type,media,url}"
)


def read_public(
    client: GraphClient,
    page: str,
    edge: str,
    part: Part,
    depth: Depth,
    posts_since: datetime,
    seen: Mapping[str, Known],
) -> Found:
    """Return what others wrote in public, and what the page answered. Raises Unreachable: it cannot be read now."""
    found = Found(threads=dict(part.threads))
    changed: dict[str, str] = {}
    for listed in client.pages(page, edge, fields=_LISTED_FIELDS, limit=POSTS):
        for post in listed:
            id, mark = str(post["id"]), _mark(post)
            if depth.whole or part.threads.get(id) != mark:
                changed[id] = mark
                found.items += _read(client, page, edge, post, depth, seen, found)
        unchanged = all(part.threads.get(str(post["id"])) == _mark(post) for post in listed)
        if (unchanged and not depth.whole) or any(time_of(post, "created_time") < posts_since for post in listed):
            break
    # Read newest first; of two of one second the one that came first is to stand first.
    found.items.reverse()
    found.threads = dict(list({**changed, **part.threads, **changed}.items())[:THREADS])
    return found


def read_post(client: GraphClient, page: str, id: str, depth: Depth) -> Found:
    """Return one post and what stands under it, newest last. Raises Unreachable: it cannot be read now."""
    found = Found()
    found.items += _read(client, page, FEED, client.get(id, fields=_LISTED_FIELDS), depth, {}, found)
    found.items.reverse()
    return found


def _read(
    client: GraphClient, page: str, edge: str, post: Resource, depth: Depth, seen: Mapping[str, Known], found: Found
) -> Iterator[Item]:
    if time_of(post, "created_time") >= depth.oldest:
        yield item_of({name: post[name] for name in post if name != "comments"}, edge, page)
    # What stands under a post elsewhere is not ours to read; and most posts have nothing new under them.
    if edge == TAGGED or not _count(post) or time_of(post, "updated_time") < depth.oldest:
        return
    comments: list[Resource] = []
    try:
        for each in _comments(client, str(post["id"]), depth, seen):
            comments.append(each)
    except Refused as fault:
        found.refuse(str(post["id"]), FEED, fault)
    # What a comment stands under may be too old to be listed.
    above = [each["parent"] for each in comments if isinstance(each.get("parent"), dict)]
    writers = {str(each.get("id")): writer_of(each) for each in (*above, post, *comments)}
    for each in comments:
        answered = _answered(each, post, page, writers)
        to = writers.get(answered[0], "") if answered else ""
        yield item_of(each, edge, page, answers=answered, to=to)


def _mark(post: Resource) -> str:
    """Return what changes when something is written under a post."""
    return f"{post.get('updated_time', '')}/{_count(post)}"


def _count(post: Resource) -> int:
    comments = post.get("comments")
    summary = comments.get("summary") if isinstance(comments, dict) else None
    return int(summary.get("total_count") or 0) if isinstance(summary, dict) else 0


def _comments(client: GraphClient, post: str, depth: Depth, seen: Mapping[str, Known]) -> Iterator[Resource]:
    asked: dict[str, str | int] = {"filter": "stream", "order": "reverse_chronological", "limit": COMMENTS}
    for listed in client.pages(post, "comments", fields=COMMENT_FIELDS, **asked):
        yield from (each for each in listed if time_of(each, "created_time") >= depth.oldest)
        if any(time_of(each, "created_time") < depth.oldest for each in listed):
            return
        if not depth.whole and all(str(each["id"]) in seen for each in listed):
            return


def _answered(comment: Resource, post: Resource, page: str, writers: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the page's own comment answers: the comment it stands under, or a visitor's post."""
    if writer_of(comment) != page:
        return ()
    parent = comment.get("parent")
    target = str(parent.get("id") or "") if isinstance(parent, dict) else str(post["id"])
    return (target,) if target and writers.get(target, "") != page else ()
