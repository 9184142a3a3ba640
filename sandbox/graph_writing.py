"""What can be written at the stand-in of the Graph API: messages, comments, and whether a comment is hidden.

Source: Meta's Send API, "Private replies", Comment reference; the rules of the 24-hour window and of HUMAN_AGENT.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from domain.protocols import Clock
from sandbox.graph_behaviour import Behaviour, error, no_such
from sandbox.graph_records import CommentRecord, GraphArchive, MessageRecord

#: How long a page may answer, and how long a person may with leave.
WINDOW, PERSONS_WINDOW = timedelta(hours=24), timedelta(days=7)
#: The longest message and comment that are taken.
LONGEST_MESSAGE, LONGEST_COMMENT = 2000, 8000

_OUTSIDE = "(#10) This message is sent outside of allowed window."


class Writing:
    """Answers what is asked for with POST; `sent` holds what was taken, oldest first."""

    def __init__(self, archive: GraphArchive, behaviour: Behaviour, clock: Clock, app_id: str) -> None:
        """Write into an archive, as one app."""
        self._archive = archive
        self._behaviour = behaviour
        self._clock = clock
        self._app_id = app_id
        self.sent: list[MessageRecord | CommentRecord] = []

    def message(self, given: Mapping[str, str]) -> Response:
        """Take a message to a person, or in private to whoever wrote a comment."""
        refused = self._lacks("pages_messaging")
        if refused is not None:
            return refused
        try:
            recipient, text = json.loads(given["recipient"]), str(json.loads(given["message"])["text"])
        except (KeyError, ValueError, TypeError):
            return error(400, 100, "(#100) Invalid parameter")
        if not text or len(text) > LONGEST_MESSAGE:
            return error(400, 100, "(#100) Length of param message[text] must be less than or equal to 2000")
        target = recipient.get("comment_id") or recipient.get("post_id")
        if target:
            return self._private(str(target), text)
        return self._direct(str(recipient.get("id", "")), text, given)

    def comment(self, id: str, given: Mapping[str, str]) -> Response:
        """Take a public comment of the page's under a post or a comment."""
        refused = self._lacks("pages_manage_engagement")
        if refused is not None:
            return refused
        target = self._archive.comments.get(id)
        if target is None:
            return no_such(id)
        text = given.get("message", "")
        if not text or len(text) > LONGEST_COMMENT:
            return error(400, 100, "(#100) Invalid parameter")
        record = self._archive.add_comment(
            author=self._archive.page, text=text, created_at=self._clock.now(), post=target.post or target.id,
            parent=target.id if target.post else "",
        )  # fmt: skip
        self.sent.append(record)
        return JSONResponse({"id": record.id})

    def hide(self, id: str, given: Mapping[str, str]) -> Response:
        """Hide a comment, or show it again."""
        refused = self._lacks("pages_manage_engagement")
        if refused is not None:
            return refused
        if id not in self._archive.comments:
            return no_such(id)
        if given.get("is_hidden") not in ("true", "false"):
            return error(400, 100, "(#100) Invalid parameter")
        self._archive.change_comment(id, hidden=given["is_hidden"] == "true")
        return JSONResponse({"success": True})

    def _direct(self, person: str, text: str, given: Mapping[str, str]) -> Response:
        if person in self._behaviour.unavailable:
            return error(403, 551, "(#551) This person isn't available right now.", subcode=1545041)
        last = self._archive.last_from(person)
        if last is None or person in self._behaviour.unknown:
            return error(400, 100, "(#100) No matching user found", subcode=2018001)
        tag = given.get("tag", "") if given.get("messaging_type") == "MESSAGE_TAG" else ""
        outside = self._outside(self._clock.now() - last.created_at, tag)
        if outside is not None:
            return outside
        return self._taken(self._archive.add_message(
            conversation=last.conversation, sender=self._archive.page, recipient=last.sender, text=text,
            created_at=self._clock.now(), app_id=self._app_id, tag=tag,
        ))  # fmt: skip

    def _outside(self, age: timedelta, tag: str) -> Response | None:
        if age < WINDOW:
            return None
        if tag != "HUMAN_AGENT":
            return error(400, 10, _OUTSIDE, subcode=2018278)
        if not self._behaviour.human_agent:
            return error(400, 10, "(#10) Cannot tag message with HUMAN_AGENT without approval.", subcode=2018276)
        return error(400, 10, _OUTSIDE, subcode=2018278) if age > PERSONS_WINDOW else None

    def _private(self, id: str, text: str) -> Response:
        target = self._archive.comments.get(id)
        if target is None:
            return no_such(id)
        if target.private_reply:
            return error(400, 10900, "(#10900) Activity already replied to")
        if self._clock.now() - target.created_at > PERSONS_WINDOW:
            return error(400, 10903, "(#10903) This user cant reply to this activity")
        record = self._archive.add_message(
            conversation=f"t_{target.author.id}", sender=self._archive.page, recipient=target.author, text=text,
            created_at=self._clock.now(), app_id=self._app_id,
        )  # fmt: skip
        self._archive.change_comment(id, private_reply=record.id)
        return self._taken(record)

    def _taken(self, record: MessageRecord) -> Response:
        self.sent.append(record)
        return JSONResponse({"recipient_id": record.recipient.id, "message_id": record.id})

    def _lacks(self, permission: str) -> Response | None:
        if permission in self._behaviour.permissions:
            return None
        return error(403, 200, f"(#200) Requires {permission} permission to manage the object.")


def debugged(behaviour: Behaviour, app_id: str, page: str) -> dict[str, Any]:
    """Return what the API says of the token."""
    ends, access = behaviour.token_ends_at, behaviour.access_ends_at
    scopes = sorted(behaviour.permissions)
    return {
        "data": {
            "app_id": app_id,
            "type": "PAGE",
            "application": "Svarsvakt",
            "is_valid": True,
            "expires_at": int(ends.timestamp()) if ends else 0,
            "data_access_expires_at": int(access.timestamp()) if access else 0,
            "profile_id": page,
            "scopes": scopes,
            "granular_scopes": [{"scope": each, "target_ids": [page]} for each in scopes],
        }
    }
