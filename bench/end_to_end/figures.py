"""Figures: what was measured, as values that go into a table, a picture and JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from domain.account import Channel


@dataclass(frozen=True, kw_only=True)
class Drained:
    """A mailbox that was full: how fast everything in it was answered."""

    name: str
    #: That lay in the database before.
    stored: int = 0
    messages: int
    seconds: float
    #: Of all processes of the run; not of the servers around them.
    cpu_seconds: float
    peak_mb: float
    #: Of the machine, when the run had ended.
    load: float

    @property
    def each_second(self) -> float:
        """Return messages a second."""
        return self.messages / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Return the milliseconds of processor time that a message took."""
        return 1000 * self.cpu_seconds / self.messages


@dataclass(frozen=True, kw_only=True)
class Waited:
    """How long people waited for their reply on one channel, in seconds, while so many messages came a second."""

    name: str
    each_second: float
    channel: Channel
    messages: int
    p50: float
    p95: float
    p99: float
    longest: float
    #: Of the machine, when the run had ended.
    load: float


@dataclass(frozen=True, kw_only=True)
class Filled:
    """How long it took to fill a database with so many messages, before anything was measured in it."""

    #: Which database.
    name: str
    messages: int
    seconds: float
    size_mb: float


@dataclass(kw_only=True)
class Figures:
    """Everything that one run of the bench found."""

    #: When and on what it ran: time, cores, versions.
    machine: dict[str, str | int] = field(default_factory=dict)
    #: The bare loop first.
    drained: list[Drained] = field(default_factory=list)
    waited: list[Waited] = field(default_factory=list)
    #: What another size of the database costs.
    grown: list[Drained] = field(default_factory=list)
    filled: list[Filled] = field(default_factory=list)


def waited(name: str, each_second: float, channel: Channel, seconds: Sequence[float], load: float) -> Waited:
    """Return the figures of one channel; at least one message came."""
    if len(seconds) > 1:
        cuts = quantiles(seconds, n=100, method="inclusive")
        p50, p95, p99 = cuts[49], cuts[94], cuts[98]
    else:
        p50 = p95 = p99 = seconds[0]
    return Waited(
        name=name, each_second=each_second, channel=channel, messages=len(seconds), p50=p50, p95=p95, p99=p99,
        longest=max(seconds), load=load,
    )  # fmt: skip
