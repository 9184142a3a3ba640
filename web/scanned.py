"""Downloads that a scanner is asked about first: what is harmful goes only to a lead who has said yes."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.scan import Scanned
from domain.ticket import Ticket
from domain.viewer import Role
from store import events
from web.auth import actor_of
from web.visit import Visit, show
from web.words import mark

#: Who may have what the scanner knows as harmful.
MAY_HAVE_HARMFUL = Role.lead

HEADINGS = {
    Scanned.infected: mark("Filen innehåller skadlig kod"),
    Scanned.unchecked: mark("Filen är ej kontrollerad"),
}
ADVICE = {
    Scanned.infected: mark("Den lämnas bara ut till den som leder arbetet. Öppna den aldrig på din egen dator."),
    Scanned.unchecked: mark(
        "Virusskyddet svarar inte. Vänta en stund, eller ladda ner filen om du vet vem den är från."
    ),
}


def give(visit: Visit, ticket: Ticket | None, content: bytes, name: str, *, sure: bool) -> Response:
    """Give a file as a download, or say why not; `sure`: the visitor has been told what the scanner says.

    `ticket` is None for what was set aside and has none.

    Raises:
        HTTPException: 403 for a harmful file that the visitor may not have.
    """
    scan = visit.surroundings.scan
    said = Scanned.clean if scan is None else scan(content)
    if said is Scanned.clean:
        return _download(content, name)
    may_have = said is Scanned.unchecked or MAY_HAVE_HARMFUL in visit.user.roles
    if not sure:
        return _told(visit, said, may_have=may_have)
    if not may_have:
        raise HTTPException(403)
    _note(visit, ticket, said)
    return _download(content, name)


def _told(visit: Visit, said: Scanned, *, may_have: bool) -> Response:
    words = visit.words
    with visit.surroundings.database.read() as connection:
        return show(
            visit, connection, "scanned.html", status=409, heading=words.gettext(HEADINGS[said]),
            advice=words.gettext(ADVICE[said]), may_have=may_have, path=visit.request.url.path,
        )  # fmt: skip


def _note(visit: Visit, ticket: Ticket | None, said: Scanned) -> None:
    with visit.surroundings.database.write() as connection:
        events.append(
            connection, f"{said}_taken", at=visit.now, organisation=visit.user.organisation,
            actor=actor_of(visit.user), account=ticket.account if ticket else None,
            ticket=ticket.id if ticket else None,
        )  # fmt: skip


def _download(content: bytes, name: str) -> Response:
    return Response(
        content,
        media_type="application/octet-stream",
        headers={"content-disposition": f'attachment; filename="{name}"', "content-security-policy": "sandbox"},
    )
