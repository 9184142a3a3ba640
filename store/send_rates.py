"""Turns to send: all processes together send no more from an account than its provider takes."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from domain.ids import AccountId, OrganisationId
from store.database import database_now
from store.rows import insert_new
from store.schema import send_rates

MINUTE = timedelta(minutes=1)


def take_turn(
    connection: sa.Connection, organisation: OrganisationId, account: AccountId, per_minute: int
) -> timedelta:
    """Take a turn to send from the account; return zero, or how long to wait because there is none now.

    One row per account holds until when its turns are spent, updated conditionally by the database's clock. A few may
    go at once, the rest evenly: never more than `per_minute` within any minute.

    Raises:
        ValueError: `per_minute` is not positive.
    """
    if per_minute <= 0:
        raise ValueError("a send rate is at least one message a minute")
    now, (between, ahead) = database_now(connection), spacing(per_minute)
    row = {"account_id": account, "organisation_id": organisation, "spent_until": now}
    insert_new(connection, send_rates, [row])
    mine = send_rates.c.account_id == account
    spent_until: datetime = connection.execute(
        sa.select(send_rates.c.spent_until).where(mine).with_for_update()
    ).scalar_one()
    start = max(now, spent_until)
    if start - now > ahead:
        return start - now - ahead
    connection.execute(send_rates.update().where(mine).values(spent_until=start + between))
    return timedelta(0)


def spacing(per_minute: int) -> tuple[timedelta, timedelta]:
    """Return the time between two messages, and how far ahead of it a burst may run.

    What may go at once is taken off the even rate, so that no minute sees more than `per_minute`. Without a burst a
    worker that looks once a second would waste most turns.

    >>> [each.total_seconds() for each in spacing(36)]
    [1.818182, 3.636364]
    """
    at_once = max(1, min(per_minute - 1, max(2, per_minute // 10)))
    between = MINUTE / max(1, per_minute - at_once)
    return between, between * (at_once - 1)
