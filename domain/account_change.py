"""What people change of accounts in the pages: laid over the settings until these say something new of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from domain.account import Account, AccountStatus
from domain.ids import AccountId, OrganisationId, PersonId
from domain.site import Site


class ChangeKind(StrEnum):
    """What somebody did with an account in the pages."""

    #: Out of use for a time; senders are told where to write instead (R53).
    made_dormant = "made_dormant"
    #: Out of use for good: it is no longer read (R55).
    made_closed = "made_closed"
    #: In use again.
    reopened = "reopened"
    #: Another manager answers for it.
    handed_over = "handed_over"
    #: Somebody has seen that its address, people, hours and number are right (R64).
    confirmed = "confirmed"
    #: The settings have said something new: what was changed before holds no longer.
    lapsed = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """What one setting of an account is changed to, and what the settings said of it then."""

    #: A value of a StrEnum, an id, a day or a text, as the settings write it; None: nothing.
    value: str | None
    said: str | None


#: Changed settings by name: of `CHANGEABLE`.
Overlay = Mapping[str, Laid]

#: The settings of an account that the pages change.
CHANGEABLE = ("status", "instead", "manager", "reviewed_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """One change; a row that is never altered."""

    account: AccountId
    organisation: OrganisationId
    kind: ChangeKind
    at: datetime
    #: Who did it, as the event log says it.
    actor: str
    #: In the words of who did it; may be empty.
    reason: str = ""
    overlay: Overlay


def overlays_of(changes: Iterable[AccountChange]) -> dict[AccountId, Overlay]:
    """Return what is laid over each account; of several changes the later one holds.

    `changes` come in the order in which they were made. A lapse forgets all before it but what it keeps.
    """
    found: dict[AccountId, Overlay] = {}
    for change in changes:
        before = {} if change.kind is ChangeKind.lapsed else found.get(change.account, {})
        found[change.account] = {**before, **change.overlay}
    return {account: overlay for account, overlay in found.items() if overlay}


def lay_over(site: Site, changes: Sequence[AccountChange]) -> Site:
    """Return the site with what people changed; what concerns accounts or people that are gone is passed over."""
    overlays = overlays_of(changes)
    if not overlays:
        return site
    people = {each.id for each in site.people}
    accounts = tuple(_changed(each, overlays.get(each.id, {}), people) for each in site.accounts)
    return replace(site, accounts=accounts)


def lay(account: Account, before: Overlay, **values: str | None) -> dict[str, Laid]:
    """Return the overlay that gives an account these values, without those that it has already.

    `before` is what lies over it now.
    """
    return {
        name: Laid(value=value, said=before[name].said if name in before else said_of(account, name))
        for name, value in values.items()
        if value != said_of(account, name)
    }


def what_lapses(overlay: Overlay, settled: Account) -> frozenset[str]:
    """Return of which settings the settings have said something new since they were changed."""
    return frozenset(name for name, laid in overlay.items() if said_of(settled, name) != laid.said)


def said_of(account: Account, name: str) -> str | None:
    """Return what an account's setting says, as text."""
    value = getattr(account, name)
    return None if value is None else str(value)


def _changed(account: Account, overlay: Overlay, people: set[PersonId]) -> Account:
    status, instead, manager, reviewed_on = (overlay.get(name) for name in CHANGEABLE)
    if status is not None:
        account = replace(account, status=AccountStatus(status.value or AccountStatus.active))
    if instead is not None:
        account = replace(account, instead=instead.value or "")
    if manager is not None and manager.value in people:
        account = replace(account, manager=PersonId(manager.value))
    if reviewed_on is not None and reviewed_on.value is not None:
        account = replace(account, reviewed_on=date.fromisoformat(reviewed_on.value))
    return account
