"""Send: hand over what the outbox holds, each message once (P7, P8).

Reads: outgoing messages that may be sent now, claimed fifty at a time.
Writes: how far each got, the notice clock of its ticket, events.
"""

import logging
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from domain.errors import BadInput
from domain.ids import AccountId
from domain.outgoing import OutgoingKind, SendState
from domain.protocols import Sink
from domain.site import Site
from outbox.deliver import ClaimLost, deliver, held_back_now, note_ended, note_retry, settle
from pipeline.runtime import Runtime
from store.outgoing import ToSend, claim_interrupted, claim_to_send

log = logging.getLogger(__name__)

#: After so many failures in a row a way out counts as down: a server that hangs must not take its time for each.
FAILURES_IN_A_ROW = 2


@dataclass(slots=True)
class Sent:
    """How many outgoing messages reached which state."""

    states: Counter[SendState] = field(default_factory=Counter)


def send(runtime: Runtime) -> Sent:
    """Send everything that may be sent now. Safe to run twice, and by many workers at once."""
    sent = Sent()
    site = runtime.site()
    with ExitStack() as lines:
        sinks = _Sinks(runtime, site, lines)
        for to_send in _interrupted(runtime, site):
            sent.states[_settle_interrupted(runtime, sinks, to_send)] += 1
        while batch := _claim(runtime, site):
            for to_send in batch:
                try:
                    sent.states[_send_one(runtime, site, sinks, to_send)] += 1
                except ClaimLost:
                    log.warning("outgoing %s was taken over by another worker", to_send.rendered.id)
    return sent


class _Sinks:
    """The lines that are open while a batch is sent: one per way out."""

    def __init__(self, runtime: Runtime, site: Site, lines: ExitStack) -> None:
        self._runtime = runtime
        self._site = site
        self._lines = lines
        self._open: dict[object, Sink | None] = {}
        self._failures: Counter[object] = Counter()

    def seem_down(self, to_send: ToSend) -> bool:
        """Say whether the way out failed so often in a row that the rest of the round is not tried."""
        return self._failures[_way(to_send)] >= FAILURES_IN_A_ROW

    def note(self, to_send: ToSend, state: SendState) -> None:
        """Note how a send went, to know when a way out is down."""
        self._failures[_way(to_send)] = self._failures[_way(to_send)] + 1 if state is SendState.retry else 0

    def of(self, to_send: ToSend) -> Sink | None:
        """Return the line that the message leaves by; None when there is no way out."""
        rendered = to_send.rendered
        key = _way(to_send)
        if key not in self._open:
            account = self._site.account(rendered.account)
            sink = self._runtime.wires.sink(self._site, account, rendered.kind)
            self._open[key] = None if sink is None else self._lines.enter_context(closing(sink))
        return self._open[key]


def _way(to_send: ToSend) -> tuple[AccountId, OutgoingKind]:
    return to_send.rendered.account, to_send.rendered.kind


def _claim(runtime: Runtime, site: Site) -> tuple[ToSend, ...]:
    with runtime.database.write() as connection:
        return claim_to_send(connection, runtime.worker(), lease=site.run.reply_lease)


def _interrupted(runtime: Runtime, site: Site) -> tuple[ToSend, ...]:
    with runtime.database.write() as connection:
        return claim_interrupted(connection, runtime.worker(), site.run.handing_over_lease)


def _settle_interrupted(runtime: Runtime, sinks: _Sinks, to_send: ToSend) -> SendState:
    why = "the worker was cut off while it handed the message over"
    try:
        sink = sinks.of(to_send)
    except BadInput:
        sink = None
    if sink is None:
        return note_ended(runtime.database, to_send, runtime.worker(), SendState.uncertain, why, runtime.now)
    return settle(runtime.database, sink, to_send, runtime.worker(), why, runtime.now)


def _send_one(runtime: Runtime, site: Site, sinks: _Sinks, to_send: ToSend) -> SendState:
    with runtime.database.write() as connection:
        brake = held_back_now(connection, to_send, site, runtime.now)
    if brake is not None:
        return note_ended(runtime.database, to_send, runtime.worker(), SendState.cancelled, brake, runtime.now)
    # What is missing in the settings today may be there tomorrow: it is tried again, never given up.
    try:
        sink = sinks.of(to_send)
    except BadInput as error:
        return note_retry(runtime.database, to_send, runtime.worker(), str(error), runtime.now)
    if sink is None:
        why = "the account has no way out: give it an smtp connection"
        return note_retry(runtime.database, to_send, runtime.worker(), why, runtime.now)
    if sinks.seem_down(to_send):
        why = "the way out failed for the messages before it"
        return note_retry(runtime.database, to_send, runtime.worker(), why, runtime.now)
    lease = site.run.handing_over_lease
    state = deliver(runtime.database, sink, to_send, runtime.worker(), lambda: runtime.now, lease)
    sinks.note(to_send, state)
    return state
