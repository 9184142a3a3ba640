"""Run every target, or those named, for so many minutes in all: `python -m fuzz --minutes 10 mail headers`.

A finding is left in `.fuzz/findings`; give it a name, put it among tests/mails/parse with its twin, and mend its cause.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORK = ROOT / ".fuzz"
FINDINGS = WORK / "findings"
SPECIMENS = ROOT / "tests" / "mails"

#: Targets with their share of the time.
TARGETS = {"mail": 5, "report": 2, "headers": 2, "markup": 2, "quoting": 1, "resources": 1}
#: For one input of at most this length; the targets have stricter limits of their own.
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=65536")

_EXECUTIONS = re.compile(r"^(?:#|Done )(\d+)\s", re.MULTILINE)
_COVERAGE = re.compile(r" cov: (\d+) ft: (\d+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one target's run came to."""

    target: str
    executions: int
    coverage: str
    findings: tuple[Path, ...]
    log: str
    failed: bool


def main() -> int:
    """Run the targets; return 1 when there is a finding."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Fuzz what reads hostile bytes.")
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(TARGETS)}; without it all")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long, with every processor at work")
    options = parser.parse_args()
    targets = options.targets or list(TARGETS)
    if unknown := set(targets) - set(TARGETS):
        parser.error(f"there is no target {', '.join(sorted(unknown))}: name one of {', '.join(TARGETS)}")
    FINDINGS.mkdir(parents=True, exist_ok=True)
    shares = sum(TARGETS[name] for name in targets)
    workers = min(os.cpu_count() or 1, len(targets))
    seconds = {name: max(1, int(options.minutes * 60 * workers * TARGETS[name] / shares)) for name in targets}
    with ThreadPoolExecutor(workers) as pool:
        outcomes = list(pool.map(lambda name: _run(name, seconds[name]), targets))
    for outcome in outcomes:
        print(f"{outcome.target:10} {outcome.executions:>9,} executions  {outcome.coverage}")
        if outcome.failed:
            print(outcome.log[-3_000:])
            print(f"findings: {', '.join(map(str, outcome.findings)) or 'none was written'}")
    print(f"{'all':10} {sum(outcome.executions for outcome in outcomes):>9,} executions")
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def _run(target: str, seconds: int) -> Outcome:
    corpus = WORK / target
    corpus.mkdir(parents=True, exist_ok=True)
    before = set(FINDINGS.iterdir())
    limits = (f"-max_total_time={seconds}", f"-artifact_prefix={FINDINGS}/{target}-", *LIMITS)
    command = [sys.executable, "-m", "fuzz.target", target, *limits, str(corpus), *map(str, _seeds())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    log = done.stdout + done.stderr
    executions = max((int(number) for number in _EXECUTIONS.findall(log)), default=0)
    coverage = _COVERAGE.findall(log)
    return Outcome(
        target,
        executions,
        "cov {} ft {}".format(*coverage[-1]) if coverage else "",
        tuple(sorted(path for path in set(FINDINGS.iterdir()) - before if path.name.startswith(target))),
        log,
        done.returncode != 0,
    )


def _seeds() -> Iterator[Path]:
    yield from (path for path in sorted(SPECIMENS.iterdir()) if path.is_dir())


if __name__ == "__main__":
    sys.exit(main())
