"""Beat: each part of the work notes that it was done, and whoever asks sees what has stalled.

Reads: when each part was last done.
Writes: that a part was done and how long it took; the finding that one has stalled, or works again, with an event.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock, get_ident
from time import monotonic

from domain.finding import FindingKind
from domain.instant import STOCKHOLM
from domain.protocols import Step
from domain.site import Site
from domain.step_times import StepTimes
from domain.viewer import MACHINE
from pipeline.alerting import close_quietly, open_quietly
from pipeline.stop_replies import home_of
from store.beats import list_beats, note_beat
from store.database import Database
from store.findings import list_open_findings
from store.step_times import add_step_times
from store.tendencies import list_tendencies, set_tendency, settle_tendency
from watch.flips import Flip, flip

#: What rings the bells.
SCHEDULER = "scheduler"

#: What is rung by the clock, whatever there is to do: a part that is not done then has stalled. Receive is rung as
#: accounts are due, where there are any.
RUNG_ALWAYS = (
    SCHEDULER, Step.receive, Step.decide, Step.hold, Step.send_urgent, Step.send, Step.watch, Step.tell, Step.seal,
)  # fmt: skip

#: How often a part that goes on and on is noted.
NOTED_EVERY = timedelta(seconds=15)

#: What a manager calls the parts.
NAMES = {
    SCHEDULER: "klockan som sätter i gång arbetet",
    Step.receive: "hämtningen av meddelanden",
    Step.decide: "sorteringen",
    Step.hold: "bevakningen av löften",
    Step.send_urgent: "brådskande utskick",
    Step.send: "utskicken",
    Step.watch: "bevakningen av konton",
    Step.tell: "larmen",
    Step.seal: "förseglingen av loggen",
}


#: Longer than any step may take: what is at work for longer hangs.
AT_WORK_AT_MOST = timedelta(minutes=10)

#: A part that has missed so many of its rounds stands still.
MISSED_ROUNDS = 3


@dataclass(slots=True)
class Beats:
    """Notes what this process does and how long it takes, not more often than is of use."""

    #: Seconds of a clock that nobody sets, for how long a part took.
    monotonic: Callable[[], float] = monotonic
    _noted: dict[str, datetime] = field(default_factory=dict)
    #: Since when each thread is at work with what.
    _at_work: dict[int, tuple[str, datetime, float]] = field(default_factory=dict)
    #: How long what was done took, since it was last written down.
    _took: dict[str, StepTimes] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, part: str, now: datetime) -> None:
        """Remember that this thread begins a part of the work."""
        with self._lock:
            self._at_work[get_ident()] = (part, now, self.monotonic())

    def end(self) -> None:
        """Remember how long this thread was at work, with what is done now or has failed."""
        with self._lock:
            part, _, since = self._at_work.pop(get_ident())
            took = timedelta(seconds=self.monotonic() - since)
            self._took[part] = self._took.get(part, StepTimes()).taking(took)

    def note(self, database: Database, part: str, worker: str, now: datetime) -> None:
        """Note that a part of the work was done, and which parts have been at work for a while and are not done.

        So one that takes long is told from one that is dead; one that fails soon, each time, is not noted. What all
        parts took is written down beside; of what a database that fails then loses, only these figures are the poorer.
        """
        with self._lock:
            parts = [each for each in (part, *self._long_at_work(now)) if self._is_news(each, now)]
            self._noted |= dict.fromkeys(parts, now)
            took = self._took if parts else {}
            if parts:
                self._took = {}
        if parts:
            with database.write(durable=False) as connection:
                # In one order, so that no two processes wait for each other.
                for each in sorted(set(parts)):
                    note_beat(connection, each, worker, now)
                add_step_times(connection, took)

    def _long_at_work(self, now: datetime) -> Iterator[str]:
        for part, since, _ in self._at_work.values():
            if NOTED_EVERY <= now - since < AT_WORK_AT_MOST:
                yield part

    def _is_news(self, part: str, now: datetime) -> bool:
        last = self._noted.get(part)
        return last is None or not timedelta(0) <= now - last < NOTED_EVERY


def expected(site: Site) -> dict[str, timedelta]:
    """Return the parts of the work that go on whatever there is to do, and how long each may stand still."""
    after = dict.fromkeys(map(str, RUNG_ALWAYS), site.signal.stalled_after)
    rounds = [every for account in site.accounts if (every := site.read_every(account)) is not None]
    if not rounds:
        return {part: wait for part, wait in after.items() if part != Step.receive}
    return {**after, Step.receive: max(site.signal.stalled_after, MISSED_ROUNDS * min(rounds))}


def stalled(beats: Mapping[str, datetime], site: Site, now: datetime) -> tuple[tuple[str, datetime], ...]:
    """Return the parts that nobody has done for too long, with when they were last done; the longest first. Pure.

    A part that has never been done has not stalled: the installation is new, or its workers are yet to come.
    """
    found = [
        (part, beats[part]) for part, after in expected(site).items() if part in beats and now - beats[part] > after
    ]
    return tuple(sorted(found, key=lambda each: each[1]))


def flip_stalled(database: Database, site: Site, now: datetime) -> bool:
    """Open a finding while a part of the work stands still, and close it when all have gone on for a while.

    Returns whether it opened or closed. Whoever still works calls it: the scheduler as well as the workers.
    """
    home, kind = home_of(site), FindingKind.worker_stalled
    with database.read() as connection:
        still = stalled(list_beats(connection, MACHINE), site, now)
        open_ones = [each for each in list_open_findings(connection, MACHINE) if each.kind is kind]
        tendency = list_tendencies(connection, MACHINE).get((home.id, kind))
    turn = flip(
        kind, is_open=bool(open_ones), holds=bool(still), tendency=tendency, settings=site.watch.of(home), now=now
    )
    if turn is Flip.stays:
        return False
    with database.write() as connection:
        if turn is Flip.tends:
            set_tendency(connection, home.organisation, home.id, kind, holds=bool(still), since=now)
            return False
        settle_tendency(connection, home.id, kind)
        if turn is Flip.opens:
            return open_quietly(connection, home, kind, say_stalled(still), now) is not None
        for finding in open_ones if turn is Flip.closes else ():
            close_quietly(connection, finding, now)
    return turn is Flip.closes


def say_stalled(still: tuple[tuple[str, datetime], ...]) -> str:
    """Return the sentence of evidence."""
    part, since = still[0]
    more = f" Det gäller {len(still)} delar av Svarsvakt." if len(still) > 1 else ""
    return f"{NAMES[part].capitalize()} har stått still sedan {since.astimezone(STOCKHOLM):%H.%M}.{more}"
