"""A Dovecot server (IMAP with and without TLS, LMTP) that runs as an ordinary user, with mailboxes made on the fly."""

import grp
import itertools
import os
import pwd
import shutil
import signal
import smtplib
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from imapclient import IMAPClient

from tests.services.certificate import make_certificate
from tests.services.programs import Server, folder_of, free_port, lacking, need, ordinary_user, run
from tests.services.token_server import TokenServer

#: The password of a mailbox that was made without one.
PASSWORD = "hemligt"

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_chars =
auth_failure_delay = 0
mail_max_userip_connections = 200
mail_location = maildir:~/Maildir
postmaster_address = postmaster@exempelby.example
mail_fsync = never
# Where the system lends one user too few inotify instances, Dovecot looks for itself this often.
mailbox_idle_check_interval = 1s
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users/%u
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Skräppost {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Skickat {{
    auto = create
    special_use = \\Sent
  }}
}}
service anvil {{
  chroot =
  # A wrong password makes nobody wait.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap {{
  process_limit = 1024
}}
service imap-login {{
  chroot =
  # One process serves many: hundreds of lines are held at once.
  service_count = 0
  client_limit = 1000
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
"""


@dataclass
class Dovecot:
    """A running Dovecot. Each test makes its own mailbox with `add_user`."""

    folder: Path
    certificate: Path
    imap_port: int
    tls_port: int
    lmtp_port: int
    server: Server
    _passwords: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    host = "127.0.0.1"

    @classmethod
    def start(cls, tokens: TokenServer | None = None) -> "Dovecot":
        """Start one on three free ports; with a token server it takes tokens too, and asks it about each."""
        program = need("dovecot", "/usr/sbin")
        need("lmtp", "/usr/lib/dovecot", "/usr/libexec/dovecot")
        version = run([program, "--version"])
        if not version.startswith("2.3."):
            lacking(f"The tests' Dovecot is configured for version 2.3, and this is {version.strip()}")
        folder = folder_of("dovecot")
        certificate, key = make_certificate(folder)
        ports = {"imap_port": free_port(), "tls_port": free_port(), "lmtp_port": free_port()}
        user = _owner()
        configuration = folder / "dovecot.conf"
        text = CONFIGURATION.format(
            folder=folder,
            certificate=certificate,
            key=key,
            user=user.pw_name,
            group=grp.getgrgid(user.pw_gid).gr_name,
            **ports,
        )
        configuration.write_text(text + (_token_checks(folder, tokens) if tokens else ""), encoding="utf-8")
        (folder / "users").mkdir()
        (folder / "users").chmod(0o755)
        server = Server(
            [program, "-F", "-c", str(configuration)],
            list(ports.values()),
            folder / "output.log",
            ordinary_user(),
            # Asked politely it takes a second to go.
            signal.SIGKILL,
        )
        server.start()
        return cls(folder, certificate, ports["imap_port"], ports["tls_port"], ports["lmtp_port"], server)

    def add_user(self, name: str = "", password: str = PASSWORD) -> str:
        """Make a mailbox and return its name, which is also its address; without a name it gets a new one."""
        name = name or f"brevlada{next(self._numbers)}@exempelby.example"
        owner = _owner()
        home = self.folder / "mail" / name
        line = f"{name}:{{PLAIN}}{password}:{owner.pw_uid}:{owner.pw_gid}::{home}::\n"
        # A file each: Dovecot looks at most once a second whether a file that it knows has changed.
        (self.folder / "users" / name).write_text(line, encoding="utf-8")
        self._passwords[name] = password
        return name

    def password(self, user: str) -> str:
        """Return the password the mailbox was made with."""
        return self._passwords[user]

    def deliver(self, user: str, original: bytes, envelope_from: str = "anna@example.se") -> None:
        """Deliver a message over LMTP, as the municipality's mail server does; an empty sender is the null path."""
        with smtplib.LMTP(self.host, self.lmtp_port, timeout=30) as client:
            client.sendmail(envelope_from, [user], original)

    def deliver_many(self, user: str, letters: Iterable[tuple[str, bytes]]) -> None:
        """Deliver messages over one line, each with its sender."""
        with smtplib.LMTP(self.host, self.lmtp_port, timeout=30) as client:
            for sender, original in letters:
                client.sendmail(sender, [user], original)

    def append(
        self,
        user: str,
        original: bytes,
        *,
        folder: str = "INBOX",
        flags: Sequence[str] = (),
        at: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC),
    ) -> None:
        """Put a message into a folder over IMAP, as a person's mail program does."""
        with self.client(user) as client:
            client.append(folder, original, flags, at)

    def flags(self, user: str, folder: str = "INBOX") -> list[frozenset[str]]:
        """Return the flags of every message, oldest first, without changing them (not even Recent)."""
        with self.client(user) as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(["ALL"]), ["FLAGS"])
        return [frozenset(flag.decode() for flag in found[uid][b"FLAGS"]) for uid in sorted(found)]

    def delete(self, user: str, uids: Sequence[int], folder: str = "INBOX") -> None:
        """Delete messages for good, as a person would."""
        with self.client(user) as client:
            client.select_folder(folder)
            client.delete_messages(list(uids))
            client.expunge()

    def change_uidvalidity(self, user: str, folder: str = "INBOX") -> None:
        """Give the folder a new UIDVALIDITY: same messages, every UID to be read as new."""
        with self.client(user) as client:
            before = int(client.folder_status(folder, ["UIDVALIDITY"])[b"UIDVALIDITY"])
        options = ["-c", str(self.folder / "dovecot.conf"), "mailbox", "update", "-u", user]
        run([need("doveadm"), *options, "--uid-validity", str(before + 1), folder], user=ordinary_user())

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """Yield a signed-in client of the mailbox."""
        with IMAPClient(self.host, self.imap_port, ssl=False, timeout=30) as client:
            # Without it each APPEND waits 40 ms for an acknowledgement.
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.plain_login(user, self.password(user))
            yield client

    def stop(self) -> None:
        """Stop it and take its folder away."""
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _token_checks(folder: Path, tokens: TokenServer) -> str:
    """Write how tokens are checked, and return what leads there. Source: Dovecot 2.3, "Open Authentication v2.0"."""
    checks = folder / "tokens.conf"
    checks.write_text(
        f"introspection_mode = post\nintrospection_url = {tokens.introspection_url}\nforce_introspection = yes\n"
        f"username_attribute = email\nactive_attribute = active\nactive_value = true\n"
        f"tls_ca_cert_file = {tokens.certificate}\n",
        encoding="utf-8",
    )
    mechanisms = "xoauth2 oauthbearer"
    return (
        f"auth_mechanisms = plain login {mechanisms}\nauth_cache_size = 0\n"
        f"passdb {{\n  driver = oauth2\n  mechanisms = {mechanisms}\n  args = {checks}\n}}\n"
    )


def _owner() -> pwd.struct_passwd:
    return ordinary_user() or pwd.getpwuid(os.geteuid())
