"""An account's page: what it is, what was noticed of it, what was done with it, and the forms that change it."""

from dataclasses import dataclass

from babel.dates import format_date
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.account import Account, AccountStatus
from domain.account_change import AccountChange, ChangeKind
from domain.account_rights import may_change_account, may_see_account, who_may_take_over
from domain.ids import AccountId, PersonId
from domain.open_time import local_date
from pipeline.change_account import Lack, NotAllowed, Refused, Wanted, change_account
from store.account_changes import list_account_changes
from store.database import Connection
from web.accounts import read_rows
from web.auth import actor_of
from web.form import Form
from web.page_account import page_account
from web.quiet import quiet_of
from web.redirects import see_other
from web.times import ShownTime, shown_time
from web.visit import Visit, show, visit_of_form
from web.words import Words, mark

CHANGES = {
    ChangeKind.made_dormant: mark("Gjordes vilande"),
    ChangeKind.made_closed: mark("Avslutades"),
    ChangeKind.reopened: mark("Togs i bruk igen"),
    ChangeKind.handed_over: mark("Fick en annan ansvarig"),
    ChangeKind.confirmed: mark("Uppgifterna bekräftades"),
    ChangeKind.lapsed: mark("Inställningarna säger något nytt, och gäller"),
}

LACKS = {
    Lack.instead: mark("Skriv vart avsändare ska vända sig i stället: en adress, ett nummer eller en sida."),
    Lack.long_instead: mark("Skriv kortare vart avsändare ska vända sig: högst 200 tecken, för sms 40."),
    Lack.foreign_address: mark("Adressen ligger utanför våra domäner: ange en av våra egna."),
    Lack.foreign_page: mark("Sidan är inte vår: ange en under våra domäner, med https."),
    Lack.reason: mark("Skriv varför kontot avslutas."),
    Lack.manager: mark("Välj vem som ska ansvara för kontot: någon i organisationen, som inte har slutat."),
}

#: What a form comes back with before anybody has filled one in.
NOTHING_GIVEN = {"kind": "", "instead": "", "manager": "", "reason": "", "until": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """One change in the account's history."""

    time: ShownTime
    what: str
    reason: str


def show_account(visit: Visit) -> Response:
    """Show one account. Raises HTTPException 404 for one that the viewer may not see."""
    return show_account_page(visit, find_account(visit, visit.request.path_params["account"]))


def take_change(request: Request, form: Form) -> Response:
    """Do what a form of the page asks for; what lacks something comes back with a sentence that says what."""
    visit = visit_of_form(request)
    account = find_account(visit, request.path_params["account"])
    try:
        wanted = Wanted(
            kind=ChangeKind(form.get("kind", "")),
            instead=form.get("instead", ""),
            manager=PersonId(form["manager"]) if form.get("manager") else None,
            reason=form.get("reason", ""),
        )
    except ValueError:
        raise HTTPException(400) from None
    try:
        change_account(
            visit.surroundings.database, visit.site, visit.viewer, account.id, wanted, actor=actor_of(visit.user),
            now=visit.now,
        )  # fmt: skip
    except NotAllowed:
        raise HTTPException(404) from None
    except Refused as refused:
        return show_account_page(visit, account, given=form, fault=visit.words.gettext(LACKS[refused.lack]))
    return see_other(f"/konto/{account.id}")


def find_account(visit: Visit, id: str) -> Account:
    """Return the account. Raises HTTPException 404 for one that is not, or that the viewer may not see."""
    account = next((each for each in visit.site.accounts if each.id == id), None)
    if account is None or not may_see_account(visit.site, visit.viewer, account):
        raise HTTPException(404)
    return account


def show_account_page(visit: Visit, account: Account, *, given: Form | None = None, fault: str = "") -> Response:
    """Show the page; with a fault, the form that had it comes back as it was filled in."""
    site, may_change = visit.site, may_change_account(visit.site, visit.viewer, account)
    with visit.surroundings.database.read() as connection:
        [row] = read_rows(connection, visit, account.id)
        return show(
            visit,
            connection,
            "account.html",
            status=422 if fault else 200,
            account=row,
            is_used=account.status is AccountStatus.active,
            is_closed=account.status is AccountStatus.closed,
            instead=account.instead,
            reviewed_on=format_date(account.reviewed_on, "d MMMM yyyy", visit.words.locale)
            if account.reviewed_on
            else "",
            page=page_account(connection, visit, account),
            quiet=quiet_of(connection, visit, [finding.id for finding in row.findings]),
            changes=_changes(connection, visit, account.id),
            may_change=may_change,
            people=who_may_take_over(site, account, local_date(visit.now)) if may_change else (),
            given=NOTHING_GIVEN | (given or {}),
            fault=fault,
        )


def _changes(connection: Connection, visit: Visit, account: AccountId) -> list[ShownChange]:
    changes = list_account_changes(connection, visit.viewer, account)
    return [_shown(visit, each, visit.words) for each in reversed(changes)]


def _shown(visit: Visit, change: AccountChange, words: Words) -> ShownChange:
    what = words.gettext(CHANGES[change.kind])
    manager = change.overlay.get("manager")
    if change.kind is ChangeKind.handed_over and manager is not None:
        what = f"{what}: {_name(visit, manager.value)}"
    if change.kind is not ChangeKind.lapsed:
        who = change.actor.removeprefix("user/")
        what = words.gettext("%(what)s av %(who)s") % {"what": what, "who": who}
    return ShownChange(time=shown_time(change.at, words), what=what, reason=change.reason)


def _name(visit: Visit, id: str | None) -> str:
    return next((each.name for each in visit.site.people if each.id == id), id or "")
