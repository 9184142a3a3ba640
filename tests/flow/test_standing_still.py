"""When Svarsvakt itself stands still: a finding, an alert that leaves all the same, and a signal that does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.alerting import SignalSettings
from domain.errors import Unreachable
from domain.finding import FindingKind
from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.beat import RUNG_ALWAYS, Beats, stalled
from pipeline.receive import receive
from pipeline.runtime import Runtime
from pipeline.signal import signal
from pipeline.stand_in import stand_in
from pipeline.sweep import sweep
from pipeline.tell import tell
from store.beats import list_beats, note_beat
from store.database import Database
from store.findings import list_open_findings
from store.step_times import list_step_times
from tests.flow.installation import Installation, mail, small_site

URL = "https://signal.exempelby.example/svarsvakt"


@pytest.fixture
def town(database: Database) -> Installation:
    site = replace(small_site(), signal=SignalSettings(url=URL), administrator="drift@exempelby.example")
    return Installation(database, site=site)


def work(town: Installation, *parts: str) -> None:
    with town.database.write() as connection:
        for part in parts or RUNG_ALWAYS:
            note_beat(connection, part, "w", town.clock.now())


def signals(town: Installation, rounds: int = 1) -> int:
    sent: list[str] = []
    for _ in range(rounds):
        signal(town.runtime, lambda url, _: sent.append(url))
    return len(sent)


def kinds(town: Installation) -> list[FindingKind]:
    with town.database.read() as connection:
        return [each.kind for each in list_open_findings(connection, MACHINE)]


def test_while_all_is_well_one_signal_goes_in_each_interval(town: Installation) -> None:
    work(town)

    assert signals(town, rounds=5) == 1


@pytest.mark.parametrize("missing", RUNG_ALWAYS)
def test_no_signal_goes_when_any_part_of_the_work_was_never_done(town: Installation, missing: str) -> None:
    work(town, *(part for part in RUNG_ALWAYS if part != missing))

    assert signals(town) == 0


def test_no_signal_goes_when_the_work_stands_still(town: Installation) -> None:
    work(town)
    town.clock.forward(minutes=4)

    assert signals(town) == 0


def test_no_signal_goes_when_a_queue_does_not_move(town: Installation) -> None:
    town.connect()
    town.arrives(mail())
    receive(town.runtime, town.account)
    town.clock.forward(minutes=16)
    work(town)

    assert signals(town) == 0


def test_a_signal_that_nobody_takes_stops_nothing(town: Installation) -> None:
    work(town)

    def nobody(_url: str, _timeout: float) -> None:
        raise Unreachable("tcp", "nobody answers: check [signal] url")

    assert not signal(town.runtime, nobody)


def test_work_that_stands_still_is_told_to_the_administrator_and_so_is_that_it_goes_on(town: Installation) -> None:
    work(town)
    tell(town.runtime)
    before = kinds(town)
    town.clock.forward(minutes=10)
    work(town, "scheduler", "tell", "watch")
    tell(town.runtime)
    during = kinds(town)
    work(town)
    tell(town.runtime)
    too_soon = kinds(town)
    town.clock.forward(minutes=10)
    work(town)
    tell(town.runtime)

    assert (before, during) == ([], [FindingKind.worker_stalled])
    assert (too_soon, kinds(town)) == ([FindingKind.worker_stalled], [])
    assert [(each.recipient, each.template) for each in reversed(town.alerts())] == [
        ("drift@exempelby.example", "worker_stalled"),
        ("drift@exempelby.example", "work_resumed"),
    ]


def test_when_the_workers_are_what_stopped_the_scheduler_sends_the_alert_itself(town: Installation) -> None:
    work(town)
    well = stand_in(town.runtime)
    town.clock.forward(minutes=10)

    stood_in = [stand_in(town.runtime), stand_in(town.runtime)]

    assert not well
    assert stood_in == [True, False]
    assert town.wires.out.sent[0].recipient == "drift@exempelby.example"


def test_when_nobody_fetches_any_longer_it_is_told_and_when_no_account_is_read_it_is_no_fault(
    town: Installation,
) -> None:
    work(town)
    town.clock.forward(minutes=4)
    work(town, *(part for part in RUNG_ALWAYS if part != Step.receive))
    with town.database.read() as connection:
        beats = list_beats(connection, MACHINE)
    unread = replace(town.site, accounts=tuple(replace(each, imap=None) for each in town.site.accounts))
    now, slow = town.clock.now(), replace(town.site.run, poll_every=timedelta(minutes=2))

    assert [part for part, _ in stalled(beats, town.site, now)] == [Step.receive]
    assert stalled(beats, replace(town.site, run=slow), now) == ()
    assert stalled(beats, unread, now) == ()
    assert signals(town) == 0


def test_what_takes_long_is_told_from_what_is_dead(town: Installation) -> None:
    beats, begun = Beats(), town.clock.now()
    beats.begin("decide", begun)
    noted = []
    for minutes in (1, 9, 11):
        town.clock.at = begun + timedelta(minutes=minutes)
        beats.note(town.database, "send", "w", town.clock.now())
        with town.database.read() as connection:
            noted.append(list_beats(connection, MACHINE)["decide"] - begun)
    beats.end()

    # After ten minutes it hangs, and nothing says that it lives.
    assert noted == [timedelta(minutes=1), timedelta(minutes=9), timedelta(minutes=9)]


def test_a_part_that_fails_soon_each_time_is_not_noted(town: Installation) -> None:
    beats = Beats()
    beats.begin("decide", town.clock.now())
    beats.note(town.database, "send", "w", town.clock.now())
    beats.end()
    town.clock.forward(minutes=1)
    beats.note(town.database, "send", "w", town.clock.now())

    with town.database.read() as connection:
        assert set(list_beats(connection, MACHINE)) == {"send"}


def test_a_process_notes_its_work_now_and_then(town: Installation) -> None:
    beats, first = Beats(), town.clock.now()
    for _ in range(20):
        beats.note(town.database, "send", "w", town.clock.now())
        town.clock.forward(seconds=1)

    with town.database.read() as connection:
        assert list_beats(connection, MACHINE) == {"send": first + timedelta(seconds=15)}


def test_how_long_the_parts_took_is_written_down_with_the_beats_and_no_more_often(town: Installation) -> None:
    ticks = iter(range(100))
    beats = Beats(monotonic=lambda: next(ticks) / 2)
    for _ in range(3):
        beats.begin("send", town.clock.now())
        beats.end()
        beats.note(town.database, "send", "w", town.clock.now())
        town.clock.forward(seconds=10)

    with town.database.read() as connection:
        times = list_step_times(connection, MACHINE)["send"]

    # The second was written down with the third.
    assert (sum(times.counts), times.seconds) == (3, 1.5)
    with town.database.read() as connection:
        assert list_beats(connection, MACHINE) == {"send": town.clock.now() - timedelta(seconds=10)}


def test_parts_are_noted_in_one_order_by_all_so_that_no_two_processes_wait_for_each_other(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []
    monkeypatch.setattr("pipeline.beat.note_beat", lambda _connection, part, _worker, _at: noted.append(part))
    for done, at_work in (("send", "decide"), ("decide", "send")):
        beats = Beats()
        beats.begin(at_work, town.clock.now() - timedelta(minutes=1))
        beats.note(town.database, done, "w", town.clock.now())

    assert noted == ["decide", "send"] * 2


@pytest.mark.parametrize("failing", ["ring_due", "accounts_to_reconcile"])
def test_what_the_sweep_cannot_ask_silences_no_bell(
    town: Installation, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(_runtime: Runtime) -> None:
        raise ValueError("as a row may that nobody foresaw")

    monkeypatch.setattr(f"pipeline.sweep.{failing}", fail)

    with pytest.raises(ValueError, match="nobody foresaw"):
        sweep(town.runtime)

    assert {Step.decide, Step.hold, Step.send_urgent, Step.send, Step.watch, Step.tell, Step.seal} <= {*town.bell.rung}
