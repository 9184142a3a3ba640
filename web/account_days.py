"""The strip of an account's last days, as a drawing and as a table. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from domain.instant import STOCKHOLM
from domain.register import Day
from web.times import say_day
from web.words import Words

#: The drawing, in its own units: a day's width with its gap, and the highest bar.
STEP, WIDTH, HEIGHT = 6, 4, 20


@dataclass(frozen=True, slots=True)
class ShownDay:
    """One day: in words, and where its bars stand in the drawing."""

    day: str
    received: int
    handled: int
    is_red: bool
    x: int
    #: Heights.
    received_height: int
    handled_height: int


@dataclass(frozen=True, slots=True)
class Strip:
    """The last days of an account, oldest first."""

    days: tuple[ShownDay, ...]
    received: int
    handled: int
    red: int
    #: The whole in one sentence, for whoever does not see the drawing.
    summary: str
    width: int


def strip_of(days: Sequence[Day], words: Words) -> Strip:
    """Return the strip; its highest bar is the account's own busiest day."""
    most = max((max(day.received, day.handled) for day in days), default=0)
    shown = tuple(
        ShownDay(
            day=say_day(datetime.combine(day.day, time(12), STOCKHOLM), words),
            received=day.received,
            handled=day.handled,
            is_red=bool(day.red),
            x=STEP * number,
            received_height=_height(day.received, most),
            handled_height=_height(day.handled, most),
        )
        for number, day in enumerate(days)
    )
    received, handled = sum(day.received for day in days), sum(day.handled for day in days)
    red = sum(bool(day.red) for day in days)
    said = words.gettext("%(n)s dagar: %(received)s kom, %(handled)s hanterades, %(red)s röda dagar") % {
        "n": len(days), "received": received, "handled": handled, "red": red,
    }  # fmt: skip
    return Strip(days=shown, received=received, handled=handled, red=red, summary=said, width=STEP * len(days))


def _height(count: int, most: int) -> int:
    """Return a bar's height: something is never as low as nothing."""
    return max(2, round(HEIGHT * count / most)) if count else 0
