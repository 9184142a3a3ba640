"""Walking the event log where the database takes any value in any column."""

from domain.viewer import OPERATOR
from store import events
from store.database import Database
from store.verification import verify
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, sql


def append(database: Database, count: int) -> None:
    with database.write() as connection:
        for _ in range(count):
            events.append(connection, "received", at=TUESDAY, organisation=TOWN, actor="receive")


def seal(database: Database) -> int:
    with database.write() as connection:
        return events.seal_batch(connection)


def test_what_is_no_time_no_json_and_no_number_is_named_and_stops_nobody(embedded: Database) -> None:
    append(embedded, 9)
    seal(embedded)
    sql(embedded, "UPDATE events SET at = 'yesterday' WHERE seal = 2")
    sql(embedded, "UPDATE events SET details = 'nothing' WHERE seal = 4")
    sql(embedded, "UPDATE events SET seal = 'six' WHERE seal = 6")
    sql(embedded, "UPDATE seal_head SET seal = 'nine'")
    append(embedded, 1)

    sealed = seal(embedded)
    with embedded.read() as connection:
        faults = verify(connection, OPERATOR).faults

    assert sealed == 1
    assert "event 2 (line 2) was edited" in faults
    assert "event 4 (line 4) was edited" in faults
    assert "event 6 (line six) has a number that no sealer gives" in faults
    assert "line 6 is missing: deleted" in faults


def test_a_head_that_is_no_number_is_named(embedded: Database) -> None:
    append(embedded, 1)
    seal(embedded)
    sql(embedded, "UPDATE seal_head SET seal = 'one'")

    with embedded.read() as connection:
        faults = verify(connection, OPERATOR).faults

    assert faults == ("the head of the chain does not fit event 1 (line 1): one of the two was edited",)
