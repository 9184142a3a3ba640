"""The in-process worker's groups of threads."""

from cli.loops import GROUPS
from domain.protocols import Step
from pipeline.runtime import LateRuntime
from worker import install_actors, make_broker


def test_every_step_is_worked_on_by_one_group() -> None:
    named = [step for steps, _ in GROUPS for step in steps]

    assert sorted(named) == sorted(Step)


def test_ways_out_hold_up_no_decision() -> None:
    of = {step: number for number, (steps, _) in enumerate(GROUPS) for step in steps}

    assert of[Step.send] != of[Step.decide]
    assert of[Step.receive] != of[Step.decide]
    assert of[Step.send_urgent] not in {of[Step.send], of[Step.decide], of[Step.receive]}


def test_a_worker_process_hears_what_is_urgent_before_visits_to_mailboxes() -> None:
    broker = make_broker("")
    install_actors(broker, LateRuntime())

    by_priority = sorted(Step, key=lambda step: broker.get_actor(step).priority)

    assert by_priority[:3] == [Step.send_urgent, Step.decide, Step.send]
    assert broker.get_actor(Step.receive).priority > broker.get_actor(Step.send).priority
