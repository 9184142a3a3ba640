"""Tables of site.toml about alerts: when they go, by which ways, who is on duty, and the dead-man's signal."""

from datetime import date
from typing import Annotated

from pydantic import Field, PlainValidator, StringConstraints, model_validator

from domain.alerting import AlertSettings, AlertSms, DutySettings, Shift, SignalSettings, Way
from domain.finding import FindingKind
from domain.ids import PersonId
from settings.fields import HTTPS, Count, Duration, Id, OneOrMany, SecretName, Table, TimeOfDay
from settings.hours_file import days_of
from settings.twilio_table import TwilioTable

_ALERTS = AlertSettings()
_DUTY = DutySettings()
_SHIFT = Shift(who=())
_SIGNAL = SignalSettings()

_E164 = r"^\+[1-9][0-9]{6,14}$"


def _days_of(given: object) -> tuple[int, ...]:
    keys = given if isinstance(given, list | tuple) else [given]
    return tuple(sorted({day for key in keys for day in days_of(str(key))}))


class AlertsTable(Table):
    """When managers are told, and how long the links in their mails hold."""

    digest_at: TimeOfDay = _ALERTS.digest_at
    escalate_after: Count = _ALERTS.escalate_after
    group_from: int = Field(default=_ALERTS.group_from, ge=2)
    at_once: OneOrMany[FindingKind] = _ALERTS.at_once
    link_secret: SecretName | None = None
    link_lasts: Duration = _ALERTS.link_lasts
    quiet_at_most: Duration = _ALERTS.quiet_at_most

    def to_domain(self) -> AlertSettings:
        """Return the settings."""
        return AlertSettings(**{**dict(self), "link_secret": self.link_secret or ""})


class AlertSmsTable(TwilioTable):
    """How alerts leave by SMS."""

    number: Annotated[str, StringConstraints(pattern=_E164)]

    def to_way(self) -> AlertSms:
        """Return the way."""
        connection = TwilioTable(**{key: value for key, value in dict(self).items() if key != "number"})
        return AlertSms(twilio=connection.to_domain(), number=self.number)


class ShiftTable(Table):
    """Who is on duty in some hours of some days."""

    who: OneOrMany[Id] = Field(min_length=1)
    days: Annotated[tuple[int, ...], PlainValidator(_days_of)] = Field(default=("mon-sun",), validate_default=True)
    begins: TimeOfDay = _SHIFT.begins
    ends: TimeOfDay = _SHIFT.ends
    first: date | None = None
    last: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "ShiftTable":
        if self.first and self.last and self.last < self.first:
            raise ValueError("last lies before first")
        return self

    def to_domain(self) -> Shift:
        """Return the shift."""
        return Shift(**{**dict(self), "who": tuple(PersonId(each) for each in self.who)})


class DutyTable(Table):
    """The rota: who is called when something cannot wait, and how often."""

    shifts: tuple[ShiftTable, ...] = ()
    repeat_every: Duration = _DUTY.repeat_every
    tries: Count = _DUTY.tries
    everybody_every: Duration = _DUTY.everybody_every
    by: OneOrMany[Way] = Field(default=_DUTY.by, min_length=1)

    def to_domain(self) -> DutySettings:
        """Return the rota."""
        return DutySettings(**{**dict(self), "shifts": tuple(each.to_domain() for each in self.shifts)})


class SignalTable(Table):
    """The dead-man's signal, and from when on a part of the work counts as stalled."""

    url: Annotated[str, StringConstraints(pattern=HTTPS)] | None = None
    every: Duration = _SIGNAL.every
    stalled_after: Duration = _SIGNAL.stalled_after
    longest_wait: Duration = _SIGNAL.longest_wait
    timeout_seconds: float = Field(default=_SIGNAL.timeout_seconds, gt=0)

    def to_domain(self) -> SignalSettings:
        """Return the settings."""
        return SignalSettings(**{**dict(self), "url": self.url or ""})
