"""accounts.toml: the mailboxes, numbers and pages that are watched."""

from datetime import date

from pydantic import Field

from domain.account import Account, AccountStatus, AutoReply, Channel, ImapConnection, Mode, Security, Tier
from domain.ids import AccountId, OrganisationId, PersonId, ScheduleId, UnitId
from settings.connector_table import ConnectorTable
from settings.facebook_table import FacebookTable
from settings.fields import Domain, Id, OneOrMany, SecretName, Table, Text
from settings.oauth_table import OAuthTable
from settings.site_file import SmtpTable
from settings.twilio_table import TwilioTable

_IMAP = ImapConnection(host="")


class ImapTable(Table):
    """How a mailbox is read."""

    host: Domain
    port: int = Field(default=_IMAP.port, ge=1, le=65535)
    security: Security = _IMAP.security
    user: str = _IMAP.user
    secret: SecretName | None = None
    oauth: OAuthTable | None = None
    inbox: Text = _IMAP.inbox
    junk: OneOrMany[Text] = _IMAP.junk
    sent: OneOrMany[Text] = _IMAP.sent
    timeout_seconds: float = Field(default=_IMAP.timeout_seconds, gt=0)

    def to_domain(self, address: str) -> ImapConnection:
        """Return the connection; without a user one signs in with the address."""
        changed = {"user": self.user or address, "secret": self.secret or ""}
        return ImapConnection(**{**dict(self), **changed, "oauth": self.oauth.to_domain() if self.oauth else None})


class AccountTable(Table):
    """One watched address on one channel."""

    name: Text
    organisation: Id
    unit: Id
    channel: Channel
    address: Text
    aliases: OneOrMany[Text] = ()
    tier: Tier = Tier.unit
    mode: Mode = Mode.queue
    auto_reply: AutoReply = AutoReply.shadow
    status: AccountStatus = AccountStatus.active
    schedule: Id | None = None
    manager: Id | None = None
    deputy: Id | None = None
    readers: OneOrMany[Id] = ()
    instead: str = ""
    published: bool | None = None
    reviewed_on: date | None = None
    canary: bool = False
    imap: ImapTable | None = None
    smtp: SmtpTable | None = None
    twilio: TwilioTable | None = None
    facebook: FacebookTable | None = None
    connector: ConnectorTable | None = None
    send_rate: int = Field(default=0, ge=0)

    def to_domain(self, id: str) -> Account:
        """Return the account, its addresses in lower case."""
        address = self.address.lower()
        return Account(
            id=AccountId(id),
            name=self.name,
            organisation=OrganisationId(self.organisation),
            unit=UnitId(self.unit),
            channel=self.channel,
            address=address,
            aliases=tuple(alias.lower() for alias in self.aliases),
            tier=self.tier,
            mode=self.mode,
            auto_reply=self.auto_reply,
            status=self.status,
            schedule=ScheduleId(self.schedule) if self.schedule else None,
            manager=PersonId(self.manager) if self.manager else None,
            deputy=PersonId(self.deputy) if self.deputy else None,
            readers=tuple(PersonId(id) for id in self.readers),
            instead=self.instead.strip(),
            published=self.published,
            reviewed_on=self.reviewed_on,
            canary=self.canary,
            imap=self.imap.to_domain(address) if self.imap else None,
            smtp=self.smtp.to_domain() if self.smtp else None,
            twilio=self.twilio.to_domain() if self.twilio else None,
            facebook=self.facebook.to_domain() if self.facebook else None,
            connector=self.connector.to_domain() if self.connector else None,
            send_rate=self.send_rate,
        )


class AccountsFile(Table):
    """The whole of accounts.toml."""

    accounts: dict[Id, AccountTable] = Field(default_factory=dict)
