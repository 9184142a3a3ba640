"""Alerting: the settings of who is told, when and by which way; and what is known of who was told."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.account import SmtpConnection, TwilioConnection
from domain.finding import FindingKind
from domain.ids import AccountId, FindingId, OrganisationId, PersonId, TicketId, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """When managers are told, and how long the links in their mails hold."""

    #: Local time of the one digest of a working day.
    digest_at: time = time(7, 30)
    #: Working days without acknowledgement or closing after which the next in line is told.
    escalate_after: int = 2
    #: From so many accounts with one cause on, the cause is told of once, to who looks after the installation.
    group_from: int = 5
    #: Kinds that are told at once for every account, beside those that always are.
    at_once: tuple[FindingKind, ...] = ()
    #: Names the secret that links are signed with; empty: alerts carry no links.
    link_secret: str = ""
    #: How long a link may acknowledge.
    link_lasts: timedelta = timedelta(days=14)
    #: The longest that an acknowledgement may keep a finding quiet.
    quiet_at_most: timedelta = timedelta(days=60)


class Way(StrEnum):
    """By what somebody on duty is reached."""

    sms = "sms"
    email = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Who is on duty in some hours of some days."""

    #: Who is called first, then next.
    who: tuple[PersonId, ...]
    #: Days of the week on which it begins, Monday being 0.
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    #: Local times; one that ends at or before its beginning ends on the next day.
    begins: time = time(0, 0)
    ends: time = time(0, 0)
    #: The dates on which it begins, both included; None is open-ended.
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySettings:
    """The rota: who is called when something cannot wait, and how often."""

    #: Those of the shift that stands first are called first.
    shifts: tuple[Shift, ...] = ()
    #: How long one waits for an answer before the next call.
    repeat_every: timedelta = timedelta(minutes=5)
    #: Calls to one person before the next one is called.
    tries: int = 3
    #: How often everybody is called, once each has been called alone and nobody answered.
    everybody_every: timedelta = timedelta(minutes=30)
    #: The first call goes by the first, and with each further call one way more is tried.
    by: tuple[Way, ...] = (Way.sms, Way.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSms:
    """How alerts leave by SMS."""

    twilio: TwilioConnection
    #: What the reader sees as sender: E.164.
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSettings:
    """The dead-man's signal, and from when on the workers count as stalled."""

    #: Asked for with GET while all is well; empty: there is no signal.
    url: str = ""
    every: timedelta = timedelta(minutes=5)
    #: A part of the work that nobody has done for so long has stalled.
    stalled_after: timedelta = timedelta(minutes=3)
    #: What waits longer in a queue of ours says that it does not move.
    longest_wait: timedelta = timedelta(minutes=15)
    timeout_seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondWay:
    """How alerts leave when the first way fails: by another mail server, then by SMS."""

    smtp: SmtpConnection | None = None
    sms: AlertSms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody was told something, once."""

    #: Such as `finding/12`, `ticket/34` or `digest/2026-11-24`.
    subject: str
    #: Their address or number.
    to: str
    #: Which of the times it was, such as `at_once`, `over` or `0`.
    step: str
    at: datetime
    finding: FindingId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncedAlert:
    """An alert that did not reach its reader."""

    organisation: OrganisationId
    #: In whose name it went.
    account: AccountId
    to: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody has taken notice of a finding: it is quiet until a date."""

    finding: FindingId
    #: As the event log names them, such as `link/olle-rudberga` or `user/bo`.
    by: str
    reason: str
    at: datetime
    #: The last day of quiet.
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A ticket that cannot wait: whoever is on duty is called until somebody answers."""

    ticket: TicketId
    organisation: OrganisationId
    account: AccountId
    unit: UnitId
    number: str
    arrived_at: datetime
    opened_at: datetime
    ended_at: datetime | None = None
    #: As the event log names them.
    ended_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Open tickets of a unit that are past their time."""

    unit: UnitId
    count: int
    #: When the first and the last of them fell due.
    oldest_due_at: datetime
    newest_due_at: datetime
