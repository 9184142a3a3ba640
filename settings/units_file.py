"""units.toml: the units that answer, and the people who are told when they do not."""

from pydantic import Field

from domain.account import Channel
from domain.ids import OrganisationId, PersonId, ScheduleId, UnitId
from domain.organisation import Unit
from settings.fields import Id, Table, Text
from settings.people_file import PersonTable


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


class UnitsFile(Table):
    """The whole of units.toml."""

    units: dict[Id, UnitTable] = Field(min_length=1)
    people: dict[Id, PersonTable] = Field(default_factory=dict)
