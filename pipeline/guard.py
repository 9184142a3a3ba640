"""Guard: one thing that cannot be told holds back no other.

Reads: nothing.
Writes: nothing; what fails is rolled back by its own transaction, and tried again at the next bell.
"""

import logging
from collections.abc import Callable

from domain.errors import BadInput

log = logging.getLogger(__name__)


def guarded(what: str, part: Callable[[], int]) -> int:
    """Do a part, and return how much it did; 0 when its text cannot be written, or the settings no longer name it."""
    try:
        return part()
    except (BadInput, KeyError):
        log.exception("%s could not be told: it is tried again", what)
        return 0
