"""Notes about a unit in its manager's digest: numbers alone, none of what is sensitive (domain.md 7.7, P12). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.ids import UnitId
from domain.person import Person
from domain.site import Site


class NoteKind(StrEnum):
    """What a note counts."""

    #: Messages in Finnish that wait for a person's answer since before today.
    finnish = "finnish"
    #: Requests for records that do (JO: an answer on the same day).
    records = "records"
    #: Answers that fell due last week and were not given by then.
    broken = "broken"
    #: Sends of which nobody knows whether they went, until a person says so (P8).
    uncertain = "uncertain"
    #: Sends of earlier days that were refused, in open tickets, and that nothing has gone out after.
    refused = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNote:
    """How many of something a unit has."""

    unit: UnitId
    kind: NoteKind
    count: int
    #: When the newest of them arrived, or fell due; aware UTC.
    newest_at: datetime

    def telling(self) -> tuple[str, str]:
        """Return the subject and step by which tellings name it: it is news again when another one came."""
        return f"note/{self.unit}/{self.kind}", self.newest_at.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReview:
    """A handling time whose review date has passed: it is used no longer (R34)."""

    #: What citizens call the errand.
    category: str
    owner: Person
    review_by: date
    subject: str


def past_review(site: Site, day: date) -> Iterator[PastReview]:
    """Yield the handling times that are to be gone through."""
    names = {each.id: each.name for each in site.categories}
    for each in site.handling_times:
        if each.review_by < day:
            yield PastReview(
                category=names.get(each.category, each.category), owner=site.person(each.owner),
                review_by=each.review_by, subject=f"handling/{each.category}/{each.review_by}",
            )  # fmt: skip
