"""An acknowledgement on the account's page: whoever may change the account takes notice of a finding, until a date."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.account_rights import may_change_account
from domain.alerting import Acknowledgement
from domain.errors import BadInput
from domain.ids import FindingId
from pipeline.acknowledge import acknowledge
from store.findings import get_finding
from web.account import find_account, show_account_page
from web.acknowledge import date_of, fault_of
from web.auth import actor_of
from web.form import Form
from web.redirects import see_other
from web.visit import Visit, visit_of_form


def take_acknowledgement(request: Request, form: Form) -> Response:
    """Keep a finding quiet until a day. Raises HTTPException 404 for who may not, or for another account's finding."""
    visit = visit_of_form(request)
    account = find_account(visit, request.path_params["account"])
    finding = FindingId(visit.row)
    if not may_change_account(visit.site, visit.viewer, account) or not _is_about(visit, finding, account.id):
        raise HTTPException(404)
    reason, until = form.get("reason", "").strip(), date_of(form.get("until", ""))
    fault = fault_of(visit.site, visit.now, visit.words, reason, until)
    if fault or until is None:
        return show_account_page(visit, account, given={**form, "kind": f"finding-{finding}"}, fault=fault)
    said = Acknowledgement(finding=finding, by=actor_of(visit.user), reason=reason, at=visit.now, until=until)
    try:
        acknowledge(visit.surroundings.database, visit.site, said, viewer=visit.viewer)
    except BadInput:
        # It ended meanwhile: the page shows that it is gone.
        return see_other(f"/konto/{account.id}")
    return see_other(f"/konto/{account.id}")


def _is_about(visit: Visit, finding: FindingId, account: str) -> bool:
    with visit.surroundings.database.read() as connection:
        try:
            return get_finding(connection, visit.viewer, finding).account == account
        except KeyError:
            return False
