"""Parts: what is measured, one after the other, and in which order."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.end_to_end.drain import Ground, drain_bare, drain_helpdesk, drain_product
from bench.end_to_end.figures import Figures, waited
from bench.end_to_end.product import Product, Shape, prepare, running
from bench.end_to_end.stored import fill
from domain.account import Channel
from tests.services.postgres import Postgres
from tests.services.redis import Redis

#: Mails that come before what is measured: what is loaded once a process is loaded then.
WARM_UP = 100

#: How many processes decide where it is measured what a full database costs.
GROWN_WORKERS = 2

CHANNELS = (Channel.email, Channel.sms, Channel.facebook)


@dataclass(frozen=True)
class Asked:
    """What is to be measured."""

    workers: tuple[int, ...]
    #: Mails in the full mailbox.
    mails: int
    #: Messages a second, for so many seconds each.
    rates: tuple[float, ...]
    seconds: float
    #: Messages in the database before, for what a message costs then.
    stored: tuple[int, ...]
    with_helpdesk: bool


@dataclass(frozen=True)
class Servers:
    """What runs beside, on the same machine."""

    ground: Ground
    postgres: Postgres
    redis: Redis


@dataclass(frozen=True)
class Parts:
    """Everything that is asked for; each part adds to the figures."""

    asked: Asked
    servers: Servers
    figures: Figures
    #: Of the environment that has django-helpdesk; None: it is left out.
    helpdesk_python: Path | None
    #: Told what a part is at that takes long.
    say: Callable[[str], None] = lambda _: None

    def all(self) -> list[tuple[str, Callable[[], None]]]:
        """Return the parts in order, with their names; the bare loop at both ends, for no machine is quiet."""
        parts: list[tuple[str, Callable[[], None]]] = [("bare loop", self._bare)]
        if self.helpdesk_python is not None:
            parts.append(("django-helpdesk", partial(self._helpdesk, self.helpdesk_python)))
        for broker in ("", self.servers.redis.url):
            for workers in self.asked.workers:
                parts.append((Shape(workers, "", broker).name, partial(self._shape, workers, broker)))
        parts.append(("bare loop again", self._bare))
        for stored in self.asked.stored:
            for broker in ("", self.servers.redis.url):
                parts.append((f"{stored:,} stored messages", partial(self._grown, stored, broker)))
        return parts

    def _bare(self) -> None:
        self.figures.drained.append(drain_bare(self.servers.ground, self.asked.mails))

    def _helpdesk(self, python: Path) -> None:
        self.figures.drained.append(drain_helpdesk(self.servers.ground, python, self.asked.mails // 3))

    def _shape(self, workers: int, broker: str) -> None:
        """Drain and feed one shape."""
        ground, shape = self.servers.ground, self._prepared(workers, broker, f"small{workers}")
        with running(shape, ground.stand_ins, ground.folder / "running") as product:
            drain_product(ground, product, WARM_UP)
            self.figures.drained.append(drain_product(ground, product, self.asked.mails))
            for rate in self.asked.rates:
                self._feed(product, rate)

    def _feed(self, product: Product, rate: float) -> None:
        found = self.servers.ground.stand_ins.feed(self.asked.seconds, rate, CHANNELS)
        load = os.getloadavg()[0]
        self.figures.waited += [
            waited(product.shape.name, rate, channel, each, load) for channel, each in found.items() if each
        ]

    def _grown(self, stored: int, broker: str) -> None:
        """Drain where so many are stored: what the first mails left in the database is multiplied."""
        ground, shape = self.servers.ground, self._prepared(GROWN_WORKERS, broker, f"stored{stored}")
        with running(shape, ground.stand_ins, ground.folder / "running") as product:
            drain_product(ground, product, WARM_UP)
        filled = fill(shape.database, stored, self.say) if stored else None
        if filled is not None:
            self.figures.filled.append(filled)
        with running(shape, ground.stand_ins, ground.folder / "running") as product:
            drain_product(ground, product, WARM_UP)
            there = 0 if filled is None else filled.messages
            self.figures.grown.append(drain_product(ground, product, self.asked.mails, there))

    def _prepared(self, workers: int, broker: str, name: str) -> Shape:
        """Return a shape whose database is new."""
        url = self.servers.postgres() if broker else f"sqlite:///{self.servers.ground.folder}/{name}.sqlite3"
        self.servers.redis.flush()
        prepare(url, self.servers.ground.stand_ins)
        return Shape(workers, url, broker)
