"""Spent: what the processes of a group have taken of the machine, as the kernel counts it."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from os import sysconf
from pathlib import Path

#: How often the memory is looked at.
LOOK_SECONDS = 0.25

_TICKS, _PAGE = sysconf("SC_CLK_TCK"), sysconf("SC_PAGE_SIZE")


def cpu_seconds(groups: Collection[int], proc: Path = Path("/proc")) -> float:
    """Return the processor time of every process of these groups, with that of their children who have ended."""
    return sum(sum(int(each) for each in fields[11:15]) for fields in _stats(groups, proc)) / _TICKS


def resident_mb(groups: Collection[int], proc: Path = Path("/proc")) -> float:
    """Return what these groups hold in memory; what processes share counts once for each."""
    return sum(int(fields[21]) for fields in _stats(groups, proc)) * _PAGE / 2**20


class Peak:
    """The most that was held in memory so far."""

    mb = 0.0

    def look(self, groups: Collection[int]) -> None:
        """Look once."""
        self.mb = max(self.mb, resident_mb(groups))


@contextmanager
def watching(groups: Collection[int]) -> Iterator[Peak]:
    """Look at the memory of these groups until the block ends."""
    peak, stop = Peak(), threading.Event()

    def look() -> None:
        while not stop.wait(LOOK_SECONDS):
            peak.look(groups)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield peak
    finally:
        stop.set()
        looking.join()
        peak.look(groups)


def _stats(groups: Collection[int], proc: Path) -> Iterator[list[str]]:
    """Yield of each process the fields of `stat` after its name: the third field of proc(5) is the first here."""
    for place in proc.glob("[0-9]*/stat"):
        try:
            fields = place.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            # It has ended meanwhile.
            continue
        if int(fields[2]) in groups:
            yield fields
