"""Change an account in the pages: make it dormant, close it, reopen it, hand it over, confirm it (R53, R55, R64, R123).

Reads: the configuration, what lies over it already.
Writes: one row over the settings, one event, in one transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.account import Account, AccountStatus, Channel
from domain.account_change import AccountChange, ChangeKind, lay, overlays_of, what_lapses
from domain.account_rights import may_change_account, who_may_take_over
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
#: The hint must leave the reply one SMS.
LONGEST_IN_SMS = 40
#: Room for a sentence or two.
LONGEST_REASON = 500

#: Settings of an account with their new values.
Values = dict[str, str | None]


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


class Lack(StrEnum):
    """What is missing or wrong in what somebody wants; the pages say it in their languages."""

    instead = "say where senders are to write instead: an address, a number or a page"
    long_instead = "say shorter where senders are to write: at most 200 characters, for SMS 40"
    foreign_address = "the address lies outside our domains: name one of ours (R60)"
    foreign_page = "the page is not ours: name one under our domains, with https"
    reason = "say why the account is closed"
    manager = "choose who is to answer for it: somebody of the organisation who has not left"


class Refused(BadInput):
    """What somebody wants cannot be done so: they must say what `lack` asks for."""

    def __init__(self, lack: Lack) -> None:
        """Keep what is missing."""
        super().__init__(lack)
        self.lack = lack


class NotAllowed(BadInput):
    """Whoever asks may not change that account: sign in as its manager, or ask one who leads."""


def change_account(
    database: Database, site: Site, viewer: Viewer, id: AccountId, wanted: Wanted, *, actor: str, now: datetime
) -> bool:
    """Do what is wanted with an account; return False when it is so already.

    Args:
        database: where it is kept.
        site: the configuration as it is now.
        viewer: on whose behalf.
        id: the account.
        wanted: what is to be done.
        actor: who does it, for the event log.
        now: the instant.

    Raises:
        NotAllowed: there is no such account, or the viewer may not change it.
        Refused: what is wanted lacks something.
    """
    account = site.find_account(id)
    if account is None or not may_change_account(site, viewer, account):
        raise NotAllowed("there is no such account, or you may not change it")
    values = _WAYS[wanted.kind](site, account, wanted, now)
    with database.write() as connection:
        before = overlays_of(list_account_changes(connection, MACHINE, id)).get(id, {})
        overlay = lay(account, before, **values)
        if overlay:
            change = AccountChange(
                account=id, organisation=account.organisation, kind=wanted.kind, at=now, actor=actor,
                reason=" ".join(wanted.reason.split())[:LONGEST_REASON], overlay=overlay,
            )  # fmt: skip
            _store(connection, change)
    return bool(overlay)


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


def _dormant(site: Site, account: Account, wanted: Wanted, now: datetime) -> Values:
    del now
    instead = _instead(site, account, wanted.instead)
    if not instead:
        raise Refused(Lack.instead)
    return {"status": AccountStatus.dormant, "instead": instead}


def _closed(site: Site, account: Account, wanted: Wanted, now: datetime) -> Values:
    del now
    if not wanted.reason.strip():
        raise Refused(Lack.reason)
    return {"status": AccountStatus.closed, "instead": _instead(site, account, wanted.instead) or account.instead}


def _reopened(site: Site, account: Account, wanted: Wanted, now: datetime) -> Values:
    del site, account, wanted, now
    return {"status": AccountStatus.active}


def _handed_over(site: Site, account: Account, wanted: Wanted, now: datetime) -> Values:
    if wanted.manager not in {each.id for each in who_may_take_over(site, account, local_date(now))}:
        raise Refused(Lack.manager)
    return {"manager": wanted.manager}


def _confirmed(site: Site, account: Account, wanted: Wanted, now: datetime) -> Values:
    del site, account, wanted
    return {"reviewed_on": local_date(now).isoformat()}


def _instead(site: Site, account: Account, given: str) -> str:
    """Return where senders are told to write. Raises Refused for what is too long, or leads away from us (R60)."""
    instead = " ".join(given.split())
    longest = LONGEST_IN_SMS if account.channel is Channel.sms else LONGEST_INSTEAD
    if len(instead) > longest:
        raise Refused(Lack.long_instead)
    if "@" in instead and instead.rpartition("@")[2].lower() not in site.own_domains:
        raise Refused(Lack.foreign_address)
    if "://" in instead and not site.is_own_page(instead):
        raise Refused(Lack.foreign_page)
    return instead


#: What each kind of change makes of an account's settings.
_WAYS: dict[ChangeKind, Callable[[Site, Account, Wanted, datetime], Values]] = {
    ChangeKind.made_dormant: _dormant,
    ChangeKind.made_closed: _closed,
    ChangeKind.reopened: _reopened,
    ChangeKind.handed_over: _handed_over,
    ChangeKind.confirmed: _confirmed,
}
