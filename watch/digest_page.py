"""Digest page: what one reader's mail of a working day is put together from. Pure."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.account import Account
from domain.alerting import Late
from domain.finding import Finding
from domain.ids import FindingId
from domain.person import Person
from watch.cause import Cause
from watch.summer import Unready
from watch.unit_notes import PastReview, UnitNote


class News(StrEnum):
    """What is new about a finding to its reader; in the order of the mail."""

    new = "new"
    #: Somebody nearer was told and has not acted.
    risen = "risen"
    #: It has come a step further, and was told of before.
    sharper = "sharper"
    #: It was acknowledged until a date that has passed.
    again = "again"
    still = "still"
    #: Somebody else mends it.
    grouped = "grouped"
    closed = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One finding in a digest."""

    finding: Finding
    news: News
    #: It is told of for all accounts that it hits, to who mends it.
    cause: Cause | None = None
    #: Who was told before its reader, and when; None: nobody nearer was.
    before: Person | None = None
    told_on: date | None = None
    #: Who is told next, and when, if nothing happens; None: nobody is left.
    next: Person | None = None
    rises_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateItem:
    """A unit's late tickets in a digest."""

    late: Late
    #: How many steps up its reader stands.
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One mail to one person about one organisation."""

    person: Person
    items: tuple[Item, ...] = ()
    late: tuple[LateItem, ...] = ()
    #: The units that are not ready for the summer.
    summer: tuple[Unready, ...] = ()
    #: The accounts whose contact entries are to be gone through, longest due first.
    reviews: tuple[Account, ...] = ()
    #: Numbers about units, and handling times that are used no longer.
    notes: tuple[UnitNote, ...] = ()
    past_review: tuple[PastReview, ...] = ()
    #: What is new to them by it: subject, step and finding.
    tells: tuple[tuple[str, str, FindingId | None], ...] = ()


@dataclass(slots=True)
class Page:
    """A digest that is being put together: one reader's."""

    person: Person
    items: list[Item] = field(default_factory=list)
    late: list[LateItem] = field(default_factory=list)
    summer: list[Unready] = field(default_factory=list)
    reviews: list[Account] = field(default_factory=list)
    notes: list[UnitNote] = field(default_factory=list)
    past_review: list[PastReview] = field(default_factory=list)
    tells: list[tuple[str, str, FindingId | None]] = field(default_factory=list)

    def digest(self) -> Digest:
        """Return it as it is sent: findings by what is new about them, then the oldest first."""
        order = list(News)
        items = sorted(self.items, key=lambda item: (order.index(item.news), item.finding.opened_at, item.finding.id))
        return Digest(
            person=self.person, items=tuple(items), late=tuple(self.late), summer=tuple(self.summer),
            reviews=tuple(self.reviews), notes=tuple(self.notes),
            past_review=tuple(self.past_review), tells=tuple(self.tells),
        )  # fmt: skip


def page_of(pages: dict[str, Page], person: Person) -> Page:
    """Return somebody's page, a new one where they have none yet."""
    return pages.setdefault(person.email, Page(person))
