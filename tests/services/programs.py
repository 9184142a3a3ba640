"""How a test finds, starts and stops a program of the system."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.services.orphans import has_ended, let_end_with_us

#: Below the range the kernel gives to outgoing connections, so that none takes a port between choice and start.
PORTS = range(20_000, 32_000)


def need(program: str, *folders: str) -> str:
    """Return the path of a program, looked for in these folders (globs) after PATH.

    A program that is missing skips the test at a desk and fails it where CI=true: there nothing may go untested.
    """
    found = shutil.which(program)
    if found:
        return found
    for folder in folders:
        for place in sorted(Path("/").glob(f"{folder.lstrip('/')}/{program}"), reverse=True):
            return str(place)
    return lacking(f"{program} is not installed: `make test` says how to get it")


def lacking(sentence: str) -> NoReturn:
    """Skip the test at a desk; fail it where CI=true."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def ordinary_user() -> pwd.struct_passwd | None:
    """Return whom to run servers as that refuse root; None: we are an ordinary user already."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def running_as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return the arguments that make subprocess run as this user, in the user's own group alone."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def folder_of(name: str) -> Path:
    """Make a temporary folder that the ordinary user owns.

    Not one of pytest's: those lie below a folder that only root may enter.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"svarsvakt-{name}-"))
    give_away(folder)
    return folder


def give_away(*places: Path) -> None:
    """Let the ordinary user own these."""
    user = ordinary_user()
    if user:
        for place in places:
            os.chown(place, user.pw_uid, user.pw_gid)


def run(command: Sequence[str], user: pwd.struct_passwd | None = None) -> str:
    """Run a command to its end and return what it printed; fails the test with its errors."""
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=60, **running_as(user))
    if done.returncode:
        pytest.fail(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout


def listens(port: int) -> bool:
    """Say whether somebody takes connections on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass
class Server:
    """A program that runs until it is stopped; its output goes to `log`."""

    command: Sequence[str]
    ports: Sequence[int]
    log: Path
    user: pwd.struct_passwd | None = None
    #: What makes it end at once, without waiting for its clients.
    goodbye: signal.Signals = signal.SIGTERM
    patience_seconds: float = 30
    _child: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it and wait until every port takes connections; fails the test with the log."""
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # A group of its own: Ctrl-C is for the tests, which then stop it.
                start_new_session=True,
                **running_as(self.user),
            )
        let_end_with_us(self._child.pid)
        deadline = time.monotonic() + self.patience_seconds
        while not all(listens(port) for port in self.ports):
            if self._child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                pytest.fail(f"{self.command[0]} did not start:\n{self.log.read_text()}", pytrace=False)
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, by its id, then what is left of the process group that it leads; wait for it."""
        child, self._child = self._child, None
        if child is None:
            return
        child.send_signal(self.goodbye)
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(timeout=10)
        # A child of it may still hold a client's line.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        has_ended(child.pid)
