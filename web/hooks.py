"""Webhooks: what providers post to us. No session, no form of ours: the connector asks for the provider's signature."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.ids import AccountId
from domain.posted import Posted
from web.surroundings import surroundings_of

#: No provider's request is larger.
MOST_BYTES = 1_000_000


async def take_posted(request: Request) -> Response:
    """Hand a request over to the account's connector, and answer as it says."""
    surroundings = surroundings_of(request)
    public = surroundings.site().public_address
    if surroundings.accept is None or not public:
        raise HTTPException(404)
    query = f"?{request.url.query}" if request.url.query else ""
    posted = Posted(
        method=request.method,
        # What the provider signed is the address that it was given, whatever stands between it and us.
        url=f"{public}{request.url.path}{query}",
        query=dict(request.query_params),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await _read(request),
        at=surroundings.clock.now(),
    )
    wire, account = request.path_params["wire"], AccountId(request.path_params["account"])
    answered = await run_in_threadpool(surroundings.accept, wire, account, posted)
    return Response(answered.body, status_code=answered.status, media_type=answered.media_type)


async def _read(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BYTES:
            raise HTTPException(413)
    return bytes(content)
