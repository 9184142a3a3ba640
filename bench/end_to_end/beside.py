"""Beside: programs of others that answer the same mails, each a process that says at its end what it took."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: A program that takes longer than this hangs.
LIMIT_SECONDS = 600


@dataclass(frozen=True)
class Took:
    """What a program took, without its start."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def say(seconds: float, cpu_seconds: float, peak_mb: float) -> None:
    """Print as the last line what was taken; the program calls it."""
    print(json.dumps(asdict(Took(seconds, cpu_seconds, peak_mb))))


def hear(command: Sequence[str], **environment: str) -> Took:
    """Run a program to its end and return what it said.

    Raises:
        RuntimeError: it failed; with what it printed.
    """
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=LIMIT_SECONDS, env={**os.environ, **environment},
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return Took(**json.loads(done.stdout.splitlines()[-1]))
