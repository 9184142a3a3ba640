"""Memory: a process that has held a big mail gives the room back."""

import ctypes

#: Of glibc's malloc.h.
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

#: Blocks of this size and more are mapped one by one, and given back at once when they are free.
OWN_MAPPING_BYTES = 1024 * 1024

#: Threads share so many heaps. With one each, every thread keeps the most that it ever held.
HEAPS = 2


def give_memory_back() -> bool:
    """Let freed memory go back to the system; call it before threads start. Return whether the C library can."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, OWN_MAPPING_BYTES)) and bool(mallopt(_M_ARENA_MAX, HEAPS))
