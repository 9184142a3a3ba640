"""What a page answers: in Messenger within Meta's windows, under a comment, or to its writer in private (P8).

Never an automatic message outside 24 hours, never an automatic public answer; a person's answer goes for seven days
where Meta has given the app leave (HUMAN_AGENT).

Source: Meta's Send API and "Private replies"; domain.md 2.11, 3.8.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.graph_client import GraphClient, Resource, items
from connectors.graph_codes import NO_LEAVE, OFFER_ANOTHER_WAY, TOO_LATE, NotThere, failing_of
from connectors.graph_items import time_of, writer_of
from domain.account import FacebookConnection
from domain.errors import LimitReached, SendFailed, SendRefused, SendUncertain, Unreachable
from domain.ids import OutgoingId
from domain.outgoing import AUTOMATIC_REPLIES, CANNOT_TELL, NO_TRACE, Found, Receipt, Rendered, Trace
from domain.page import LONGEST_COMMENT_CHARS, LONGEST_MESSAGE_CHARS, WAY_HEADER, PageWay, Window, window
from domain.protocols import Clock

#: The latest messages of a conversation that are looked at: for when the person last wrote, and whether a send went.
LOOKED_AT = 50
#: What Meta took stands in its lists by then.
LISTED_WITHIN = timedelta(seconds=30)
#: How much Meta's clock and ours may differ.
CLOCKS_DIFFER = timedelta(minutes=5)

_FIELDS = "id,created_time,from,message"

NEVER_WROTE = f"The person has no conversation with the page: {OFFER_ANOTHER_WAY}"
NO_AUTOMATIC_COMMENT = "No machine answers in public: let a person answer"
MACHINE_TOO_LATE = "More than 24 hours since the person wrote: only a person may answer"


class FacebookSink:
    """A page as a way out. Used by one thread at a time."""

    def __init__(self, connection: FacebookConnection, page: str, client: GraphClient, clock: Clock) -> None:
        """Remember the way out; nothing is opened yet."""
        self._connection = connection
        self._page = page
        self._client = client
        self._clock = clock
        #: When each send was cut off: Meta may list it a little later.
        self._cut_at: dict[OutgoingId, datetime] = {}

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        """Send one message, once; see `Sink.send`."""
        way = way_of(rendered)
        if way is not PageWay.message and rendered.kind in AUTOMATIC_REPLIES:
            raise SendRefused(NO_AUTOMATIC_COMMENT)
        try:
            if way is PageWay.hide:
                said = self._hide(rendered, before_wire)
            elif way is PageWay.public:
                said = self._comment(rendered, before_wire)
            else:
                said = self._message(rendered, way, before_wire)
            id = str(said.get("message_id") or said.get("id") or "")
            if not id:
                raise SendUncertain("Facebook does not say what it took: it may have gone")
        except SendUncertain:
            self._cut_at[rendered.id] = self._clock.now()
            raise
        return Receipt(accepted_at=self._clock.now(), provider_id=id, details={"way": way})

    def find_sent(self, rendered: Rendered, is_anothers: Callable[[str], bool]) -> Trace:
        """Look for the text among what the page wrote there lately; see `Sink.find_sent`."""
        cut_at = self._cut_at.get(rendered.id)
        if cut_at is not None and self._clock.now() - cut_at < LISTED_WITHIN:
            raise Unreachable("busy", "Facebook may not list the message yet: ask again in half a minute")
        if way_of(rendered) is PageWay.hide:
            hidden = self._client.get(rendered.recipient, fields="id,is_hidden").get("is_hidden") is True
            return Trace(Found.found, rendered.recipient) if hidden else NO_TRACE
        try:
            written = self._written(rendered)
        except NotThere:
            return CANNOT_TELL
        made_at = cut_at or rendered.created_at
        for each in written:
            if self._may_be(each, rendered, made_at) and not is_anothers(str(each["id"])):
                return self._found(each)
        return NO_TRACE

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _may_be(self, written: Resource, rendered: Rendered, made_at: datetime | None) -> bool:
        """Say whether it may be this send: the page's own, the same words, not from before it was made."""
        if writer_of(written) != self._page or not written.get("id"):
            return False
        if str(written.get("message", "")).strip() != rendered.text.strip():
            return False
        return made_at is None or time_of(written, "created_time") >= made_at - CLOCKS_DIFFER

    def _found(self, written: Resource) -> Trace:
        if self._clock.now() - time_of(written, "created_time") < LISTED_WITHIN:
            raise Unreachable("busy", "Another worker may have sent it just now: ask again in half a minute")
        return Trace(Found.found, str(written["id"]))

    def _message(self, rendered: Rendered, way: PageWay, before_wire: Callable[[], None]) -> Resource:
        text = _short_enough(rendered, LONGEST_MESSAGE_CHARS)
        if way is PageWay.private:
            key = "post_id" if rendered.recipient.startswith(f"{self._page}_") else "comment_id"
            given = {"recipient": json.dumps({key: rendered.recipient}), "messaging_type": "RESPONSE"}
        else:
            given = {"recipient": json.dumps({"id": rendered.recipient}), **self._leave(rendered)}
        return self._client.post(self._page, "messages", before_wire, message=json.dumps({"text": text}), **given)

    def _hide(self, rendered: Rendered, before_wire: Callable[[], None]) -> Resource:
        said = self._client.post(rendered.recipient, "", before_wire, is_hidden="true")
        return {"id": rendered.recipient} if said.get("success") else {}

    def _comment(self, rendered: Rendered, before_wire: Callable[[], None]) -> Resource:
        text = _short_enough(rendered, LONGEST_COMMENT_CHARS)
        return self._client.post(rendered.recipient, "comments", before_wire, message=text)

    def _leave(self, rendered: Rendered) -> dict[str, str]:
        """Return by which leave a message goes to a person, by when they last wrote.

        Raises:
            SendRefused: the time is over; the sentence offers another way.
            SendFailed: it cannot be asked now when they last wrote.
        """
        try:
            wrote = [time_of(each, "created_time") for each in self._conversation(rendered.recipient)
                     if writer_of(each) == rendered.recipient]  # fmt: skip
        except Unreachable as fault:
            rest = fault.rest if isinstance(fault, LimitReached) else timedelta(0)
            raise SendFailed(str(fault), failing_of(fault), rest) from None
        if not wrote:
            raise SendRefused(NEVER_WROTE)
        match window(self._clock.now() - max(wrote)):
            case Window.everybody:
                return {"messaging_type": "RESPONSE"}
            case _ if rendered.kind in AUTOMATIC_REPLIES:
                raise SendRefused(MACHINE_TOO_LATE)
            case Window.people if self._connection.human_agent:
                return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
            case Window.people:
                raise SendRefused(NO_LEAVE)
            case _:
                raise SendRefused(TOO_LATE)

    def _written(self, rendered: Rendered) -> list[Resource]:
        """Return what was written lately where a message goes."""
        match way_of(rendered):
            case PageWay.message:
                return self._conversation(rendered.recipient)
            case PageWay.public:
                newest = "reverse_chronological"
                return items(
                    self._client.get(
                        rendered.recipient, "comments", fields=_FIELDS, order=newest, filter="stream", limit=LOOKED_AT
                    )
                )
            case PageWay.private | PageWay.hide:
                comment = self._client.get(rendered.recipient, fields="id,private_reply_conversation")
                conversation = comment.get("private_reply_conversation")
                id = str(conversation.get("id") or "") if isinstance(conversation, dict) else ""
                return self._messages(id) if id else []

    def _conversation(self, person: str) -> list[Resource]:
        """Return the latest messages of a person's conversation with the page; none: there is no such conversation."""
        inner = f"messages.limit({LOOKED_AT}){{{_FIELDS}}}"
        found = items(self._client.get(
            self._page, "conversations", platform="messenger", user_id=person, fields=f"id,{inner}", limit=1
        ))  # fmt: skip
        messages = found[0].get("messages") if found else None
        return items(messages) if isinstance(messages, dict) else []

    def _messages(self, conversation: str) -> list[Resource]:
        return items(
            self._client.get(conversation, "messages", fields=_FIELDS, limit=LOOKED_AT)
        )  # fmt: skip


def way_of(rendered: Rendered) -> PageWay:
    """Return by which way an outgoing message is to go; one that does not say goes to a person in Messenger."""
    said = dict(rendered.headers).get(WAY_HEADER, "")
    return PageWay(said) if said in set(PageWay) else PageWay.message


def _short_enough(rendered: Rendered, most_chars: int) -> str:
    text = rendered.text.strip()
    if len(text) > most_chars:
        raise SendRefused(f"Facebook takes no more than {most_chars} characters: write it shorter")
    return text
