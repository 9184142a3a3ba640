"""The three modes of an account: in the queue, observed from outside it, and watched by date and flags alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.fake import FakeSource
from domain.account import AutoReply, Mode
from domain.facts import Workload
from domain.finding import FindingKind
from domain.message import FolderRole
from domain.outcome import Outcome
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE, Role
from pipeline.desk import Desk, NotDone
from pipeline.holding import hold
from pipeline.receive import receive
from pipeline.watch import look
from store.database import Database
from store.findings import list_open_findings
from store.handlings import list_workloads
from store.tickets import count_tickets, list_tickets
from store.users import add_user, find_user
from tests.flow.installation import Installation, mail, small_site


def town_in(database: Database, mode: Mode, auto_reply: AutoReply = AutoReply.off) -> Installation:
    """Return an installation whose contact center's mailbox is in that mode."""
    center, street = small_site().accounts
    changed = replace(center, mode=mode, auto_reply=auto_reply)
    town = Installation(database, site=replace(small_site(), accounts=(changed, street)))
    if mode is Mode.watch_only:
        town.wires.sources[town.account] = FakeSource(watch_only=True)
    town.connect()
    return town


def answer(to: str = "anna@example.se") -> bytes:
    return mail("Hej! Vi lagar det i dag.", sender="kontaktcenter@exempelby.example", to=to, id="<svar@x.example>",
                extra=("In-Reply-To: <1@example.se>",))  # fmt: skip


def observed(town: Installation) -> Ticket:
    """Return the one ticket outside the queue, open or closed."""
    with town.database.read() as connection:
        [ticket] = list_tickets(connection, MACHINE, status=None, observed=True)
    return ticket


def workload(town: Installation) -> Workload:
    with town.database.read() as connection:
        return list_workloads(connection, MACHINE)[town.account]


@pytest.fixture
def watched(database: Database) -> Installation:
    return town_in(database, Mode.observe)


def test_in_queue_mode_a_message_is_a_ticket_of_the_queue(database: Database) -> None:
    town = town_in(database, Mode.queue)
    town.arrives(mail())

    town.round()

    [ticket] = town.tickets()
    assert not ticket.observed
    assert workload(town).unhandled == 1


def test_an_observed_message_has_a_ticket_outside_the_queue_with_both_clocks(watched: Installation) -> None:
    watched.arrives(mail())

    watched.round()

    ticket = observed(watched)
    assert ticket.status is TicketStatus.open
    assert ticket.clocks.notice_runs
    assert ticket.clocks.answer_runs
    assert watched.tickets() == ()
    with watched.database.read() as connection:
        assert count_tickets(connection, MACHINE) == 0
        assert count_tickets(connection, MACHINE, due_before=watched.clock.now() + timedelta(days=9)) == 0


def test_an_observed_mailbox_gets_no_automatic_reply_unless_it_is_switched_on(watched: Installation) -> None:
    watched.arrives(mail())
    watched.round()
    watched.clock.forward(hours=7)

    hold(watched.runtime)
    watched.round()

    assert watched.wires.out.sent == []


def test_an_observed_mailbox_that_is_switched_on_answers(database: Database) -> None:
    town = town_in(database, Mode.observe, AutoReply.on)
    town.arrives(mail())

    town.round()

    assert len(town.wires.out.sent) == 1
    assert not observed(town).clocks.notice_runs


def answered(town: Installation, identity: str) -> None:
    town.mailbox().put(answer(), at=town.clock.now(), role=FolderRole.sent)


def forwarded_inside(town: Installation, identity: str) -> None:
    town.mailbox().put(answer("gata@exempelby.example"), at=town.clock.now(), role=FolderRole.sent)


def forwarded_outside(town: Installation, identity: str) -> None:
    town.mailbox().put(answer("vatten@annan.example"), at=town.clock.now(), role=FolderRole.sent)


def flagged_as_answered(town: Installation, identity: str) -> None:
    town.mailbox().set_flags(identity, "\\Seen", "\\Answered")


def moved(town: Installation, identity: str) -> None:
    town.mailbox().move(identity, FolderRole.junk)


def deleted(town: Installation, identity: str) -> None:
    town.mailbox().remove(identity)


def opened(town: Installation, identity: str) -> None:
    town.mailbox().set_flags(identity, "\\Seen")


@pytest.mark.parametrize(
    ("done", "status", "answer_runs"),
    [
        (answered, TicketStatus.closed, False),
        (flagged_as_answered, TicketStatus.closed, False),
        (forwarded_inside, TicketStatus.open, True),
        (forwarded_outside, TicketStatus.closed, True),
        (moved, TicketStatus.closed, True),
        (deleted, TicketStatus.closed, True),
        (opened, TicketStatus.open, True),
    ],
)
def test_what_people_do_closes_an_observed_ticket_or_leaves_it(
    watched: Installation, done: Callable[[Installation, str], None], status: TicketStatus, answer_runs: bool
) -> None:
    identity = watched.arrives(mail())
    watched.round()
    watched.clock.forward(hours=1)

    done(watched, identity)
    watched.round()
    watched.round()

    ticket = observed(watched)
    assert (ticket.status, ticket.clocks.answer_runs) == (status, answer_runs)
    assert workload(watched).unhandled == 0
    assert workload(watched).last_handled_at == watched.clock.now()


def test_an_observed_ticket_whose_message_is_marked_as_unread_is_open_again(watched: Installation) -> None:
    identity = watched.arrives(mail())
    watched.round()
    flagged_as_answered(watched, identity)
    watched.round()
    closed = observed(watched).status

    watched.mailbox().set_flags(identity, "\\Answered")
    watched.round()

    assert closed is TicketStatus.closed
    assert observed(watched).status is TicketStatus.open


def test_what_was_opened_and_marked_as_unread_waits_again(watched: Installation) -> None:
    identity = watched.arrives(mail())
    watched.round()
    opened(watched, identity)
    watched.round()
    before = workload(watched).unhandled

    watched.mailbox().set_flags(identity)
    watched.round()

    assert (before, workload(watched).unhandled) == (0, 1)
    assert workload(watched).oldest_unhandled_at is not None


def test_what_was_opened_before_it_was_decided_does_not_wait(watched: Installation) -> None:
    watched.mailbox().put(mail(), at=watched.clock.now(), flags=frozenset({"\\Seen"}))

    watched.round()

    assert workload(watched).unhandled == 0


def test_what_lay_there_at_first_connection_does_not_wait(database: Database) -> None:
    town = Installation(database)
    town.arrives(mail())

    town.round()

    assert workload(town) == replace(workload(town), unhandled=0, oldest_unhandled_at=None)
    assert workload(town).last_arrival_at is not None


def test_a_copy_in_another_mailbox_is_handled_when_the_letter_is_answered(database: Database) -> None:
    town = town_in(database, Mode.queue)
    town.arrives(mail())
    town.arrives(mail(), small_site().accounts[1].id)
    receive(town.runtime, small_site().accounts[1].id)
    town.round()
    town.clock.forward(hours=1)

    answered(town, "")
    town.round()

    with town.database.read() as connection:
        waiting = {id: each.unhandled for id, each in list_workloads(connection, MACHINE).items()}
    assert set(waiting.values()) == {0}


def test_a_watch_only_mailbox_is_watched_by_date_and_flags(database: Database) -> None:
    town = town_in(database, Mode.watch_only)
    read, unread = town.arrives(mail()), town.arrives(mail(id="<2@example.se>"))
    town.round()
    before = workload(town)
    town.clock.forward(minutes=5)

    town.mailbox().set_flags(read, "\\Seen")
    town.round()
    after = workload(town)
    town.mailbox().remove(unread)
    town.round()

    assert (before.unhandled, before.last_handled_at) == (2, None)
    assert (after.unhandled, after.last_handled_at) == (1, town.clock.now())
    assert workload(town).unhandled == 0
    assert town.tickets() == ()


@pytest.mark.parametrize("mode", list(Mode))
def test_in_every_mode_what_nobody_touches_is_unwatched_and_told_of_once(database: Database, mode: Mode) -> None:
    town = town_in(database, mode)
    town.arrives(mail())
    town.round()
    town.clock.forward(days=1, hours=9)
    receive(town.runtime, town.account)

    look(town.runtime)
    look(town.runtime)

    with town.database.read() as connection:
        found = [each for each in list_open_findings(connection, MACHINE) if each.kind is FindingKind.unwatched]
    assert [each.account for each in found] == [town.account]
    assert "1 meddelande väntar." in found[0].evidence.lower()


def test_a_notice_of_absence_from_our_own_address_is_a_second_automatic_reply(database: Database) -> None:
    town = town_in(database, Mode.queue, AutoReply.on)
    absence = ("Auto-Submitted: auto-replied (vacation)",)
    town.arrives(mail("Jag är på semester.", sender="gata@exempelby.example", extra=absence))
    town.round()

    look(town.runtime)
    town.clock.forward(minutes=2)
    look(town.runtime)

    with town.database.read() as connection:
        found = {(each.account, each.kind) for each in list_open_findings(connection, MACHINE)}
    assert ("gata", FindingKind.duplicate_auto_reply) in found


def bo(town: Installation) -> Desk:
    """Return what somebody of the contact center works with."""
    center = town.site.accounts[0]
    with town.database.write() as connection:
        add_user(
            connection, organisation=center.organisation, name="bo", display_name="Bo", password_hash="!", person=None,
            units=frozenset({center.unit}), roles=frozenset({Role.agent}), at=town.clock.now(),
        )  # fmt: skip
        user = find_user(connection, MACHINE, "bo")
    assert user is not None
    return Desk(town.database, town.site, user, town.clock.now())


def test_who_takes_a_ticket_has_handled_its_message(database: Database) -> None:
    town = town_in(database, Mode.queue)
    town.arrives(mail())
    town.round()
    [ticket] = town.tickets()
    before = workload(town).unhandled
    town.clock.forward(minutes=7)

    bo(town).take(ticket.id)

    assert (before, workload(town).unhandled) == (1, 0)
    assert workload(town).last_handled_at == town.clock.now()


def test_an_observed_ticket_is_taken_by_nobody_and_closed_by_who_closes_it(watched: Installation) -> None:
    watched.arrives(mail())
    watched.round()
    desk, ticket = bo(watched), observed(watched)

    with pytest.raises(NotDone, match="its own mailbox"):
        desk.take(ticket.id)
    desk.note(ticket.id, "Ringde upp.")
    noted = observed(watched)
    desk.close(ticket.id, Outcome.answered)

    assert (noted.status, noted.assignee) == (TicketStatus.open, None)
    assert observed(watched).status is TicketStatus.closed
