"""Mailboxes that the Source contract is tried on: the same few things a test can do to each.

A new implementation is one class here and one line in `test_source.py`.
"""

from collections.abc import Iterable
from typing import Protocol

from connectors.fake import FakeSource
from connectors.imap import ImapSource
from domain.account import ImapConnection, Security
from domain.errors import Unreachable
from domain.message import FolderRole
from domain.protocols import Source
from sandbox.imap_server import ImapServer
from tests.builders import TUESDAY
from tests.services.cyrus import PASSWORD, Cyrus
from tests.services.dovecot import Dovecot


class BreakableMailbox(Protocol):
    """A mailbox with a server that tests may break."""

    def open(self, *, watch_only: bool = False) -> Source:
        """Return a source with the right password."""
        ...

    def open_with_wrong_password(self) -> Source:
        """Return a source that must not get in."""
        ...

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        """Let a message arrive."""
        ...

    def deliver_many(self, originals: Iterable[bytes]) -> None:
        """Let messages arrive in the inbox, one after the other."""
        ...

    def remove_first(self) -> None:
        """Delete the inbox's oldest message for good."""
        ...

    def flags(self) -> list[frozenset[str]]:
        """Return the inbox's flags, oldest first."""
        ...

    def set_flags(self, place: int, *flags: str) -> None:
        """Let a person change the flags of a message of the inbox, by its place, oldest first from 0."""
        ...

    def move_first(self) -> None:
        """Let a person move the inbox's oldest message to junk."""
        ...

    def send(self, original: bytes) -> None:
        """Let a person's mail program file what was sent."""
        ...

    def renumber(self) -> None:
        """Change UIDVALIDITY."""
        ...

    def go_away(self) -> None:
        """Let the server be unreachable."""
        ...

    def come_back(self) -> None:
        """Let the server answer again."""
        ...


class FakeMailbox:
    """A FakeSource."""

    def __init__(self) -> None:
        self.source = FakeSource()

    def open(self, *, watch_only: bool = False) -> Source:
        self.source.watch_only = watch_only
        return self.source

    def open_with_wrong_password(self) -> Source:
        source = FakeSource()
        source.fail(Unreachable("sign_in", "Not let in"))
        return source

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        self.source.put(original, role=role)

    def deliver_many(self, originals: Iterable[bytes]) -> None:
        for each in originals:
            self.deliver(each)

    def remove_first(self) -> None:
        self.source.remove(next(iter(self.source.inventory())))

    def flags(self) -> list[frozenset[str]]:
        return self.source.flags()

    def set_flags(self, place: int, *flags: str) -> None:
        self.source.set_flags(self._inbox()[place], *flags)

    def move_first(self) -> None:
        self.source.move(self._inbox()[0], FolderRole.junk)

    def send(self, original: bytes) -> None:
        self.source.put(original, role=FolderRole.sent)

    def _inbox(self) -> list[str]:
        return [identity for identity in self.source.inventory() if identity.startswith("INBOX/")]

    def renumber(self) -> None:
        self.source.renumber()

    def go_away(self) -> None:
        self.source.fail(Unreachable("tcp", "Gone"))

    def come_back(self) -> None:
        self.source.recover()


class _ServedMailbox:
    """A mailbox on a real server, and what people and their programs do in it over IMAP."""

    server: Dovecot | Cyrus
    user: str
    connection: ImapConnection

    def open_with_wrong_password(self) -> Source:
        return ImapSource(self.connection, "fel lösenord")

    def remove_first(self) -> None:
        with self.server.client(self.user) as client:
            client.select_folder("INBOX")
            client.delete_messages(client.search(["ALL"])[:1])
            client.expunge()

    def flags(self) -> list[frozenset[str]]:
        return self.server.flags(self.user)

    def set_flags(self, place: int, *flags: str) -> None:
        with self.server.client(self.user) as client:
            client.select_folder("INBOX")
            client.set_flags(client.search(["ALL"])[place : place + 1], flags)

    def move_first(self) -> None:
        with self.server.client(self.user) as client:
            client.select_folder("INBOX")
            client.move(client.search(["ALL"])[:1], "Skräppost")

    def send(self, original: bytes) -> None:
        self.server.append(self.user, original, folder="Skickat")

    def go_away(self) -> None:
        self.server.server.stop()

    def come_back(self) -> None:
        self.server.server.start()


class DovecotMailbox(_ServedMailbox):
    """An ImapSource on a real Dovecot."""

    server: Dovecot

    def __init__(self, server: Dovecot, security: Security = Security.none) -> None:
        self.server = server
        self.user = server.add_user()
        self.connection = ImapConnection(
            host=server.host,
            port=server.tls_port if security is Security.tls else server.imap_port,
            security=security,
            user=self.user,
            timeout_seconds=10,
        )

    def open(self, *, watch_only: bool = False) -> Source:
        return ImapSource(self.connection, self.server.password(self.user), watch_only=watch_only)

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        if role is FolderRole.junk:
            self.server.append(self.user, original, folder="Skräppost")
        else:
            self.server.deliver(self.user, original)

    def deliver_many(self, originals: Iterable[bytes]) -> None:
        self.server.deliver_many(self.user, (("anna@example.se", each) for each in originals))

    def renumber(self) -> None:
        self.server.change_uidvalidity(self.user)


class CyrusMailbox(_ServedMailbox):
    """An ImapSource on a real Cyrus: no Junk by that name, UIDs and changes counted in its own way."""

    server: Cyrus

    def __init__(self, server: Cyrus) -> None:
        self.server = server
        self.user = server.add_user()
        self.connection = ImapConnection(
            host=server.host, port=server.imap_port, security=Security.none, user=self.user, timeout_seconds=10
        )

    def open(self, *, watch_only: bool = False) -> Source:
        return ImapSource(self.connection, PASSWORD, watch_only=watch_only)

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        self.server.append(self.user, original, folder="Skräppost" if role is FolderRole.junk else "INBOX")

    def deliver_many(self, originals: Iterable[bytes]) -> None:
        # Over one line: to sign in takes longer than to put a mail in.
        with self.server.client(self.user) as client:
            for each in originals:
                client.append("INBOX", each)

    def renumber(self) -> None:
        self.server.remake_inbox(self.user)


class SandboxMailbox:
    """An ImapSource on the sandbox's own server."""

    def __init__(self, server: ImapServer) -> None:
        self.server = server
        self.user = "kontaktcenter@exempelby.example"
        self.password = "hemligt å"
        server.add_user(self.user, self.password)
        self.connection = ImapConnection(
            host="127.0.0.1", port=server.port, security=Security.none, user=self.user, timeout_seconds=10
        )

    def open(self, *, watch_only: bool = False) -> Source:
        return ImapSource(self.connection, self.password, watch_only=watch_only)

    def open_with_wrong_password(self) -> Source:
        return ImapSource(self.connection, "fel lösenord")

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        if role is FolderRole.junk:
            self.server.folder(self.user, "Junk").add(original, TUESDAY)
        else:
            self.server.deliver(self.user, original, TUESDAY)

    def deliver_many(self, originals: Iterable[bytes]) -> None:
        for each in originals:
            self.deliver(each)

    def remove_first(self) -> None:
        inbox = self.server.folder(self.user)
        inbox.remove(inbox.uids()[0])

    def flags(self) -> list[frozenset[str]]:
        inbox = self.server.folder(self.user)
        return [mail.flags for uid in inbox.uids() if (mail := inbox.mail(uid)) is not None]

    def set_flags(self, place: int, *flags: str) -> None:
        inbox = self.server.folder(self.user)
        inbox.set_flags(inbox.uids()[place], flags)

    def move_first(self) -> None:
        inbox = self.server.folder(self.user)
        mail = inbox.remove(inbox.uids()[0])
        assert mail is not None
        self.server.folder(self.user, "Junk").add(mail.original, mail.at, mail.flags)

    def send(self, original: bytes) -> None:
        self.server.folder(self.user, "Sent").add(original, TUESDAY)

    def renumber(self) -> None:
        self.server.folder(self.user).renumber()

    def go_away(self) -> None:
        self.server.stop()

    def come_back(self) -> None:
        self.server.start()
