"""Forms as browsers send them: small, and checked to come from our own pages."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.auth import find_visitor
from web.csrf import FIELD, comes_from_us

Form = dict[str, str]

#: No form of ours is larger: nobody can fill our memory before signing in.
MOST_BYTES = 20_000
MOST_FIELDS = 50

Endpoint = Callable[[Request], Awaitable[Response]]


class NotOurs(HTTPException):
    """A form that does not come from a page of ours, or from one whose session has ended."""

    def __init__(self, form: Form) -> None:
        """Keep what was filled in: who filled it in here is shown it again."""
        super().__init__(403, "csrf")
        self.form = form


#: The longest text that may be sent, in the longest form that a browser gives it.
TEXT_BYTES = 250_000


def posted(
    page: Callable[[Request, Form], Response], *, most_bytes: int = MOST_BYTES, active: bool = True
) -> Endpoint:  # fmt: skip
    """Return the endpoint of a form: it reads the fields and refuses forms that are not ours.

    `active`: False for what a page sends by itself, which keeps no session alive.
    """

    async def endpoint(request: Request) -> Response:
        form = await _read(request, most_bytes)
        return await run_in_threadpool(checked, page, request, form, active=active)

    return endpoint


def checked(
    page: Callable[[Request, Form], Response], request: Request, form: Form, *, active: bool = True
) -> Response:  # fmt: skip
    """Return what the page answers. Raises NotOurs for a form that does not come from a page of ours."""
    if not comes_from_us(request, find_visitor(request, active=active).secret, form.get(FIELD, "")):
        raise NotOurs(form)
    return page(request, form)


async def _read(request: Request, most_bytes: int) -> Form:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most_bytes:
            raise HTTPException(413)
    try:
        return dict(parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(400) from None
