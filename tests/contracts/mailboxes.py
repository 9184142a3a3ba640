"""Mailboxes that the Source contract is tried on: the same few things a test can do to each.

A new implementation is one class here and one line in `test_source.py`.
"""

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

    def open(self) -> Source:
        """Return a source with the right password."""
        ...

    def open_with_wrong_password(self) -> Source:
        """Return a source that must not get in."""
        ...

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        """Let a message arrive."""
        ...

    def remove_first(self) -> None:
        """Delete the inbox's oldest message for good."""
        ...

    def flags(self) -> list[frozenset[str]]:
        """Return the inbox's flags, oldest first."""
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

    def open(self) -> Source:
        return self.source

    def open_with_wrong_password(self) -> Source:
        source = FakeSource()
        source.fail(Unreachable("sign_in", "Not let in"))
        return source

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        self.source.put(original, role=role)

    def remove_first(self) -> None:
        self.source.remove(next(iter(self.source.inventory())))

    def flags(self) -> list[frozenset[str]]:
        return self.source.flags()

    def renumber(self) -> None:
        self.source.renumber()

    def go_away(self) -> None:
        self.source.fail(Unreachable("tcp", "Gone"))

    def come_back(self) -> None:
        self.source.recover()


class DovecotMailbox:
    """An ImapSource on a real Dovecot."""

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

    def open(self) -> Source:
        return ImapSource(self.connection, self.server.password(self.user))

    def open_with_wrong_password(self) -> Source:
        return ImapSource(self.connection, "fel lösenord")

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        if role is FolderRole.junk:
            self.server.append(self.user, original, folder="Skräppost")
        else:
            self.server.deliver(self.user, original)

    def remove_first(self) -> None:
        with self.server.client(self.user) as client:
            client.select_folder("INBOX")
            client.delete_messages(client.search(["ALL"])[:1])
            client.expunge()

    def flags(self) -> list[frozenset[str]]:
        return self.server.flags(self.user)

    def renumber(self) -> None:
        self.server.change_uidvalidity(self.user)

    def go_away(self) -> None:
        self.server.server.stop()

    def come_back(self) -> None:
        self.server.server.start()


class CyrusMailbox:
    """An ImapSource on a real Cyrus: no Junk by that name, UIDs and changes counted in its own way."""

    def __init__(self, server: Cyrus) -> None:
        self.server = server
        self.user = server.add_user()
        self.connection = ImapConnection(
            host=server.host, port=server.imap_port, security=Security.none, user=self.user, timeout_seconds=10
        )

    def open(self) -> Source:
        return ImapSource(self.connection, PASSWORD)

    def open_with_wrong_password(self) -> Source:
        return ImapSource(self.connection, "fel lösenord")

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        self.server.append(self.user, original, folder="Skräppost" if role is FolderRole.junk else "INBOX")

    def remove_first(self) -> None:
        with self.server.client(self.user) as client:
            client.select_folder("INBOX")
            client.delete_messages(client.search(["ALL"])[:1])
            client.expunge()

    def flags(self) -> list[frozenset[str]]:
        return self.server.flags(self.user)

    def renumber(self) -> None:
        self.server.remake_inbox(self.user)

    def go_away(self) -> None:
        self.server.server.stop()

    def come_back(self) -> None:
        self.server.server.start()


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

    def open(self) -> Source:
        return ImapSource(self.connection, self.password)

    def open_with_wrong_password(self) -> Source:
        return ImapSource(self.connection, "fel lösenord")

    def deliver(self, original: bytes, role: FolderRole = FolderRole.inbox) -> None:
        if role is FolderRole.junk:
            self.server.folder(self.user, "Junk").add(original, TUESDAY)
        else:
            self.server.deliver(self.user, original, TUESDAY)

    def remove_first(self) -> None:
        inbox = self.server.folder(self.user)
        inbox.remove(inbox.uids()[0])

    def flags(self) -> list[frozenset[str]]:
        inbox = self.server.folder(self.user)
        return [mail.flags for uid in inbox.uids() if (mail := inbox.mail(uid)) is not None]

    def renumber(self) -> None:
        self.server.folder(self.user).renumber()

    def go_away(self) -> None:
        self.server.stop()

    def come_back(self) -> None:
        self.server.start()
