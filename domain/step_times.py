"""Step times: how long the steps of the pipeline took, as counts of a histogram."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

#: The upper bounds, in seconds: from a bell that finds nothing to the limit of a step. Whoever changes them begins the
#: counts of the new bounds at zero.
BOUNDS = (0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class StepTimes:
    """How often one step was done, by how long it took; the last count is of what took longer than every bound."""

    counts: tuple[int, ...] = (0,) * (len(BOUNDS) + 1)
    seconds: float = 0.0

    def taking(self, took: timedelta) -> "StepTimes":
        """Return these and one more."""
        seconds = max(0.0, took.total_seconds())
        place = bisect_left(BOUNDS, seconds)
        counts = (count + (number == place) for number, count in enumerate(self.counts))
        return StepTimes(tuple(counts), self.seconds + seconds)

    def up_to(self) -> tuple[tuple[str, int], ...]:
        """Return for each bound how many took no longer, as Prometheus asks for it; the last bound is endless."""
        names = (*map(str, BOUNDS), "+Inf")
        return tuple(zip(names, accumulate(self.counts), strict=True))
