"""The in-process worker's groups of threads."""

import socket
import threading
from datetime import timedelta
from functools import partial

from dramatiq.cli import make_argument_parser

from cli.bell import few_at_once
from cli.loops import GROUPS, free_port
from cli.work import dramatiq_arguments
from domain.protocols import Step
from pipeline.beat import AT_WORK_AT_MOST
from pipeline.runtime import LateRuntime
from worker import STEPS, install_actors, make_broker


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


def test_an_urgent_worker_hears_decisions_and_urgent_sends_alone() -> None:
    made = make_argument_parser().parse_args(dramatiq_arguments(2, 4, urgent=True)[1:])
    ordinary = make_argument_parser().parse_args(dramatiq_arguments(2, 4, urgent=False)[1:])

    assert set(made.queues) == {Step.decide, Step.send_urgent}
    assert (made.processes, made.threads) == (2, 4)
    assert made.worker_shutdown_timeout < 10_000
    assert ordinary.queues is None


def test_every_step_has_a_limit_of_its_own_within_which_it_counts_as_at_work() -> None:
    broker = make_broker("")
    install_actors(broker, LateRuntime())

    limits = {step: timedelta(milliseconds=broker.get_actor(step).options["time_limit"]) for step in Step}

    assert all(timedelta(0) < each <= AT_WORK_AT_MOST for each in limits.values())
    assert limits[Step.signal] < limits[Step.receive]


def test_no_thread_is_interrupted_while_it_hands_over() -> None:
    for step in (Step.send_urgent, Step.send):
        work, minutes = STEPS[step]

        assert isinstance(work, partial)
        assert work.keywords["at_most"] <= timedelta(minutes=minutes) / 2


def test_no_more_threads_than_two_do_the_same_and_who_comes_beside_them_goes_on() -> None:
    began, may_end = threading.Semaphore(0), threading.Event()
    done: list[str] = []

    def work(who: str) -> None:
        done.append(who)
        began.release()
        may_end.wait(10)

    limited = few_at_once(work, 2)
    threads = [threading.Thread(target=limited, args=(name,)) for name in ("first", "second")]
    for each in threads:
        each.start()
    for _ in threads:
        assert began.acquire(timeout=10)

    limited("third")
    may_end.set()
    for each in threads:
        each.join()
    limited("fourth")

    assert done[2:] == ["fourth"]


def test_what_a_browser_gets_in_two_parts_waits_for_no_acknowledgement() -> None:
    with free_port("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        line, _ = listening.accept()
        with line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
