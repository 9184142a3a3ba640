"""Step times: how long the steps took in all processes together, counted up as series of `counters`."""

from collections.abc import Mapping

import sqlalchemy as sa

from domain.step_times import BOUNDS, StepTimes
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import counters

_SERIES = "step/"

#: The last part of a series' name: the bound that its count is of, or the sum.
_BOUNDS = (*map(str, BOUNDS), "longer")
_MICROSECONDS = "microseconds"


def add_step_times(connection: sa.Connection, more: Mapping[str, StepTimes]) -> None:
    """Count up."""
    rows = [
        {"name": f"{_SERIES}{step}/{name}", "value": value}
        for step, times in more.items()
        for name, value in (*zip(_BOUNDS, times.counts, strict=True), (_MICROSECONDS, round(1e6 * times.seconds)))
        if value
    ]
    if not rows:
        return
    # In one order, so that no two processes wait for each other.
    adding = upsert(connection, counters).values(sorted(rows, key=lambda row: str(row["name"])))
    connection.execute(
        adding.on_conflict_do_update(
            index_elements=[counters.c.name], set_={"value": counters.c.value + adding.excluded.value}
        )
    )


def list_step_times(connection: sa.Connection, viewer: Viewer) -> dict[str, StepTimes]:
    """Return how long each step took, since the installation began."""
    del viewer  # The parts of the work are the installation's own.
    query = sa.select(counters.c.name, counters.c.value).where(counters.c.name.startswith(_SERIES, autoescape=True))
    found: dict[str, dict[str, int]] = {}
    for name, value in connection.execute(query):
        _, step, what = name.split("/")
        found.setdefault(step, {})[what] = value
    return {
        step: StepTimes(tuple(values.get(bound, 0) for bound in _BOUNDS), values.get(_MICROSECONDS, 0) / 1e6)
        for step, values in sorted(found.items())
    }
