"""Scans: what a virus scanner says of a file."""

from enum import StrEnum
from typing import Protocol


class Scanned(StrEnum):
    """What a virus scanner says of a file."""

    clean = "clean"
    infected = "infected"
    #: The scanner could not be asked, or gave no answer that we know.
    unchecked = "unchecked"


class Scanner(Protocol):
    """A virus scanner."""

    def scan(self, content: bytes) -> Scanned:
        """Return what it says of a file; it never fails: what goes wrong on the way leaves the file unchecked."""
        ...

    def signatures(self) -> str:
        """Return the version of what it knows; empty: it cannot be asked."""
        ...
