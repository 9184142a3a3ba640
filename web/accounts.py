"""The accounts' page: how each is read, what the watch has noticed, and the alert that its manager got."""

import hashlib
from typing import Any

from starlette.responses import Response

from domain.ids import AccountId
from domain.open_time import local_date
from pipeline.register import read_register
from pipeline.register_csv import to_csv
from store.database import Connection
from store.sent import list_alerts_of_findings
from web.account_rows import AccountRow, account_rows
from web.rendering import render_page
from web.visit import Visit, show


def show_accounts(visit: Visit) -> Response:
    """Show the whole page."""
    with visit.surroundings.database.read() as connection:
        return show(visit, connection, "accounts.html", **_values(connection, visit))


def show_account_rows(visit: Visit) -> Response:
    """Show the list alone, if it is another than the one that the browser has."""
    with visit.surroundings.database.read() as connection:
        values = _values(connection, visit)
    if values["version"] == visit.request.query_params.get("version"):
        return Response(status_code=204)
    return render_page("accounts_list.html", visit.words, **values)


def download_accounts(visit: Visit) -> Response:
    """Send the register as a table for spreadsheets (R61): that of the visitor, as the page shows it."""
    with visit.surroundings.database.read() as connection:
        lines = read_register(connection, visit.site, visit.viewer, visit.now)
    # The mark tells spreadsheets that it is UTF-8.
    content = to_csv(lines, visit.site, local_date(visit.now)).encode("utf-8-sig")
    headers = {"Content-Disposition": 'attachment; filename="konton.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def read_rows(connection: Connection, visit: Visit, account: AccountId | None = None) -> tuple[AccountRow, ...]:
    """Return the accounts of the visitor's register in words; only one if it is named."""
    lines = read_register(connection, visit.site, visit.viewer, visit.now, account=account)
    findings = [finding.id for line in lines for finding in line.findings]
    alerts = list_alerts_of_findings(connection, visit.viewer, findings)
    return account_rows(lines, alerts, visit.site, visit.now, visit.words)


def _values(connection: Connection, visit: Visit) -> dict[str, Any]:
    rows = read_rows(connection, visit)
    return {"rows": rows, "version": hashlib.sha256(repr(rows).encode("utf-8", "replace")).hexdigest()[:16]}
