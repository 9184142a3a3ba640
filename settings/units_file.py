"""units.toml: the units that answer, and the people who are told when they do not."""

from pydantic import Field

from domain.account import Channel
from domain.ids import OrganisationId, PersonId, ScheduleId, UnitId
from domain.site import Person, Unit
from settings.fields import Email, Id, Table, Text


class UnitTable(Table):
    """A unit (*verksamhet*) that answers."""

    name: Text
    organisation: Id
    schedule: Id
    channel_schedules: dict[Channel, Id] = Field(default_factory=dict)
    manager: Id | None = None
    deputy: Id | None = None

    def to_domain(self, id: str) -> Unit:
        """Return the unit."""
        return Unit(
            id=UnitId(id),
            name=self.name,
            organisation=OrganisationId(self.organisation),
            schedule=ScheduleId(self.schedule),
            channel_schedules=tuple((channel, ScheduleId(id)) for channel, id in self.channel_schedules.items()),
            manager=PersonId(self.manager) if self.manager else None,
            deputy=PersonId(self.deputy) if self.deputy else None,
        )


class PersonTable(Table):
    """Somebody who gets alerts."""

    name: Text
    email: Email
    phone: str = ""

    def to_domain(self, id: str) -> Person:
        """Return the person."""
        return Person(id=PersonId(id), name=self.name, email=self.email, phone=self.phone)


class UnitsFile(Table):
    """The whole of units.toml."""

    units: dict[Id, UnitTable] = Field(min_length=1)
    people: dict[Id, PersonTable] = Field(default_factory=dict)
