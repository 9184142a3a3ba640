"""Activate: make a configuration the one that every process works with.

Reads: what still waits for the accounts that the new configuration no longer has.
Writes: the configuration by its hash, which one is active, an event.
"""

from datetime import datetime

from domain.errors import BadInput
from domain.ids import Digest
from domain.site import Site
from domain.viewer import MACHINE
from store.database import Database
from store.events import append
from store.sites import StoredSite, find_accounts_with_work
from store.sites import activate as store_active


def activate(database: Database, digest: Digest, content: str, site: Site, now: datetime) -> bool:
    """Store a configuration and make it the active one; return whether another was active before.

    Raises:
        BadInput: an account is gone for which messages still wait or replies are still to be sent.
    """
    with database.write() as connection:
        left = find_accounts_with_work(connection, MACHINE) - {account.id for account in site.accounts}
        if left:
            raise BadInput(
                f"accounts.toml: work is still waiting for {', '.join(sorted(left))}: keep it with "
                'status = "closed" until nothing is left'
            )
        changed = store_active(connection, StoredSite(digest, content), now)
        if changed:
            append(
                connection,
                "activated",
                at=now,
                organisation=site.unit(site.contact_center).organisation,
                actor="operator",
                site=digest,
            )
    return changed
