"""Change an account in the pages: make it dormant, close it, reopen it, hand it over (R53, R55, R123).

Reads: the configuration as settled and as changed.
Writes: one row over the settings, one event, in one transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.account import Account, AccountStatus
from domain.account_change import AccountChange, ChangeKind, Overlay, lay, overlays_of, what_lapses
from domain.account_rights import may_change_account
from domain.errors import BadInput
from domain.ids import AccountId, PersonId
from domain.open_time import local_date
from domain.site import Site
from domain.viewer import MACHINE, Viewer
from store.account_changes import add_account_change, list_account_changes
from store.database import Connection, Database
from store.events import append

#: Room for an address, a number or the name of a page.
LONGEST_INSTEAD = 200
#: Room for a sentence or two.
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to be done with an account."""

    kind: ChangeKind
    #: Where senders are told to write: needed to make it dormant.
    instead: str = ""
    #: Who is to answer for it: needed to hand it over.
    manager: PersonId | None = None
    #: Needed to close it.
    reason: str = ""


class NotAllowed(BadInput):
    """Whoever asks may not change that account: sign in as its manager, or ask one who leads."""


def change_account(
    database: Database, settled: Site, site: Site, viewer: Viewer, id: AccountId, wanted: Wanted, *, actor: str,
    now: datetime,
) -> bool:  # fmt: skip
    """Do what is wanted with an account; return False when it is so already.

    Args:
        database: where it is kept.
        settled: the configuration as its settings have it.
        site: the configuration as it is now.
        viewer: on whose behalf.
        id: the account.
        wanted: what is to be done.
        actor: who does it, for the event log.
        now: the instant.

    Raises:
        NotAllowed: there is no such account, or the viewer may not change it.
        BadInput: what is wanted lacks something; the sentence is Swedish, for the page.
    """
    account = next((each for each in site.accounts if each.id == id), None)
    if account is None or not may_change_account(site, viewer, account):
        raise NotAllowed("there is no such account, or you may not change it")
    overlay = _WAYS[wanted.kind](site, account, settled.account(id), wanted, now)
    if not overlay:
        return False
    change = AccountChange(
        account=id, organisation=account.organisation, kind=wanted.kind, at=now, actor=actor,
        reason=" ".join(wanted.reason.split())[:LONGEST_REASON], overlay=overlay,
    )  # fmt: skip
    with database.write() as connection:
        _store(connection, change)
    return True


def let_lapse(connection: Connection, site: Site, now: datetime) -> int:
    """Let what people changed lapse where new settings say something new of it; return of how many accounts.

    In the transaction that makes them the active ones. What the settings leave as it was stays changed.
    """
    overlays = overlays_of(list_account_changes(connection, MACHINE))
    lapsed = 0
    for account in site.accounts:
        overlay = overlays.get(account.id, {})
        if gone := what_lapses(overlay, account):
            kept = {name: laid for name, laid in overlay.items() if name not in gone}
            change = AccountChange(
                account=account.id, organisation=account.organisation, kind=ChangeKind.lapsed, at=now,
                actor="operator", overlay=kept,
            )  # fmt: skip
            _store(connection, change)
            lapsed += 1
    return lapsed


def _store(connection: Connection, change: AccountChange) -> None:
    add_account_change(connection, change)
    append(
        connection, f"account_{change.kind}", at=change.at, organisation=change.organisation, actor=change.actor,
        account=change.account, reason=change.reason,
        changed={name: laid.value for name, laid in change.overlay.items()},
    )  # fmt: skip


def _dormant(site: Site, account: Account, settled: Account, wanted: Wanted, now: datetime) -> Overlay:
    del now
    instead = _instead(site, wanted.instead)
    if not instead:
        raise BadInput("Skriv vart avsändare ska vända sig i stället: en adress, ett nummer eller en sida.")
    return lay(account, settled, status=AccountStatus.dormant, instead=instead)


def _closed(site: Site, account: Account, settled: Account, wanted: Wanted, now: datetime) -> Overlay:
    del now
    if not wanted.reason.strip():
        raise BadInput("Skriv varför kontot avslutas.")
    return lay(account, settled, status=AccountStatus.closed, instead=_instead(site, wanted.instead) or account.instead)


def _reopened(site: Site, account: Account, settled: Account, wanted: Wanted, now: datetime) -> Overlay:
    del site, wanted, now
    return lay(account, settled, status=AccountStatus.active)


def _handed_over(site: Site, account: Account, settled: Account, wanted: Wanted, now: datetime) -> Overlay:
    person = next((each for each in site.people if each.id == wanted.manager), None)
    if person is None:
        raise BadInput("Välj vem som ska ansvara för kontot.")
    if person.has_left(local_date(now)):
        raise BadInput(f"{person.name} har slutat: välj någon annan.")
    return lay(account, settled, manager=person.id)


def _instead(site: Site, given: str) -> str:
    """Return where senders are told to write. Raises BadInput for what leads away from us (R60)."""
    instead = " ".join(given.split())
    if len(instead) > LONGEST_INSTEAD:
        raise BadInput(f"Skriv kortare vart avsändare ska vända sig: högst {LONGEST_INSTEAD} tecken.")
    if "@" in instead and instead.rpartition("@")[2].lower() not in site.own_domains:
        raise BadInput("Adressen ligger utanför våra domäner: ange en av våra egna.")
    if "://" in instead and not site.is_own_page(instead):
        raise BadInput("Sidan är inte vår: ange en under våra domäner, med https.")
    return instead


_WAYS: dict[ChangeKind, Callable[[Site, Account, Account, Wanted, datetime], Overlay]] = {
    ChangeKind.made_dormant: _dormant,
    ChangeKind.made_closed: _closed,
    ChangeKind.reopened: _reopened,
    ChangeKind.handed_over: _handed_over,
}
