"""Beat: each part of the work notes that it was done, and whoever asks sees what has stalled.

Reads: when each part was last done.
Writes: that a part was done; the finding that one has stalled, or works again, with an event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from domain.finding import FindingKind
from domain.instant import STOCKHOLM
from domain.protocols import Step
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.alerting import close_quietly, open_quietly
from pipeline.stop_replies import home_of
from store.beats import list_beats, note_beat
from store.database import Database
from store.findings import list_open_findings

#: What rings the bells.
SCHEDULER = "scheduler"

#: What is rung by the clock, whatever there is to do: a part that is not done then has stalled.
RUNG_ALWAYS = (SCHEDULER, Step.decide, Step.hold, Step.send, Step.watch, Step.tell, Step.seal)

#: How often a part that goes on and on is noted.
NOTED_EVERY = timedelta(seconds=15)

#: What a manager calls the parts.
NAMES = {
    SCHEDULER: "klockan som sätter i gång arbetet",
    Step.decide: "sorteringen",
    Step.hold: "bevakningen av löften",
    Step.send: "utskicken",
    Step.watch: "bevakningen av konton",
    Step.tell: "larmen",
    Step.seal: "förseglingen av loggen",
}


@dataclass(slots=True)
class Beats:
    """Notes what this process does, not more often than is of use."""

    _noted: dict[str, datetime] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def note(self, database: Database, part: str, worker: str, now: datetime) -> None:
        """Note that a part of the work was done."""
        with self._lock:
            last = self._noted.get(part)
            if last is not None and timedelta(0) <= now - last < NOTED_EVERY:
                return
            self._noted[part] = now
        with database.write(durable=False) as connection:
            note_beat(connection, part, worker, now)


def stalled(beats: Mapping[str, datetime], after: timedelta, now: datetime) -> tuple[tuple[str, datetime], ...]:
    """Return the parts that nobody has done for so long, with when they were last done; the longest first. Pure.

    A part that has never been done has not stalled: the installation is new, or its workers are yet to come.
    """
    found = [(part, beats[part]) for part in RUNG_ALWAYS if part in beats and now - beats[part] > after]
    return tuple(sorted(found, key=lambda each: each[1]))


def flip_stalled(database: Database, site: Site, now: datetime) -> bool:
    """Open a finding while a part of the work stands still, and close it when all go on; return whether it changed.

    Whoever still works calls it: the scheduler as well as the workers.
    """
    with database.read() as connection:
        still = stalled(list_beats(connection, MACHINE), site.signal.stalled_after, now)
        open_ones = [
            each for each in list_open_findings(connection, MACHINE) if each.kind is FindingKind.worker_stalled
        ]
    if bool(still) == bool(open_ones):
        return False
    with database.write() as connection:
        if still:
            return open_quietly(
                connection, home_of(site), FindingKind.worker_stalled, say_stalled(still), now
            ) is not None  # fmt: skip
        for finding in open_ones:
            close_quietly(connection, finding, now)
    return True


def say_stalled(still: tuple[tuple[str, datetime], ...]) -> str:
    """Return the sentence of evidence."""
    part, since = still[0]
    more = f" Det gäller {len(still)} delar av Svarsvakt." if len(still) > 1 else ""
    return f"{NAMES[part].capitalize()} har stått still sedan {since.astimezone(STOCKHOLM):%H.%M}.{more}"
