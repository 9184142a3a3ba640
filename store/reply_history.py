"""What the brakes need to know about an address, read in one place for triage and for the outbox."""

from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache

import sqlalchemy as sa

from domain.brakes import AutomaticReply, ReplyHistory
from domain.ids import OrganisationId, OutgoingId
from domain.outgoing import OutgoingKind, SendState
from domain.viewer import Viewer
from store.schema import outgoing, suppressions
from store.visibility import sees_about, sees_organisation

#: The longest window of the brakes.
LONGEST = timedelta(days=7)

#: States in which nothing has gone and nothing will.
NEVER_WENT = (SendState.cancelled, SendState.refused, SendState.shadow)


def get_reply_history(
    connection: sa.Connection,
    viewer: Viewer,
    organisation: OrganisationId,
    address: str,
    now: datetime,
    *,
    before: OutgoingId | None = None,
) -> ReplyHistory:
    """Return what was sent automatically to an address and by the whole installation.

    Args:
        connection: the transaction to read in.
        viewer: on whose behalf.
        organisation: whose suppression list is asked.
        address: the recipient, in lower case.
        now: where the windows end.
        before: only what was queued before this outgoing message, which must not hold back itself.
    """
    return ReplyHistory(
        to_address=_to_address(connection, viewer, address, now, before),
        installation_last_hour=_last_hour(connection, viewer, now, before),
        suppressed=_suppression(connection, viewer, organisation, address),
    )


def _to_address(
    connection: sa.Connection, viewer: Viewer, address: str, now: datetime, before: OutgoingId | None
) -> tuple[AutomaticReply, ...]:
    rows = connection.execute(
        _sent_to(viewer, before is not None), {"address": address, "since": now - LONGEST, "before": before}
    )
    return tuple(
        AutomaticReply(template=template, address=recipient, mailbox=parseaddr(sender)[1].lower(), at=at)
        for template, recipient, sender, at in rows
    )


def _last_hour(connection: sa.Connection, viewer: Viewer, now: datetime, before: OutgoingId | None) -> int:
    since = now - timedelta(hours=1)
    return connection.scalar(_count(viewer, before is not None), {"since": since, "before": before}) or 0


@lru_cache(maxsize=64)
def _sent_to(viewer: Viewer, only_before: bool) -> sa.Select[str, str, str, datetime]:
    return sa.select(outgoing.c.template, outgoing.c.recipient, outgoing.c.sender, outgoing.c.created_at).where(
        outgoing.c.recipient_key == sa.bindparam("address"), *_went(viewer, only_before)
    )


@lru_cache(maxsize=64)
def _count(viewer: Viewer, only_before: bool) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(outgoing).where(*_went(viewer, only_before))


def _went(viewer: Viewer, only_before: bool) -> list[sa.ColumnElement[bool]]:
    conditions = [
        outgoing.c.created_at > sa.bindparam("since"),
        outgoing.c.kind == OutgoingKind.receipt,
        outgoing.c.state.not_in(NEVER_WENT),
        sees_about(viewer, outgoing),
    ]
    return [*conditions, outgoing.c.id < sa.bindparam("before")] if only_before else conditions


def _suppression(connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, address: str) -> str | None:
    return connection.scalar(_why(viewer), {"organisation": organisation, "address": address})


@lru_cache(maxsize=64)
def _why(viewer: Viewer) -> sa.Select[str]:
    return sa.select(suppressions.c.why).where(
        suppressions.c.organisation_id == sa.bindparam("organisation"),
        suppressions.c.address == sa.bindparam("address"),
        sees_organisation(viewer, suppressions),
    )
