"""Promises are frozen: new hours move none, and counting them anew is a decision that the log keeps."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.ids import TicketId
from domain.instant import STOCKHOLM, as_utc
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import MACHINE
from pipeline.holding import hold
from pipeline.recompute import Move, Recomputed, count_to_recompute, recompute
from pipeline.send import send
from store.clocks import mark_answer_met
from store.database import Database
from store.events import Event
from store.events import list_of_ticket as events_of
from tests.flow.installation import Installation, mail, numbered


def local(text: str) -> datetime:
    return as_utc(datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM))


OLD, NEW = local("2026-11-25 16:30"), local("2026-11-26 16:30")


@pytest.fixture
def town(database: Database) -> Installation:
    """Give a town with one ticket whose receipt has gone."""
    town = Installation(database)
    town.connect()
    town.arrives(mail())
    town.round()
    return town


def closed_on_wednesday(site: Site) -> Site:
    return replace(site, calendar=replace(site.calendar, closed_days=(date(2026, 11, 25),)))


def ticket(town: Installation) -> Ticket:
    [found] = town.tickets()
    return found


def moves(town: Installation, *, dry_run: bool = False) -> list[Recomputed]:
    return [each for each in recompute(town.runtime, dry_run=dry_run) if each.moves]


def recomputed_events(town: Installation, id: TicketId) -> list[Event]:
    with town.database.read() as connection:
        return [each for each in events_of(connection, MACHINE, id) if each.kind == "due_recomputed"]


def test_new_hours_that_are_activated_move_nothing_by_themselves(town: Installation) -> None:
    before = ticket(town)

    town.use(closed_on_wednesday(town.site))
    town.clock.forward(hours=1)
    town.round()
    hold(town.runtime)

    assert ticket(town) == before


def test_counting_anew_moves_what_runs_and_keeps_both_times_in_the_log(town: Installation) -> None:
    before = ticket(town)
    town.use(closed_on_wednesday(town.site))

    [move] = moves(town)

    after = ticket(town)
    [event] = recomputed_events(town, after.id)
    assert (move.notice, move.answer, move.told) == (None, Move(OLD, NEW), True)
    assert (after.answer_due_at, after.next_due_at, after.notice_met_at) == (NEW, NEW, before.notice_met_at)
    assert (before.calendar != after.calendar, after.calendar) == (True, move.calendar)
    assert event.details["old"] == {
        "notice_due_at": before.notice_due_at.isoformat() if before.notice_due_at else None,
        "answer_due_at": OLD.isoformat(),
        "calendar": before.calendar,
    }
    assert event.details["new"]["answer_due_at"] == NEW.isoformat()
    assert event.details["new"]["calendar"] == after.calendar


def test_a_dry_run_shows_the_same_and_writes_nothing(town: Installation) -> None:
    before = ticket(town)
    town.use(closed_on_wednesday(town.site))

    [move] = moves(town, dry_run=True)

    assert move.answer == Move(OLD, NEW)
    assert ticket(town) == before
    assert recomputed_events(town, before.id) == []


def test_counting_twice_moves_once(town: Installation) -> None:
    town.use(closed_on_wednesday(town.site))
    moves(town)

    again = moves(town)

    assert again == []
    assert len(recomputed_events(town, ticket(town).id)) == 1


def test_under_the_same_hours_nothing_moves(town: Installation) -> None:
    assert moves(town) == []
    assert count_to_recompute(town.runtime) == 1


def test_what_has_been_answered_stays(town: Installation) -> None:
    with town.database.write() as connection:
        mark_answer_met(connection, ticket(town).id, town.clock.now())
    town.use(closed_on_wednesday(town.site))

    assert moves(town) == []
    assert count_to_recompute(town.runtime) == 0


def test_a_time_that_a_holding_reply_has_named_stays(town: Installation) -> None:
    town.clock.at = OLD - timedelta(hours=2)
    hold(town.runtime)
    send(town.runtime)
    held = ticket(town)
    thursday = replace(town.site.calendar, closed_days=(date(2026, 11, 26),))
    town.use(replace(town.site, calendar=thursday))

    assert held.first_answer_due_at == OLD
    assert moves(town) == []
    assert ticket(town) == held


def test_a_ticket_whose_unit_is_gone_is_told_of_and_holds_up_no_other(town: Installation) -> None:
    with town.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET unit_id = 'borta'")
    for original in numbered(3):
        town.arrives(original)
    town.round()
    town.use(closed_on_wednesday(town.site))

    counted = list(recompute(town.runtime, dry_run=False))

    assert [bool(each.problem) for each in counted] == [True, False, False, False]
    assert [each.moves for each in counted] == [False, True, True, True]


def test_more_tickets_than_one_part_are_all_counted(town: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    import pipeline.recompute as step

    real = step.list_promised
    monkeypatch.setattr(step, "list_promised", lambda *given, **named: real(*given, **named, limit=2))
    for original in numbered(5):
        town.arrives(original)
    town.round()
    town.use(closed_on_wednesday(town.site))

    assert len(moves(town)) == 6
