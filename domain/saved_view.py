"""Saved views: the queue narrowed in a way that somebody keeps under a name."""

from dataclasses import dataclass

from domain.ids import SavedViewId, UnitId, UserId

#: Characters of a name: it stands in the side.
LONGEST_NAME = 60

#: Views of one person; more would be a list to search in.
MOST_VIEWS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """One saved view."""

    id: SavedViewId
    #: Who saved it.
    user: UserId
    #: The unit whose members see it too; None: only who saved it does.
    unit: UnitId | None
    name: str
    #: The filter as it stands in the address, with its question mark.
    query: str
