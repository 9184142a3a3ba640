"""Town: the sandbox's servers, citizens and post office, and the configuration that points at them."""

import secrets
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta

from domain.account import (
    Account,
    AutoReply,
    Channel,
    FacebookConnection,
    ImapConnection,
    Mode,
    Security,
    SmtpConnection,
    TwilioConnection,
)
from domain.errors import BadInput
from domain.finding import FindingKind
from domain.protocols import Clock
from domain.site import Site
from sandbox.compose import BORDER_SERVER, Note, Posting, Text
from sandbox.graph import GraphServer
from sandbox.graph_records import CommentRecord, MessageRecord, Writer
from sandbox.imap_server import ImapServer
from sandbox.letters import read_letters
from sandbox.loopback import LOOPBACK
from sandbox.post_office import PostOffice
from sandbox.smtp_server import SentMail, SmtpServer
from sandbox.twilio import TwilioServer
from sandbox.twilio_messages import SmsRecord

#: The account that nobody can read; no citizen writes to it.
UNREACHABLE = "kultur@exempelby.example"

#: Short, so that a visitor sees the alert within the first minute.
_UNREACHABLE_AFTER = timedelta(seconds=5)
_POLL_EVERY = timedelta(seconds=2)
_TIMEOUT_SECONDS = 5.0


class Town:
    """A small town on loopback: start it, take its site, open its post office, stop it."""

    def __init__(self, *, on_sent: Callable[[SentMail], None] | None = None, seed: int = 1) -> None:
        """Lay the town out; nothing runs yet.

        Args:
            on_sent: called with every mail that Svarsvakt sends, in the mail server's thread.
            seed: the same seed gives the same citizens and the same pace.
        """
        self._on_sent = on_sent
        self._seed = seed
        self._letters = read_letters()
        self._password = secrets.token_urlsafe(16)
        self._secrets: dict[str, str] = {}
        self._running = ExitStack()
        #: All made by `start`.
        self._imap: ImapServer
        self._smtp: SmtpServer
        self._twilio: TwilioServer
        self._clock: Clock
        #: By page id; each with the post that citizens comment on.
        self._pages: dict[str, tuple[GraphServer, CommentRecord]] = {}
        self._post_office: PostOffice
        self._dead_port: int

    def start(self, clock: Clock) -> None:
        """Run the servers and the closed post office, all on free ports, on the town's clock."""
        self._clock = clock
        with ExitStack() as starting:
            self._imap = ImapServer(clock)
            self._imap.start()
            starting.callback(self._imap.stop)
            self._smtp = SmtpServer(clock, on_mail=self._on_sent)
            self._smtp.start()
            starting.callback(self._smtp.stop)
            self._twilio = TwilioServer(clock)
            self._twilio.start()
            starting.callback(self._twilio.stop)
            # Bound and never listening: every connection is refused, and nobody else can take the port.
            nobody = starting.enter_context(socket.socket())
            nobody.bind((LOOPBACK, 0))
            self._dead_port = nobody.getsockname()[1]
            self._post_office = PostOffice(self._letters, clock, self._deliver, seed=self._seed)
            self._post_office.start()
            starting.callback(self._post_office.stop)
            self._running = starting.pop_all()

    def stop(self) -> None:
        """Stop everything that runs; stopping twice is once."""
        self._running.close()

    def site(self, example: Site) -> Site:
        """Return the configuration pointed at the town, and open the town's empty mailboxes and pages.

        Call it after `start`. Replies are on in the shared queue,
        drafts of texts too; one account's host refuses connections, and polls and alerts come soon.

        Raises:
            BadInput: a sample citizen writes to an address that the configuration does not have.
        """
        self._check(example)
        smtp = SmtpConnection(
            host=LOOPBACK, port=self._smtp.port, security=Security.none, timeout_seconds=_TIMEOUT_SECONDS
        )
        return replace(
            example,
            accounts=tuple(self._at_home(account, smtp) for account in example.accounts),
            alert_smtp=smtp,
            alert_sender=example.alert_sender or f"svarsvakt@{example.mail.message_id_domain}",
            mail=replace(example.mail, border_servers=(BORDER_SERVER,), authserv_id=BORDER_SERVER),
            watch=replace(example.watch, unreachable_after=_UNREACHABLE_AFTER),
            # Its hour for digests has passed, and nobody waits for the next morning.
            alerts=replace(example.alerts, at_once=(FindingKind.unreachable,)),
            # All accounts share one host here, which is quick to answer.
            run=replace(
                example.run,
                poll_every=_POLL_EVERY,
                poll_sms_every=_POLL_EVERY,
                connections_per_host=len(example.accounts),
            ),
            send_drafts=True,
        )

    def _check(self, example: Site) -> None:
        queues = (each for each in example.accounts if each.mode is Mode.queue)
        readable = {account.address for account in queues} - {UNREACHABLE}
        for letter in self._letters:
            if letter.to not in readable:
                raise BadInput(f"The sample letter {letter.id} goes to {letter.to}: add such an account to the site")

    def _at_home(self, account: Account, smtp: SmtpConnection) -> Account:
        """Point one account at the town and open its mailbox."""
        if account.channel is Channel.sms:
            return self._on_the_phone(account)
        if account.channel is Channel.facebook:
            return self._at_page(account)
        secret = (account.imap.secret if account.imap else "") or f"mail-{account.id}"
        self._secrets[secret] = self._password
        self._imap.add_user(account.address, self._password)
        imap = ImapConnection(
            host=LOOPBACK,
            port=self._dead_port if account.address == UNREACHABLE else self._imap.port,
            security=Security.none,
            user=account.address,
            secret=secret,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        if account.mode is not Mode.queue:
            return replace(account, imap=imap, smtp=smtp if account.smtp else None)
        return replace(account, imap=imap, smtp=smtp, auto_reply=AutoReply.on)

    def _on_the_phone(self, account: Account) -> Account:
        secret = account.twilio.secret if account.twilio else "twilio"
        self._secrets[secret] = self._twilio.auth_token
        twilio = TwilioConnection(
            account_sid=self._twilio.account_sid,
            secret=secret,
            base_url=self._twilio.url,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        return replace(account, twilio=twilio, auto_reply=AutoReply.on)

    def _at_page(self, account: Account) -> Account:
        """Open a page of its own, with a post that citizens may comment on."""
        if account.address not in self._pages:
            server = GraphServer(self._clock, page_id=account.address)
            server.start()
            self._running.callback(server.stop)
            self._pages[account.address] = server, server.post(text="Välkommen att fråga oss!")
        server, _ = self._pages[account.address]
        secret = account.facebook.secret if account.facebook else f"facebook-{account.id}"
        self._secrets[secret] = server.token
        facebook = FacebookConnection(secret=secret, base_url=server.url, timeout_seconds=_TIMEOUT_SECONDS)
        return replace(account, facebook=facebook, auto_reply=AutoReply.on)

    def secrets(self) -> Mapping[str, str]:
        """Return the passwords by the names that the accounts of `site` give."""
        return dict(self._secrets)

    def open_post_office(self) -> None:
        """Let the citizens' mail come; call it after the first poll, which must find empty mailboxes (P14).

        Raises:
            RuntimeError: `site` has not been called, so that there are no mailboxes.
        """
        if not self._secrets:
            raise RuntimeError("The town has no mailboxes before its site is asked for")
        self._post_office.open()

    @property
    def delivered(self) -> int:
        """Return how many citizens' mails have been delivered."""
        return self._post_office.delivered

    @property
    def sent(self) -> tuple[SentMail, ...]:
        """Return the mails that Svarsvakt has sent, oldest first."""
        return self._smtp.sent

    @property
    def texts(self) -> tuple[SmsRecord, ...]:
        """Return the SMS that Svarsvakt has sent, oldest first."""
        return self._twilio.sent

    @property
    def notes(self) -> tuple[MessageRecord | CommentRecord, ...]:
        """Return what Svarsvakt has sent at Facebook, oldest first at each page."""
        return tuple(sent for server, _ in self._pages.values() for sent in server.sent)

    def _deliver(self, mail: Posting, at: datetime) -> None:
        if isinstance(mail, Note):
            self._write(mail)
            return
        if isinstance(mail, Text):
            self._twilio.receive(mail.sender, mail.recipient, mail.body)
            return
        self._imap.deliver(mail.recipient, mail.original, at, envelope_sender=mail.envelope_sender)

    def _write(self, note: Note) -> None:
        server, post = self._pages[note.page]
        who = Writer(id=note.sender, name=note.name)
        if note.public:
            server.comment(post, who, note.body)
        else:
            server.write(who, note.body)
