"""people.toml: the people, as an export of the staff register gives them; those of units.toml stand beside."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from domain.ids import PersonId
from domain.person import Absence, Person
from settings.fields import Email, Id, Table, Text


class AbsenceTable(Table):
    """Days on which somebody is away."""

    first: date
    last: date | None = None
    covered_by: Id | None = None
    forwarded_to: Email | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise ValueError("last comes before first")
        return self

    def to_domain(self) -> Absence:
        """Return the absence."""
        return Absence(
            first=self.first,
            last=self.last,
            covered_by=PersonId(self.covered_by) if self.covered_by else None,
            forwarded_to=self.forwarded_to or "",
        )


class PersonTable(Table):
    """Somebody who gets alerts, or reads an account."""

    name: Text
    email: Email
    phone: str = ""
    employed_until: date | None = None
    deputy: Id | None = None
    absences: tuple[AbsenceTable, ...] = ()

    def to_domain(self, id: str) -> Person:
        """Return the person."""
        return Person(
            id=PersonId(id),
            name=self.name,
            email=self.email,
            phone=self.phone,
            employed_until=self.employed_until,
            deputy=PersonId(self.deputy) if self.deputy else None,
            absences=tuple(each.to_domain() for each in self.absences),
        )


class PeopleFile(Table):
    """The whole of people.toml, which may be missing."""

    people: dict[Id, PersonTable] = Field(default_factory=dict)
