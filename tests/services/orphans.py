"""Orphans: there are none. What a test has started ends with the tests, also when a signal cuts them off."""

import atexit
import subprocess
import sys
from functools import cache
from typing import IO

#: Hears `+GROUP` and `-GROUP`; when nobody can tell it any more, it ends the process groups that are left.
_WATCHER = """
import os, signal, sys
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass
"""


def let_end_with_us(group: int) -> None:
    """Let a process group end when this process does, however it ends."""
    _tell(f"+{group}\n")


def has_ended(group: int) -> None:
    """Note that a process group is gone: its number may be another's soon."""
    _tell(f"-{group}\n")


def _tell(line: str) -> None:
    watcher = _watcher()
    watcher.write(line.encode())
    watcher.flush()


@cache
def _watcher() -> IO[bytes]:
    """Start who watches, in a session of its own that no signal for the tests reaches; the pipe closes with us."""
    child = subprocess.Popen(
        [sys.executable, "-IS", "-c", _WATCHER], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert child.stdin is not None
    # The method holds the child too, which nobody else does.
    atexit.register(child.communicate)
    return child.stdin
