"""The pace at which a page is asked: slower and slower as Meta's limit comes near, and never so that it stops.

Source: Meta's "Rate limits": `X-App-Usage` and `X-Business-Use-Case-Usage` say how much is used, in percent.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

_HEADERS = ("x-app-usage", "x-page-usage", "x-ad-account-usage", "x-business-use-case-usage")
_SHARES = ("call_count", "total_time", "total_cputime", "acc_id_util_pct")

#: From how much of the limit, in percent, there is this much rest between two visits.
REST = (
    (95, timedelta(minutes=15)),
    (85, timedelta(minutes=5)),
    (70, timedelta(minutes=2)),
    (50, timedelta(minutes=1)),
)
#: However long Meta says that it takes: a page is asked at least this often.
LONGEST_REST = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of Meta's limits is used."""

    #: Of the limit that is nearest, in percent.
    percent: int = 0
    #: How long until there is room again, if a limit is reached.
    regained_in: timedelta = timedelta(0)

    @property
    def rest(self) -> timedelta:
        """Return how long to wait before the next visit; zero: as always.

        >>> Usage(72).rest
        datetime.timedelta(seconds=120)
        """
        by_share = next((rest for share, rest in REST if self.percent >= share), timedelta(0))
        return min(max(by_share, self.regained_in), LONGEST_REST)


def read_usage(headers: Mapping[str, str]) -> Usage:
    """Return what the headers of an answer say; what cannot be read counts as nothing used."""
    parts = [part for name in _HEADERS for part in _parts(headers.get(name, ""))]
    percent = max((_number(part.get(share)) for part in parts for share in _SHARES), default=0)
    minutes = max((_number(part.get("estimated_time_to_regain_access")) for part in parts), default=0)
    return Usage(percent, timedelta(minutes=min(minutes, 10_000)))


def _parts(value: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that hold shares: the header's own, or those it lists for each business."""
    try:
        said = json.loads(value) if value else {}
    except ValueError:
        return
    if not isinstance(said, dict):
        return
    yield said
    for listed in said.values():
        yield from (each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()


def _number(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value == value else 0
