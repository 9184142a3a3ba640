"""Acknowledge: somebody takes notice of a finding until a date, or takes a ticket that is called about.

Reads: the finding, or the call.
Writes: the acknowledgement, or the end of the call; an event.
"""

from datetime import datetime

from domain.alerting import Acknowledgement
from domain.errors import BadInput
from domain.finding import Finding
from domain.ids import TicketId
from domain.open_time import local_date
from domain.person import Person
from domain.phone import normal_number
from domain.site import Site
from domain.viewer import MACHINE, Viewer
from pipeline.call import end
from store.acknowledgements import add_acknowledgement
from store.calls import get_call
from store.database import Database
from store.events import append
from store.findings import get_finding

#: Characters of a reason.
LONGEST_REASON = 500


def acknowledge(
    database: Database, site: Site, said: Acknowledgement, *, viewer: Viewer = MACHINE
) -> Finding:  # fmt: skip
    """Keep a finding quiet until a date; what was acknowledged before is replaced. Return the finding.

    Raises:
        BadInput: no reason, a date that has been or lies too far ahead, or a finding that is over.
        KeyError: there is no such finding that the viewer may see.
    """
    latest = local_date(said.at + site.alerts.quiet_at_most)
    if not 0 < len(said.reason.strip()) <= LONGEST_REASON:
        raise BadInput(f"say why, in at most {LONGEST_REASON} characters")
    if not local_date(said.at) <= said.until <= latest:
        raise BadInput(f"the last day of quiet must not have been, nor lie after {latest}")
    with database.write() as connection:
        finding = get_finding(connection, viewer, said.finding)
        if finding.closed_at is not None:
            raise BadInput("the finding is over: there is nothing to acknowledge")
        add_acknowledgement(connection, finding.organisation, said)
        append(
            connection, "finding_acknowledged", at=said.at, organisation=finding.organisation, actor=said.by,
            account=finding.account, finding=finding.kind, reason=said.reason, until=said.until.isoformat(),
        )  # fmt: skip
    return finding


def take_call(database: Database, ticket: TicketId, by: str, now: datetime, *, viewer: Viewer = MACHINE) -> bool:
    """Say that somebody sees to a ticket; return whether anybody was still called.

    Raises KeyError when nobody was ever called about it.
    """
    with database.write() as connection:
        return end(connection, get_call(connection, viewer, ticket), by, now)


def acknowledged_by(site: Site, reader: str) -> str:
    """Return how the event log names the reader of an alert: by their id, where the configuration has one."""
    person = _reader(site, reader)
    return f"link/{person.id if person else reader}"


def may_acknowledge(site: Site, reader: str, now: datetime) -> bool:
    """Ask whether the reader of a link is still one of ours: whoever has left or was taken out is none."""
    person = _reader(site, reader)
    if person is None:
        return reader in {site.administrator, *site.on_duty}
    return not person.has_left(local_date(now))


def _reader(site: Site, reader: str) -> Person | None:
    return next((each for each in site.people if reader in {each.email, normal_number(each.phone)}), None)
