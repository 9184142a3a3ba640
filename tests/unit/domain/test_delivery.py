"""How far a message has come: in order, whatever order it is told in."""

from itertools import pairwise

import pytest

from domain.delivery import Delivery, DeliveryState, delivery_of
from domain.suppression import SuppressionReason

ORDER = [DeliveryState.queued, DeliveryState.sent, DeliveryState.failed, DeliveryState.delivered, DeliveryState.read]


@pytest.mark.parametrize(("before", "after"), list(pairwise(ORDER)))
def test_a_message_goes_one_way(before: DeliveryState, after: DeliveryState) -> None:
    assert before in after.earlier
    assert after not in before.earlier


def test_two_ways_of_failing_are_equal() -> None:
    assert DeliveryState.failed not in DeliveryState.undelivered.earlier
    assert DeliveryState.undelivered not in DeliveryState.failed.earlier


@pytest.mark.parametrize("lasting", [None, SuppressionReason.opted_out])
def test_what_is_observed_is_what_was_told(lasting: SuppressionReason | None) -> None:
    told = Delivery(provider_id="SM1", state=DeliveryState.failed, code="21610", why="STOP", lasting=lasting)

    assert delivery_of(told.observed()) == told
