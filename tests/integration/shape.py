"""An installation as its users run it: by the command, in a clean environment, against real servers."""

import json
import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from signal import SIGKILL, Signals
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
import tomli_w

from domain.site import Site
from outbox.shelf import drafts
from settings.load import load
from store.database import Database
from tests.services.dovecot import Dovecot
from tests.services.orphans import has_ended, let_end_with_us
from tests.services.smtp import Received, SmtpServer

#: The command as it is installed beside the Python that runs the tests.
COMMAND = Path(sys.executable).with_name("svarsvakt")

#: One command takes a few seconds on a busy machine; none may take this long.
PATIENCE_SECONDS = 60.0

#: A citizen a language: who writes, and what.
CITIZENS = {
    "sv": ("anna@example.se", "Hej! Det är ett stort hål i vägen på Storgatan 3. Kan ni laga det?"),
    "fi": ("aino@example.se", "Hei! Storgatanin kadulla on iso kuoppa asfaltissa. Voitteko korjata sen pian?"),
    "en": ("amy@example.se", "Hello! There is a large pothole in the road at Storgatan 3. Could you please repair it?"),
}
#: Somebody's machine.
ROBOT = "bo@example.se"

Value = TypeVar("Value")


def until(
    what: Callable[[], str] | str, ask: Callable[[], Value], *, seconds: float, every_seconds: float, watched: "Watched"
) -> Value:
    """Ask until the answer is true, and return it; fail with what is missing and the logs when time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            sentence = what if isinstance(what, str) else what()
            pytest.fail(f"within {seconds:g} s: {sentence}\n{watched.report()}", pytrace=False)
        time.sleep(every_seconds)
    return answer


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    arguments: tuple[str, ...]
    code: int
    out: str
    errors: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it printed as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def object(self) -> dict[str, Any]:
        """What it printed as one JSON object."""
        [line] = self.lines
        return line

    def line(self, account: str) -> dict[str, Any]:
        """Return the line about one account."""
        return next(line for line in self.lines if line["account"] == account)


class Program:
    """A command that runs until it is stopped, as the head of a process group of its own."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self._child = subprocess.Popen(
                command, env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        let_end_with_us(self.group)

    @property
    def said(self) -> str:
        """Everything that it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def group(self) -> int:
        """The id of its process group."""
        return self._child.pid

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._child.poll() is None

    def owns(self, worker: str) -> bool:
        """Return whether a worker's name, host/process/thread, is of one of its processes."""
        with suppress(ProcessLookupError):
            return os.getpgid(int(worker.split("/")[1])) == self._child.pid
        return False

    def tell(self, which: Signals) -> None:
        """Send a signal to all its processes."""
        os.killpg(self._child.pid, which)

    def end(self, which: Signals, *, seconds: float) -> int:
        """Ask it, and only it, to end; return its exit code."""
        self._child.send_signal(which)
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            pytest.fail(f"{self.name} did not end within {seconds:g} s after {which.name}:\n{self.said}", pytrace=False)

    def kill(self) -> None:
        """End all its processes at once, as a machine that loses its power does."""
        with suppress(ProcessLookupError):
            self.tell(SIGKILL)
        self._child.wait()
        has_ended(self.group)


@dataclass
class Watched:
    """The programs of a test, whose logs are shown when it fails; stopped at its end."""

    programs: list[Program] = field(default_factory=list)

    def report(self) -> str:
        """Return the end of every log."""
        return "\n".join(
            f"--- {each.name} ({'running' if each.runs else 'ended'}):\n{each.said[-4000:]}" for each in self.programs
        )

    def stop(self) -> None:
        """End them all."""
        for each in self.programs:
            each.kill()


def plain_text(message: EmailMessage) -> str:
    """Return the plain text of a mail that may have HTML beside it."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


class Installation:
    """A site folder, a database and mailboxes; commands run with nothing in their environment but what they need."""

    def __init__(self, folder: Path, dovecot: Dovecot, smtp: SmtpServer, **environment: str) -> None:
        self.folder = folder
        self.site_folder = folder / "site"
        self.dovecot = dovecot
        self.smtp = smtp
        self.environment = environment
        self.mailboxes: dict[str, str] = {}
        self.watched = Watched()
        self._database: Database | None = None
        self._way_out: dict[str, Any] = {}

    def run(self, *arguments: str, code: int = 0, **environment: str) -> Done:
        """Run a command to its end; fail with what it said unless it ends with the code."""
        ended = subprocess.run(
            [str(COMMAND), *arguments], env=self.environment | environment, cwd=self.folder, capture_output=True,
            text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        if ended.returncode != code:
            said = f"{ended.stdout}{ended.stderr}\n{self.watched.report()}"
            pytest.fail(f"svarsvakt {' '.join(arguments)} ended with {ended.returncode}:\n{said}", pytrace=False)
        return Done(arguments, ended.returncode, ended.stdout, ended.stderr)

    def start(self, name: str, *arguments: str, **environment: str) -> Program:
        """Start a command that goes on; `name` is its log's."""
        program = Program(name, [str(COMMAND), *arguments], self.environment | environment, self.folder)
        self.watched.programs.append(program)
        return program

    def close(self) -> None:
        """End what was started."""
        self.watched.stop()
        if self._database is not None:
            self._database.close()

    def until(
        self, what: Callable[[], str] | str, ask: Callable[[], Value], *, seconds: float = 30.0,
        every_seconds: float = 0.02,
    ) -> Value:  # fmt: skip
        """Ask until the answer is true, and return it; see `until`."""
        return until(what, ask, seconds=seconds, every_seconds=every_seconds, watched=self.watched)

    def configure(
        self, *accounts: str, run: Mapping[str, Any] | None = None, smtp_timeout_seconds: float = 10, replies: int = 0
    ) -> None:
        """Edit the example as its reader would: these accounts get a mailbox and answer, the others no connection."""
        self._way_out = {
            "host": self.smtp.host, "port": self.smtp.port, "security": "none",
            "timeout_seconds": smtp_timeout_seconds,
        }  # fmt: skip
        self._edit("accounts.toml", lambda tables: self._connect(tables["accounts"], accounts))
        self._edit("site.toml", lambda tables: tables.update(alert_smtp=self._way_out, run=run or {}))
        if replies:
            self._edit("site.toml", lambda tables: tables["brakes"].update(installation_per_hour=replies))

    def approve_the_finnish_texts(self) -> None:
        """Put our Finnish texts into the site folder as approved, as docs/templates.md says."""
        for text in drafts(self.site):
            if text.language == "fi":
                own = self.site_folder / text.file
                own.parent.mkdir(parents=True, exist_ok=True)
                own.write_text(text.source.replace('status = "draft"', 'status = "approved"'), encoding="utf-8")

    @property
    def site(self) -> Site:
        """The configuration of the site folder."""
        return load(self.site_folder)

    def deliver(self, account: str, original: bytes, sender: str = "anna@example.se") -> None:
        """Deliver a mail over LMTP to an account's mailbox."""
        self.dovecot.deliver(self.mailboxes[account], original, sender)

    def deliver_one_a_language_and_a_robots(self) -> None:
        """Deliver four mails to the contact center: a citizen's in each language, and a machine's answer."""
        for sender, text in CITIZENS.values():
            self.deliver("kontaktcenter", citizens_mail(text, sender=sender), sender)
        answer = citizens_mail("Jag är bortrest.", sender=ROBOT, extra=("Auto-Submitted: auto-replied",))
        self.deliver("kontaktcenter", answer, ROBOT)

    def sent_to(self, address: str) -> list[Received]:
        """Return what the mail server took for an address."""
        return [each for each in self.smtp.received() if address in each.recipients]

    def rows(self, statement: str, **values: Any) -> list[sa.Row[Any]]:
        """Read the database as it is, past the store; empty while the tables are being made."""
        if self._database is None:
            self._database = Database(self.environment.get("SVARSVAKT_DATABASE") or f"sqlite:///{self.sqlite}")
        try:
            return self._read(self._database, statement, values)
        except sa.exc.DBAPIError as error:
            # PostgreSQL was restarted within the second for which a line in use is taken to live.
            if not error.connection_invalidated:
                raise
            return self._read(self._database, statement, values)

    @staticmethod
    def _read(database: Database, statement: str, values: dict[str, Any]) -> list[sa.Row[Any]]:
        with database.read() as connection:
            return list(connection.execute(sa.text(statement), values))

    @property
    def sqlite(self) -> Path:
        """The database of the one-process shape."""
        return self.site_folder / "svarsvakt.sqlite3"

    def _edit(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        path = self.site_folder / name
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        change(tables)
        path.write_text(tomli_w.dumps(tables), encoding="utf-8")

    def _connect(self, tables: dict[str, Any], accounts: Iterable[str]) -> None:
        for table in tables.values():
            for connection in ("imap", "smtp", "twilio", "facebook"):
                table.pop(connection, None)
        for id in accounts:
            user = self.mailboxes.setdefault(id, "") or self.dovecot.add_user()
            self.mailboxes[id] = user
            secret = f"mail-{id}"
            self.environment[f"SVARSVAKT_SECRET_MAIL_{id.upper()}"] = self.dovecot.password(user)
            imap = {"host": self.dovecot.host, "port": self.dovecot.imap_port, "security": "none"}
            tables[id] |= {
                "auto_reply": "on",
                "imap": imap | {"user": user, "secret": secret, "timeout_seconds": 10},
                "smtp": self._way_out,
            }


def citizens_mail(
    text: str, *, sender: str = "anna@example.se", to: str = "kontaktcenter@exempelby.example", subject: str = "Hål",
    id: str | None = None, extra: tuple[str, ...] = (), at: datetime | None = None,
) -> bytes:  # fmt: skip
    """Return a mail as the municipality's border server hands it on, stamped now."""
    stamp = f"{at or datetime.now(UTC):%a, %d %b %Y %H:%M:%S +0000}"
    lines = [
        f"Received: from mail.example.se by mx1.exempelby.example with ESMTP; {stamp}",
        f"From: Anna Exempel <{sender}>",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {stamp}",
        f"Message-ID: {id or f'<{time.time_ns()}@example.se>'}",
        *extra,
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        text,
        "",
    ]
    return "\r\n".join(lines).encode()


def page(port: int, path: str = "/") -> int | None:
    """Return the status with which a page of ours answers; None while nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            first = line.makefile("rb").readline()
    except OSError:
        return None
    return int(first.split()[1]) if first else None
