"""Live: a stream of server-sent events that says when a page has become old."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from web.auth import find_visitor
from web.visit import Visit

#: How often a stream looks.
PACE = timedelta(milliseconds=400)

#: A stream ends after so many looks; the browser opens a new one, here or at another process.
LOOKS = 150

#: How often a stream asks whether the session has ended.
SESSION_PACE = timedelta(seconds=5)


def stream(visit: Visit, version: Callable[[], str]) -> Response:
    """Return a stream that carries the version at once and whenever it changes.

    It ends when the session has ended: an open page keeps no session alive.
    """
    return StreamingResponse(
        _events(visit, version), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


async def _events(visit: Visit, version: Callable[[], str]) -> AsyncIterator[str]:
    last, asked_at = "", visit.now
    yield "retry: 2000\n\n"
    for _ in range(LOOKS):
        if visit.surroundings.closing.is_set() or await visit.request.is_disconnected():
            return
        if visit.surroundings.clock.now() - asked_at >= SESSION_PACE:
            asked_at = visit.surroundings.clock.now()
            if not await run_in_threadpool(_still_here, visit):
                yield "event: signed-out\ndata: -\n\n"
                return
        now = await run_in_threadpool(version)
        # An empty comment keeps proxies from closing a quiet stream.
        yield f"event: version\ndata: {now}\n\n" if now != last else ":\n\n"
        last = now
        await asyncio.sleep(PACE.total_seconds())


def _still_here(visit: Visit) -> bool:
    return find_visitor(visit.request, active=False).user == visit.user
