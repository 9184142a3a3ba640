"""A promise that is about to break is explained once, in time, and moved; one that broke is noted once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connectors.fake import Trouble
from domain.account import AutoReply, Mode
from domain.errors import BadInput
from domain.holding import HoldingSettings
from domain.ids import TicketId
from domain.instant import STOCKHOLM, as_utc
from domain.outgoing import OutgoingKind, SendState
from domain.protocols import Step
from domain.service_level import Target, TargetKind
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import MACHINE, Viewer
from pipeline.decide import decide
from pipeline.holding import hold
from pipeline.receive import receive
from pipeline.send import send
from store.clocks import mark_answer_met
from store.database import Connection, Database
from store.events import Event
from store.events import list_of_ticket as events_of
from store.holding import Conversation
from store.tickets import get_ticket
from tests.contracts.stored import at_once
from tests.flow.installation import Installation, mail, small_site


def local(text: str) -> datetime:
    return as_utc(datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM))


#: The answer to the mail of Tuesday 24 November is due on Wednesday 25 November at 16.30, by the street unit's hours.
DUE = local("2026-11-25 16:30")
SOON = local("2026-11-25 14:30")
NEW = local("2026-11-26 16:30")


def connected(database: Database, site: Site | None = None) -> Installation:
    town = Installation(database, site=site)
    town.connect()
    return town


@pytest.fixture
def town(database: Database) -> Installation:
    return connected(database)


def asked(town: Installation, text: str = "Hej! Det är ett stort hål i vägen på Storgatan 3.") -> Ticket:
    """Let a mail arrive and get its receipt; return the ticket."""
    town.arrives(mail(text))
    town.round()
    [ticket] = town.tickets()
    return ticket


def again(town: Installation, id: TicketId) -> Ticket:
    with town.database.read() as connection:
        return get_ticket(connection, MACHINE, id)


def events(town: Installation, id: TicketId, kind: str) -> list[Event]:
    with town.database.read() as connection:
        return [each for each in events_of(connection, MACHINE, id) if each.kind == kind]


def held(town: Installation, at: datetime = SOON) -> None:
    town.clock.at = at
    hold(town.runtime)


def with_account(**changes: object) -> Site:
    site = small_site()
    return replace(site, accounts=(replace(site.accounts[0], **changes), *site.accounts[1:]))  # type: ignore[arg-type]


def test_shortly_before_the_answer_is_due_the_citizen_is_told_once_and_the_promise_moves(town: Installation) -> None:
    ticket = asked(town)

    held(town, SOON - timedelta(minutes=1))
    before = town.replies(ticket)
    held(town)
    hold(town.runtime)
    send(town.runtime)

    reply = town.wires.out.sent[-1]
    moved = again(town, ticket.id)
    assert (ticket.answer_due_at, len(before)) == (DUE, 1)
    assert [each.kind for each in town.replies(ticket)] == [OutgoingKind.receipt, OutgoingKind.holding]
    assert "torsdag 26 november kl. 16.30" in reply.text
    assert "Gata och park har ditt ärende." in reply.text
    assert ticket.number in reply.subject
    assert dict(reply.headers)["In-Reply-To"] == "<1@example.se>"
    assert (moved.answer_due_at, moved.first_answer_due_at, moved.answer_met_at) == (NEW, DUE, None)
    assert Step.send in town.bell.rung


def test_a_message_id_that_no_reply_may_name_is_not_named(town: Installation) -> None:
    town.arrives(mail("Hej! Det är ett stort hål i vägen på Storgatan 3.", id=f"<{'x' * 1000}@example.se>"))
    town.round()

    held(town)
    send(town.runtime)

    reply = town.wires.out.sent[-1]
    assert reply.kind is OutgoingKind.holding
    assert "References" not in dict(reply.headers)


def test_two_mails_of_one_second_without_a_message_id_are_both_held(database: Database) -> None:
    every_receipt = replace(small_site().brakes, receipt_window=timedelta(0))
    town = connected(database, replace(small_site(), brakes=every_receipt))
    town.arrives(mail("Hej! Det är ett stort hål i vägen på Storgatan 3.", id=None))
    town.arrives(mail("Hej! Det är ett stort hål i vägen på Kungsgatan 7.", id=None))
    town.round()

    held(town)
    send(town.runtime)

    tickets = town.tickets()
    assert len(tickets) == 2
    assert [[each.kind for each in town.replies(ticket)] for ticket in tickets] == [
        [OutgoingKind.receipt, OutgoingKind.holding]
    ] * 2


def test_the_same_ticket_is_never_held_twice(town: Installation) -> None:
    ticket = asked(town)
    held(town)
    send(town.runtime)

    held(town, NEW - timedelta(hours=1))
    send(town.runtime)

    assert [each.kind for each in town.replies(ticket)].count(OutgoingKind.holding) == 1


def test_of_several_workers_at_once_one_decides(town: Installation) -> None:
    ticket = asked(town)
    town.clock.at = SOON

    decided = at_once(4, lambda number: hold(town.colleague(f"worker-{number}")))

    assert sum(each.queued for each in decided) == 1
    assert [each.kind for each in town.replies(ticket)].count(OutgoingKind.holding) == 1


def test_a_crash_before_the_commit_leaves_nothing_and_the_next_round_holds(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipeline.holding as step

    ticket = asked(town)
    real = step.append
    monkeypatch.setattr(step, "append", lambda *_, **__: (_ for _ in ()).throw(OSError("the plug was pulled")))
    with pytest.raises(OSError, match="plug"):
        held(town)
    after_crash = again(town, ticket.id).held_at, len(town.replies(ticket))
    monkeypatch.setattr(step, "append", real)

    held(town)

    assert after_crash == (None, 1)
    assert len(town.replies(ticket)) == 2


def test_a_ticket_that_cannot_be_decided_holds_back_no_other(
    town: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import pipeline.holding as step

    town.arrives(mail("Hej! Det är ett stort hål i vägen på Storgatan 3."))
    town.arrives(mail("Hej! Det är ett hål i vägen på Kyrkogatan 8.", id="<2@example.se>", sender="bo@example.se"))
    town.round()
    bad, good = sorted(town.tickets(), key=lambda each: each.id)
    real = step.get_conversation

    def get_conversation(connection: Connection, viewer: Viewer, id: TicketId, **rest: bool) -> Conversation:
        if id == bad.id:
            raise ValueError("a row that nobody can read")
        return real(connection, viewer, id, **rest)

    monkeypatch.setattr(step, "get_conversation", get_conversation)
    with pytest.raises(ValueError, match="nobody can read"):
        held(town)

    assert [each.kind for each in town.replies(good)] == [OutgoingKind.receipt, OutgoingKind.holding]
    assert again(town, bad.id).held_at is None
    assert f"the holding reply of ticket {bad.id} failed" in caplog.text


def test_the_promise_does_not_move_before_the_wire_has_taken_the_reply(town: Installation) -> None:
    ticket = asked(town)

    held(town)
    queued = again(town, ticket.id)
    town.wires.out.trouble = Trouble.refused
    send(town.runtime)

    assert queued.answer_due_at == DUE
    assert again(town, ticket.id).answer_due_at == DUE


def test_an_answer_that_is_given_before_the_reply_has_gone_stops_it(town: Installation) -> None:
    ticket = asked(town)
    held(town)
    with town.database.write() as connection:
        mark_answer_met(connection, ticket.id, SOON)

    send(town.runtime)

    assert town.replies(ticket)[-1].state is SendState.cancelled
    assert len(town.wires.out.sent) == 1


def test_who_has_been_answered_gets_no_holding_reply(town: Installation) -> None:
    ticket = asked(town)
    with town.database.write() as connection:
        mark_answer_met(connection, ticket.id, SOON)

    held(town)

    assert len(town.replies(ticket)) == 1
    assert events(town, ticket.id, "holding_withheld") == []


def test_who_may_get_no_automatic_reply_gets_no_holding_reply(town: Installation) -> None:
    town.arrives(mail(extra=("X-Auto-Response-Suppress: All",)))
    town.round()
    [ticket] = town.tickets()

    held(town)

    [withheld] = events(town, ticket.id, "holding_withheld")
    assert withheld.details["reasons"] == [{"row": "screen", "matched": "no automatic reply was allowed to who wrote"}]
    assert town.replies(ticket) == ()


@pytest.mark.parametrize(
    ("changes", "row"),
    [({"auto_reply": AutoReply.off}, "P14"), ({"mode": Mode.watch_only}, "mode")],
)
def test_an_account_that_answers_nothing_holds_nothing(
    database: Database, changes: dict[str, object], row: str
) -> None:
    town = connected(database)
    ticket = asked(town)
    town.use(with_account(**changes))

    held(town)

    [withheld] = events(town, ticket.id, "holding_withheld")
    assert row in {reason["row"] for reason in withheld.details["reasons"]}


def test_in_shadow_the_holding_reply_is_shown_and_moves_nothing(database: Database) -> None:
    town = connected(database, with_account(auto_reply=AutoReply.shadow))
    ticket = asked(town)

    held(town)
    send(town.runtime)

    assert [each.state for each in town.replies(ticket)] == [SendState.shadow, SendState.shadow]
    assert again(town, ticket.id).answer_due_at == DUE
    assert town.wires.out.sent == []


@pytest.mark.parametrize("change", ["state = 'shadow'", "bounced_at = created_at"])
def test_who_never_heard_from_us_is_not_told_that_it_takes_longer(town: Installation, change: str) -> None:
    ticket = asked(town)
    with town.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE outgoing SET {change}")

    held(town)

    [withheld] = events(town, ticket.id, "holding_withheld")
    assert [reason["row"] for reason in withheld.details["reasons"]] == ["screen"]
    assert len(town.replies(ticket)) == 1


def test_a_sensitive_matter_is_held_only_where_the_settings_allow_it(database: Database) -> None:
    site = small_site()
    category = replace(site.categories[0], secrecy=site.categories[1].secrecy)
    site = replace(site, categories=(category, *site.categories[1:]))
    town = connected(database, site)
    ticket = asked(town)
    held(town)
    [withheld] = events(town, ticket.id, "holding_withheld")
    allowed = replace(site, holding=HoldingSettings(sensitive=True))
    town.use(allowed)
    with town.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET held_at = NULL")

    hold(town.runtime)
    send(town.runtime)

    assert [reason["row"] for reason in withheld.details["reasons"]] == ["3.3/43"]
    assert "Gata" not in town.wires.out.sent[-1].text
    assert "Kontaktcenter har ditt ärende." in town.wires.out.sent[-1].text


def test_the_brakes_hold_for_holding_replies_too(database: Database) -> None:
    site = small_site()
    one_a_day = replace(site.brakes, address_per_day=1)
    town = connected(database, replace(site, brakes=one_a_day, holding=HoldingSettings(before=timedelta(hours=12))))
    ticket = asked(town)

    held(town, local("2026-11-25 08:30"))
    send(town.runtime)

    last = town.replies(ticket)[-1]
    assert (last.state, last.why.startswith("3.3/34")) == (SendState.cancelled, True)


def test_the_receipt_of_the_day_does_not_hold_back_the_holding_reply(database: Database) -> None:
    site = replace(small_site(), holding=HoldingSettings(before=timedelta(hours=12)))
    town = connected(database, site)
    asked(town)

    held(town, local("2026-11-25 08:30"))
    send(town.runtime)

    assert len(town.wires.out.sent) == 2


def test_the_setting_counts_open_time_and_names_the_target(database: Database) -> None:
    week = Target(TargetKind.working_days, days=5)
    site = replace(small_site(), holding=HoldingSettings(before=timedelta(hours=10), target=week))
    town = connected(database, site)
    ticket = asked(town)

    held(town, local("2026-11-24 14:59"))
    before = len(town.replies(ticket))
    held(town, local("2026-11-24 15:00"))
    send(town.runtime)

    assert before == 1
    assert again(town, ticket.id).answer_due_at == local("2026-12-01 16:30")


def test_a_reply_that_cannot_be_written_is_withheld_and_told(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipeline.holding as step

    def unwritable(*_: object, **__: object) -> None:
        raise BadInput("there is no such text")

    ticket = asked(town)
    monkeypatch.setattr(step, "render", unwritable)

    held(town)

    [withheld] = events(town, ticket.id, "holding_withheld")
    assert withheld.details["reasons"][0]["row"] == "3.3/38"
    assert len(town.replies(ticket)) == 1


def test_a_promise_that_broke_is_noted_once_for_each_clock_and_gets_no_holding_reply(town: Installation) -> None:
    town.site = replace(town.site, accounts=(replace(town.site.accounts[0], auto_reply=AutoReply.off),))
    town.use(town.site)
    ticket = asked(town)

    held(town, DUE)
    at_the_time = [len(events(town, ticket.id, kind)) for kind in ("notice_late", "answer_late")]
    held(town, DUE + timedelta(seconds=1))
    hold(town.runtime)

    assert at_the_time == [1, 0]
    assert len(events(town, ticket.id, "notice_late")) == 1
    [late] = events(town, ticket.id, "answer_late")
    assert datetime.fromisoformat(late.details["due_at"]) == DUE
    assert [each.kind for each in town.replies(ticket)] == []


def test_what_lay_there_at_first_connection_is_never_held_nor_late(database: Database) -> None:
    town = Installation(database)
    town.arrives(mail())
    receive(town.runtime, town.account)
    decide(town.runtime)

    town.clock.at = DUE + timedelta(days=3)

    assert hold(town.runtime).late == 0
    assert town.tickets() == ()


def test_a_ticket_that_cannot_be_noted_as_late_holds_back_no_other(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipeline.holding as step

    for number in (1, 2):
        town.arrives(mail(id=f"<{number}@example.se>", sender=f"person{number}@example.se"))
    receive(town.runtime, town.account)
    decide(town.runtime)
    first, second = sorted(ticket.id for ticket in town.tickets())
    noted = step._note_one_late

    def picky(connection: Connection, id: TicketId, now: datetime) -> bool:
        if id == first:
            raise RuntimeError("a fault that nobody foresaw")
        return noted(connection, id, now)

    monkeypatch.setattr(step, "_note_one_late", picky)
    town.clock.forward(days=30)

    with pytest.raises(RuntimeError, match="nobody foresaw"):
        hold(town.runtime)

    assert events(town, first, "answer_late") == []
    assert len(events(town, second, "answer_late")) == 1


def test_what_fails_beside_holding_replies_holds_none_of_them_back(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipeline.holding as step

    def stumbles(*_: object) -> int:
        raise ValueError("a fault of ours")

    ticket = asked(town)
    for name in ("warn_of_windows", "remind"):
        monkeypatch.setattr(step, name, stumbles)

    with pytest.raises(ExceptionGroup) as failed:
        held(town)

    assert len(failed.value.exceptions) == 2
    assert [each.kind for each in town.replies(ticket)] == [OutgoingKind.receipt, OutgoingKind.holding]
