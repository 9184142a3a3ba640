"""What the stand-in of the Graph API keeps: people, conversations, posts and comments of one page, in memory.

Source: Meta's published reference of the Graph API (Conversation, Message, Page Post, Comment).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from threading import RLock
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes: a person, or another page."""

    id: str
    name: str
    #: Only pages have one.
    category: str = ""

    def resource(self) -> dict[str, Any]:
        """Return it as the API gives it."""
        shown = {"id": self.id, "name": self.name}
        return {**shown, "category": self.category} if self.category else shown


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFile:
    """A picture or a file of a message or a comment."""

    id: str
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """One message of a conversation."""

    id: str
    conversation: str
    sender: Writer
    recipient: Writer
    text: str
    #: Whole seconds, aware UTC.
    created_at: datetime
    files: tuple[GraphFile, ...] = ()
    sticker: str = ""
    #: The app that sent it; empty: a person did, in Meta's own inbox or on the phone.
    app_id: str = ""
    #: HUMAN_AGENT, when it needed leave.
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRecord:
    """One post or comment; a post has no `post`."""

    id: str
    author: Writer
    text: str
    created_at: datetime
    #: The post under which it stands; empty: it is one itself.
    post: str = ""
    #: The comment that it replies to.
    parent: str = ""
    #: True: a post elsewhere that names the page.
    mention: bool = False
    hidden: bool = False
    files: tuple[GraphFile, ...] = ()
    #: The message by which it was answered in private.
    private_reply: str = ""


Record = TypeVar("Record", MessageRecord, CommentRecord)


@dataclass
class GraphArchive:
    """Everything of one page, in the order it came; safe between threads."""

    page: Writer
    messages: dict[str, MessageRecord] = field(default_factory=dict)
    comments: dict[str, CommentRecord] = field(default_factory=dict)
    #: When each post was last written under, as far as the API says.
    updated: dict[str, datetime] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    #: The messages of each conversation, and the comments under each post and comment, in the order they came.
    _by_conversation: dict[str, dict[str, MessageRecord]] = field(default_factory=dict)
    _under: dict[str, dict[str, CommentRecord]] = field(default_factory=dict)
    #: What was listed since the last change: pages of a long list are asked for one after the other.
    _listed: dict[str, Any] = field(default_factory=dict)
    #: Posts that no feed shows, though they can be asked for.
    _unlisted: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def new_number(self) -> int:
        """Return a number that nothing else here has."""
        with self.lock:
            return next(self._numbers)

    def add_message(self, **fields: Any) -> MessageRecord:
        """Keep a message and return it; the fields are those of MessageRecord."""
        with self.lock:
            record = MessageRecord(id=f"m_{self.new_number():012d}", **fields)
            record = replace(record, created_at=record.created_at.replace(microsecond=0))
            self._keep(record)
        return record

    def add_comment(self, id: str = "", **fields: Any) -> CommentRecord:
        """Keep a post or a comment and return it; the fields are those of CommentRecord."""
        with self.lock:
            owner = fields["post"].rpartition("_")[2] if fields.get("post") else self._owner(fields)
            record = CommentRecord(id=id or f"{owner}_{self.new_number():012d}", **fields)
            record = replace(record, created_at=record.created_at.replace(microsecond=0))
            self._keep_comment(record)
            of_post = record.post or record.id
            self.updated[of_post] = max(self.updated.get(of_post, record.created_at), record.created_at)
        return record

    def _owner(self, fields: dict[str, Any]) -> str:
        """Return whose post it is, which its id begins with: a mention stands at somebody else's page."""
        author: Writer = fields["author"]
        return author.id if fields.get("mention") else self.page.id

    def change_message(self, id: str, **fields: Any) -> MessageRecord:
        """Change a message and return it. Raises KeyError when there is none."""
        with self.lock:
            self._keep(replace(self.messages[id], **fields))
            return self.messages[id]

    def change_comment(self, id: str, **fields: Any) -> CommentRecord:
        """Change a post or a comment and return it. Raises KeyError when there is none."""
        with self.lock:
            self._keep_comment(replace(self.comments[id], **fields))
            return self.comments[id]

    def remove(self, id: str) -> bool:
        """Delete a message, or a post or comment with all under it; False: there is none."""
        with self.lock:
            self._listed.clear()
            message = self.messages.pop(id, None)
            if message is not None:
                left = self._by_conversation[message.conversation]
                del left[id]
                if not left:
                    del self._by_conversation[message.conversation]
                return True
            for each in list(self._under.get(id, {})):
                self._forget_comment(each)
            return self._forget_comment(id)

    def unlist(self, id: str) -> None:
        """Show a post in no feed any more."""
        with self.lock:
            self._listed.clear()
            self._unlisted.add(id)

    def conversations(self) -> list[tuple[str, list[MessageRecord]]]:
        """Return the conversations by when they last changed, newest first, each with its messages, newest first."""
        with self.lock:
            if "conversations" not in self._listed:
                found = [(id, _newest_first(messages.values())) for id, messages in self._by_conversation.items()]
                found.reverse()
                self._listed["conversations"] = sorted(found, key=lambda each: each[1][0].created_at, reverse=True)
            return list(self._listed["conversations"])

    def of_conversation(self, id: str) -> list[MessageRecord]:
        """Return the messages of a conversation, newest first; none: there is no such conversation."""
        return self._list(id, lambda: self._by_conversation.get(id, {}).values())

    def posts(self, *, mentions: bool = False) -> list[CommentRecord]:
        """Return the posts of the page's feed, or those elsewhere that name it, newest first."""
        return self._list(
            f"posts {mentions}",
            lambda: [
                each
                for each in self.comments.values()
                if not each.post and each.mention is mentions and each.id not in self._unlisted
            ],
        )

    def under(self, id: str) -> list[CommentRecord]:
        """Return the comments under a post, replies too, or the replies to a comment, newest first."""
        return self._list(f"under {id}", lambda: self._under.get(id, {}).values())

    def count_under(self, id: str) -> int:
        """Return how many comments stand under a post or a comment."""
        return len(self._under.get(id, {}))

    def last_from(self, person: str) -> MessageRecord | None:
        """Return what a person wrote last; None: nothing."""
        with self.lock:
            found = [each for each in self.messages.values() if each.sender.id == person]
        return max(found, key=lambda each: each.created_at, default=None)

    def _keep(self, record: MessageRecord) -> None:
        self._listed.clear()
        self.messages[record.id] = record
        self._by_conversation.setdefault(record.conversation, {})[record.id] = record

    def _keep_comment(self, record: CommentRecord) -> None:
        self._listed.clear()
        self.comments[record.id] = record
        for above in {record.post, record.parent} - {""}:
            self._under.setdefault(above, {})[record.id] = record

    def _forget_comment(self, id: str) -> bool:
        record = self.comments.pop(id, None)
        for above in {record.post, record.parent} - {""} if record else ():
            self._under[above].pop(id, None)
        return record is not None

    def _list(self, key: str, find: Callable[[], Iterable[Record]]) -> list[Record]:
        with self.lock:
            if key not in self._listed:
                self._listed[key] = _newest_first(find())
            found: list[Record] = self._listed[key]
            return found


def _newest_first(records: Iterable[Record]) -> list[Record]:
    """Return the newest first; of two of one second the later one."""
    later_first = list(records)[::-1]
    return sorted(later_first, key=lambda each: each.created_at, reverse=True)
