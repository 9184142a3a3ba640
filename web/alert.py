"""An alert as the manager got it, readable in the browser."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.ids import OutgoingId
from domain.outgoing import SendState
from store.sent import get_alert
from web.names import account_name
from web.reply_words import say_state
from web.times import shown_time
from web.visit import Visit, show

#: The template of a digest.
DIGEST = "digest"


def show_alert(visit: Visit) -> Response:
    """Show the alert: to whom, when, and its exact text. It carries no citizen's words."""
    with visit.surroundings.database.read() as connection:
        try:
            alert = get_alert(connection, visit.viewer, OutgoingId(visit.row))
        except KeyError:
            raise HTTPException(404) from None
        if alert.template == DIGEST and not _is_reader(visit, alert.recipient):
            raise HTTPException(404)
        return show(
            visit,
            connection,
            "alert.html",
            alert=alert,
            account_name=account_name(visit.site, alert.account),
            state=say_state(alert.state, visit.words),
            has_gone=alert.state is SendState.sent,
            time_at=shown_time(alert.sent_at or alert.created_at, visit.words),
        )


def _is_reader(visit: Visit, recipient: str) -> bool:
    """Ask whether the visitor is who got it: a digest counts what only its reader may know of (P12)."""
    person = next((each for each in visit.site.people if each.id == visit.viewer.person), None)
    return person is not None and person.email == recipient
