"""Memory that was freed goes back to the system."""

import platform
import subprocess
import sys

import pytest

#: Holds and frees 300 MB in blocks that malloc would else keep, in as many threads as a worker has.
HOLD_AND_FREE = """
import threading
from pathlib import Path
from pipeline.memory import give_memory_back

assert give_memory_back()

def hold():
    for _ in range(3):
        held = [bytes(8_000_000) for _ in range(9)]
        del held

threads = [threading.Thread(target=hold) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
lines = Path("/proc/self/status").read_text().splitlines()
print(next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:")))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library keeps freed memory")
def test_a_process_that_has_held_much_is_small_again() -> None:
    done = subprocess.run([sys.executable, "-c", HOLD_AND_FREE], capture_output=True, check=True, text=True, timeout=60)

    assert int(done.stdout) < 40
