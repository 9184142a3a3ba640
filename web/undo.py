"""Taking back what one has just sent."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request

from domain.ids import OutgoingId, TicketId
from pipeline.undo import AlreadyGoing, undo
from web.form import Form
from web.visit import Visit, visit_of_form
from web.words import mark

_NUMBER = re.compile(r"[0-9]{1,18}")

TOO_LATE = mark("Det var för sent att ångra: svaret är redan på väg.")


def take_back(request: Request, form: Form) -> tuple[Visit, str]:
    """Take back the send that the form names; return the visit, and why it was not done; empty: it is done.

    Raises:
        HTTPException: 404 for what the visitor has not sent, or may not see.
    """
    visit = visit_of_form(request)
    send = form.get("send", "")
    if not _NUMBER.fullmatch(send):
        raise HTTPException(400)
    try:
        undo(visit.surroundings.database, visit.user, TicketId(visit.row), OutgoingId(int(send)), visit.now)
    except KeyError:
        raise HTTPException(404) from None
    except AlreadyGoing:
        return visit, visit.words.gettext(TOO_LATE)
    return visit, ""
