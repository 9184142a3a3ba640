"""A Cyrus IMAP server that runs as an ordinary user: the second real server that reading is tried on."""

import itertools
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from imapclient import IMAPClient

from tests.services.programs import Server, folder_of, free_port, need, ordinary_user, run, running_as

#: Where `scripts/services` unpacks it: Debian installs no second IMAP server beside Dovecot.
UNPACKED = Path(__file__).parents[2] / ".services" / "usr" / "lib" / "cyrus" / "bin"

#: The password of every mailbox, and of the administrator.
PASSWORD = "hemligt"
ADMINISTRATOR = "chef"

CONFIGURATION = """
configdirectory: {folder}/var
defaultpartition: default
partition-default: {folder}/spool
proc_path: {folder}/run/proc
mboxname_lockpath: {folder}/run/lock
idlesocket: {folder}/run/idle
cyrus_user: {user}
servername: localhost
admins: {administrator}
altnamespace: yes
unixhierarchysep: yes
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN
failedloginpause: 0
imapidlepoll: 1
munge8bit: no
syslog_prefix: svarsvakt-test
"""

SERVICES = """
START {{
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C {folder}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{imapd} -C {folder}/imapd.conf -U 30" listen="127.0.0.1:{port}" prefork=1 proto="tcp4"
}}
EVENTS {{
}}
"""


@dataclass
class Cyrus:
    """A running Cyrus. Each test makes its own mailbox with `add_user`."""

    folder: Path
    imap_port: int
    server: Server
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    host = "127.0.0.1"

    @classmethod
    def start(cls) -> "Cyrus":
        """Start one on a free port."""
        program = need("master", "/usr/lib/cyrus/bin")
        imapd = need("imapd", str(UNPACKED), "/usr/lib/cyrus/bin")
        need("saslpasswd2", "/usr/sbin")
        folder, port, user = folder_of("cyrus"), free_port(), ordinary_user()
        # From where an ordinary user may run it.
        imapd = shutil.copy(imapd, folder / "imapd")
        name = user.pw_name if user else run(["id", "-un"]).strip()
        configuration, services = folder / "imapd.conf", folder / "cyrus.conf"
        text = CONFIGURATION.format(folder=folder, user=name, administrator=ADMINISTRATOR)
        configuration.write_text(text, encoding="utf-8")
        services.write_text(SERVICES.format(folder=folder, imapd=imapd, port=port), encoding="utf-8")
        for below in ("var", "spool", "run", "run/proc", "run/lock"):
            run(["mkdir", str(folder / below)], user=user)
        server = Server(
            [program, "-C", str(configuration), "-M", str(services), "-p", str(folder / "run" / "pid")],
            [port],
            folder / "output.log",
            user,
            signal.SIGTERM,
        )
        _let_in(folder, ADMINISTRATOR)
        server.start()
        return cls(folder, port, server)

    def add_user(self) -> str:
        """Make a mailbox with folders for junk and sent mail, and return its name."""
        name = f"brevlada{next(self._numbers)}"
        _let_in(self.folder, name)
        self._make(name)
        with self.client(name) as client:
            # The library makes no folders for a special use (RFC 6154 section 3).
            client._imap.xatom("CREATE", '"Skr&AOQ-ppost"', "(USE (\\Junk))")
            # Found by its name alone.
            client.create_folder("Skickat")
        return name

    def append(
        self,
        user: str,
        original: bytes,
        *,
        folder: str = "INBOX",
        flags: Sequence[str] = (),
        at: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC),
    ) -> None:
        """Put a message into a folder."""
        with self.client(user) as client:
            client.append(folder, original, flags, at)

    def flags(self, user: str) -> list[frozenset[str]]:
        """Return the inbox's flags, oldest first, without changing them."""
        with self.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search(["ALL"]), ["FLAGS"])
        # Recent belongs to the conversation, not to the message.
        return [frozenset(f.decode() for f in found[uid][b"FLAGS"]) - {"\\Recent"} for uid in sorted(found)]

    def remake_inbox(self, user: str) -> None:
        """Take the inbox away and bring the same messages back, as a restored backup: UIDVALIDITY is another."""
        with self.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            kept = client.fetch(client.search(["ALL"]), ["BODY.PEEK[]"])
        with self.client(ADMINISTRATOR) as client:
            client.setacl(f"user/{user}", ADMINISTRATOR, "lrswipkxtecda")
            client.delete_folder(f"user/{user}")
        self._make(user)
        for uid in sorted(kept):
            self.append(user, kept[uid][b"BODY[]"])

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """Yield a signed-in client of the mailbox."""
        with IMAPClient(self.host, self.imap_port, ssl=False, timeout=30) as client:
            # Without it each APPEND waits 40 ms for an acknowledgement.
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.plain_login(user, PASSWORD)
            yield client

    def stop(self) -> None:
        """Stop it and take its folder away."""
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self, user: str) -> None:
        with self.client(ADMINISTRATOR) as client:
            client.create_folder(f"user/{user}")


def _let_in(folder: Path, name: str) -> None:
    """Write a name and the password into the server's own list."""
    command = [need("saslpasswd2", "/usr/sbin"), "-p", "-c", "-f", str(folder / "sasldb2"), "-u", "localhost", name]
    subprocess.run(
        command, input=PASSWORD.encode(), check=True, capture_output=True, timeout=30, **running_as(ordinary_user())
    )
