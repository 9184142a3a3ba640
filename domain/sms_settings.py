"""SMS settings: who gets automatic SMS, and what they cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings:
    """Who gets automatic SMS."""

    #: domain.md 3.7 row 4: numbers that begin with one of these.
    countries: tuple[str, ...] = ("+46", "+358", "+47", "+45")
    #: What one part of an SMS costs, in kronor; 0: it is not said.
    part_price: float = 0.0
