"""Site: the whole configuration as one frozen value; an argument, never a global."""

from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parseaddr
from functools import cached_property
from typing import TypeVar
from urllib.parse import urlsplit

from domain.account import Account, AccountStatus, Channel, SmtpConnection, Tier
from domain.alerting import AlertSettings, DutySettings, SecondWay, SignalSettings
from domain.answering import AnswerSettings
from domain.brakes import BrakeSettings
from domain.calendar_version import calendar_version
from domain.canary import CanarySettings
from domain.category import Category
from domain.follow_up import FollowUpSettings
from domain.holding import HoldingSettings
from domain.hours import CalendarSettings, Schedule
from domain.ids import AccountId, CategoryId, OrganisationId, PersonId, ScheduleId, UnitId
from domain.organisation import Organisation, Unit
from domain.person import Person
from domain.phrase import Phrase
from domain.publishing import CrawlSettings
from domain.reply_template import ReplyTemplate
from domain.rule import Rule
from domain.rule_index import RuleIndex, index_rules
from domain.run_settings import RunSettings
from domain.service_level import HandlingTime, ServiceLevel, Target
from domain.signing_in import IdentitySettings, SignInSettings
from domain.sms_settings import SmsSettings
from domain.watching import WatchSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """How mail is trusted and marked."""

    #: Host names of our own border servers, as they stand after `by` in Received.
    border_servers: tuple[str, ...] = ()
    #: The authserv-id whose Authentication-Results we believe.
    authserv_id: str = ""
    #: Envelope sender of automatic messages; empty: the null path.
    bounce_address: str = ""
    #: Domain of our Message-IDs.
    message_id_domain: str
    #: domain.md 3.5 rule 2: reply to From when Return-Path belongs elsewhere and DMARC passed.
    from_as_destination: bool = False
    #: domain.md 3.3 row 44: reply to our own people too.
    reply_to_internal: bool = False
    #: domain.md 3.3 row 15: registered form senders, with the header that holds the citizen's address.
    form_senders: tuple[tuple[str, str], ...] = ()
    #: domain.md 3.3 row 28.
    most_recipients: int = 10
    #: domain.md 3.3 row 10.
    most_received: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSettings:
    """Thresholds of the classifier and the units it falls back on."""

    #: Languages that may be detected, by ISO 639 code.
    languages: tuple[str, ...] = ("sv", "fi", "en")
    #: Below this score a category is unclear.
    threshold: float = 1.0
    #: The best must beat the next by this share of its score.
    margin: float = 0.2


Item = TypeVar("Item", Organisation, Unit, Person, Account, Category, Schedule)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything a municipality has configured."""

    name: str
    #: The contact center's unit, where what is unclear goes.
    contact_center: UnitId
    organisations: tuple[Organisation, ...]
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    schedules: tuple[Schedule, ...]
    accounts: tuple[Account, ...]
    calendar: CalendarSettings
    service_levels: tuple[ServiceLevel, ...]
    handling_times: tuple[HandlingTime, ...] = ()
    holding: HoldingSettings = HoldingSettings()
    #: The latest notice of what a form of our own brings, counted beside the table (R24); None: the table alone.
    form_notice: Target | None = None
    categories: tuple[Category, ...]
    rules: tuple[Rule, ...]
    mail: MailSettings
    #: How alerts leave.
    alert_smtp: SmtpConnection | None = None
    alert_sender: str = ""
    #: How they leave when that way fails.
    second_way: SecondWay = SecondWay()
    alerts: AlertSettings = AlertSettings()
    #: Who is called when something cannot wait.
    duty: DutySettings = DutySettings()
    signal: SignalSettings = SignalSettings()
    sms: SmsSettings = SmsSettings()
    #: Where providers reach the pages from outside, such as `https://svarsvakt.exempelby.example`; empty: they do not,
    #: and everything is polled.
    public_address: str = ""
    #: Who is told at once of what cannot wait; none: the manager of its unit.
    on_duty: tuple[str, ...] = ()
    #: Who looks after the installation; empty: nobody is told.
    administrator: str = ""
    triage: TriageSettings = TriageSettings()
    brakes: BrakeSettings = BrakeSettings()
    answers: AnswerSettings = AnswerSettings()
    #: The answer bank, in the order in which it is offered.
    phrases: tuple[Phrase, ...] = ()
    watch: WatchSettings = WatchSettings()
    follow_ups: FollowUpSettings = FollowUpSettings()
    run: RunSettings = RunSettings()
    crawl: CrawlSettings = CrawlSettings()
    canary: CanarySettings = CanarySettings()
    sign_in: SignInSettings = SignInSettings()
    #: None: everybody has a local account.
    identity: IdentitySettings | None = None
    #: The site's own texts for citizens, in place of ours or beside them.
    reply_texts: tuple[ReplyTemplate, ...] = ()
    #: True in the demo only: texts that nobody has approved are sent, and say so.
    send_drafts: bool = False

    def organisation(self, id: OrganisationId) -> Organisation:
        """Return the organisation. Raises KeyError when there is none."""
        return self._organisations[id]

    def unit(self, id: UnitId) -> Unit:
        """Return the unit. Raises KeyError when there is none."""
        return self._units[id]

    def person(self, id: PersonId) -> Person:
        """Return the person. Raises KeyError when there is none."""
        return self._people[id]

    def account(self, id: AccountId) -> Account:
        """Return the account. Raises KeyError when there is none."""
        return self._accounts[id]

    def find_account(self, id: AccountId) -> Account | None:
        """Return the account; None: the settings know none by that name, or no longer."""
        return self._accounts.get(id)

    def category(self, id: CategoryId) -> Category:
        """Return the category. Raises KeyError when there is none."""
        return self._categories[id]

    def find_category(self, id: CategoryId) -> Category | None:
        """Return the category; None: the settings know none by that name, or no longer."""
        return self._categories.get(id)

    def schedule(self, id: ScheduleId) -> Schedule:
        """Return the schedule. Raises KeyError when there is none."""
        return self._schedules[id]

    def schedule_of(self, account: Account) -> Schedule:
        """Return the opening hours of an account: its own, else its unit's on that channel."""
        if account.schedule is not None:
            return self.schedule(account.schedule)
        return self.unit_schedule(account.unit, account.channel)

    def read_every(self, account: Account) -> timedelta | None:
        """Return how often an account is to be read; None: by nobody."""
        is_read = account.is_connected and account.status is not AccountStatus.closed
        return self.run.interval(account.channel) if is_read else None

    def unit_schedule(self, unit: UnitId, channel: Channel) -> Schedule:
        """Return the opening hours of a unit on a channel (R41). Raises KeyError when there is no such unit."""
        found = self.unit(unit)
        return self.schedule(dict(found.channel_schedules).get(channel, found.schedule))

    def calendar_of(self, organisation: OrganisationId) -> CalendarSettings:
        """Return the calendar of an organisation: the installation's, and the days it has closed for itself."""
        return self._calendars[organisation]

    @cached_property
    def _calendars(self) -> dict[OrganisationId, CalendarSettings]:
        return {
            each.id: replace(self.calendar, closed_days=(*self.calendar.closed_days, *each.closed_days))
            for each in self.organisations
        }

    @cached_property
    def calendar_versions(self) -> dict[OrganisationId, str]:
        """The version of every organisation's calendar, with all opening hours (P9)."""
        return {each.id: calendar_version(self.calendar_of(each.id), self.schedules) for each in self.organisations}

    def service_level(self, channel: Channel, tier: Tier) -> ServiceLevel:
        """Return the service level. Raises KeyError when that tier has none on that channel (R22)."""
        for level in self.service_levels:
            if (level.channel, level.tier) == (channel, tier):
                return level
        raise KeyError((channel, tier))

    def manager_of(self, account: Account) -> Person | None:
        """Return who answers for the account: its manager, its unit's, else the organisation's escalation."""
        unit = self.unit(account.unit)
        for id in (account.manager, unit.manager, self.organisation(account.organisation).escalation):
            if id is not None:
                return self.person(id)
        return None

    def manager_of_unit(self, id: UnitId) -> Person | None:
        """Return who answers for the unit: its manager, else the organisation's escalation."""
        unit = self.unit(id)
        for person in (unit.manager, self.organisation(unit.organisation).escalation):
            if person is not None:
                return self.person(person)
        return None

    def readers_of(self, account: Account) -> tuple[Person, ...]:
        """Return who is to read the account: those it names; of an employee's mailbox whoever has its address.

        Empty: the unit together.
        """
        if account.readers:
            return tuple(self.person(id) for id in account.readers)
        if account.tier is not Tier.employee:
            return ()
        return tuple(person for person in self.people if person.email in account.addresses)

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """Every address of every account, in lower case (domain.md 3.3 row 7)."""
        return frozenset(address for account in self.accounts for address in account.addresses)

    @cached_property
    def own_identities(self) -> frozenset[str]:
        """Every address that we send from: those of the accounts, of bounces and of alerts, in lower case."""
        identities = (parseaddr(text)[1].lower() for text in (self.mail.bounce_address, self.alert_sender))
        return frozenset({*self.own_addresses, *identities} - {""})

    @cached_property
    def _organisations(self) -> dict[str, Organisation]:
        return _by_id(self.organisations)

    @cached_property
    def _people(self) -> dict[str, Person]:
        return _by_id(self.people)

    @cached_property
    def _accounts(self) -> dict[str, Account]:
        return _by_id(self.accounts)

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return _by_id(self.units)

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return _by_id(self.categories)

    @cached_property
    def _schedules(self) -> dict[str, Schedule]:
        return _by_id(self.schedules)

    @cached_property
    def account_ids(self) -> frozenset[AccountId]:
        """The ids of all accounts."""
        return frozenset(account.id for account in self.accounts)

    @cached_property
    def rule_index(self) -> RuleIndex:
        """The rules by what they ask for."""
        return index_rules(self.rules)

    @cached_property
    def own_replies(self) -> dict[tuple[Channel, str, str], ReplyTemplate]:
        """The site's own texts by channel, name and language."""
        return {(text.channel, text.name, text.language): text for text in self.reply_texts}

    def hook_address(self, wire: str, account: Account) -> str:
        """Return where a provider posts what concerns an account; empty: it cannot reach us."""
        return f"{self.public_address}/hooks/{wire}/{account.id}" if self.public_address else ""

    def is_own_page(self, url: str) -> bool:
        """Ask whether an address leads to a page under a domain of ours, over https."""
        host = (urlsplit(url).hostname or "").lower()
        own = any(host == domain or host.endswith(f".{domain}") for domain in self.own_domains)
        return own and url.startswith("https://")

    @cached_property
    def own_domains(self) -> frozenset[str]:
        """Every domain of every organisation, in lower case (domain.md 3.3 row 44)."""
        return frozenset(domain.lower() for each in self.organisations for domain in each.domains)


def _by_id(items: tuple[Item, ...]) -> dict[str, Item]:
    # The first of those that have one name, should the settings let it pass.
    return {item.id: item for item in reversed(items)}
