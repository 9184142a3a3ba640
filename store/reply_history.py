"""What the brakes need to know about an address, read in one place for triage and for the outbox."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.brakes import AutomaticReply, ReplyHistory
from domain.ids import AccountId, OrganisationId
from domain.outgoing import AUTOMATIC_REPLIES, SendState
from domain.viewer import Viewer
from store.columns import as_key
from store.correspondents import Correspondent
from store.schema import outgoing
from store.statements import in_parts, is_among
from store.suppressions import find_suppressions
from store.visibility import sees_about

#: The longest window of the brakes.
LONGEST = timedelta(days=7)

HOUR = timedelta(hours=1)

#: Template, recipient, From line and time of an automatic message.
Sent = Sequence[Any]

#: States in which nothing has gone and nothing will.
NEVER_WENT = (SendState.cancelled, SendState.refused, SendState.shadow)


def get_reply_history(
    connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, address: str, now: datetime
) -> ReplyHistory:
    """Return what was sent automatically to an address and by the whole installation, or is on its way.

    Args:
        connection: the transaction to read in.
        viewer: on whose behalf.
        organisation: whose suppression list is asked.
        address: the recipient, in lower case.
        now: where the windows end.
    """
    correspondent = (organisation, address)
    return find_reply_histories(connection, viewer, [correspondent], now)[correspondent]


def find_reply_histories(
    connection: sa.Connection, viewer: Viewer, correspondents: Collection[Correspondent], now: datetime
) -> dict[Correspondent, ReplyHistory]:
    """Return `get_reply_history` of many addresses, with one question of a kind."""
    if not correspondents:
        return {}
    last_hour = connection.scalar(_count(viewer), {"since": now - HOUR}) or 0
    sent_to = _to_addresses(connection, viewer, {address for _, address in correspondents}, now - LONGEST)
    suppressed = find_suppressions(connection, viewer, correspondents, now)
    return {
        about: ReplyHistory(
            to_address=_replies(sent_to.get(as_key(about[1]), ())),
            installation_last_hour=last_hour,
            suppressed=suppressed[about].why if about in suppressed else None,
        )
        for about in correspondents
    }


def count_wanted(connection: sa.Connection, viewer: Viewer, since: datetime, account: AccountId | None = None) -> int:
    """Return how many automatic replies of one account, or of all, were to go since then, whatever became of them."""
    wanted = (
        sa.select(sa.func.count())
        .select_from(outgoing)
        .where(
            outgoing.c.created_at > since,
            outgoing.c.kind.in_(sorted(AUTOMATIC_REPLIES)),
            outgoing.c.state != SendState.shadow,
            sees_about(viewer, outgoing),
        )
    )
    return connection.scalar(wanted if account is None else wanted.where(outgoing.c.account_id == account)) or 0


def _replies(rows: Iterable[Sent]) -> tuple[AutomaticReply, ...]:
    return tuple(
        AutomaticReply(template=template, address=recipient, mailbox=parseaddr(sender)[1].lower(), at=at)
        for template, recipient, sender, at in rows
    )


def _to_addresses(
    connection: sa.Connection, viewer: Viewer, addresses: Collection[str], since: datetime
) -> dict[str, list[Sent]]:
    found: dict[str, list[Sent]] = defaultdict(list)
    for some in in_parts(sorted(addresses)):
        for key, *sent in connection.execute(_sent_to(viewer), {"addresses": some, "since": since}):
            found[key].append(sent)
    return found


@lru_cache(maxsize=64)
def _sent_to(viewer: Viewer) -> sa.Select[Any]:
    columns = ("recipient_key", "template", "recipient", "sender", "created_at")
    return sa.select(*(outgoing.c[name] for name in columns)).where(
        is_among(outgoing.c.recipient_key, "addresses"),
        outgoing.c.created_at > sa.bindparam("since"),
        *automatic(viewer),
    )


@lru_cache(maxsize=64)
def _count(viewer: Viewer) -> sa.Select[int]:
    return (
        sa.select(sa.func.count())
        .select_from(outgoing)
        .where(outgoing.c.created_at > sa.bindparam("since"), *automatic(viewer))
    )


def automatic(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    """Return what makes a row an automatic message that went, or may still go, and that the viewer may see."""
    return [
        outgoing.c.kind.in_(sorted(AUTOMATIC_REPLIES)),
        outgoing.c.state.not_in(NEVER_WENT),
        sees_about(viewer, outgoing),
    ]
