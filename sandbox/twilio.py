"""TwilioServer: a local stand-in of Twilio's Messages API, which misbehaves on demand.

Source: Twilio's published schema of the 2010-04-01 API: list with filters and paging, create, fetch, delete, media,
error objects, rate limit.
"""

import secrets
from asyncio import sleep
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import requests
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from domain.protocols import Clock
from sandbox.http_server import HttpServer
from sandbox.twilio_behaviour import REFUSALS, Behaviour, CutAnswer, TwilioTrouble, credentials, error
from sandbox.twilio_messages import Media, SmsArchive, SmsRecord, new_sid

_API = "/2010-04-01/Accounts/{account}"
#: Twilio's default and largest page.
PAGE, LARGEST_PAGE = 50, 1000
#: The longest body it takes.
LONGEST_BODY = 1600


class TwilioServer:
    """One Twilio account on loopback: citizens text it, and what is sent to them stands in `sent`."""

    def __init__(self, clock: Clock, *, port: int = 0, on_sent: Callable[[SmsRecord], None] | None = None) -> None:
        """Prepare a server that is not yet listening.

        Args:
            clock: dates what is sent and received.
            port: 0 takes a free one.
            on_sent: called with every message that Svarsvakt sends, in the server's thread.
        """
        self.account_sid = new_sid("AC")
        self.auth_token = secrets.token_hex(16)
        self.archive = SmsArchive(self.account_sid)
        self.behaviour = Behaviour()
        self._clock = clock
        self._on_sent = on_sent
        self._server = HttpServer(Starlette(routes=self._routes()), port=port)

    @property
    def url(self) -> str:
        """Return where it answers, in place of https://api.twilio.com."""
        return self._server.url

    @property
    def sent(self) -> tuple[SmsRecord, ...]:
        """Return what Svarsvakt has sent, oldest first."""
        return tuple(each for each in self.archive.all() if each.direction != "inbound")

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

    def receive(
        self,
        sender: str,
        to: str,
        body: str,
        *,
        media: tuple[tuple[str, bytes], ...] = (),
        ago: timedelta = timedelta(),
    ) -> SmsRecord:
        """Let a citizen's message arrive, and return it.

        Args:
            sender: a number, a short code or an alphanumeric name.
            to: one of the account's numbers.
            body: the text.
            media: content types with contents.
            ago: how long ago it was written; it is listed only now.
        """
        kept = tuple(Media(sid=new_sid("ME"), content_type=type, content=content) for type, content in media)
        return self.archive.add(
            sender=sender, recipient=to, body=body, direction="inbound", status="received",
            created_at=self._clock.now() - ago, media=kept,
        )  # fmt: skip

    def webhook(self, record: SmsRecord, public_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return the form fields and headers that Twilio would post for a message to a public address."""
        fields = {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "Body": record.body,
            "From": record.sender,
            "MessageSid": record.sid,
            "NumMedia": str(len(record.media)),
            "NumSegments": "1",
            "SmsMessageSid": record.sid,
            "SmsSid": record.sid,
            "SmsStatus": record.status,
            "To": record.recipient,
        }
        for place, each in enumerate(record.media):
            fields[f"MediaContentType{place}"] = each.content_type
            fields[f"MediaUrl{place}"] = self._media_url(record, each)
        return fields, {"X-Twilio-Signature": self.signature(public_url, fields)}

    def signature(self, url: str, fields: dict[str, str]) -> str:
        """Return the signature of a webhook call."""
        return str(RequestValidator(self.auth_token).compute_signature(url, fields))

    def status(self, sid: str) -> tuple[str, dict[str, str], dict[str, str]]:
        """Return a message's status callback, and the form fields and headers that Twilio posts to it.

        Raises:
            KeyError: it has none.
        """
        record = self.archive.get(sid)
        if record is None or not record.status_callback:
            raise KeyError(sid)
        fields = {
            "AccountSid": self.account_sid, "ApiVersion": "2010-04-01", "From": record.sender, "To": record.recipient,
            "MessageSid": sid, "SmsSid": sid, "MessageStatus": record.status, "SmsStatus": record.status,
        }  # fmt: skip
        if record.error_code:
            fields["ErrorCode"] = str(record.error_code)
        signed = {"X-Twilio-Signature": self.signature(record.status_callback, fields)}
        return record.status_callback, fields, signed

    def post_status(self, sid: str) -> None:
        """Tell the message's status callback how it stands. Raises KeyError when it has none."""
        url, fields, signed = self.status(sid)
        requests.post(url, data=fields, headers=signed, timeout=5).raise_for_status()

    def _routes(self) -> list[Route]:
        return [
            Route(f"{_API}.json", self._answer(self._account)),
            Route(f"{_API}/Messages.json", self._answer(self._list), methods=["GET"]),
            Route(f"{_API}/Messages.json", self._answer(self._create), methods=["POST"]),
            Route(f"{_API}/Messages/{{sid}}.json", self._answer(self._fetch), methods=["GET"]),
            Route(f"{_API}/Messages/{{sid}}.json", self._answer(self._delete), methods=["DELETE"]),
            Route(f"{_API}/Messages/{{sid}}/Media.json", self._answer(self._list_media)),
            Route(f"{_API}/Messages/{{sid}}/Media/{{media}}", self._answer(self._fetch_media)),
            Route(f"{_API}/IncomingPhoneNumbers.json", self._answer(self._numbers)),
        ]

    def _answer(self, work: Callable[[Request, QueryParams], Response]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            kind = f"{request.method} {work.__name__.strip('_')}"
            self.behaviour.counts[kind] = self.behaviour.counts.get(kind, 0) + 1
            refusal = await self._misbehave() or self._refuse(request)
            if refusal is not None:
                return refusal
            form = QueryParams([(key, str(value)) for key, value in (await request.form()).multi_items()])
            answer = work(request, form if request.method == "POST" else request.query_params)
            if self.behaviour.trouble is TwilioTrouble.cut_after:
                return CutAnswer()
            return answer

        return endpoint

    async def _misbehave(self) -> Response | None:
        match self.behaviour.trouble:
            case TwilioTrouble.busy:
                return error(429, 20429, "Too Many Requests")
            case TwilioTrouble.down:
                return HTMLResponse("<html><body>Service Unavailable</body></html>", status_code=503)
            case TwilioTrouble.garbled:
                return HTMLResponse("<html><body>Välkommen till hotellets nätverk</body></html>")
            case TwilioTrouble.cut_before:
                return CutAnswer()
            case TwilioTrouble.slow:
                await sleep(self.behaviour.slow_seconds)
        return None

    def _refuse(self, request: Request) -> Response | None:
        if credentials(request) != (self.account_sid, self.auth_token):
            return error(401, 20003, "Authenticate")
        if request.path_params["account"] != self.account_sid:
            return error(404, 20404, f"The requested resource {request.url.path} was not found")
        return None

    def _account(self, request: Request, wanted: QueryParams) -> Response:
        return JSONResponse({"sid": self.account_sid, "status": "active", "friendly_name": "Exempelby kommun"})

    def _numbers(self, request: Request, wanted: QueryParams) -> Response:
        """List the numbers: here, all that anybody has written to or from."""
        numbers = {each.recipient if each.direction == "inbound" else each.sender for each in self.archive.all()}
        numbers &= {wanted["PhoneNumber"]} if "PhoneNumber" in wanted else numbers
        listed = [{"sid": new_sid("PN"), "phone_number": each} for each in sorted(numbers)]
        return JSONResponse({"incoming_phone_numbers": listed, "next_page_uri": None})

    def _list(self, request: Request, wanted: QueryParams) -> Response:
        size = min(int(wanted.get("PageSize", PAGE)), LARGEST_PAGE)
        found = iter(self.archive.matching(wanted))
        # The token names the last message of the page before, so that what arrives meanwhile moves nothing.
        if after := wanted.get("PageToken", "").removeprefix("PA"):
            for each in found:
                if each.sid == after:
                    break
        records = list(islice(found, size))
        more = next(found, None) is not None
        if self.behaviour.trouble is TwilioTrouble.shuffled:
            records = [*records[1:], *records[:1]]
        return JSONResponse(self._page(request, wanted, records, size, more))

    def _page(
        self, request: Request, wanted: QueryParams, records: list[SmsRecord], size: int, more: bool
    ) -> dict[str, Any]:
        number = int(wanted.get("Page", 0))
        following = (
            {**wanted, "PageSize": size, "Page": number + 1, "PageToken": f"PA{records[-1].sid}"} if more else {}
        )
        return {
            "end": number * size + len(records) - 1,
            "first_page_uri": f"{request.url.path}?PageSize={size}&Page=0",
            "messages": [each.resource(self.account_sid) for each in records],
            "next_page_uri": f"{request.url.path}?{urlencode(following)}" if more else None,
            "page": number,
            "page_size": size,
            "previous_page_uri": None,
            "start": number * size,
            "uri": f"{request.url.path}?PageSize={size}&Page={number}",
        }

    def _create(self, request: Request, given: QueryParams) -> Response:
        to, body = given.get("To", ""), given.get("Body", "")
        if to in self.behaviour.refused:
            code = self.behaviour.refused[to]
            return error(400, code, REFUSALS[code])
        if not to:
            return error(400, 21604, "A 'To' phone number is required.")
        if not body:
            return error(400, 21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            return error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        record = self.archive.add(
            sender=given.get("From", ""), recipient=to, body=body, direction="outbound-api", status="queued",
            created_at=self._clock.now(), status_callback=given.get("StatusCallback", ""),
        )  # fmt: skip
        if self._on_sent is not None:
            self._on_sent(record)
        return JSONResponse(record.resource(self.account_sid), status_code=201)

    def _fetch(self, request: Request, wanted: QueryParams) -> Response:
        record = self.archive.get(request.path_params["sid"])
        return JSONResponse(record.resource(self.account_sid)) if record else _not_found(request)

    def _delete(self, request: Request, wanted: QueryParams) -> Response:
        return Response(status_code=204) if self.archive.remove(request.path_params["sid"]) else _not_found(request)

    def _list_media(self, request: Request, wanted: QueryParams) -> Response:
        record = self.archive.get(request.path_params["sid"])
        if record is None:
            return _not_found(request)
        path = request.url.path.removesuffix(".json")
        listed = [
            {
                "account_sid": self.account_sid,
                "content_type": each.content_type,
                "parent_sid": record.sid,
                "sid": each.sid,
                "uri": f"{path}/{each.sid}.json",
            }
            for each in record.media
        ]
        return JSONResponse({"media_list": listed, "next_page_uri": None})

    def _fetch_media(self, request: Request, wanted: QueryParams) -> Response:
        if self.behaviour.trouble is TwilioTrouble.no_media:
            return HTMLResponse("<html><body>Service Unavailable</body></html>", status_code=503)
        record = self.archive.get(request.path_params["sid"])
        found = [each for each in record.media if each.sid == request.path_params["media"]] if record else []
        return Response(found[0].content, media_type=found[0].content_type) if found else _not_found(request)

    def _media_url(self, record: SmsRecord, media: Media) -> str:
        path = _API.format(account=self.account_sid)
        return f"{self.url}{path}/Messages/{record.sid}/Media/{media.sid}"


def _not_found(request: Request) -> JSONResponse:
    return error(404, 20404, f"The requested resource {request.url.path} was not found")
