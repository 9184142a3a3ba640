"""Review: whose contact entries nobody has gone through for a year (domain.md R64). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.account import Account, AccountStatus
from domain.ids import AccountId, OrganisationId
from domain.open_time import local_date
from domain.site import Site

#: While nobody confirms an entry it is told of again after so many days.
TOLD_AGAIN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreviewed:
    """An account whose address, people, hours and number are to be gone through."""

    account: Account
    #: When that fell due.
    due_on: date

    def subject(self) -> str:
        """Return how tellings name it: what falls due next year is new."""
        return f"review/{self.account.id}/{self.due_on}"

    def step(self, day: date) -> str:
        """Return how tellings name the reminder of a day."""
        return str((day - self.due_on) // TOLD_AGAIN)


def unreviewed(
    site: Site, organisation: OrganisationId, first_read: Mapping[AccountId, datetime], day: date
) -> Iterator[Unreviewed]:
    """Yield the accounts of an organisation that are to be gone through by a day, longest due first.

    Args:
        site: says when each was last confirmed.
        organisation: whose accounts.
        first_read: when each was first read, in aware UTC: one that nobody has ever confirmed counts from then on.
        day: the day, in Stockholm.
    """
    found = []
    for account in site.accounts:
        if account.organisation != organisation or account.status is AccountStatus.closed:
            continue
        since = account.reviewed_on
        if since is None and account.id in first_read:
            since = local_date(first_read[account.id])
        if since is not None and day - since >= site.watch.reviewed_every:
            found.append(Unreviewed(account=account, due_on=since + site.watch.reviewed_every))
    yield from sorted(found, key=lambda each: (each.due_on, each.account.name))
