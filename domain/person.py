"""People: who answers for accounts and reads them, until when they are employed, and when they are away."""

from dataclasses import dataclass
from datetime import date

from domain.ids import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days on which somebody is away."""

    first: date
    #: The last day; None: until further notice.
    last: date | None = None
    #: Who does the work meanwhile.
    covered_by: PersonId | None = None
    #: The address that the person's mail is sent on to meanwhile (R51); empty: nowhere.
    forwarded_to: str = ""

    def holds_on(self, day: date) -> bool:
        """Ask whether the person is away that day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who gets alerts, or reads an account."""

    id: PersonId
    name: str
    email: str
    phone: str = ""
    #: The last day of the employment; None: no end is known (R52).
    employed_until: date | None = None
    absences: tuple[Absence, ...] = ()
    #: Who stands in when an absence names nobody.
    deputy: PersonId | None = None

    def has_left(self, day: date) -> bool:
        """Ask whether the employment had ended before that day."""
        return self.employed_until is not None and self.employed_until < day

    def absence_on(self, day: date) -> Absence | None:
        """Return the absence that holds that day; of several, the one that began first."""
        held = (each for each in self.absences if each.holds_on(day))
        return min(held, key=lambda each: each.first, default=None)

    def is_there(self, day: date) -> bool:
        """Ask whether the person is employed and not away that day."""
        return not self.has_left(day) and self.absence_on(day) is None

    def cover_on(self, day: date) -> PersonId | None:
        """Return who stands in that day: whom the absence names, else the deputy. None: nobody, or nobody is needed."""
        absence = self.absence_on(day)
        return None if absence is None else absence.covered_by or self.deputy
