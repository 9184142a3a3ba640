"""Accounts: the mailboxes, numbers and pages that a municipality has promised to watch."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.ids import AccountId, OrganisationId, PersonId, ScheduleId, UnitId


class Channel(StrEnum):
    """The wire a message came by."""

    email = "email"
    sms = "sms"
    facebook = "facebook"


class Tier(StrEnum):
    """Who owes the answer, which sets the service level. Source: domain.md 1.2 (R21)."""

    contact_center = "contact_center"
    unit = "unit"
    employee = "employee"


class Mode(StrEnum):
    """What we do with an account's messages. Source: design.md section 4."""

    #: Messages become tickets in the shared queue.
    queue = "queue"
    #: People work elsewhere; a ticket outside the queue follows the evidence.
    observe = "observe"
    #: Only UID, date and flags are ever fetched.
    watch_only = "watch_only"


class AutoReply(StrEnum):
    """Whether automatic replies leave the account (P14)."""

    off = "off"
    #: Decides and shows, sends nothing.
    shadow = "shadow"
    on = "on"


class AccountStatus(StrEnum):
    """Whether the account is in use (R53)."""

    active = "active"
    dormant = "dormant"
    closed = "closed"


class Security(StrEnum):
    """How a connection is protected."""

    tls = "tls"
    starttls = "starttls"
    #: In the clear: only for loopback and tests.
    none = "none"


#: As Outlook, Dovecot, Gmail and others name the folder, in Swedish, English and Finnish.
JUNK_NAMES = (
    "Skräppost", "Junk", "Junk E-mail", "Junk Email", "Spam", "[Gmail]/Spam", "[Gmail]/Skräppost", "INBOX.Junk",
    "INBOX.Spam", "Roskaposti",
)  # fmt: skip
SENT_NAMES = (
    "Skickat", "Skickade objekt", "Skickade", "Sent", "Sent Items", "Sent Messages", "Sent Mail", "[Gmail]/Sent Mail",
    "[Gmail]/Skickat", "INBOX.Sent", "Lähetetyt",
)  # fmt: skip


class OAuthKind(StrEnum):
    """What we show the token server to get a token."""

    client_secret = "client_secret"  # noqa: S105 - a word
    client_certificate = "client_certificate"
    refresh_token = "refresh_token"  # noqa: S105 - a word


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """How a token is got, in place of a password. Source: RFC 6749 sections 4.4 and 6, RFC 7523.

    `client_secret`, `certificate` and `refresh_token` name secrets, never hold them.
    """

    kind: OAuthKind
    token_url: str
    client_id: str
    scope: str = ""
    client_secret: str = ""
    #: The certificate and its private key, one after the other, in PEM.
    certificate: str = ""
    refresh_token: str = ""
    #: A token is renewed this long before it ends.
    renew_before: timedelta = timedelta(minutes=5)
    timeout_seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapConnection:
    """How a mailbox is read.

    `secret` names the secret (environment or secrets folder), never holds it; with `oauth` there is none.
    """

    host: str
    port: int = 993
    security: Security = Security.tls
    user: str = ""
    secret: str = ""
    oauth: OAuth | None = None
    #: The folder that mail arrives in.
    inbox: str = "INBOX"
    #: What the folders of junk and of sent mail may be called, in any case, where the server does not mark them by
    #: SPECIAL-USE (RFC 6154); the first that exists is read.
    junk: tuple[str, ...] = JUNK_NAMES
    sent: tuple[str, ...] = SENT_NAMES
    #: How long the server may be silent, at any step.
    timeout_seconds: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpConnection:
    """How mail leaves. `secret` names the secret; with `oauth` there is none; an empty `user` means no sign-in."""

    host: str
    port: int = 587
    security: Security = Security.starttls
    user: str = ""
    secret: str = ""
    oauth: OAuth | None = None
    #: The name given in EHLO; empty means this machine's.
    local_hostname: str = ""
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioConnection:
    """How a number's messages are read and sent. `secret` names the secret, never holds it.

    Numbers of one Twilio account are listed together.
    """

    #: AC and 32 hexadecimal digits.
    account_sid: str
    #: Names the auth token; with `api_key` that key's secret.
    secret: str
    #: SK and 32 hexadecimal digits; empty: one signs in with the account and its auth token.
    api_key: str = ""
    #: Names the auth token or the shared key that webhooks are signed with, where `secret` is not; empty: `secret`.
    webhook_secret: str = ""
    base_url: str = "https://api.twilio.com"
    #: How far back the first connection reads: what lies there is history (P14).
    history: timedelta = timedelta(days=30)
    #: A picture or a file larger than this is named, not fetched.
    most_media_bytes: int = 10_000_000
    timeout_seconds: float = 10.0

    @property
    def wire(self) -> str:
        """Return the provider's name, as it stands in the address of webhooks."""
        return "twilio"


@dataclass(frozen=True, slots=True, kw_only=True)
class FacebookConnection:
    """How a page is read and answered for. `secret`, `app_secret` and `verify_token` name secrets, never hold them."""

    #: Names the page's access token.
    secret: str
    #: The app that the token was made for.
    app_id: str = ""
    #: Names the app's secret: it proves our requests and Meta's webhooks; empty: neither is.
    app_secret: str = ""
    #: Names the word that Meta says when a webhook is set up; empty: there is no webhook.
    verify_token: str = ""
    #: Whether Meta lets people of this app answer for seven days (HUMAN_AGENT); else for one.
    human_agent: bool = False
    version: str = "v26.0"
    base_url: str = "https://graph.facebook.com"
    #: How far back the first connection reads: what lies there is history (P14).
    history: timedelta = timedelta(days=30)
    #: Comments are looked for under posts that are no older.
    posts: timedelta = timedelta(days=90)
    #: A picture or a file larger than this is named, not fetched.
    most_media_bytes: int = 10_000_000
    timeout_seconds: float = 10.0

    @property
    def wire(self) -> str:
        """Return the provider's name, as it stands in the address of webhooks."""
        return "facebook"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledConnection:
    """How an account is read and sent by a connector that another package brings."""

    #: As its package names it among the entry points `svarsvakt.connectors`.
    name: str
    #: Names the secret, never holds it; empty: there is none.
    secret: str = ""
    #: What the connector's own page says, by key.
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One watched address on one channel."""

    id: AccountId
    name: str
    organisation: OrganisationId
    unit: UnitId
    channel: Channel
    #: E-mail address in lower case, E.164 number or page id.
    address: str
    #: Other addresses that reach the same account, and old domains.
    aliases: tuple[str, ...] = ()
    tier: Tier = Tier.unit
    mode: Mode = Mode.queue
    auto_reply: AutoReply = AutoReply.shadow
    status: AccountStatus = AccountStatus.active
    #: None: the unit's own.
    schedule: ScheduleId | None = None
    #: None: the unit's own.
    manager: PersonId | None = None
    deputy: PersonId | None = None
    #: Who is to read it, such as the one whose name an employee's mailbox has. Empty: the unit together.
    readers: tuple[PersonId, ...] = ()
    #: Where senders are told to write while it is dormant or closed: an address, a number or a page.
    instead: str = ""
    #: Whether test mails from outside are sent to it.
    canary: bool = False
    #: Whether its address must stand on the public contact pages (R62). None: unless it is an employee's.
    published: bool | None = None
    #: When its manager last said that address, people, hours and number are right (R64). None: never.
    reviewed_on: date | None = None
    imap: ImapConnection | None = None
    smtp: SmtpConnection | None = None
    #: Messages a minute that its provider takes from us; 0: as fast as they go.
    send_rate: int = 0
    twilio: TwilioConnection | None = None
    facebook: FacebookConnection | None = None
    connector: InstalledConnection | None = None

    @property
    def is_connected(self) -> bool:
        """Return whether the settings say how the account is read."""
        return any(each is not None for each in (self.imap, self.twilio, self.facebook, self.connector))

    @property
    def is_to_be_published(self) -> bool:
        """Return whether its address must stand on the public contact pages (R62)."""
        return self.published if self.published is not None else self.tier is not Tier.employee

    @property
    def is_shown_as_address(self) -> bool:
        """Return whether its address can stand on a web page as such: a page's id never does."""
        return self.channel is not Channel.facebook

    @property
    def listed_back(self) -> timedelta | None:
        """Return how far back its inventory is sure to reach; None: to the beginning. What is older is not gone."""
        return self.facebook.history - timedelta(days=1) if self.facebook is not None else None

    @property
    def is_listed_together(self) -> bool:
        """Return whether its provider lists it together with the other accounts of its host."""
        return self.twilio is not None

    @property
    def host(self) -> str:
        """Return where it is read; accounts of one host share its places. Empty: nowhere."""
        if self.connector is not None:
            return f"{self.connector.name}/{self.id}"
        if self.imap is not None:
            return self.imap.host
        if self.facebook is not None:
            return f"facebook/{self.address}"
        return f"twilio/{self.twilio.account_sid}" if self.twilio is not None else ""

    @property
    def addresses(self) -> frozenset[str]:
        """Every address that reaches this account, in lower case."""
        return frozenset(address.lower() for address in (self.address, *self.aliases))
