"""Configurations by content hash, and which is active: many machines agree, every decision can name its version."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.ids import AccountId, Digest
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import account_changes, active_site, events, messages, outgoing, sites
from store.schema.arrivals import WAITING
from store.schema.outbox import UNSETTLED
from store.visibility import sees_about, sees_message, sees_organisation


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
    values = {"digest": site.digest, "activated_at": at}
    connection.execute(
        upsert(connection, active_site)
        .values(id=1, **values)
        .on_conflict_do_update(index_elements=[active_site.c.id], set_=values)
    )
    return True


@dataclass(frozen=True, slots=True)
class ActiveVersion:
    """What names the configuration that everybody works with now."""

    digest: Digest
    #: The number of the last thing that people changed of accounts in the pages; 0: nothing yet.
    change: int


#: Built once: every step asks it first.
_ACTIVE_VERSION = sa.select(
    active_site.c.digest,
    sa.select(sa.func.coalesce(sa.func.max(account_changes.c.id), 0)).scalar_subquery(),
)


def find_active_version(connection: sa.Connection, viewer: Viewer) -> ActiveVersion | None:
    """Return which configuration is active, and how far it was changed; None before the first `activate`."""
    del viewer  # The configuration is the installation's own: everybody's pages are drawn with it.
    row = connection.execute(_ACTIVE_VERSION).first()
    return None if row is None else ActiveVersion(Digest(row[0]), row[1])


def get_site(connection: sa.Connection, viewer: Viewer, digest: Digest) -> StoredSite:
    """Return a configuration by its digest. Raises KeyError when it was never stored."""
    del viewer
    content = connection.scalar(sa.select(sites.c.content).where(sites.c.digest == digest))
    if content is None:
        raise KeyError(digest)
    return StoredSite(digest, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """One time that a configuration was made the active one."""

    at: datetime
    actor: str
    site: Digest
    #: The version of its rules; None: it was not noted.
    rules: Digest | None


def list_activations(connection: sa.Connection, viewer: Viewer, *, limit: int = 100) -> tuple[Activation, ...]:
    """Return when which configuration was made the active one, the latest first."""
    query = (
        sa.select(events.c.at, events.c.actor, events.c.details)
        .where(events.c.kind == "activated", sees_organisation(viewer, events))
        .order_by(events.c.id.desc())
        .limit(limit)
    )
    return tuple(
        Activation(at=at, actor=actor, site=details["site"], rules=details.get("rules"))
        for at, actor, details in connection.execute(query)
    )


def find_accounts_with_work(connection: sa.Connection, viewer: Viewer) -> frozenset[AccountId]:
    """Return the accounts for which messages wait or outgoing messages are not yet settled."""
    waiting = sa.select(messages.c.account_id).where(sa.text(f"messages.{WAITING}"), sees_message(viewer))
    unsent = sa.select(outgoing.c.account_id).where(sa.text(f"outgoing.{UNSETTLED}"), sees_about(viewer, outgoing))
    return frozenset(connection.scalars(waiting.union(unsent)))
