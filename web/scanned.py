"""Downloads that a scanner is asked about first: what is harmful goes only to a lead who has said yes."""

import hashlib

from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.ids import Digest
from domain.scan import Scanned
from domain.ticket import Ticket
from domain.viewer import Role
from store import events
from store.scans import Scan, find_scan, keep_scan
from web.auth import actor_of
from web.times import say_exactly
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
    scan = _scan(visit, content)
    if scan is None or scan.said is Scanned.clean:
        return _download(content, name)
    may_have = scan.said is Scanned.unchecked or MAY_HAVE_HARMFUL in visit.user.roles
    if not sure:
        return _told(visit, scan, may_have=may_have)
    if not may_have:
        raise HTTPException(403)
    _note(visit, ticket, scan)
    return _download(content, name)


def _scan(visit: Visit, content: bytes) -> Scan | None:
    """Return the verdict: the one that is kept while it holds, else a new one; None: there is no scanner."""
    scanner = visit.surroundings.scanner
    if scanner is None:
        return None
    digest, signatures = Digest(hashlib.sha256(content).hexdigest()), scanner.signatures()
    with visit.surroundings.database.read() as connection:
        kept = find_scan(connection, visit.viewer, visit.user.organisation, digest)
    if kept is not None and kept.holds(signatures, visit.now):
        return kept
    scan = Scan(said=scanner.scan(content), signatures=signatures, asked_at=visit.now)
    if scan.said is not Scanned.unchecked:
        with visit.surroundings.database.write() as connection:
            keep_scan(connection, visit.user.organisation, digest, scan)
    return scan


def _told(visit: Visit, scan: Scan, *, may_have: bool) -> Response:
    words = visit.words
    asked = words.gettext("Kontrollerad %(at)s av %(signatures)s.") if scan.signatures else ""
    when = {"at": say_exactly(scan.asked_at, words), "signatures": scan.signatures}
    with visit.surroundings.database.read() as connection:
        return show(
            visit, connection, "scanned.html", status=409, heading=words.gettext(HEADINGS[scan.said]),
            advice=words.gettext(ADVICE[scan.said]), may_have=may_have, path=visit.request.url.path,
            asked=asked % when if asked and scan.said is Scanned.infected else "",
        )  # fmt: skip


def _note(visit: Visit, ticket: Ticket | None, scan: Scan) -> None:
    with visit.surroundings.database.write() as connection:
        events.append(
            connection, f"{scan.said}_taken", at=visit.now, organisation=visit.user.organisation,
            actor=actor_of(visit.user), account=ticket.account if ticket else None,
            ticket=ticket.id if ticket else None, scanned_at=scan.asked_at.isoformat(), signatures=scan.signatures,
        )  # fmt: skip


def _download(content: bytes, name: str) -> Response:
    return Response(
        content,
        media_type="application/octet-stream",
        headers={"content-disposition": f'attachment; filename="{name}"', "content-security-policy": "sandbox"},
    )
