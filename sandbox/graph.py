"""GraphServer: a local stand-in of Meta's Graph API for one page, which misbehaves on demand.

Source: Meta's published reference: versions in the path, fields and cursors, Conversation, Message, Page Feed, Comment,
Send API, private replies, debug_token, usage headers, error codes.
"""

import hashlib
import hmac
import re
import secrets
from asyncio import sleep
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.protocols import Clock
from sandbox.graph_behaviour import Behaviour, GraphTrouble, error, misbehave, no_such, refused
from sandbox.graph_node_fields import UnknownField
from sandbox.graph_reading import NEEDS, NoSuchEdge, Reading
from sandbox.graph_records import CommentRecord, GraphArchive, GraphFile, MessageRecord, Writer
from sandbox.graph_writing import Writing, debugged
from sandbox.http_server import HttpServer
from sandbox.twilio_behaviour import CutAnswer

_VERSION = re.compile(r"v\d{1,2}\.\d")

Work = Callable[[Request, QueryParams], Response]


class GraphServer:
    """One page on loopback: citizens write to it and comment, and what is sent to them stands in `sent`."""

    def __init__(self, clock: Clock, *, page_id: str = "100000000000001", port: int = 0) -> None:
        """Prepare a server that is not yet listening; port 0 takes a free one."""
        self.app_id = "200000000000001"
        self.app_secret = secrets.token_hex(16)
        self.token = f"EAA{secrets.token_hex(24)}"
        self.page = Writer(id=page_id, name="Exempelby kommun", category="Government organization")
        self.archive = GraphArchive(self.page)
        self.behaviour = Behaviour()
        self._clock = clock
        self._reading = Reading(self.archive, self.behaviour, clock, lambda: f"{self.url}/files")
        self._writing = Writing(self.archive, self.behaviour, clock, self.app_id)
        self._server = HttpServer(Starlette(routes=self._routes()), port=port)

    @property
    def url(self) -> str:
        """Return where it answers, in place of https://graph.facebook.com."""
        return self._server.url

    @property
    def sent(self) -> tuple[MessageRecord | CommentRecord, ...]:
        """Return what Svarsvakt has sent, oldest first."""
        return tuple(self._writing.sent)

    @property
    def is_running(self) -> bool:
        """Return whether it listens."""
        return self._server.is_running

    def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening; what is kept is kept."""
        self._server.stop()

    def write(
        self, person: Writer, text: str, *, ago: timedelta = timedelta(), files: tuple[GraphFile, ...] = (),
        sticker: str = "",
    ) -> MessageRecord:  # fmt: skip
        """Let a person write to the page in Messenger; with `ago` it is dated earlier and listed only now."""
        return self.archive.add_message(
            conversation=f"t_{person.id}", sender=person, recipient=self.page, text=text,
            created_at=self._clock.now() - ago, files=files, sticker=sticker,
        )  # fmt: skip

    def answer_in_inbox(self, person: Writer, text: str) -> MessageRecord:
        """Let somebody of the page answer a person in Meta's own inbox, or the page answer by itself."""
        return self.archive.add_message(
            conversation=f"t_{person.id}", sender=self.page, recipient=person, text=text, created_at=self._clock.now()
        )

    def post(
        self, author: Writer | None = None, text: str = "Nytt från kommunen", *, ago: timedelta = timedelta(),
        mention: bool = False,
    ) -> CommentRecord:  # fmt: skip
        """Let the page, or a visitor, write a post; with `mention` it stands elsewhere and names the page."""
        at = self._clock.now() - ago
        return self.archive.add_comment(author=author or self.page, text=text, created_at=at, mention=mention)

    def comment(
        self, on: CommentRecord, author: Writer, text: str, *, ago: timedelta = timedelta(),
        files: tuple[GraphFile, ...] = (),
    ) -> CommentRecord:  # fmt: skip
        """Let somebody comment on a post, or reply to a comment."""
        return self.archive.add_comment(
            author=author, text=text, created_at=self._clock.now() - ago, post=on.post or on.id,
            parent=on.id if on.post else "", files=files,
        )  # fmt: skip

    def _routes(self) -> list[Route]:
        return [
            Route("/files/{id}", self._file),
            Route("/{version}/debug_token", self._answer("debug_token", self._debug)),
            Route("/{version}/{id}", self._answer("object", self._object), methods=["GET"]),
            Route("/{version}/{id}", self._answer("hide", self._hide), methods=["POST"]),
            Route("/{version}/{id}/{edge}", self._answer("", self._edge), methods=["GET"]),
            Route("/{version}/{id}/{edge}", self._answer("", self._create), methods=["POST"]),
        ]

    def _answer(self, kind: str, work: Work) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            counted = f"{request.method} {kind or request.path_params['edge']}"
            self.behaviour.counts[counted] = self.behaviour.counts.get(counted, 0) + 1
            form = QueryParams([(key, str(value)) for key, value in (await request.form()).multi_items()])
            given = form if request.method == "POST" else request.query_params
            answer = await self._before(request, given) or work(request, given)
            if self.behaviour.trouble is GraphTrouble.cut_after and request.method == "POST":
                return CutAnswer()
            answer.headers.update(self.behaviour.usage_headers(self.page.id))
            answer.headers["facebook-api-version"] = request.path_params["version"]
            return answer

        return endpoint

    async def _before(self, request: Request, given: QueryParams) -> Response | None:
        """Return what is in the way of an answer; None: nothing is."""
        if self.behaviour.trouble is GraphTrouble.slow:
            await sleep(self.behaviour.slow_seconds)
        refusal = misbehave(self.behaviour.trouble, writes=request.method == "POST")
        if refusal is not None:
            return refusal
        if not _VERSION.fullmatch(request.path_params["version"]):
            return error(400, 2500, f"Unknown path components: /{request.path_params['version']}")
        code = self.behaviour.refused.get(request.path_params.get("id", "")) if request.method == "GET" else None
        return self._refuse(request, given) if code is None else refused(code)

    def _refuse(self, request: Request, given: QueryParams) -> Response | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token if kind in ("Bearer", "OAuth") else given.get("access_token", "")
        if token not in (self.token, f"{self.app_id}|{self.app_secret}"):
            return error(401, 190, "Invalid OAuth access token - Cannot parse access token")
        proof = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if given.get("appsecret_proof", proof) != proof:
            return error(400, 100, "Invalid appsecret_proof provided in the API argument")
        return None

    def _debug(self, request: Request, given: QueryParams) -> Response:
        if not self.behaviour.debug_allowed:
            return error(400, 100, "(#100) You must provide an app access token, or a token of the app's owner")
        if given.get("input_token") != self.token:
            return JSONResponse({"data": {"is_valid": False, "error": {"code": 190, "message": "Invalid token"}}})
        return JSONResponse(debugged(self.behaviour, self.app_id, self.page.id))

    def _object(self, request: Request, given: QueryParams) -> Response:
        try:
            found = self._reading.object(request.path_params["id"], given.get("fields", ""))
        except UnknownField as fault:
            return error(400, 100, str(fault))
        except ValueError as fault:
            return error(400, 2500, str(fault))
        return no_such(request.path_params["id"]) if found is None else JSONResponse(found)

    def _edge(self, request: Request, given: QueryParams) -> Response:
        id, name = request.path_params["id"], request.path_params["edge"]
        needed = NEEDS.get(name, "")
        if needed and needed not in self.behaviour.permissions:
            return error(403, 10, f"(#10) This endpoint requires the '{needed}' permission")
        try:
            return JSONResponse(self._reading.edge(id, name, given))
        except NoSuchEdge:
            return no_such(id)
        except UnknownField as fault:
            return error(400, 100, str(fault))
        except ValueError as fault:
            return error(400, 2500, str(fault))

    def _create(self, request: Request, given: QueryParams) -> Response:
        id, name = request.path_params["id"], request.path_params["edge"]
        if name == "messages" and id in ("me", self.page.id):
            return self._writing.message(given)
        if name == "comments":
            return self._writing.comment(id, given)
        return error(400, 2500, f"Unknown path components: /{name}")

    def _hide(self, request: Request, given: QueryParams) -> Response:
        return self._writing.hide(request.path_params["id"], given)

    def _file(self, request: Request) -> Response:
        files = [each for record in self._with_files() for each in record.files]
        found = next((each for each in files if each.id == request.path_params["id"]), None)
        if found is None:
            return Response("URL signature expired", status_code=403)
        return Response(found.content, media_type=found.media_type)

    def _with_files(self) -> tuple[MessageRecord | CommentRecord, ...]:
        return (*self.archive.messages.values(), *self.archive.comments.values())
