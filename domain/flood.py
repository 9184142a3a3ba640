"""Flood: numbers that begin alike, as those of one owner do who makes us send SMS that cost (*pumping*).

Source: domain.md 3.7 row 7.
"""

from typing import NamedTuple

from domain.ids import OrganisationId

#: Digits that are cut off: what begins alike are ten thousand numbers, which an operator gives out together.
CUT = 4

#: How the numbers begin that wrote to an organisation.
Beginning = tuple[OrganisationId, str]


class Flood(NamedTuple):
    """More SMS than are answered, of numbers that begin alike."""

    beginning: str
    #: Within an hour.
    came: int


def beginning_of(number: str) -> str | None:
    """Return how a number begins; None: it is a name or a short code, of which there is no range.

    >>> beginning_of("+46701740642"), beginning_of("71234")
    ('+4670174', None)
    """
    return number[:-CUT] if number.startswith("+") and len(number) > 2 * CUT else None
