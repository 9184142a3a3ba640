"""Work: run, poll, worker, scheduler, listen, web."""

import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import monotonic
from typing import Annotated

import typer

from cli.configuration import JSON
from cli.loops import ENDING_MS, keep_listening, keep_sweeping, small_shape, until_told_to_stop
from cli.output import FAILED, console, errors_to_exit_codes, print_lines
from cli.roots import Root, opened
from domain.account import AccountStatus
from domain.errors import BadInput
from domain.ids import AccountId
from domain.protocols import Step
from domain.site import Site
from pipeline.decide import decide_all
from pipeline.guard import guarding
from pipeline.holding import hold
from pipeline.receive import Received, receive
from pipeline.runtime import Runtime
from pipeline.seal import seal
from pipeline.send import send
from pipeline.tell import tell
from pipeline.watch import watch
from settings.secrets import Secrets

log = logging.getLogger(__name__)

#: The secret that who asks for the metrics shows; without it nobody gets them.
METRICS_TOKEN = "metrics-token"  # noqa: S105 - a name

#: Connections to the database beside one a thread: of what asks within a step.
SPARE_CONNECTIONS = 4

#: What no mailbox, and no way out that hangs, may hold up.
URGENT_STEPS = (Step.send_urgent, Step.decide)

#: Accounts that one `poll` reads at once.
AT_ONCE = 8

Port = Annotated[int | None, typer.Option(help="The port of the web page; 8000 if not set.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (run, poll, worker, scheduler, listen, web):
        app.command()(errors_to_exit_codes(command))


def run(port: Port = None) -> None:
    """Run everything in one process: worker, scheduler and web page."""
    with until_told_to_stop(), opened(prepare=True, broker="") as root:
        port = port or root.environment.web.port
        console.print(f"Svarsvakt is running: http://{root.environment.web.host}:{port}  (Ctrl-C stops)")
        with small_shape(root.broker, root.runtime):
            _serve(root, port)


def poll(
    accounts: Annotated[list[str] | None, typer.Argument(help="Account ids; without any, all.")] = None,
    as_json: JSON = False,
) -> None:
    """Do one round of receive, decide and send, then stop; a line per account. Exit with 1 when one failed."""
    with opened(prepare=True, broker="") as root:
        runtime = root.runtime
        chosen = _chosen(runtime.site(), accounts or [])
        with ThreadPoolExecutor(AT_ONCE) as pool:
            lines = list(pool.map(lambda account: _timed(runtime, account), chosen))
        try:
            _finish_round(runtime, lines)
        finally:
            _print(lines, as_json)
    if any(line["failed_step"] for line in lines):
        raise typer.Exit(FAILED)


def worker(
    processes: Annotated[int, typer.Option(help="Processes; each claims on its own.")] = 1,
    threads: Annotated[int, typer.Option(help="Threads a process: enough that hosts that hang leave some free.")] = 16,
    urgent: Annotated[bool, typer.Option(help="Hear only what is urgent: decisions, and what is sent first.")] = False,
) -> None:
    """Run dramatiq workers on the broker that SVARSVAKT_BROKER names."""
    with opened() as root:
        if not root.environment.broker:
            raise BadInput("SVARSVAKT_BROKER is not set: workers in several processes need redis://HOST:PORT/0")
        root.runtime.site()
        spare = max(root.environment.database_connections, threads + SPARE_CONNECTIONS)
    os.environ["SVARSVAKT_DATABASE_CONNECTIONS"] = str(spare)
    os.execv(sys.executable, [sys.executable, "-m", *dramatiq_arguments(processes, threads, urgent=urgent)])  # noqa: S606


def dramatiq_arguments(processes: int, threads: int, *, urgent: bool) -> list[str]:
    """Return the words of the command that a worker becomes."""
    words = ["dramatiq", "worker:boot", "--processes", str(processes), "--threads", str(threads)]
    words += ["--worker-shutdown-timeout", str(ENDING_MS)]
    return [*words, "--queues", *map(str, URGENT_STEPS)] if urgent else words


def scheduler() -> None:
    """Ring the bells by the clock; any number may run, a lease lets one ring."""
    with until_told_to_stop(), opened() as root:
        console.print("The scheduler is running (Ctrl-C stops)")
        keep_sweeping(root.runtime)


def listen() -> None:
    """Hold every mailbox in IDLE and ring when it changes; any number may run, a lease lets one listen."""
    with until_told_to_stop(), opened() as root:
        console.print("The listener is running (Ctrl-C stops)")
        keep_listening(root.runtime)


def web(port: Port = None) -> None:
    """Serve the pages."""
    with opened() as root:
        root.runtime.site()
        _serve(root, port or root.environment.web.port)


def _serve(root: Root, port: int) -> None:
    from cli.serving import serve

    environment = root.environment
    secrets = Secrets(os.environ, environment.secrets_folder())
    serve(
        root.runtime, environment.web.host, port, hosts=environment.web.hosts.split(),
        metrics_token=secrets.find(METRICS_TOKEN), secret=secrets.get, clamd=environment.clamd,
        proxies=environment.web.proxies,
    )  # fmt: skip


def _chosen(site: Site, names: list[str]) -> list[AccountId]:
    known = [account.id for account in site.accounts]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadInput(f"there is no account {', '.join(unknown)}: the configuration has {', '.join(known)}")
    open_ones = [account.id for account in site.accounts if account.status is not AccountStatus.closed]
    return [AccountId(name) for name in names] or open_ones


def _timed(runtime: Runtime, id: AccountId) -> dict[str, object]:
    started = monotonic()
    try:
        received = receive(runtime, id)
    except Exception:
        # It stands on the account already; the other accounts' mail must not wait for whoever mends it.
        log.exception("account %s could not be read in a way nobody foresaw", id)
        received = Received(account=id, failed_step="protocol", problem="failed in a way nobody foresaw: see the log")
    return _line(received, monotonic() - started)


def _line(received: Received, seconds: float) -> dict[str, object]:
    return {
        "account": received.account,
        "fetched": received.fetched,
        "new": received.new,
        "duplicates": received.duplicates,
        "history": received.history,
        "set_aside": 0,
        "seconds": round(seconds, 3),
        "passed_over": received.passed_over,
        "failed_step": received.failed_step,
        "problem": received.problem,
    }


def _finish_round(runtime: Runtime, lines: list[dict[str, object]]) -> None:
    """Do every other step; one that fails holds back no other, and what failed is raised at last."""
    with guarding() as guard:
        if (decided := guard.do("decide", partial(decide_all, runtime))) is not None:
            for line in lines:
                line["set_aside"] = decided.set_aside[AccountId(str(line["account"]))]
            guard.do("decide", decided.raise_first)
        for step in (hold, send, watch, tell, send, seal):
            guard.do(step.__name__, partial(step, runtime))


def _print(lines: list[dict[str, object]], as_json: bool) -> None:
    if as_json:
        print_lines(lines)
        return
    for line in lines:
        console.print(_sentence(line), markup=False)


def _sentence(line: dict[str, object]) -> str:
    if line["passed_over"]:
        return f"–  {line['account']}: passed over, {line['problem']}"
    if line["problem"]:
        return f"✗  {line['account']}: {line['failed_step']} failed. {line['problem']}"
    counts = f"{line['fetched']} fetched, {line['new']} new, {line['duplicates']} duplicates"
    return f"✓  {line['account']}: {counts}, {line['set_aside']} set aside, {line['seconds']} s"
