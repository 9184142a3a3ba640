"""Forms with files: nothing of a stranger's is read, and of ours no more than can be said of it what is too much."""

from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.outgoing import AttachedFile
from web.auth import find_visitor
from web.form import Endpoint, Form, checked
from web.surroundings import surroundings_of

#: So many times what may be sent is read, so that who chose too much is told so and keeps the text.
ROOM = 4

#: Beside the files: the text, in the longest form that a browser gives it.
TEXT_BYTES = 1_000_000

MOST_FILES = 50
MOST_FIELDS = 20

#: What a browser says of a file whose type it does not know.
UNKNOWN_TYPE = "application/octet-stream"


class FilePage(Protocol):
    """What takes a form with files."""

    def __call__(self, request: Request, form: Form, files: tuple[AttachedFile, ...]) -> Response:
        """Return the answer."""
        ...


def posted_with_files(page: FilePage) -> Endpoint:
    """Return the endpoint of a form with files: it reads the fields and refuses forms that are not ours."""

    async def endpoint(request: Request) -> Response:
        visitor = await run_in_threadpool(find_visitor, request)
        if visitor.user is None:
            raise HTTPException(403, "csrf")
        _refuse_too_much(request)
        form, files = await _read(request)
        return await run_in_threadpool(checked, lambda asked, fields: page(asked, fields, files), request, form)

    return endpoint


def _refuse_too_much(request: Request) -> None:
    """Ask how much there is before any of it is read; the server hands over no more than was said."""
    said = request.headers.get("content-length", "")
    most = ROOM * surroundings_of(request).site().answers.largest_together_bytes + TEXT_BYTES
    if not said.isdecimal() or int(said) > most:
        raise HTTPException(413)


async def _read(request: Request) -> tuple[Form, tuple[AttachedFile, ...]]:
    form, files = dict[str, str](), list[AttachedFile]()
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=TEXT_BYTES) as fields:
        for name, value in fields.multi_items():
            if not isinstance(value, UploadFile):
                form[name] = value
            elif value.filename:
                # A browser that sends no file sends one without a name. Old ones send the whole path.
                file_name = value.filename.replace("\\", "/").rpartition("/")[2]
                files.append(AttachedFile(file_name, value.content_type or UNKNOWN_TYPE, await value.read()))
    return form, tuple(files)
