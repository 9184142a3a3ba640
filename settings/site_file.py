"""site.toml: the organisations, and what holds for the whole installation."""

from datetime import date

from pydantic import Field

from domain.account import Security, SmtpConnection
from domain.answering import AnswerSettings
from domain.brakes import BrakeSettings
from domain.canary import CanarySettings
from domain.follow_up import FollowUpSettings
from domain.ids import OrganisationId, PersonId
from domain.organisation import Organisation
from domain.publishing import CrawlSettings
from domain.run_settings import RunSettings
from domain.site import MailSettings, TriageSettings
from domain.sms_settings import SmsSettings
from settings.alert_tables import AlertSmsTable, AlertsTable, DutyTable, SignalTable
from settings.fields import (
    Count,
    Domain,
    Duration,
    Email,
    Https,
    Id,
    Language,
    OneOrMany,
    Prefix,
    PublicAddress,
    SecretName,
    SmsName,
    Suffix,
    Table,
    Text,
)
from settings.identity_tables import IdentityTable, SignInTable
from settings.oauth_table import OAuthTable
from settings.watch_table import WatchTable

_ANSWERS = AnswerSettings()
_BRAKES = BrakeSettings()
_CANARY = CanarySettings()
_CRAWL = CrawlSettings()
_FOLLOW_UPS = FollowUpSettings()
_MAIL = MailSettings(message_id_domain="")
_RUN = RunSettings()
_SMS = SmsSettings()
_SMTP = SmtpConnection(host="")
_TRIAGE = TriageSettings()


class OrganisationTable(Table):
    """A municipality or one of its companies."""

    name: Text
    domains: tuple[Domain, ...] = Field(min_length=1)
    contact: Text
    privacy_url: Text
    sms_name: SmsName = ""
    on_call: str = ""
    complaint_url: Https = ""
    escalation: Id | None = None
    contact_pages: OneOrMany[Https] = ()
    closed_days: tuple[date, ...] = ()

    def to_domain(self, id: str) -> Organisation:
        """Return the organisation."""
        return Organisation(
            id=OrganisationId(id),
            name=self.name,
            domains=self.domains,
            contact=self.contact,
            privacy_url=self.privacy_url,
            sms_name=self.sms_name,
            on_call=self.on_call,
            complaint_url=self.complaint_url,
            escalation=PersonId(self.escalation) if self.escalation else None,
            contact_pages=self.contact_pages,
            closed_days=self.closed_days,
        )


class SmtpTable(Table):
    """How mail leaves."""

    host: Domain
    port: int = Field(default=_SMTP.port, ge=1, le=65535)
    security: Security = _SMTP.security
    user: str = _SMTP.user
    secret: SecretName | None = None
    oauth: OAuthTable | None = None
    local_hostname: str = _SMTP.local_hostname
    timeout_seconds: float = Field(default=_SMTP.timeout_seconds, gt=0)

    def to_domain(self) -> SmtpConnection:
        """Return the connection."""
        changed = {"secret": self.secret or "", "oauth": self.oauth.to_domain() if self.oauth else None}
        return SmtpConnection(**{**dict(self), **changed})


class MailTable(Table):
    """How mail is trusted and marked."""

    border_servers: tuple[Domain, ...] = _MAIL.border_servers
    authserv_id: str = _MAIL.authserv_id
    bounce_address: Email | None = None
    message_id_domain: Domain
    from_as_destination: bool = _MAIL.from_as_destination
    reply_to_internal: bool = _MAIL.reply_to_internal
    form_senders: dict[Email, Text] = Field(default_factory=dict)
    most_recipients: Count = _MAIL.most_recipients
    most_received: Count = _MAIL.most_received

    def to_domain(self) -> MailSettings:
        """Return the settings; an unset bounce address is the null path."""
        changed = {"bounce_address": self.bounce_address or "", "form_senders": tuple(self.form_senders.items())}
        return MailSettings(**{**dict(self), **changed})


class SmsTable(Table):
    """Who gets automatic SMS."""

    countries: tuple[Prefix, ...] = Field(default=_SMS.countries, min_length=1)
    part_price: float = Field(default=_SMS.part_price, ge=0, le=100)

    def to_domain(self) -> SmsSettings:
        """Return the settings."""
        return SmsSettings(**dict(self))


class TriageTable(Table):
    """Thresholds of the classifier."""

    languages: tuple[Language, ...] = Field(default=_TRIAGE.languages, min_length=1)
    threshold: float = Field(default=_TRIAGE.threshold, gt=0)
    margin: float = Field(default=_TRIAGE.margin, ge=0, le=1)

    def to_domain(self) -> TriageSettings:
        """Return the thresholds."""
        return TriageSettings(**dict(self))


class BrakesTable(Table):
    """How often automatic replies may go."""

    receipt_window: Duration = _BRAKES.receipt_window
    closed_window: Duration = _BRAKES.closed_window
    address_per_day: Count = _BRAKES.address_per_day
    installation_per_hour: Count = _BRAKES.installation_per_hour
    oldest: Duration = _BRAKES.oldest
    sms_window: Duration = _BRAKES.sms_window
    sms_prefix_per_hour: Count = _BRAKES.sms_prefix_per_hour
    suppressed_for: Duration = _BRAKES.suppressed_for

    def to_domain(self) -> BrakeSettings:
        """Return the brakes."""
        return BrakeSettings(**dict(self))


class AnswersTable(Table):
    """What people's answers may carry."""

    most_files: Count = _ANSWERS.most_files
    largest_file_bytes: Count = _ANSWERS.largest_file_bytes
    largest_together_bytes: Count = _ANSWERS.largest_together_bytes
    forbidden_suffixes: tuple[Suffix, ...] = _ANSWERS.forbidden_suffixes
    longest_text: Count = _ANSWERS.longest_text
    undo: Duration = _ANSWERS.undo
    forward_days: Count = _ANSWERS.forward_days

    def to_domain(self) -> AnswerSettings:
        """Return the limits."""
        return AnswerSettings(**dict(self))


class FollowUpsTable(Table):
    """How long a closed ticket can be gone on with."""

    reopen_within: Duration = _FOLLOW_UPS.reopen_within

    def to_domain(self) -> FollowUpSettings:
        """Return the settings."""
        return FollowUpSettings(**dict(self))


class RunTable(Table):
    """How often and how much."""

    poll_every: Duration = _RUN.poll_every
    poll_sms_every: Duration = _RUN.poll_sms_every
    connections_per_host: Count = _RUN.connections_per_host
    reading_lease: Duration = _RUN.reading_lease
    message_lease: Duration = _RUN.message_lease
    reply_lease: Duration = _RUN.reply_lease
    handing_over_lease: Duration = _RUN.handing_over_lease

    def to_domain(self) -> RunSettings:
        """Return how often and how much."""
        return RunSettings(**dict(self))


class CrawlTable(Table):
    """How the public contact pages are read."""

    every: Duration = _CRAWL.every
    delay: Duration = _CRAWL.delay
    contact: Email | None = None
    timeout_seconds: float = Field(default=_CRAWL.timeout_seconds, gt=0)
    most_bytes: Count = _CRAWL.most_bytes

    def to_domain(self) -> CrawlSettings:
        """Return the settings."""
        return CrawlSettings(**{**dict(self), "contact": self.contact or ""})


class CanaryTable(Table):
    """How test mails from outside are sent."""

    smtp: SmtpTable
    sender: Email
    every: Duration = _CANARY.every
    within: Duration = _CANARY.within

    def to_domain(self) -> CanarySettings:
        """Return the settings."""
        return CanarySettings(smtp=self.smtp.to_domain(), sender=self.sender, every=self.every, within=self.within)


class SiteFile(Table):
    """The whole of site.toml."""

    name: Text
    contact_center: Id
    alert_sender: Email | None = None
    public_address: PublicAddress | None = None
    on_duty: OneOrMany[Email] = ()
    administrator: Email | None = None
    alert_smtp: SmtpTable | None = None
    second_smtp: SmtpTable | None = None
    alert_sms: AlertSmsTable | None = None
    alerts: AlertsTable = AlertsTable()
    duty: DutyTable = DutyTable()
    signal: SignalTable = SignalTable()
    organisations: dict[Id, OrganisationTable] = Field(min_length=1)
    mail: MailTable
    sms: SmsTable = SmsTable()
    triage: TriageTable = TriageTable()
    brakes: BrakesTable = BrakesTable()
    answers: AnswersTable = AnswersTable()
    watch: WatchTable = WatchTable()
    follow_ups: FollowUpsTable = FollowUpsTable()
    run: RunTable = RunTable()
    crawl: CrawlTable = CrawlTable()
    canary: CanaryTable | None = None
    sign_in: SignInTable = SignInTable()
    identity: IdentityTable | None = None
