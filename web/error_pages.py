"""What is shown when something went wrong: what it is, and what to do."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.auth import has_ended
from web.form import NotOurs
from web.headers import add_headers
from web.language_choice import chosen_words
from web.redirects import own_path
from web.rendering import render_page
from web.shell import plain_shell
from web.words import mark


@dataclass(frozen=True, slots=True)
class Fault:
    """A heading, and what to do about it."""

    heading: str
    advice: str


NOT_FOUND = Fault(
    mark("Sidan finns inte"),
    mark("Adressen kan vara fel, eller så gäller den något som du inte har rätt att se. Gå till kön och börja där."),
)

FAULTS = {
    400: Fault(mark("Vi förstod inte frågan"), mark("Gå tillbaka och försök igen.")),
    403: Fault(
        mark("Formuläret gäller inte längre"),
        mark("Sidan kan ha stått öppen för länge. Gå tillbaka, ladda om sidan och gör om det du ville göra."),
    ),
    404: NOT_FOUND,
    405: Fault(mark("Så kan sidan inte användas"), mark("Gå till kön och börja där.")),
    413: Fault(mark("Det var för mycket på en gång"), mark("Gå tillbaka och skicka något kortare.")),
    500: Fault(
        mark("Något gick fel hos oss"),
        mark("Inget som kommit in har gått förlorat. Ladda om sidan om en stund. Händer det igen, säg till den som "
             "sköter Svarsvakt och berätta vad klockan var."),
    ),
}  # fmt: skip

ENDED = Fault(
    mark("Du är inte inloggad längre"),
    mark("Det har gått för lång tid, eller så har du loggat ut på ett annat ställe. Det som hann sparas av ett "
         "påbörjat svar finns kvar. Logga in igen, så kommer du tillbaka till sidan."),
)  # fmt: skip

#: What people write at length: shown again where it could not be taken.
WRITTEN = ("text", "note", "why", "reason")

#: A ticket's page is shown at the addresses of its forms too, which only take what is posted.
_TICKET = re.compile(r"/arende/[0-9]+")


def show_refusal(request: Request, error: Exception) -> Response:
    """Show what an HTTP status means and what to do."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = _refused_form(request, error) if isinstance(error, NotOurs) else _page(request, status)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def show_failure(request: Request, _error: Exception) -> Response:
    """Show that we failed. The error itself goes on to the server's log."""
    response = _page(request, 500)
    # This answer is made outside of every middleware.
    add_headers(response.headers, request.scope)
    return response


def _refused_form(request: Request, error: NotOurs) -> Response:
    """Show a form that was not taken: who has been signed out comes back to where they were, and loses no text."""
    # Only what a browser says that our own page sent: nobody elsewhere puts words on a page of ours.
    is_own = request.headers.get("sec-fetch-site") == "same-origin"
    written = "\n\n".join(error.form[each] for each in WRITTEN if error.form.get(each, "").strip()) if is_own else ""
    if not has_ended(request):
        return _page(request, error.status_code, written=written)
    came_from = own_path(urlsplit(request.headers.get("referer", "")).path)
    ticket = _TICKET.match(came_from)
    return _page(request, error.status_code, ENDED, written=written, next=ticket[0] if ticket else came_from)


def _page(request: Request, status: int, fault: Fault | None = None, *, written: str = "", next: str = "") -> Response:
    words = chosen_words(request)
    fault = fault or FAULTS.get(status, FAULTS[500] if status >= 500 else FAULTS[400])
    return render_page(
        "error.html",
        words,
        status=status,
        shell=plain_shell(request, ""),
        heading=words.gettext(fault.heading),
        advice=words.gettext(fault.advice),
        written=written,
        next=next,
    )
