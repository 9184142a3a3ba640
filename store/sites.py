"""Configurations by content hash, and which is active: many machines agree, every decision can name its version."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import AccountId, Digest
from domain.message import Fate
from domain.outgoing import SendState
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import active_site, messages, outgoing, sites
from store.visibility import sees_organisation


@dataclass(frozen=True, slots=True)
class StoredSite:
    """A configuration as it was stored."""

    digest: Digest
    #: Canonical JSON.
    content: str


def activate(connection: sa.Connection, site: StoredSite, at: datetime) -> bool:
    """Store a configuration and make it the active one; return whether it was another before."""
    connection.execute(
        upsert(connection, sites).values(digest=site.digest, content=site.content, added_at=at).on_conflict_do_nothing()
    )
    before = connection.scalar(sa.select(active_site.c.digest))
    if before == site.digest:
        return False
    statement = active_site.insert().values(id=1) if before is None else active_site.update()
    connection.execute(statement.values(digest=site.digest, activated_at=at))
    return True


def find_active_digest(connection: sa.Connection, viewer: Viewer) -> Digest | None:
    """Return the digest of the active configuration; None before the first `activate`."""
    del viewer  # The configuration is the installation's own: everybody's pages are drawn with it.
    digest = connection.scalar(sa.select(active_site.c.digest))
    return None if digest is None else Digest(digest)


def get_site(connection: sa.Connection, viewer: Viewer, digest: Digest) -> StoredSite:
    """Return a configuration by its digest. Raises KeyError when it was never stored."""
    del viewer
    content = connection.scalar(sa.select(sites.c.content).where(sites.c.digest == digest))
    if content is None:
        raise KeyError(digest)
    return StoredSite(digest, content)


def find_accounts_with_work(connection: sa.Connection, viewer: Viewer) -> frozenset[AccountId]:
    """Return the accounts for which messages wait or outgoing messages are not yet settled."""
    waiting = sa.select(messages.c.account_id).where(
        messages.c.fate == Fate.waiting, sees_organisation(viewer, messages)
    )
    unsent = sa.select(outgoing.c.account_id).where(
        outgoing.c.state.in_([SendState.queued, SendState.claimed, SendState.handing_over, SendState.retry]),
        sees_organisation(viewer, outgoing),
    )
    return frozenset(connection.scalars(waiting.union(unsent)))
