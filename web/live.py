"""Live: a stream of server-sent events that says what has changed in a page."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from domain.ids import UserId
from web.auth import find_visitor
from web.visit import Visit

#: How often a stream looks, and so at most how often a page is changed.
PACE = timedelta(milliseconds=300)

#: A stream ends after so many looks; the browser opens a new one, here or at another process.
LOOKS = 200

#: How often a stream asks whether the session has ended, and the rights are what they were; and how long ago that was,
#: at most, when it says something.
SESSION_PACE = timedelta(seconds=5)
SAYING_PACE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look gives, once for all who see the same."""

    #: The version there is now.
    version: str
    #: The event that says what is new since the version that was said last.
    event: str
    #: Gives the event that is said to one person and to nobody else.
    own: Callable[[UserId], str]


#: Given the version that was said last, it returns what there is now.
Look = Callable[[str], Seen]


def said(event: str, data: str) -> str:
    """Return a server-sent event; the data stands on one line."""
    return f"event: {event}\ndata: {data}\n\n"


def stream(visit: Visit, key: Hashable, look: Look) -> Response:
    """Return a stream that says what there is at once, and what changes.

    It ends when the session has ended: an open page keeps no session alive. `key`: what two visitors have in common
    to whom the same is said.
    """
    return StreamingResponse(
        _events(visit, key, look), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


async def _events(visit: Visit, key: Hashable, look: Look) -> AsyncIterator[str]:
    last, last_own, asked_at = "", "", visit.now
    yield "retry: 2000\n\n"
    for _ in range(LOOKS):
        if visit.surroundings.closing.is_set() or await visit.request.is_disconnected():
            return
        seen = await visit.surroundings.looks.take((key, last), partial(look, last))
        own = seen.own(visit.user.id)
        is_new = (seen.version, own) != (last, last_own)
        if visit.surroundings.clock.now() - asked_at >= (SAYING_PACE if is_new else SESSION_PACE):
            asked_at = visit.surroundings.clock.now()
            if not await run_in_threadpool(_still_here, visit):
                yield said("signed-out", "-")
                return
        # An empty comment keeps proxies from closing a quiet stream.
        news = (seen.event if seen.version != last else "") + (own if own != last_own else "")
        yield news or ":\n\n"
        last, last_own = seen.version, own
        await asyncio.sleep(PACE.total_seconds())


def _still_here(visit: Visit) -> bool:
    return find_visitor(visit.request, active=False).user == visit.user
