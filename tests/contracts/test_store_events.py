"""What the event log promises on both databases (P13): one line changed by SQL is named."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from domain.finding import FindingKind
from domain.ids import AccountId, MessageId, OutgoingId, TicketId
from domain.viewer import MACHINE, OPERATOR, Scope, Viewer
from store import events
from store.database import Database
from store.events import digest_of, link, seal_batch
from store.schema import events as table
from store.schema import seal_head
from store.sites import StoredSite, activate
from store.verification import MOST_FAULTS, Verification, verify
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, person, sql
from tests.services.postgres import Postgres

#: Instants and values that lose something in a careless database.
AWKWARD = {
    "tenth": 0.1,
    "third": 1 / 3,
    "tiny": 5e-324,
    "large": 1.7976931348623157e308,
    "whole": 2.0,
    "negative_zero": -0.0,
    "many": 2**62,
    "words": "Åsa ﷽ 👩‍👩‍👧 \u2028 \\ \" ' \x07",
    "cut": "NUL \x00 and half a pair \ud83d",
    "nested": {"b": [1, None, True, {"z": 1, "a": ()}], "2": {}},
    "finding": FindingKind.unreachable,
    "endless": math.inf,
}


@pytest.fixture
def log(database: Database) -> Database:
    """Give a log of nine events, sealed three by three."""
    for batch in range(3):
        with database.write() as connection:
            for number in range(3):
                events.append(
                    connection, "decided", at=TUESDAY + timedelta(minutes=3 * batch + number), organisation=TOWN,
                    actor="decide", account=AccountId("gata"), message=MessageId(3 * batch + number + 1), fate="ticket",
                )  # fmt: skip
            seal_batch(connection)
    return database


def verified(database: Database) -> Verification:
    with database.read() as connection:
        return verify(connection, OPERATOR)


def faults(database: Database) -> str:
    return "\n".join(verified(database).faults)


def append(database: Database, **details: object) -> None:
    with database.write() as connection:
        events.append(connection, "received", at=TUESDAY, organisation=TOWN, actor="receive", **details)  # type: ignore[arg-type]


def seal(database: Database) -> int:
    with database.write() as connection:
        return seal_batch(connection)


def forge(database: Database, id: int, **changes: object) -> None:
    """Change a row and make its own digest and link fit, as somebody who knows how they are made."""
    with database.write() as connection:
        connection.execute(table.update().where(table.c.id == id).values(**changes))
        row = connection.execute(sa.select(table).where(table.c.id == id)).mappings().one()
        digest = digest_of(dict(row))
        before = connection.scalar(sa.select(table.c.chain).where(table.c.seal == row["seal"] - 1)) or events.GENESIS
        forged = {"digest": digest, "chain": link(before, row["seal"], id, digest)}
        connection.execute(table.update().where(table.c.id == id).values(**forged))


def test_an_untouched_log_has_no_faults(log: Database) -> None:
    append(log)

    assert verified(log) == Verification(sealed=9, unsealed=1, faults=())


def test_an_empty_log_has_no_faults(database: Database) -> None:
    assert verified(database) == Verification(sealed=0, unsealed=0, faults=())


EDITS = {
    "organisation_id": "'vatten'",
    "at": "'2026-11-24 08:15:00.000001'",
    "kind": "'received'",
    "actor": "'mallory'",
    "account_id": "NULL",
    "message_row": "99",
    "ticket_id": "1",
    "outgoing_id": "1",
    "details": '\'{"fate": "technical"}\'',
    "digest": f"'{'0' * 64}'",
    "chain": f"'{'0' * 64}'",
    "id": "999",
}


def test_every_column_of_an_event_is_edited_below_except_its_line_number() -> None:
    assert set(EDITS) == set(table.c.keys()) - {"seal"}


@pytest.mark.parametrize("column", EDITS)
def test_an_edit_of_any_column_of_any_line_is_named(log: Database, column: str) -> None:
    for line in (1, 5, 9):
        with log.engine.connect() as connection:
            connection.exec_driver_sql(f"UPDATE events SET {column} = {EDITS[column]} WHERE seal = {line}")

            assert f"(line {line})" in "\n".join(verify(connection, OPERATOR).faults)


def test_an_event_moved_by_a_microsecond_is_named(log: Database) -> None:
    moved = TUESDAY + timedelta(minutes=4, microseconds=1)
    with log.write() as connection:
        connection.execute(table.update().where(table.c.seal == 5).values(at=moved))

    assert verified(log).faults == ("event 5 (line 5) was edited",)


def test_an_edit_names_its_line_and_no_other(log: Database) -> None:
    sql(log, "UPDATE events SET actor = 'mallory' WHERE seal = 5")

    assert verified(log).faults == ("event 5 (line 5) was edited",)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("seal = 1", "line 1 is missing"),
        ("seal = 5", "line 5 is missing"),
        ("seal = 9", "line 9 is missing"),
        ("seal BETWEEN 3 AND 6", "lines 3 to 6 are missing"),
        ("seal >= 7", "lines 7 to 9 are missing"),
        ("seal > 0", "lines 1 to 9 are missing"),
    ],
)
def test_deleted_lines_are_named(log: Database, condition: str, said: str) -> None:
    sql(log, f"DELETE FROM events WHERE {condition}")

    assert verified(log).faults == (f"{said}: deleted",)


def test_a_log_that_was_emptied_with_its_head_is_noticed(log: Database) -> None:
    with log.write() as connection:
        activate(connection, StoredSite("a" * 64, "{}"), TUESDAY)  # type: ignore[arg-type]
    sql(log, "DELETE FROM events")
    sql(log, "DELETE FROM seal_head")

    assert "all of it was deleted" in faults(log)


def test_lines_that_were_swapped_are_named(log: Database) -> None:
    sql(log, "UPDATE events SET seal = 100 WHERE seal = 3")
    sql(log, "UPDATE events SET seal = 3 WHERE seal = 6")
    sql(log, "UPDATE events SET seal = 6 WHERE seal = 100")

    assert "event 6 (line 3) does not follow event 2 (line 2)" in faults(log)
    assert "event 3 (line 6) does not follow event 5 (line 5)" in faults(log)


def test_rows_whose_contents_were_swapped_are_named(log: Database) -> None:
    with log.write() as connection:
        rows = {row["id"]: dict(row) for row in connection.execute(sa.select(table)).mappings()}
        for here, there in ((3, 6), (6, 3)):
            content = {key: rows[there][key] for key in rows[there] if key not in {"id", "seal", "chain"}}
            connection.execute(table.update().where(table.c.id == here).values(**content))

    assert "event 3 (line 3) does not follow" in faults(log)
    assert "event 6 (line 6) does not follow" in faults(log)


def test_a_line_deleted_and_the_rest_numbered_anew_is_named(log: Database) -> None:
    sql(log, "DELETE FROM events WHERE seal = 4")
    for line in range(5, 10):
        sql(log, f"UPDATE events SET seal = {line - 1} WHERE seal = {line}")
    sql(log, "UPDATE seal_head SET seal = 8")

    assert "event 5 (line 4) does not follow event 3 (line 3)" in faults(log)


def test_a_line_forged_together_with_its_digest_and_link_is_named_by_the_next(log: Database) -> None:
    forge(log, 5, actor="mallory")

    assert "event 6 (line 6) does not follow event 5 (line 5)" in faults(log)


def test_the_last_line_forged_together_with_its_digest_and_link_is_named_by_the_head(log: Database) -> None:
    forge(log, 9, actor="mallory")

    assert "the head of the chain does not fit event 9 (line 9)" in faults(log)


@pytest.mark.parametrize("change", ["seal = 8", "seal = 10", f"chain = '{'0' * 64}'"])
def test_a_changed_head_is_named(log: Database, change: str) -> None:
    sql(log, f"UPDATE seal_head SET {change}")

    assert faults(log)


def test_a_deleted_head_is_named(log: Database) -> None:
    sql(log, "DELETE FROM seal_head")

    assert "the head of the chain is missing" in faults(log)


@pytest.mark.parametrize("change", ["seal = 20", f"chain = '{'0' * 64}'"])
def test_sealing_goes_on_after_a_changed_head_and_the_fault_stays_named(log: Database, change: str) -> None:
    sql(log, f"UPDATE seal_head SET {change}")
    append(log)

    assert seal(log) == 1
    assert faults(log)


@pytest.mark.parametrize("number", [2, 2**62, -1])
def test_sealing_goes_on_from_the_last_line_when_the_number_of_the_head_makes_no_sense(
    log: Database, number: int
) -> None:
    sql(log, f"UPDATE seal_head SET seal = {number}")
    append(log)

    assert seal(log) == 1
    assert verified(log) == Verification(sealed=10, unsealed=0, faults=())


def test_sealing_goes_on_after_a_deleted_head_and_the_fault_stays_named(log: Database) -> None:
    sql(log, "DELETE FROM seal_head")
    append(log)

    assert seal(log) == 1
    assert "event 10 (line 10) does not follow event 9 (line 9)" in faults(log)


def test_sealing_goes_on_after_the_tail_was_deleted_and_the_gap_stays_named(log: Database) -> None:
    sql(log, "DELETE FROM events WHERE seal >= 7")
    append(log)

    assert seal(log) == 1
    assert verified(log).faults == ("lines 7 to 9 are missing: deleted",)


def test_a_number_that_no_sealer_gives_is_named_and_stops_no_sealer(log: Database) -> None:
    sql(log, f"UPDATE events SET seal = {2**63 - 1} WHERE seal = 4")
    sql(log, "UPDATE events SET seal = -3 WHERE seal = 2")
    append(log)

    assert seal(log) == 1
    assert "event 2 (line -3) has a number that no sealer gives" in faults(log)
    assert "line 4 is missing" in faults(log)


def test_a_row_edited_before_it_is_sealed_is_named_before_and_after(log: Database) -> None:
    append(log)
    sql(log, "UPDATE events SET actor = 'mallory' WHERE seal IS NULL")
    before = faults(log)
    append(log)

    sealed = seal(log)

    assert before == "event 10 (not yet sealed) was edited"
    assert sealed == 2
    assert verified(log) == Verification(sealed=11, unsealed=0, faults=("event 10 (line 10) was edited",))


def test_a_line_whose_seal_was_taken_away_is_missed_even_when_it_is_sealed_again(log: Database) -> None:
    sql(log, "UPDATE events SET seal = NULL, chain = NULL WHERE seal = 5")

    seal(log)

    assert "line 5 is missing" in faults(log)


def test_of_very_many_faults_the_first_are_named_and_the_rest_counted(database: Database) -> None:
    with database.write() as connection:
        for _ in range(MOST_FAULTS + 5):
            events.append(connection, "received", at=TUESDAY, organisation=TOWN, actor="receive")
    while seal(database):
        pass
    sql(database, "UPDATE events SET actor = 'mallory'")

    found = verified(database)

    assert len(found.faults) == MOST_FAULTS + 1
    assert found.faults[-1] == "and 5 faults more"


def test_a_long_log_is_sealed_batch_by_batch_into_one_chain(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "BATCH", 4)
    for _ in range(10):
        append(database)

    batches = [seal(database) for _ in range(4)]

    assert batches == [4, 4, 2, 0]
    assert verified(database) == Verification(sealed=10, unsealed=0, faults=())


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 24, 8, 12, 3, 123456, tzinfo=UTC),
        datetime(2026, 7, 1, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2199, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
    ],
)
def test_an_event_says_the_same_when_it_is_read_back(database: Database, at: datetime) -> None:
    with database.write() as connection:
        events.append(
            connection, "decided", at=at, organisation=TOWN, actor="Åsa \x00", account=AccountId("gata"),
            message=MessageId(2**40), ticket=TicketId(1), outgoing=OutgoingId(3), **AWKWARD,
        )  # fmt: skip
        seal_batch(connection)

    with database.read() as connection:
        (event,) = events.list_after(connection, MACHINE, 0)

    assert faults(database) == ""
    assert event.at == at
    assert event.actor == "Åsa "
    assert event.details["third"] == 1 / 3
    assert math.copysign(1, event.details["negative_zero"]) == -1
    assert event.details["words"] == AWKWARD["words"]
    assert event.details["cut"] == "NUL  and half a pair ?"
    assert event.details["nested"] == {"b": [1, None, True, {"z": 1, "a": []}], "2": {}}
    assert event.details["endless"] == "inf"


@pytest.mark.service("postgres")
def test_events_committed_out_of_order_are_all_sealed(postgres: Postgres) -> None:
    database = Database(postgres.with_tables())
    with database.write() as slow:
        events.append(slow, "received", at=TUESDAY, organisation=TOWN, actor="slow")
        append(database)
        sealed_meanwhile = seal(database)

    sealed_after = seal(database)

    assert (sealed_meanwhile, sealed_after) == (1, 1)
    assert verified(database) == Verification(sealed=2, unsealed=0, faults=())
    database.close()


def test_what_is_sealed_while_the_chain_is_walked_is_no_fault(log: Database) -> None:
    with log.read() as connection:
        before = verify(connection, OPERATOR)
        append(log)
        seal(log)

        assert verify(connection, OPERATOR) == before


def test_only_who_sees_the_whole_installation_verifies_it(log: Database) -> None:
    part = Viewer(scope=Scope.operator, organisation=TOWN)
    nobody = Viewer(scope=Scope.person)
    for viewer in (part, nobody, person("gata")):
        with log.read() as connection, pytest.raises(PermissionError):
            verify(connection, viewer)


def test_a_row_number_is_never_given_again(log: Database) -> None:
    sql(log, "DELETE FROM events WHERE id = 9")

    append(log)

    with log.read() as connection:
        assert connection.scalar(sa.select(sa.func.max(table.c.id))) == 10
        assert connection.scalar(sa.select(seal_head.c.seal)) == 9
