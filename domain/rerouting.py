"""Rerouting: why a person gave a ticket to another unit (domain.md R63)."""

from enum import StrEnum


class RerouteReason(StrEnum):
    """What sent the ticket the wrong way first; counted by unit."""

    #: Whoever wrote, or passed it on, had a wrong address, number or name: the entry is to be mended.
    wrong_contact = "wrong_contact"
    #: The rules or the categories judged it wrongly.
    wrongly_sorted = "wrongly_sorted"
    #: More became known than the message said.
    more_known = "more_known"
