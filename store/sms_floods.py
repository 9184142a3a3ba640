"""SMS floods: how many SMS came lately from numbers that begin alike (domain.md 3.7 row 7)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from domain.flood import CUT, Beginning, Flood
from domain.ids import AccountId
from domain.viewer import Viewer
from store.schema import messages
from store.schema.arrivals import BY_SMS
from store.statements import in_parts
from store.visibility import sees_message


def count_beginnings(
    connection: sa.Connection, viewer: Viewer, beginnings: Collection[Beginning], since: datetime
) -> dict[Beginning, int]:
    """Return how many decided SMS of an organisation that came since then are of numbers that begin so."""
    beginning = sa.func.substr(messages.c.sender_address, 1, sa.func.length(messages.c.sender_address) - CUT)
    found: dict[Beginning, int] = {}
    for some in in_parts(sorted({start for _, start in beginnings})):
        query = (
            sa.select(messages.c.organisation_id, beginning.label("beginning"), sa.func.count().label("came"))
            .where(
                sa.text(BY_SMS),
                messages.c.organisation_id.in_(sorted({organisation for organisation, _ in beginnings})),
                messages.c.stored_at >= since,
                messages.c.history.is_(False),
                beginning.in_(some),
                sees_message(viewer),
            )
            .group_by(messages.c.organisation_id, beginning)
        )
        for row in connection.execute(query):
            found[row.organisation_id, row.beginning] = row.came
    return {each: found.get(each, 0) for each in beginnings}


def list_floods(connection: sa.Connection, viewer: Viewer, since: datetime, most: int) -> dict[AccountId, Flood]:
    """Return the beginnings that more SMS to an organisation came from since then, by the account that most went to."""
    beginning = sa.func.substr(messages.c.sender_address, 1, sa.func.length(messages.c.sender_address) - CUT)
    query = (
        sa.select(
            messages.c.organisation_id, beginning.label("beginning"), messages.c.account_id,
            sa.func.count().label("came"),
        )
        .where(
            sa.text(BY_SMS), messages.c.stored_at >= since, messages.c.history.is_(False),
            messages.c.sender_address.startswith("+"), sees_message(viewer),
        )
        .group_by(messages.c.organisation_id, beginning, messages.c.account_id)
        .order_by(sa.desc("came"), messages.c.account_id)
    )  # fmt: skip
    totals: dict[Beginning, list[tuple[AccountId, int]]] = defaultdict(list)
    for row in connection.execute(query):
        totals[row.organisation_id, row.beginning].append((row.account_id, row.came))
    floods = [(start, rows[0][0], sum(came for _, came in rows)) for (_, start), rows in totals.items()]
    return {
        account: Flood(start, came) for start, account, came in sorted(floods, key=lambda each: each[2]) if came > most
    }
