"""Deliveries: how far what we handed over has come, as far as its provider told."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from domain.account import Account
from domain.delivery import Delivery, DeliveryState
from domain.ids import AccountId, OutgoingId, TicketId
from domain.outgoing import OutgoingKind, Rendered
from domain.suppression import SuppressionReason
from domain.viewer import Viewer
from store.columns import as_key
from store.leases import upsert
from store.merges import in_ticket
from store.schema import deliveries, outgoing
from store.schema.outbox import NAMED_BY_PROVIDER, UNKNOWN_DELIVERY
from store.sent import StoredOutgoing, stored
from store.statements import in_parts
from store.visibility import sees_about, sees_organisation


def add_deliveries(
    connection: sa.Connection, account: Account, told: Sequence[Delivery], at: datetime
) -> tuple[Delivery, ...]:
    """Keep how far messages have come; return those of which that is new. What is told late takes nothing back."""
    known = _find_states(connection, account.id, [each.provider_id for each in told])
    news = [each for each in told if known.get(as_key(each.provider_id)) != each.state]
    return tuple(each for each in news if _add(connection, account, each, at))


def find_unknown_deliveries(
    connection: sa.Connection, viewer: Viewer, account: AccountId, since: datetime
) -> tuple[Delivery, ...]:
    """Return what was told since then of messages that we did not know, oldest first."""
    query = (
        sa.select(deliveries)
        .where(
            sa.text(UNKNOWN_DELIVERY),
            deliveries.c.account_id == account,
            deliveries.c.noted_at >= since,
            sees_organisation(viewer, deliveries),
        )
        .order_by(deliveries.c.noted_at)
    )
    return tuple(_delivery(row) for row in connection.execute(query).mappings())


def mark_known(connection: sa.Connection, account: AccountId, provider_id: str, id: OutgoingId) -> None:
    """Note which message of ours a delivery is about."""
    own = (deliveries.c.account_id == account, deliveries.c.provider_id == as_key(provider_id))
    connection.execute(deliveries.update().where(*own).values(outgoing_id=id))


def find_by_provider_ids(
    connection: sa.Connection, viewer: Viewer, account: AccountId, provider_ids: Collection[str]
) -> dict[str, StoredOutgoing]:
    """Return those of our messages that an account's provider knows by these names."""
    found: dict[str, StoredOutgoing] = {}
    for some in in_parts(sorted(provider_ids)):
        query = sa.select(outgoing).where(
            outgoing.c.account_id == account, sa.text(NAMED_BY_PROVIDER), outgoing.c.provider_id.in_(some),
            sees_about(viewer, outgoing),
        )  # fmt: skip
        found |= {row["provider_id"]: stored(row) for row in connection.execute(query).mappings()}
    return found


def is_named(connection: sa.Connection, viewer: Viewer, message: Rendered, provider_id: str) -> bool:
    """Return whether a provider's name is that of another message than this one.

    What a provider calls a message is unique among an account's, and among all alerts, which leave by one way.
    """
    own = outgoing.c.account_id == message.account
    if message.kind is OutgoingKind.alert:
        own = sa.or_(own, outgoing.c.kind == OutgoingKind.alert)
    query = sa.select(outgoing.c.id).where(
        outgoing.c.provider_id == provider_id, sa.text(NAMED_BY_PROVIDER), own, outgoing.c.id != message.id,
        outgoing.c.kind != OutgoingKind.hiding, sees_about(viewer, outgoing),
    )  # fmt: skip
    return connection.execute(query.limit(1)).first() is not None


def list_deliveries(connection: sa.Connection, viewer: Viewer, ticket: TicketId) -> dict[OutgoingId, DeliveryState]:
    """Return how far the messages about a ticket have come, where their provider told."""
    query = (
        sa.select(deliveries.c.outgoing_id, deliveries.c.state)
        .join(outgoing, outgoing.c.id == deliveries.c.outgoing_id)
        .where(in_ticket(outgoing.c.ticket_id, ticket), sees_about(viewer, outgoing))
    )
    return {id: DeliveryState(state) for id, state in connection.execute(query)}


def _add(connection: sa.Connection, account: Account, delivery: Delivery, at: datetime) -> bool:
    values = {
        "state": delivery.state,
        "code": delivery.code,
        "why": delivery.why,
        "lasting": delivery.lasting or "",
        "noted_at": at,
    }
    statement = (
        upsert(connection, deliveries)
        .values(organisation_id=account.organisation, account_id=account.id, provider_id=delivery.provider_id, **values)
        .on_conflict_do_update(
            index_elements=["account_id", "provider_id"],
            set_=values,
            where=deliveries.c.state.in_(sorted(delivery.state.earlier)),
        )
        .returning(deliveries.c.provider_id)
    )
    return connection.execute(statement).first() is not None


def _find_states(connection: sa.Connection, account: AccountId, provider_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in in_parts(provider_ids):
        query = sa.select(deliveries.c.provider_id, deliveries.c.state).where(
            deliveries.c.account_id == account, deliveries.c.provider_id.in_(some)
        )
        found |= {row.provider_id: row.state for row in connection.execute(query)}
    return found


def _delivery(row: sa.RowMapping) -> Delivery:
    return Delivery(
        provider_id=row["provider_id"],
        state=DeliveryState(row["state"]),
        code=row["code"],
        why=row["why"],
        lasting=SuppressionReason(row["lasting"]) if row["lasting"] else None,
    )
