"""Restored: a store that was copied back does not know what the machine that was lost has sent since the copy.

What may have gone is settled like a send that was cut off: its way out is asked, and where that cannot tell, a person.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

from domain.outgoing import AUTOMATIC_REPLIES, OutgoingKind, SendState
from domain.viewer import Viewer
from store.leases import upsert
from store.new_tickets import SERIES
from store.outgoing import OVER
from store.schema import counters, leases, outgoing
from store.schema.outbox import UNSETTLED

#: The lease of the machine that was lost: until when it may have answered what came.
_LOST = "lost machine"

#: A copy that nobody has started yet: it is not known when the machine is lost.
NOT_YET = datetime(9999, 1, 1, tzinfo=UTC)

#: Ticket numbers that are passed over: the machine may have given them to others, who know them.
NUMBERS_PASSED_OVER = 1000


def set_lost(connection: sa.Connection, until: datetime) -> None:
    """Note until when another machine may have answered what came."""
    values = {"holder": "the machine before this one", "until": until}
    connection.execute(
        upsert(connection, leases)
        .values(name=_LOST, **values)
        .on_conflict_do_update(index_elements=[leases.c.name], set_=values)
    )


def find_lost(connection: sa.Connection, viewer: Viewer) -> datetime | None:
    """Return until when another machine may have answered what came; None: this one was never restored."""
    del viewer  # Leases are the installation's own.
    return connection.scalar(sa.select(leases.c.until).where(leases.c.name == _LOST))


def put_in_doubt(connection: sa.Connection) -> int:
    """Let everything that waits to be sent be asked about first; return how much it is.

    Alerts stay as they are: one that comes twice does less harm than one that never comes.
    """
    waits = outgoing.update().where(sa.text(UNSETTLED), outgoing.c.kind != OutgoingKind.alert)
    passed = sa.case((outgoing.c.kind.in_(sorted(AUTOMATIC_REPLIES)), outgoing.c.created_at), else_=None)
    result = connection.execute(
        waits.values(
            state=SendState.handing_over,
            lease_until=OVER,
            next_try_at=None,
            attempts=sa.case((outgoing.c.attempts == 0, 1), else_=outgoing.c.attempts),
            passed_at=sa.func.coalesce(outgoing.c.passed_at, passed),
        )
    )
    return result.rowcount


def take_numbers(connection: sa.Connection) -> None:
    """Pass over the ticket numbers that the lost machine may have given."""
    series = counters.c.name.startswith(SERIES, autoescape=True)
    connection.execute(counters.update().where(series).values(value=counters.c.value + NUMBERS_PASSED_OVER))
