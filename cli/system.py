"""System: this machine's clock, and what a thread of it is called."""

import os
import socket
import threading
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""
        return datetime.now(UTC)


def worker_name() -> str:
    """Return a name that no other claiming thread has: machine, process and thread."""
    return f"{socket.gethostname()}/{os.getpid()}/{threading.get_ident()}"
