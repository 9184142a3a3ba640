"""Verification: walk the event log from its start and name every line that was edited, deleted or moved (P13).

The chain proves that no single line was changed. Who may write to the database and knows how the chain is made can
still make all of it anew: against that helps only to keep the end of the chain somewhere else.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from domain.viewer import Scope, Viewer
from store.events import BATCH, GENESIS, digest_of, link
from store.schema import active_site, events, seal_head

#: Columns whose stored form is not what Python works with.
RAW = frozenset({"at", "details"})

#: As many are named; of the rest only the number.
MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class Verification:
    """What walking the whole chain showed."""

    sealed: int
    unsealed: int
    #: One sentence a fault, naming the row; empty when the chain holds.
    faults: tuple[str, ...]


def verify(connection: sa.Connection, viewer: Viewer) -> Verification:
    """Walk the chain from its start and name every row that was edited, deleted or moved.

    Args:
        connection: a transaction that sees one state of all tables, such as `Database.read` gives: what is sealed
            meanwhile would look like a fault.
        viewer: must see the whole installation, because the chain crosses organisations.

    Raises:
        PermissionError: the viewer sees only a part.
    """
    if viewer.scope is Scope.person or viewer.organisation is not None:
        raise PermissionError("the chain crosses organisations: only the operator of the installation can verify it")
    walk = _Walk()
    for row in _rows(connection, events.c.seal.is_not(None), events.c.seal):
        walk.take(row)
    walk.end(connection.execute(sa.select(seal_head)).mappings().first())
    unsealed = 0
    for row in _rows(connection, events.c.seal.is_(None), events.c.id):
        unsealed += 1
        if _edited(row):
            walk.note(f"event {row['id']} (not yet sealed) was edited")
    if not walk.sealed and not unsealed and connection.scalar(sa.select(active_site.c.id)) is not None:
        walk.note("the log is empty, though a configuration was activated: all of it was deleted")
    return Verification(sealed=walk.sealed, unsealed=unsealed, faults=walk.told())


@dataclass(slots=True)
class _Walk:
    """How far the chain was walked."""

    seal: int = 0
    chain: str = GENESIS
    #: The line before, in words.
    before: str = "the start of the log"
    sealed: int = 0
    faults: list[str] = field(default_factory=list)
    untold: int = 0

    def take(self, row: sa.RowMapping) -> None:
        """Compare a line with itself and with the one before; lines come by their numbers, upwards."""
        self.sealed += 1
        line = f"event {row['id']} (line {row['seal']})"
        if _edited(row):
            self.note(f"{line} was edited")
        if not isinstance(row["seal"], int) or row["seal"] < 1:
            self.note(f"{line} has a number that no sealer gives")
            return
        if row["seal"] > self.seal + 1:
            self.note(_missing(self.seal + 1, row["seal"] - 1))
        elif row["chain"] != link(self.chain, row["seal"], row["id"], row["digest"]):
            self.note(f"{line} does not follow {self.before}: one of the two was edited or moved")
        self.seal, self.chain, self.before = row["seal"], row["chain"], line

    def end(self, head: sa.RowMapping | None) -> None:
        """Compare the last line with the head of the chain, which says where it ends."""
        if head is None:
            if self.sealed:
                self.note(f"the head of the chain is missing: it should name {self.before}")
        elif isinstance(head["seal"], int) and head["seal"] > self.seal:
            self.note(_missing(self.seal + 1, head["seal"]))
        elif (head["seal"], head["chain"]) != (self.seal, self.chain):
            self.note(f"the head of the chain does not fit {self.before}: one of the two was edited")

    def note(self, fault: str) -> None:
        """Keep a fault, if there is room."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
        else:
            self.untold += 1

    def told(self) -> tuple[str, ...]:
        """Return the faults, and how many more there are."""
        return (*self.faults, f"and {self.untold} faults more") if self.untold else tuple(self.faults)


def _rows(
    connection: sa.Connection, condition: sa.ColumnElement[bool], order: sa.ColumnElement[int]
) -> Iterator[sa.RowMapping]:
    # As they stand: what SQL has put there may be no time and no JSON at all.
    raw = [sa.type_coerce(column, sa.Text).label(column.key) if column.key in RAW else column for column in events.c]
    query = sa.select(*raw).where(condition).order_by(order)
    yield from connection.execute(query, execution_options={"yield_per": BATCH}).mappings()


def _edited(row: sa.RowMapping) -> bool:
    try:
        return bool(row["digest"] != digest_of({**row, "at": _instant(row["at"]), "details": _json(row["details"])}))
    except (ValueError, TypeError, AttributeError):
        return True


def _instant(raw: Any) -> datetime:
    """Return the instant; SQLite gives it as text without offset."""
    return datetime.fromisoformat(raw).replace(tzinfo=UTC) if isinstance(raw, str) else raw


def _json(raw: Any) -> Any:
    """Return the JSON value; SQLite gives it as text."""
    return json.loads(raw) if isinstance(raw, str) else raw


def _missing(first: int, last: int) -> str:
    lines = f"line {first} is" if first == last else f"lines {first} to {last} are"
    return f"{lines} missing: deleted"
