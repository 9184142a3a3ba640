"""Sweep: the bells rung by the clock, so that nothing waits for a bell that was lost.

Every few seconds all of them; between, only those for which something waits: a quiet installation costs next to
nothing.

Reads: heartbeats and reconciliations, to see which accounts are due; whether a message or a send waits.
Writes: nothing but what the bells of due accounts need (`due.py`).
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.canary import canaries_due
from pipeline.crawl import is_due
from pipeline.due import ring_due
from pipeline.guard import guarding
from pipeline.reconcile import accounts_to_reconcile
from pipeline.rule_trial import trial_waits
from pipeline.runtime import Runtime
from store.sending import any_to_send
from store.waiting import any_waiting

#: What is rung only when it is due.
NOW_AND_THEN: dict[Step, Callable[[Runtime], object]] = {
    Step.crawl: is_due,
    Step.canary: canaries_due,
    Step.try_rules: trial_waits,
}


#: How long after a whole sweep the next one is; what has no bell of its own waits no longer than this.
WHOLE_EVERY = timedelta(seconds=5)


def sweep(runtime: Runtime) -> None:
    """Ring every bell once: each step, receive for the accounts that are due, and what is due now and then.

    What cannot be asked whether it is due silences no other bell, and is raised at last.
    """
    for step in (Step.decide, Step.hold, Step.send_urgent, Step.send, Step.watch, Step.tell, Step.seal, Step.signal):
        runtime.bell.ring(step)
    with guarding() as guard:
        guard.do("ringing for the accounts that are due", partial(ring_due, runtime))
        for account in guard.do("asking what is to be reconciled", partial(accounts_to_reconcile, runtime)) or ():
            runtime.bell.ring(Step.reconcile, account)
        for step, is_due_now in NOW_AND_THEN.items():
            if guard.do(f"asking whether {step} is due", partial(is_due_now, runtime)):
                runtime.bell.ring(step)


def sweep_what_waits(runtime: Runtime) -> None:
    """Ring for messages and sends that wait, and receive for the accounts that are due; nothing when nothing waits."""
    with runtime.database.read() as connection:
        decides, sends = any_waiting(connection, MACHINE), any_to_send(connection, MACHINE)
    for step in (*((Step.decide,) if decides else ()), *((Step.send_urgent, Step.send) if sends else ())):
        runtime.bell.ring(step)
    ring_due(runtime)
