"""What of the queue somebody wants to see, as conditions on its rows."""

import sqlalchemy as sa

from domain.ids import UserId
from domain.queue_filter import Holder, QueueFilter
from store.schema import tickets


def conditions(asked: QueueFilter, user: UserId | None) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what narrows a list of tickets; its status is asked for beside them.

    Args:
        asked: what is to be seen.
        user: who asks, for "mine".
    """
    columns = {
        tickets.c.unit_id: asked.unit,
        tickets.c.channel: asked.channel,
        tickets.c.category: asked.category,
        tickets.c.language: asked.language,
        tickets.c.urgency: asked.urgency,
    }
    narrow = [column == value for column, value in columns.items() if value is not None]
    if asked.holder is not None:
        narrow.append(tickets.c.assignee_id.is_not_distinct_from(user if asked.holder is Holder.mine else None))
    if asked.registration is not None:
        # Spelled out, as the index of what is to be registered has it: few of very many.
        narrow.append(tickets.c.registration == sa.literal_column(f"'{asked.registration}'"))
    if asked.look:
        narrow.append(tickets.c.needs_a_look.is_(True))
    return tuple(narrow)
