"""The accounts' page: how each is read, what the watch has noticed, and the alert that its manager got."""

import hashlib
from collections.abc import Collection
from typing import Any

from starlette.responses import Response

from domain.account import Account
from domain.account_rights import may_see_account
from store.accounts import list_heartbeats
from store.database import Connection
from store.findings import list_open_findings
from store.sent import list_alerts_of_findings
from web.account_rows import AccountRow, Watched, account_rows
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


def _values(connection: Connection, visit: Visit) -> dict[str, Any]:
    rows = _rows(connection, visit)
    return {"rows": rows, "version": hashlib.sha256(repr(rows).encode("utf-8", "replace")).hexdigest()[:16]}


def _rows(connection: Connection, visit: Visit) -> tuple[AccountRow, ...]:
    accounts = seen_accounts(visit)
    return account_rows(visit.site, accounts, read_watched(connection, visit, accounts), visit.now, visit.words)


def seen_accounts(visit: Visit) -> tuple[Account, ...]:
    """Return the accounts that stand in the visitor's register."""
    return tuple(each for each in visit.site.accounts if may_see_account(visit.site, visit.viewer, each))


def read_watched(connection: Connection, visit: Visit, accounts: Collection[Account]) -> Watched:
    """Return what is known of these accounts."""
    viewer, ids = visit.viewer, {each.id for each in accounts}
    findings = tuple(each for each in list_open_findings(connection, viewer) if each.account in ids)
    return Watched(
        heartbeats={each.account: each for each in list_heartbeats(connection, viewer)},
        findings=findings,
        alerts=list_alerts_of_findings(connection, viewer, [finding.id for finding in findings]),
    )
