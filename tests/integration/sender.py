"""A process that sends what the outbox holds, and kills itself with SIGKILL at a chosen step.

Started by `test_torture.py`; the traps stand between two lines of the product, where a power cut may fall.
"""

import os
import signal
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import connectors.smtp
import outbox.deliver
import pipeline.send
from domain.account import Account, AutoReply, Security, SmtpConnection
from domain.brakes import BrakeSettings
from domain.outgoing import OutgoingKind
from domain.protocols import Sink
from domain.site import Site
from pipeline.activate import activate
from pipeline.active_site import ActiveSite
from pipeline.runtime import Runtime
from settings import canonical
from store.database import Database
from tests import builders

#: Longer than a send takes here, shorter than a test can wait for.
LEASE = timedelta(seconds=4)

#: The server is given up after this.
WIRE_SECONDS = 0.5


def die() -> None:
    """End as a machine does that loses its power: nothing is caught, flushed or rolled back by us."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Trap:
    """Falls when a step is passed for the n-th time."""

    passes_left: int

    def step(self) -> None:
        """Count one pass; the last one kills."""
        self.passes_left -= 1
        if self.passes_left == 0:
            die()


Step = Callable[[Any, str, Trap], None]


def _before(module: Any, name: str, trap: Trap) -> None:
    real = getattr(module, name)

    def trapped(*args: Any, **kwargs: Any) -> Any:
        trap.step()
        return real(*args, **kwargs)

    setattr(module, name, trapped)


def _after(module: Any, name: str, trap: Trap) -> None:
    real = getattr(module, name)

    def trapped(*args: Any, **kwargs: Any) -> Any:
        done = real(*args, **kwargs)
        trap.step()
        return done

    setattr(module, name, trapped)


def _content(part: Callable[[bytes], bytes]) -> Step:
    """Return the step at which this part of the content has left."""

    def install(module: Any, name: str, trap: Trap) -> None:
        real = getattr(module, name)

        def trapped(client: smtplib.SMTP, words: Any) -> None:
            if not (isinstance(words, bytes) and words.endswith(b"\r\n.\r\n")):
                real(client, words)
                return
            if trap.passes_left == 1:
                real(client, part(words))
            trap.step()
            real(client, words)

        setattr(module, name, trapped)

    return install


#: Every step between the claim and the mark, in order: where it stands, and how the trap is set.
STEPS: dict[str, tuple[Any, str, Step]] = {
    "claimed": (pipeline.send, "_claim", _after),
    "connected": (connectors.smtp, "connect", _after),
    "announced": (connectors.smtp, "_announce", _after),
    "before handing over is written": (outbox.deliver, "mark_handing_over", _before),
    "before handing over is committed": (outbox.deliver, "mark_handing_over", _after),
    "before the wire": (connectors.smtp, "_hand_over", _before),
    "half of it on the wire": (smtplib.SMTP, "send", _content(lambda words: words[: len(words) // 2])),
    "all of it on the wire": (smtplib.SMTP, "send", _content(lambda words: words)),
    "answered": (connectors.smtp, "_hand_over", _after),
    "before the mark is written": (outbox.deliver, "mark_sent", _before),
    "before the mark is committed": (outbox.deliver, "mark_sent", _after),
    "marked": (pipeline.send, "deliver", _after),
}


class Wires:
    """One way out over SMTP for all."""

    def __init__(self, way_out: SmtpConnection) -> None:
        self.way_out = way_out

    def source(self, account: Account) -> None:
        return None

    def hook(self, wire: str, account: Account) -> None:
        return None

    def line(self, account: Account) -> None:
        return None

    def sink(self, site: Site, account: Account, kind: OutgoingKind) -> Sink:
        return connectors.smtp.SmtpSink(self.way_out, "", Clock())


class Clock:
    """A clock that stands, so that no window ends while the test runs."""

    def now(self) -> datetime:
        return builders.TUESDAY


class SilentBell:
    """A bell that nobody hears."""

    def ring(self, *_: object) -> None:
        return None


def site() -> Site:
    """Return the builders' municipality, answering, with short leases and no end to what it may send."""
    town = builders.site(accounts=(builders.account(auto_reply=AutoReply.on),))
    run = replace(town.run, reply_lease=LEASE, handing_over_lease=LEASE)
    return replace(town, run=run, brakes=BrakeSettings(installation_per_hour=1_000_000))


def prepare(database: Database) -> None:
    """Activate the site."""
    activate(database, canonical.digest(site()), canonical.to_json(site()), site(), builders.TUESDAY)


def runtime(database: Database, port: int, worker: str) -> Runtime:
    """Return the surroundings of a worker that sends over a local server."""
    way_out = SmtpConnection(
        host="127.0.0.1", port=port, security=Security.none, local_hostname="localhost", timeout_seconds=WIRE_SECONDS
    )
    return Runtime(
        database=database, site=ActiveSite(database, canonical.from_json), wires=Wires(way_out), clock=Clock(),
        bell=SilentBell(), worker=lambda: worker,
    )  # fmt: skip


def run(url: str, port: int, worker: str, step: str, passes: int) -> None:
    """Send all that may be sent; with a step, die when it is passed so many times."""
    if step:
        module, name, install = STEPS[step]
        install(module, name, Trap(passes))
    database = Database(url)
    pipeline.send.send(runtime(database, port, worker))
    database.close()
