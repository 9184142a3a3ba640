"""Single keys: on or off, as each user wants it (WCAG 2.1.4)."""

from starlette.requests import Request
from starlette.responses import Response

from store.users import set_uses_keys
from web.form import Form
from web.redirects import see_other
from web.visit import visit_of_form


def take_keys(request: Request, form: Form) -> Response:
    """Switch the keys on or off for whoever asks, and show the page again."""
    visit = visit_of_form(request)
    with visit.surroundings.database.write() as connection:
        set_uses_keys(connection, visit.user.id, uses=form.get("on") == "1")
    return see_other(form.get("next", ""))
