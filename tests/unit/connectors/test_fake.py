"""What the fakes do beyond the contracts."""

import pytest

from connectors.fake import FakeProbe, FakeSink, FakeSource, Trouble
from domain.errors import SendUncertain, Unreachable
from domain.finding import Health
from domain.outgoing import Found
from tests.contracts.ways_out import StoppedClock
from tests.unit.connectors.builders import rendered


def test_a_failing_source_raises_until_it_recovers() -> None:
    source = FakeSource()
    source.put(b"x")
    source.fail(Unreachable("sign_in", "Not let in"))

    for _ in range(2):
        with pytest.raises(Unreachable, match="Not let in") as fault:
            source.fetch(None)
        assert fault.value.step == "sign_in"
    with pytest.raises(Unreachable):
        list(source.inventory())
    source.recover()

    assert len(source.fetch(None).arrivals) == 1
    assert source.fetches == 3


def test_a_removed_message_is_not_in_the_inventory() -> None:
    source = FakeSource()
    gone, kept = source.put(b"x"), source.put(b"y")

    source.remove(gone)

    assert list(source.inventory()) == [kept]


@pytest.mark.parametrize(("trouble", "found"), [(Trouble.lost, Found.not_found), (Trouble.gone, Found.found)])
def test_a_sink_that_can_tell_knows_what_went(trouble: Trouble, found: Found) -> None:
    sink = FakeSink(StoppedClock(), can_tell=True)
    sink.trouble = trouble

    with pytest.raises(SendUncertain):
        sink.send(rendered(), lambda: None)

    assert sink.find_sent(rendered(), lambda _: False).found is found


def test_a_probe_finds_what_it_was_made_with() -> None:
    ill = Health(ok=False, steps=(("name", False, "Unknown"),))

    assert FakeProbe().probe().ok
    assert FakeProbe(ill).probe() is ill
