"""Quiet: what the form of an acknowledgement offers on an account's page, and what was said before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.alerting import Acknowledgement
from domain.ids import FindingId
from domain.open_time import local_date
from pipeline.acknowledge import LONGEST_REASON
from store.acknowledgements import list_acknowledged
from store.database import Connection
from web.acknowledge import SUGGESTED
from web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """What can be chosen, as dates in ISO 8601, and the acknowledgements that hold."""

    suggested: str
    first: str
    last: str
    longest: int
    said: Mapping[FindingId, Acknowledgement]


def quiet_of(connection: Connection, visit: Visit, findings: Collection[FindingId]) -> Quiet:
    """Return what the form offers today, and which of these findings are acknowledged."""
    today, latest = local_date(visit.now), local_date(visit.now + visit.site.alerts.quiet_at_most)
    said = list_acknowledged(connection, visit.viewer, findings)
    return Quiet(
        suggested=min(today + SUGGESTED, latest).isoformat(),
        first=today.isoformat(),
        last=latest.isoformat(),
        longest=LONGEST_REASON,
        said={id: each for id, each in said.items() if today <= each.until},
    )
