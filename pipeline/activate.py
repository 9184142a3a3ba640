"""Activate: make a configuration the one that every process works with, or tell that it was refused.

Reads: what still waits for the accounts that the new configuration no longer has; what people changed in the pages.
Writes: the configuration by its hash, which one is active, an event, which changes lapse by it;
of a refusal an event and an alert.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from domain.errors import BadInput
from domain.ids import Digest
from domain.site import Site
from domain.viewer import MACHINE
from outbox.render import render
from pipeline.change_account import let_lapse
from store.database import Database
from store.events import append
from store.outgoing import add_outgoing
from store.sites import StoredSite, find_accounts_with_work
from store.sites import activate as store_active
from watch.alert import to_administrator

#: So many faults are told in an alert and in the log.
MOST_FAULTS = 20


def activate(
    database: Database, digest: Digest, content: str, site: Site, now: datetime, *, rules: Digest | None = None
) -> bool:
    """Store a configuration and make it the active one; return whether another was active before.

    `rules` is the version of its rule set, for the event.

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
            let_lapse(connection, site, now)
            append(
                connection,
                "activated",
                at=now,
                organisation=site.unit(site.contact_center).organisation,
                actor="operator",
                site=digest,
                rules=rules,
            )
    return changed


def note_refused(database: Database, site: Site, faults: Sequence[str], now: datetime) -> bool:
    """Note that a faulty set of rules was refused, and tell the administrator; return whether there is one.

    `site` is the configuration that stays.
    """
    intent = to_administrator(site, "rules_refused", {"closed_at": now.isoformat(), "faults": _listed(faults)})
    with database.write() as connection:
        if intent is not None:
            draft = render(intent, site, key=f"alert.rules.{secrets.token_hex(6)}", now=now)
            add_outgoing(connection, intent, draft, at=now)
        append(
            connection, "activation_refused", at=now, organisation=site.unit(site.contact_center).organisation,
            actor="operator", faults=list(faults[:MOST_FAULTS]), told=site.administrator,
        )  # fmt: skip
    return intent is not None


def _listed(faults: Sequence[str]) -> str:
    more = [f"… ({len(faults) - MOST_FAULTS} till)"] if len(faults) > MOST_FAULTS else []
    return "\n".join(f"- {line}" for line in [*faults[:MOST_FAULTS], *more])
