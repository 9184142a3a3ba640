"""Delivery: what providers tell of messages that they have taken, by a poll or a webhook, in any order (P10).

Reads: what was observed; our messages by the provider's names for them.
Writes: how far each has come; what follows when one did not arrive; all in the caller's transaction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.account import Account
from domain.brakes import BrakeSettings
from domain.delivery import Delivery, delivery_of
from domain.message import Observation
from domain.outgoing import OutgoingKind, SendState
from domain.suppression import Suppression, SuppressionReason
from domain.viewer import MACHINE
from outbox.deliver import stop_clocks
from pipeline.not_arrived import OurOwn, note_not_arrived, suppress, tell
from store.bounces import mark_arrived
from store.database import Connection
from store.deliveries import add_deliveries, find_by_provider_ids, find_unknown_deliveries, mark_known
from store.sent import StoredOutgoing

#: A provider may tell of a message before we have written down its name for it: such words are looked at again.
LOOKED_FOR = timedelta(hours=1)

ACTOR = "delivery"


def note_deliveries(
    connection: Connection, account: Account, observations: Iterable[Observation], brakes: BrakeSettings, now: datetime
) -> None:
    """Keep how far our messages have come, once, and do what follows; what is told late takes nothing back.

    Args:
        connection: a transaction that may write.
        account: whose provider told.
        observations: those that are of another kind are passed over.
        brakes: for how long a number that takes nothing gets nothing.
        now: aware UTC.
    """
    told = [delivery_of(each) for each in observations if each.kind == "delivery"]
    new = add_deliveries(connection, account, told, now)
    unknown = find_unknown_deliveries(connection, MACHINE, account.id, now - LOOKED_FOR)
    news = {each.provider_id: each for each in (*new, *unknown)}
    ours = find_by_provider_ids(connection, MACHINE, account.id, set(news))
    for provider_id, message in ours.items():
        mark_known(connection, account.id, provider_id, message.id)
        _follow(connection, message, news[provider_id], brakes, now)


def _follow(
    connection: Connection, message: StoredOutgoing, delivery: Delivery, brakes: BrakeSettings, now: datetime
) -> None:
    ours = OurOwn(
        id=message.id, organisation=message.organisation, account=message.account, kind=message.kind,
        ticket=message.ticket,
    )  # fmt: skip
    if delivery.state.has_failed:
        note_not_arrived(connection, ours, now, status=delivery.code, why=delivery.why, actor=ACTOR)
    elif delivery.state.has_arrived and mark_arrived(connection, message.id):
        _arrived_after_all(connection, message, ours, now)
    # Of those who are to get alerts nobody is suppressed: another way may reach them.
    if delivery.lasting is not None and message.kind is not OutgoingKind.alert:
        suppress(connection, ours, _suppression(message, delivery, delivery.lasting, brakes, now), now, ACTOR)


def _arrived_after_all(connection: Connection, message: StoredOutgoing, ours: OurOwn, now: datetime) -> None:
    if message.state is not SendState.sent:
        return
    stopped = stop_clocks(connection, message.ticket, message.kind, message.sent_at or now, message.answer_at)
    if stopped is not None:
        tell(connection, stopped, ours, now, ACTOR)


def _suppression(
    message: StoredOutgoing, delivery: Delivery, reason: SuppressionReason, brakes: BrakeSettings, now: datetime
) -> Suppression:
    # Whoever opted out comes back by a word of their own; a number that takes nothing may get another owner.
    until = None if reason is SuppressionReason.opted_out else now + brakes.suppressed_for
    return Suppression(
        address=message.recipient.lower(), reason=reason, why=f"{delivery.code} {delivery.why}".strip(), added_at=now,
        status=delivery.code, until=until, outgoing=message.id,
    )  # fmt: skip
