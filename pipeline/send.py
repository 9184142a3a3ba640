"""Send: hand over what the outbox holds, each message once (P7, P8).

Reads: outgoing messages that may be sent now, claimed twenty at a time.
Writes: how far each got, the notice clock of its ticket, events.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from domain.account import Channel
from domain.errors import BadInput, Failing
from domain.ids import AccountId, OutgoingId
from domain.outgoing import OutgoingKind, SendState
from domain.protocols import Sink
from domain.site import Site
from domain.viewer import MACHINE
from outbox.brakes import Judged, ask_brakes
from outbox.deliver import ClaimLost, deliver, end, note_ended, note_retry, resting, settle
from pipeline.guard import Guard, guarding
from pipeline.runtime import Runtime
from pipeline.stop_replies import close_when_over, tell_stopped
from pipeline.ways_out import host_out
from store.attached_files import get_attached_files
from store.leases import left_of
from store.send_rates import spacing, take_turn
from store.sending import ToSend, claim_interrupted, claim_to_send, put_back
from store.undone import BY_PEOPLE

log = logging.getLogger(__name__)

#: After so many failures in a row a way out counts as down: a server that hangs must not take its time for each.
FAILURES_IN_A_ROW = 2

#: Messages claimed at once: what comes meanwhile waits for no more than these.
AT_ONCE = 20

#: What leaves by a slow host, where another thread of the process hangs already, is looked at again after this.
SLOW_WAITS = timedelta(seconds=10)

#: How long a worker sends at one bell, well before its thread would be interrupted: the sweep has rung since.
LONGEST = timedelta(minutes=5)


@dataclass(slots=True)
class Sent:
    """How many outgoing messages reached which state."""

    states: Counter[SendState] = field(default_factory=Counter)


def send(runtime: Runtime, *, urgent_alone: bool = False, at_most: timedelta | None = None) -> Sent:
    """Send everything that may be sent now, or what is urgent of it. Safe to run twice, and by many workers at once.

    A message that fails in a way nobody foresaw holds back no other; its failure is raised when all are done, so that
    the step counts as failed. Told to stop, or `at_most` after it began, it ends after the message in hand, and puts
    back what it has claimed: a thread that is interrupted while it hands over would leave a send that nobody can tell
    of.
    """
    sent = Sent()
    site = runtime.site()
    is_over = partial(_is_over, runtime, None if at_most is None else runtime.now + at_most)
    with guarding() as guard, ExitStack() as lines:
        sinks = _Sinks(runtime, site, lines, urgent_alone)
        for to_send in _interrupted(runtime, site):
            with sinks.at(to_send) as free:
                if free:
                    _guarded(guard, sent, to_send, partial(_settle_interrupted, runtime, sinks, to_send))
        guard.do("letting automatic replies go again", partial(close_when_over, runtime, site))
        while not is_over() and (judged := _claim(runtime, site, urgent_alone)) is not None:
            sent.states[SendState.cancelled] += len(judged.held)
            _send_batch(runtime, site, sinks, judged.going, sent, guard, is_over)
    sent.states += Counter()
    return sent


def _is_over(runtime: Runtime, until: datetime | None) -> bool:
    return runtime.stop.is_set() or (until is not None and runtime.now >= until)


def _guarded(guard: Guard, sent: Sent, to_send: ToSend, part: Callable[[], SendState]) -> None:
    """Take one message a step further; what one that fails has hit waits for its lease, and then for a person."""
    try:
        sent.states[part()] += 1
    except ClaimLost:
        log.warning("outgoing %s was taken over by another worker", to_send.rendered.id)
    except Exception as failure:
        guard.note(f"outgoing {to_send.rendered.id}", failure)


def _send_batch(
    runtime: Runtime, site: Site, sinks: "_Sinks", batch: Sequence[ToSend], sent: Sent, guard: Guard,
    is_over: Callable[[], bool],
) -> None:  # fmt: skip
    waiting: set[OutgoingId] = set()
    for position, to_send in enumerate(batch):
        rest = [each for each in batch[position:] if each.rendered.id not in waiting]
        if is_over():
            _let_go(runtime, rest, timedelta(0))
            return
        if to_send.rendered.id in waiting:
            continue
        if not _has_turn(runtime, site, rest):
            waiting |= {each.rendered.id for each in rest if each.rendered.account == to_send.rendered.account}
            continue
        with sinks.at(to_send) as free:
            if free:
                _guarded(guard, sent, to_send, partial(_send_one, runtime, site, sinks, to_send))
        if not free:
            behind = [each for each in rest if sinks.host_of(each) == sinks.host_of(to_send)]
            _let_go(runtime, behind, SLOW_WAITS)
            waiting |= {each.rendered.id for each in behind}


def _let_go(runtime: Runtime, rest: Sequence[ToSend], wait: timedelta) -> None:
    """Put back what another thread or process may send, after a wait."""
    with runtime.database.write() as connection:
        put_back(connection, [each.rendered.id for each in rest], runtime.worker(), wait, timedelta(0))


class _Sinks:
    """The lines that are open while a batch is sent: one per way out."""

    def __init__(self, runtime: Runtime, site: Site, lines: ExitStack, urgent_alone: bool) -> None:
        self._runtime = runtime
        self._site = site
        self._lines = lines
        self._urgent_alone = urgent_alone
        self._open: dict[object, Sink | None] = {}
        self._failures: Counter[object] = Counter()

    def at(self, to_send: ToSend) -> AbstractContextManager[bool]:
        """Be at the host that a message leaves by; False: it is slow, and another thread hangs at a slow one."""
        return self._runtime.ways_out.at(self.host_of(to_send), urgent=self._urgent_alone)

    def host_of(self, to_send: ToSend) -> str:
        """Return the host that a message leaves by."""
        return host_out(self._site, to_send.rendered.account, to_send.rendered.kind)

    def seem_down(self, to_send: ToSend) -> bool:
        """Say whether account or host failed so often in a row that the rest of the round is not tried."""
        return any(self._failures[each] >= FAILURES_IN_A_ROW for each in (_way(to_send), self.host_of(to_send)))

    def note(self, to_send: ToSend, state: SendState) -> None:
        """Note how a send went, to know when a way out is down: a server that falls silent must not do so for each.

        What fails at once may be one account's own matter; what takes long to fail is the host's.
        """
        host = self.host_of(to_send)
        if state not in {SendState.retry, SendState.uncertain, SendState.handing_over}:
            self._failures[_way(to_send)] = self._failures[host] = 0
            return
        self._failures[_way(to_send)] += 1
        self._failures[host] += self._runtime.ways_out.is_slow(host)

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


def _claim(runtime: Runtime, site: Site, urgent_alone: bool) -> Judged | None:
    """Claim a batch and ask the brakes, all in one transaction (P7); None when nothing waits."""
    worker, now = runtime.worker(), runtime.now
    with runtime.database.write() as connection:
        claimed = claim_to_send(
            connection, worker, limit=AT_ONCE, lease=site.run.reply_lease, urgent_alone=urgent_alone
        )
        if not claimed:
            return None
        judged = ask_brakes(connection, claimed, site, now)
        for to_send, why in judged.held:
            end(connection, to_send, worker, SendState.cancelled, why, now)
        if judged.opened is not None:
            tell_stopped(connection, site, now)
    return judged


def _has_turn(runtime: Runtime, site: Site, rest: Sequence[ToSend]) -> bool:
    """Take a turn for the first of the rest; where its provider takes no more now, put all of its account back."""
    first, rate = rest[0], _rate_of(site, rest[0])
    ids = [each.rendered.id for each in rest if each.rendered.account == first.rendered.account]
    if left := _rests_for(runtime, first):
        with runtime.database.write() as connection:
            put_back(connection, ids, runtime.worker(), left, timedelta(0))
        return False
    if rate == 0:
        return True
    with runtime.database.write() as connection:
        wait = take_turn(connection, first.organisation, first.rendered.account, rate)
        if wait:
            put_back(connection, ids, runtime.worker(), wait, spacing(rate)[0])
    return not wait


def _rests_for(runtime: Runtime, to_send: ToSend) -> timedelta:
    """Return for how long the provider has said that it takes nothing from the account; mail servers never say."""
    rendered = to_send.rendered
    if rendered.channel is Channel.email or rendered.kind is OutgoingKind.alert:
        return timedelta(0)
    with runtime.database.read() as connection:
        return left_of(connection, MACHINE, resting(rendered.account))


def _rate_of(site: Site, to_send: ToSend) -> int:
    if to_send.rendered.kind is OutgoingKind.alert:
        return 0
    account = site.find_account(to_send.rendered.account)
    return account.send_rate if account is not None else 0


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
    if sinks.seem_down(to_send):
        return SendState.handing_over
    state = settle(runtime.database, sink, to_send, runtime.worker(), why, runtime.now)
    if state is SendState.handing_over:
        # Nobody answered: the others are asked about again when their lease has run out, as this one is.
        sinks.note(to_send, state)
    return state


def _send_one(runtime: Runtime, site: Site, sinks: _Sinks, to_send: ToSend) -> SendState:
    # What is missing in the settings today may be there tomorrow: it is tried again, never given up.
    try:
        sink = sinks.of(to_send)
    except BadInput as error:
        return note_retry(runtime.database, to_send, runtime.worker(), str(error), runtime.now, Failing.sign_in)
    if sink is None:
        why = "the account has no way out: give it an smtp connection"
        return note_retry(runtime.database, to_send, runtime.worker(), why, runtime.now, Failing.sign_in)
    if sinks.seem_down(to_send):
        why = "the way out failed for the messages before it"
        return note_retry(runtime.database, to_send, runtime.worker(), why, runtime.now)
    lease = site.run.handing_over_lease
    state = deliver(runtime.database, sink, _with_files(runtime, to_send), runtime.worker(), lambda: runtime.now, lease)
    sinks.note(to_send, state)
    return state


def _with_files(runtime: Runtime, to_send: ToSend) -> ToSend:
    """Fetch the files of what a person wrote only now: a batch of them would fill the memory."""
    if to_send.rendered.kind not in BY_PEOPLE:
        return to_send
    with runtime.database.read() as connection:
        files = get_attached_files(connection, MACHINE, to_send.rendered.id)
    return replace(to_send, rendered=replace(to_send.rendered, attachments=files))
