"""Drain: everything that lies in a mailbox is answered, by Svarsvakt, by a bare loop and by django-helpdesk.

The clock runs from when the mails lie there to when the SMTP server has taken the last reply. Svarsvakt stores a ticket
before it sends its reply. Each reads mails of its own citizens from a mailbox of its own, laid out in the same way.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from os import getloadavg
from pathlib import Path

from bench.end_to_end import helpdesk
from bench.end_to_end.beside import Took, hear
from bench.end_to_end.figures import Drained
from bench.end_to_end.mailbox import lay_ready, letters, open_mailbox, reveal
from bench.end_to_end.product import Product
from bench.end_to_end.spent import cpu_seconds, watching
from bench.end_to_end.stand_ins import StandIns
from bench.providers import MAILBOX
from tests.services.dovecot import Dovecot

#: How often it is asked whether all are answered.
LOOK_SECONDS = 0.05

#: A drain that comes no further for so long has failed.
STUCK_SECONDS = 60.0


@dataclass(frozen=True)
class Ground:
    """What every drain stands on."""

    dovecot: Dovecot
    stand_ins: StandIns
    folder: Path
    #: Numbers the citizens: nobody writes twice.
    _citizens: "Iterator[int]" = field(default_factory=lambda: count(1, 1_000_000))

    def letters(self, messages: int, to: str) -> tuple[bytes, ...]:
        """Return mails of new citizens, written now."""
        return letters(next(self._citizens), messages, to, datetime.now(UTC))


def drain_product(ground: Ground, product: Product, messages: int, stored: int = 0) -> Drained:
    """Let so many mails come at once to Svarsvakt, which runs and waits for them.

    Raises:
        RuntimeError: not each got its reply.
    """
    ready = lay_ready(ground.dovecot, MAILBOX, ground.letters(messages, MAILBOX))
    ground.stand_ins.begin()
    before = cpu_seconds(product.groups)
    with watching(product.groups) as peak:
        began = time.monotonic()
        reveal(ready)
        ended = _wait_until_answered(ground.stand_ins, product, messages)
    return Drained(
        name=product.shape.name, stored=stored, messages=messages, seconds=ended - began,
        cpu_seconds=cpu_seconds(product.groups) - before, peak_mb=peak.mb, load=getloadavg()[0],
    )  # fmt: skip


def drain_bare(ground: Ground, messages: int) -> Drained:
    """Let the bare loop answer so many."""
    user, smtp_port = _filled(ground, messages), ground.stand_ins.addresses.smtp_port
    with tempfile.TemporaryDirectory(dir=ground.folder) as folder:
        command = [sys.executable, "-m", "bench.end_to_end.bare", str(ground.dovecot.imap_port), user, str(smtp_port)]
        took = hear([*command, f"{folder}/bare.sqlite3"])
    return _beside("bare loop", ground, messages, took)


def drain_helpdesk(ground: Ground, python: Path, messages: int) -> Drained:
    """Let django-helpdesk answer so many."""
    user, smtp_port = _filled(ground, messages), ground.stand_ins.addresses.smtp_port
    with tempfile.TemporaryDirectory(dir=ground.folder) as folder:
        took = helpdesk.drain(python, ground.dovecot.imap_port, user, smtp_port, Path(folder))
    return _beside("django-helpdesk", ground, messages, took)


def _filled(ground: Ground, messages: int) -> str:
    """Make a mailbox with so many mails, and return its name; count replies from now."""
    user = ground.dovecot.add_user()
    open_mailbox(ground.dovecot, user)
    reveal(lay_ready(ground.dovecot, user, ground.letters(messages, user)))
    ground.stand_ins.begin()
    return user


def _beside(name: str, ground: Ground, messages: int, took: Took) -> Drained:
    if (answered := ground.stand_ins.accepted().count) != messages:
        raise RuntimeError(f"{name} answered {answered} of {messages} mails: its figures mean nothing")
    return Drained(
        name=name, messages=messages, seconds=took.seconds, cpu_seconds=took.cpu_seconds, peak_mb=took.peak_mb,
        load=getloadavg()[0],
    )  # fmt: skip


def _wait_until_answered(stand_ins: StandIns, product: Product, messages: int) -> float:
    """Return when the last reply was taken, by `time.monotonic`."""
    moved_at, before = time.monotonic(), 0
    while (accepted := stand_ins.accepted()).count < messages:
        if accepted.count > before:
            moved_at, before = time.monotonic(), accepted.count
        if time.monotonic() - moved_at > STUCK_SECONDS:
            raise RuntimeError(f"{accepted.count} of {messages} mails were answered:\n{product.report()}")
        time.sleep(LOOK_SECONDS)
    return accepted.last_at
