"""Delivery: what a provider tells of a message after it has taken it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.message import Observation
from domain.suppression import SuppressionReason


class DeliveryState(StrEnum):
    """How far a message has come after its provider took it, in the order in which it goes."""

    queued = "queued"
    #: The provider has handed it to the next carrier.
    sent = "sent"
    undelivered = "undelivered"
    failed = "failed"
    #: The recipient has it. It outranks a failure that was told of before.
    delivered = "delivered"
    read = "read"

    @property
    def earlier(self) -> frozenset["DeliveryState"]:
        """The states that this one follows; what is told late never takes a message back."""
        return frozenset(each for each in DeliveryState if _RANK[each] < _RANK[self])

    @property
    def has_arrived(self) -> bool:
        """Whether the recipient has it."""
        return self in {DeliveryState.delivered, DeliveryState.read}

    @property
    def has_failed(self) -> bool:
        """Whether the recipient will not get it."""
        return self in {DeliveryState.undelivered, DeliveryState.failed}


_RANK = {
    DeliveryState.queued: 0,
    DeliveryState.sent: 1,
    DeliveryState.undelivered: 2,
    DeliveryState.failed: 2,
    DeliveryState.delivered: 3,
    DeliveryState.read: 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a provider told of one of its messages."""

    #: The provider's own identity, as its receipt named it.
    provider_id: str
    state: DeliveryState
    #: The provider's code, and what it means in Swedish; empty: it gave none.
    code: str = ""
    why: str = ""
    #: Set when no automatic message will reach the recipient any more.
    lasting: SuppressionReason | None = None

    def observed(self) -> Observation:
        """Return it as what a Source or a webhook saw."""
        details: dict[str, Any] = {"state": self.state.value, "code": self.code, "why": self.why}
        if self.lasting is not None:
            details["lasting"] = self.lasting.value
        return Observation(identity=self.provider_id, kind="delivery", details=details)


def delivery_of(observation: Observation) -> Delivery:
    """Return the delivery that an observation tells of."""
    details = observation.details
    lasting = details.get("lasting")
    return Delivery(
        provider_id=observation.identity,
        state=DeliveryState(details["state"]),
        code=str(details.get("code") or ""),
        why=str(details.get("why") or ""),
        lasting=SuppressionReason(lasting) if lasting else None,
    )
