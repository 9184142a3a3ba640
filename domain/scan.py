"""Scans: what a virus scanner says of a file."""

from enum import StrEnum


class Scanned(StrEnum):
    """What a virus scanner says of a file."""

    clean = "clean"
    infected = "infected"
    #: The scanner could not be asked, or gave no answer that we know.
    unchecked = "unchecked"
