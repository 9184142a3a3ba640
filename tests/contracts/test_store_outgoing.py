"""How far a send gets, and who may say so, on both databases (P7, P8)."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from domain.account import Channel
from domain.brakes import AutomaticReply
from domain.ids import OrganisationId, OutgoingId, TicketId
from domain.outgoing import AttachedFile, OutgoingKind, Receipt, SendState
from domain.viewer import MACHINE
from store.attached_files import get_attached_files
from store.breaker import Breaker
from store.clocks import mark_answer_met
from store.database import Connection, Database, database_now
from store.outgoing import add_outgoing
from store.passed import Asking, Gone, Passed, mark_passed, read_passed
from store.reply_history import get_reply_history
from store.schema import outgoing as table
from store.sending import (
    ToSend,
    claim_interrupted,
    claim_to_send,
    mark_ended,
    mark_handing_over,
    mark_retry,
    mark_sent,
)
from store.sent import claim_window, find_our_messages, list_of_ticket
from store.suppressions import add_suppression
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, alert, at_once, draft, put_case, queue_outgoing, receipt
from tests.services.postgres import Postgres

GONE = timedelta(seconds=-1)
LEASE = timedelta(minutes=5)
DAY = timedelta(days=1)


def claim(database: Database, worker: str, **changes: object) -> tuple[ToSend, ...]:
    with database.write() as connection:
        return claim_to_send(connection, worker, **changes)  # type: ignore[arg-type]


def ids(claimed: tuple[ToSend, ...]) -> list[OutgoingId]:
    return [each.rendered.id for each in claimed]


def state_of(database: Database, id: OutgoingId) -> SendState:
    with database.read() as connection:
        return SendState(str(connection.scalar(sa.select(table.c.state).where(table.c.id == id))))


def put_in(connection: Connection, state: SendState, key: str = "x") -> OutgoingId:
    """Bring an automatic reply into a state by the ways that lead there; where somebody holds it, that is `w`."""
    id = queue_outgoing(connection, key, shadow=state is SendState.shadow)
    if state in {SendState.queued, SendState.shadow}:
        return id
    assert ids(claim_to_send(connection, "w")) == [id]
    if state in {SendState.claimed, SendState.cancelled}:
        if state is SendState.cancelled:
            assert mark_ended(connection, id, "w", state, "stopped")
        return id
    assert mark_handing_over(connection, id, "w", LEASE)
    if state is SendState.sent:
        assert mark_sent(connection, id, "w", Receipt(accepted_at=TUESDAY))
    elif state is SendState.retry:
        assert mark_retry(connection, id, "w", "busy", LEASE)
    elif state in {SendState.refused, SendState.uncertain}:
        assert mark_ended(connection, id, "w", state, "no")
    return id


MARKS: dict[SendState, Callable[[Connection, OutgoingId, str], bool]] = {
    SendState.handing_over: lambda connection, row, worker: mark_handing_over(connection, row, worker, LEASE),
    SendState.sent: lambda connection, row, worker: mark_sent(connection, row, worker, Receipt(accepted_at=TUESDAY)),
    SendState.retry: lambda connection, row, worker: mark_retry(connection, row, worker, "busy", LEASE),
    SendState.refused: lambda connection, row, worker: mark_ended(connection, row, worker, SendState.refused, "no"),
    SendState.cancelled: lambda connection, row, worker: mark_ended(connection, row, worker, SendState.cancelled, "no"),
    SendState.uncertain: lambda connection, row, worker: mark_ended(connection, row, worker, SendState.uncertain, "?"),
}

#: From each state, to which its holder may move it; a state that is not here is moved by nobody.
ALLOWED = {
    SendState.claimed: set(MARKS),
    SendState.handing_over: set(MARKS) - {SendState.handing_over, SendState.cancelled},
}


def test_the_files_of_an_answer_are_stored_with_it_in_order(database: Database) -> None:
    files = (AttachedFile("karta å.pdf", "application/pdf", b"\x00%PDF"), AttachedFile("a.txt", "text/plain", b""))
    with database.write() as connection:
        intent = receipt(kind=OutgoingKind.answer)
        id = add_outgoing(connection, intent, draft("x", attachments=files, author="alice"), at=TUESDAY)
        other = add_outgoing(connection, intent, draft("y"), at=TUESDAY)
    assert id is not None
    assert other is not None

    with database.read() as connection:
        stored = get_attached_files(connection, MACHINE, id), get_attached_files(connection, MACHINE, other)

    assert stored == (files, ())


@pytest.mark.parametrize("state", SendState)
def test_a_send_moves_only_along_the_allowed_ways(database: Database, state: SendState) -> None:
    moved = set()
    for target, mark in MARKS.items():
        with database.engine.connect() as connection:
            id = put_in(connection, state)
            if mark(connection, id, "w"):
                moved.add(target)
            reached = connection.scalar(sa.select(table.c.state).where(table.c.id == id))

        assert reached == (target if target in moved else state)

    assert moved == ALLOWED.get(state, set())


@pytest.mark.parametrize("state", [SendState.claimed, SendState.handing_over])
def test_nobody_but_the_holder_moves_a_send(database: Database, state: SendState) -> None:
    with database.write() as connection:
        id = put_in(connection, state)

        moved = [mark(connection, id, "other") for mark in MARKS.values()]

    assert not any(moved)
    assert state_of(database, id) is state


@pytest.mark.parametrize("state", [SendState.queued, SendState.sent, SendState.retry, SendState.shadow])
def test_a_send_ends_only_as_refused_cancelled_or_uncertain(database: Database, state: SendState) -> None:
    with database.write() as connection:
        id = put_in(connection, SendState.claimed)
        with pytest.raises(ValueError, match="is no end"):
            mark_ended(connection, id, "w", state, "")

    assert state_of(database, id) is SendState.claimed


@pytest.mark.parametrize("state", SendState)
def test_only_what_is_queued_is_claimed_at_once(database: Database, state: SendState) -> None:
    with database.write() as connection:
        id = put_in(connection, state)

    assert ids(claim(database, "other")) == ([id] if state is SendState.queued else [])


def test_the_exact_text_is_claimed_as_it_was_stored(database: Database) -> None:
    exact = draft(
        "x",
        text="Hej!\n\nÅ, ﷽ och 👩‍👩‍👧.\n",
        html="<p>Hej!</p>",
        headers=(("A", "1"), ("B", "å"), ("A", "2")),
        envelope_sender="",
    )
    intent = receipt(slots={"number": "26-00001"}, recipient="anna.å@example.se", template="urgent")
    with database.write() as connection:
        add_outgoing(connection, intent, exact, at=TUESDAY)

    (claimed,) = claim(database, "w")

    assert claimed.rendered.text == exact.text
    assert claimed.rendered.html == exact.html
    assert claimed.rendered.headers == exact.headers
    assert claimed.rendered.message_id == exact.message_id
    assert (claimed.rendered.recipient, claimed.rendered.envelope_sender) == ("anna.å@example.se", "")
    assert (claimed.organisation, claimed.template, claimed.attempts) == (TOWN, "urgent", 1)
    assert claimed.slots == {"number": "26-00001"}


def test_a_message_gets_one_automatic_reply_and_an_account_many_alerts(database: Database) -> None:
    case = put_case(database, "open")
    with database.write() as connection:
        again = add_outgoing(
            connection, receipt(), draft("another"), at=TUESDAY, ticket=case.ticket, message=case.message
        )
        told = [add_outgoing(connection, alert(), draft(f"larm-{number}"), at=TUESDAY) for number in range(2)]

    with database.read() as connection:
        sent = list_of_ticket(connection, MACHINE, case.ticket)

    assert again is None
    assert None not in told
    assert [each.id for each in sent] == [case.reply]


def test_a_message_id_is_used_once(database: Database) -> None:
    with database.write() as connection:
        queue_outgoing(connection, "same")

        assert add_outgoing(connection, receipt(), draft("same"), at=TUESDAY) is None


def test_a_retry_waits_for_its_time(database: Database) -> None:
    with database.write() as connection:
        later, now = queue_outgoing(connection, "later"), queue_outgoing(connection, "now")
        claim_to_send(connection, "w")
        mark_retry(connection, later, "w", "busy", timedelta(minutes=1))
        mark_retry(connection, now, "w", "busy", GONE)

    (claimed,) = claim(database, "w")

    assert claimed.rendered.id == now
    assert claimed.attempts == 2


def test_a_claim_that_ran_out_before_the_wire_is_claimed_again_and_its_first_holder_may_send_no_more(
    database: Database,
) -> None:
    with database.write() as connection:
        id = queue_outgoing(connection, "x")
    claim(database, "first", lease=GONE)

    taken_over = claim(database, "second")

    with database.write() as connection:
        assert not mark_handing_over(connection, id, "first", LEASE)
        assert mark_handing_over(connection, id, "second", LEASE)
    assert ids(taken_over) == [id]
    assert claim(database, "third") == ()


def test_what_was_cut_off_while_handing_over_is_never_claimed_as_new(database: Database) -> None:
    with database.write() as connection:
        cut_off, live = queue_outgoing(connection, "cut off"), queue_outgoing(connection, "live")
        claim_to_send(connection, "dead")
        mark_handing_over(connection, cut_off, "dead", GONE)
        mark_handing_over(connection, live, "dead", LEASE)

    fresh = claim(database, "w")
    with database.write() as connection:
        interrupted = claim_interrupted(connection, "w", LEASE)
        once_more = claim_interrupted(connection, "other", LEASE)

    assert fresh == once_more == ()
    assert ids(interrupted) == [cut_off]
    assert state_of(database, cut_off) is SendState.handing_over


def test_interrupted_sends_are_claimed_oldest_first_up_to_a_limit(database: Database) -> None:
    with database.write() as connection:
        sends = [queue_outgoing(connection, f"{number}") for number in range(5)]
        claim_to_send(connection, "dead")
        for id in sends:
            mark_handing_over(connection, id, "dead", GONE)

        first = claim_interrupted(connection, "w", LEASE, limit=3)
        rest = claim_interrupted(connection, "w", LEASE, limit=3)

    assert ids(first) == sends[:3]
    assert ids(rest) == sends[3:]


def test_alerts_are_claimed_first_then_danger_then_sms_then_the_rest_each_in_the_order_it_was_written(
    database: Database,
) -> None:
    with database.write() as connection:
        digest, mail, early, chat, danger, later = [
            add_outgoing(connection, intent, draft(str(place)), at=TUESDAY)
            for place, intent in enumerate(
                (
                    alert(template="digest"),
                    receipt(),
                    receipt(channel=Channel.sms, kind=OutgoingKind.answer),
                    receipt(channel=Channel.facebook),
                    receipt(template="urgent"),
                    alert(),
                )
            )
        ]

    assert ids(claim(database, "w", limit=2)) == [later, danger]
    assert ids(claim(database, "w")) == [early, digest, mail, chat]


def test_a_retry_is_due_by_the_databases_clock(database: Database) -> None:
    with database.write() as connection:
        id = put_in(connection, SendState.claimed)
        before = database_now(connection)
        mark_retry(connection, id, "w", "busy", LEASE)
        next_try_at = connection.scalar(sa.select(table.c.next_try_at))
        after = database_now(connection)

    assert next_try_at is not None
    assert before <= next_try_at - LEASE <= after


def test_many_workers_at_once_never_claim_the_same_send(database: Database) -> None:
    with database.write() as connection:
        for number in range(240):
            queue_outgoing(connection, f"{number}")
    start = Barrier(6)

    def work(number: int) -> list[OutgoingId]:
        start.wait()
        mine: list[OutgoingId] = []
        while batch := ids(claim(database, f"worker-{number}", limit=7)):
            mine += batch
        return mine

    claimed = Counter(id for mine in at_once(6, work) for id in mine)

    assert len(claimed) == 240
    assert set(claimed.values()) == {1}


@pytest.mark.service("postgres")
def test_a_claim_waits_for_no_other_on_postgresql(postgres: Postgres) -> None:
    database = Database(postgres.with_tables())
    with database.write() as connection:
        sends = [queue_outgoing(connection, f"{number}") for number in range(4)]

    with database.write() as first, database.write() as second:
        mine, others = ids(claim_to_send(first, "first", limit=2)), ids(claim_to_send(second, "second", limit=2))

    assert (mine, others) == (sends[:2], sends[2:])
    database.close()


def take_window(connection: Connection, id: int, **changes: Any) -> bool:
    asked = {
        "family": "receipt", "address": "anna@example.se", "mailbox": "kontaktcenter@exempelby.example",
        "organisation": TOWN, "outgoing_id": OutgoingId(id), "at": TUESDAY, "window": DAY, **changes,
    }  # fmt: skip
    return claim_window(connection, **asked)


def test_a_window_is_taken_once_and_again_when_it_is_over(database: Database) -> None:
    with database.write() as connection:
        assert take_window(connection, 1)
        assert not take_window(connection, 2, at=TUESDAY + DAY - timedelta(microseconds=1))
        assert take_window(connection, 3, at=TUESDAY + DAY)
        assert not take_window(connection, 4, at=TUESDAY + DAY)


def test_a_retry_is_not_held_back_by_itself(database: Database) -> None:
    with database.write() as connection:
        assert take_window(connection, 1)
        assert take_window(connection, 1, at=TUESDAY + timedelta(minutes=5))
        assert not take_window(connection, 2, at=TUESDAY + DAY)


@pytest.mark.parametrize(
    "other", [{"family": "urgent"}, {"address": "bo@example.se"}, {"mailbox": "gata@exempelby.example"}]
)
def test_each_family_address_and_mailbox_has_a_window_of_its_own(database: Database, other: dict[str, str]) -> None:
    with database.write() as connection:
        assert take_window(connection, 1)
        assert take_window(connection, 2, **other)


def test_two_workers_at_once_take_a_window_once(database: Database) -> None:
    for window in range(10):
        start = Barrier(2)

        def take(number: int, window: int = window, start: Barrier = start) -> bool:
            start.wait()
            with database.write() as connection:
                return take_window(connection, 10 * window + number, at=TUESDAY + window * DAY)

        assert sorted(at_once(2, take)) == [False, True]


def test_addresses_of_any_length_and_character_have_windows_and_a_history(database: Database) -> None:
    now = TUESDAY + timedelta(minutes=1)
    for number, address in enumerate(["ä" * 5000, "ä" * 4999 + "b", "nul\x00@example.se", "half\ud83d@example.se"]):
        with database.write() as connection:
            first = take_window(connection, 2 * number, address=address, mailbox=address)
            second = take_window(connection, 2 * number + 1, address=address, mailbox=address)
            queue_outgoing(connection, f"{number}", recipient=address)
            history = get_reply_history(connection, MACHINE, TOWN, address, now)
            sent_to = connection.scalar(sa.select(table.c.recipient).order_by(table.c.id.desc()))

        assert (first, second) == (True, False)
        assert len(history.to_address) == 1
        assert sent_to == address.replace("\x00", "").replace("\ud83d", "?")


def test_references_from_outside_of_any_kind_are_compared_with_ours(database: Database) -> None:
    case = put_case(database, "open")
    asked = ["<nul\x00@example.se>", "<half\ud83d@example.se>", "<" + "x" * 9000 + ">", case.reply_id, ""]

    with database.read() as connection:
        found = find_our_messages(connection, MACHINE, asked)
        nothing = find_our_messages(connection, MACHINE, [])

    assert [(each.id, each.ticket) for each in found] == [(case.reply, case.ticket)]
    assert nothing == ()


@pytest.mark.parametrize("state", [SendState.cancelled, SendState.refused, SendState.shadow])
def test_what_never_went_does_not_stand_in_the_history(database: Database, state: SendState) -> None:
    with database.write() as connection:
        put_in(connection, state)
        put_in(connection, SendState.sent, "y")
        history = get_reply_history(connection, MACHINE, TOWN, "anna@example.se", TUESDAY + timedelta(minutes=1))

    assert len(history.to_address) == 1
    assert history.installation_last_hour == 1


def test_the_history_begins_seven_days_ago(database: Database) -> None:
    with database.write() as connection:
        queue_outgoing(connection, "early"), queue_outgoing(connection, "late")

        def known(now: timedelta) -> int:
            return len(get_reply_history(connection, MACHINE, TOWN, "anna@example.se", TUESDAY + now).to_address)

        assert known(timedelta(hours=1)) == 2
        assert known(timedelta(days=7) - timedelta(microseconds=1)) == 2
        assert known(timedelta(days=7)) == 0


def asking(id: OutgoingId, ticket: TicketId | None = None, address: str = "anna@example.se") -> Asking:
    return Asking(id=id, organisation=TOWN, ticket=ticket, address=address)


def test_at_the_claim_only_what_passed_the_brakes_counts_and_never_itself(database: Database) -> None:
    with database.write() as connection:
        ids = [queue_outgoing(connection, key) for key in ("passed", "waits", "asks")]
        mark_passed(connection, [ids[0], ids[2]], TUESDAY)

        now, forget = TUESDAY + timedelta(minutes=1), Breaker(counted_from=TUESDAY + timedelta(minutes=1))
        passed = read_passed(connection, MACHINE, [asking(ids[2])], Breaker(), now)
        forgotten = read_passed(connection, MACHINE, [asking(ids[2])], forget, now)
        history = passed.history(asking(ids[2]), Breaker(), now)

    assert [each.at for each in history.to_address] == [TUESDAY]
    assert history.installation_last_hour == 1
    assert forgotten.history(asking(ids[2]), forget, now).installation_last_hour == 0


def test_what_passes_of_a_batch_counts_for_those_after_it_and_once(database: Database) -> None:
    with database.write() as connection:
        ids = [queue_outgoing(connection, key) for key in ("passed", "tried", "asks", "waits")]
        mark_passed(connection, ids[:2], TUESDAY)
        batch = [asking(id) for id in ids[1:]]

        now = TUESDAY + timedelta(minutes=59)
        passed = read_passed(connection, MACHINE, batch, Breaker(), now)
        an_hour_later = read_passed(connection, MACHINE, batch, Breaker(), TUESDAY + timedelta(hours=1))

    def counted(passed: Passed, id: OutgoingId) -> tuple[int, int]:
        history = passed.history(asking(id), Breaker(), now)
        return history.installation_last_hour, len(history.to_address)

    reply = AutomaticReply(template="receipt", address="anna@example.se", mailbox="kc@exempelby.example", at=now)
    assert (passed.others, passed.batch) == (1, frozenset({ids[1]}))
    assert (counted(passed, ids[1]), counted(passed, ids[2])) == ((1, 1), (2, 2))
    assert counted(passed.and_now(Gone(id=ids[2], ticket=None, reply=reply)), ids[3]) == (3, 3)
    assert (an_hour_later.others, an_hour_later.batch) == (0, frozenset())


def test_at_the_claim_nobody_is_taken_for_another_of_the_batch(database: Database) -> None:
    case = put_case(database, "open")
    with database.write() as connection:
        to_bo = queue_outgoing(connection, "bo", recipient="bo@example.se")
        add_suppression(connection, TOWN, "bo@example.se", "asked us", TUESDAY)
        mark_answer_met(connection, case.ticket, TUESDAY)
        batch = [asking(OutgoingId(0), case.ticket), asking(to_bo, address="bo@example.se")]
        passed = read_passed(connection, MACHINE, batch, Breaker(), TUESDAY + timedelta(minutes=1))
        histories = [passed.history(each, Breaker(), TUESDAY) for each in batch]

    assert [each.suppressed for each in histories] == [None, "asked us"]
    assert [each.answered for each in histories] == ["a person has answered", None]


def test_an_organisation_that_lets_an_address_be_holds_back_no_other(database: Database) -> None:
    with database.write() as connection:
        add_suppression(connection, TOWN, "anna@example.se", "asked us", TUESDAY)
        said = [
            get_reply_history(connection, MACHINE, organisation, "anna@example.se", TUESDAY).suppressed
            for organisation in (TOWN, OrganisationId("vatten"))
        ]

    assert said == ["asked us", None]
