"""What the brakes need to know about an address, read in one place for triage and for the outbox."""

from datetime import datetime, timedelta
from email.utils import parseaddr

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
    query = sa.select(outgoing.c.template, outgoing.c.recipient, outgoing.c.sender, outgoing.c.created_at).where(
        outgoing.c.recipient_key == address, outgoing.c.created_at > now - LONGEST, *_went(viewer, before)
    )
    return tuple(
        AutomaticReply(template=template, address=recipient, mailbox=parseaddr(sender)[1].lower(), at=at)
        for template, recipient, sender, at in connection.execute(query)
    )


def _last_hour(connection: sa.Connection, viewer: Viewer, now: datetime, before: OutgoingId | None) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(outgoing)
        .where(outgoing.c.created_at > now - timedelta(hours=1), *_went(viewer, before))
    )
    return connection.scalar(query) or 0


def _went(viewer: Viewer, before: OutgoingId | None) -> list[sa.ColumnElement[bool]]:
    conditions = [
        outgoing.c.kind == OutgoingKind.receipt,
        outgoing.c.state.not_in(NEVER_WENT),
        sees_about(viewer, outgoing),
    ]
    return conditions if before is None else [*conditions, outgoing.c.id < before]


def _suppression(connection: sa.Connection, viewer: Viewer, organisation: OrganisationId, address: str) -> str | None:
    query = sa.select(suppressions.c.why).where(
        suppressions.c.organisation_id == organisation,
        suppressions.c.address == address,
        sees_organisation(viewer, suppressions),
    )
    return connection.scalar(query)
