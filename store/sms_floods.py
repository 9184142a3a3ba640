"""SMS floods: how many SMS came lately from numbers that begin alike (domain.md 3.7 row 7)."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from domain.flood import CUT, Beginning
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
