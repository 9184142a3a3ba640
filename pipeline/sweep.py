"""Sweep: the bells rung by the clock, so that nothing waits for a bell that was lost.

Reads: heartbeats and reconciliations, to see which accounts are due.
Writes: nothing but what the bells of due accounts need (`due.py`).
"""

from domain.protocols import Step
from pipeline.canary import canaries_due
from pipeline.crawl import is_due
from pipeline.due import ring_due
from pipeline.reconcile import accounts_to_reconcile
from pipeline.rule_trial import trial_waits
from pipeline.runtime import Runtime


def sweep(runtime: Runtime) -> None:
    """Ring every bell once: receive for the accounts that are due, then each step."""
    ring_due(runtime)
    for account in accounts_to_reconcile(runtime):
        runtime.bell.ring(Step.reconcile, account)
    if is_due(runtime):
        runtime.bell.ring(Step.crawl)
    if canaries_due(runtime):
        runtime.bell.ring(Step.canary)
    if trial_waits(runtime):
        runtime.bell.ring(Step.try_rules)
    for step in (Step.decide, Step.hold, Step.send_urgent, Step.send, Step.watch, Step.tell, Step.seal, Step.signal):
        runtime.bell.ring(step)
