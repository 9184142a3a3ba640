"""The language of the pages: what the visitor chose, else Swedish."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from web.cookies import LANGUAGE, get_cookie, set_cookie
from web.form import Form
from web.redirects import see_other
from web.words import LANGUAGES, SOURCE, Words, words_of

REMEMBERED = timedelta(days=365)


def chosen_words(request: Request) -> Words:
    """Return the strings of the visitor's language."""
    chosen = get_cookie(request, LANGUAGE)
    return words_of(chosen if chosen in LANGUAGES else SOURCE)


def choose(request: Request, form: Form) -> Response:
    """Remember the language and go back to the page where it was chosen."""
    response = see_other(form.get("next", ""))
    if form.get("language") in LANGUAGES:
        set_cookie(request, response, LANGUAGE, form["language"], lasts=REMEMBERED)
    return response
