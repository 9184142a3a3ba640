"""What people do in the mailbox: noted, never changed, and heeded (P4, domain.md 3.3 rows 30 and 36)."""

from dataclasses import replace

import pytest

import pipeline.observe
import pipeline.receive
from connectors.fake import FakeSource
from domain.account import Mode
from domain.errors import Unreachable
from domain.evidence import Evidence, EvidenceKind
from domain.message import Fate, FolderRole
from domain.ticket import Ticket
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.receive import receive
from store import events
from store.database import Database
from store.entries import list_there
from store.evidence import list_of_account
from store.messages import count_by_fate, list_of_ticket
from store.tickets import list_tickets
from tests.flow.installation import CONTACT_CENTER, GATA, Installation, mail, small_site
from tests.flow.test_crash import dies_in


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


def evidence(town: Installation) -> list[Evidence]:
    """Return what was seen in the contact center's mailbox, oldest first."""
    with town.database.read() as connection:
        return list(list_of_account(connection, MACHINE, town.account))


def kinds(town: Installation) -> list[EvidenceKind]:
    """Return the kinds of what was seen."""
    return [each.kind for each in evidence(town)]


def fates(town: Installation) -> dict[Fate, int]:
    """Return how many messages stand where."""
    with town.database.read() as connection:
        return count_by_fate(connection, MACHINE)


def there(town: Installation) -> list[str]:
    """Return what the ledger says exists."""
    with town.database.read() as connection:
        return sorted(entry.identity for entry in list_there(connection, MACHINE, town.account))


def events_of(town: Installation, kind: str) -> list[dict[str, object]]:
    """Return what events of a kind say."""
    with town.database.read() as connection:
        return [event.details for event in events.list_after(connection, MACHINE, 0) if event.kind == kind]


def answer(
    to: str = "anna@example.se", *, id: str = "<svar-1@exempelby.example>", answers: str = "<1@example.se>",
    extra: tuple[str, ...] = (),
) -> bytes:  # fmt: skip
    """Return what a person's mail program files in Sent."""
    lines = [
        f"From: Kontaktcenter <{CONTACT_CENTER}>",
        f"To: {to}",
        "Subject: SV: Hål i vägen",
        f"Message-ID: {id}",
        f"In-Reply-To: {answers}",
        *extra,
        "",
        "Hej! Det lagas i morgon.",
    ]
    return "\r\n".join(lines).encode()


def only_ticket(town: Installation) -> Ticket:
    """Return the one ticket, open or closed."""
    with town.database.read() as connection:
        [ticket] = list_tickets(connection, MACHINE, status=None, observed=None)
    return ticket


def rows(town: Installation, ticket: Ticket) -> set[str]:
    """Return the rows of the screen that spoke against a reply to the ticket's only message."""
    with town.database.read() as connection:
        [message] = list_of_ticket(connection, MACHINE, ticket.id)
    return {reason["row"] for reason in message.explanation["automatic_reply"]["reasons"]}


def test_what_a_person_does_with_a_mail_is_noted_once_in_the_order_it_happened(town: Installation) -> None:
    identity = town.arrives(mail())
    town.round()

    for flags in (["\\Seen"], ["\\Seen", "\\Flagged"], ["\\Seen", "Brådskande"], [], []):
        town.clock.forward(minutes=1)
        town.mailbox().set_flags(identity, *flags)
        town.round()
        town.round()

    assert kinds(town) == [
        EvidenceKind.seen, EvidenceKind.flagged, EvidenceKind.unflagged, EvidenceKind.keyword, EvidenceKind.unseen,
        EvidenceKind.keyword,
    ]  # fmt: skip
    assert evidence(town)[3].details == {"set": ["brådskande"], "taken": []}
    assert {each.message for each in evidence(town)} == {1}
    assert len(town.tickets()) == 1
    assert len(town.wires.out.sent) == 1


def test_a_visit_that_saw_something_leaves_a_line_in_the_log(town: Installation) -> None:
    first, second = town.arrives(mail()), town.arrives(mail(id="<2@example.se>", sender="bo@example.se"))
    town.round()

    town.mailbox().set_flags(first, "\\Seen")
    town.mailbox().set_flags(second, "\\Seen", "\\Deleted")
    town.round()
    town.round()

    assert events_of(town, "observed") == [{"evidence": {"deleted": 1, "seen": 2}}]


def test_a_mail_that_disappears_leaves_its_ticket_and_a_sign(town: Installation) -> None:
    identity = town.arrives(mail())
    town.round()

    town.mailbox().remove(identity)
    town.round()
    town.round()

    assert kinds(town) == [EvidenceKind.gone]
    assert there(town) == []
    assert len(town.tickets()) == 1


@pytest.mark.parametrize("first", [FolderRole.inbox, FolderRole.junk])
def test_a_mail_that_is_moved_is_the_same_mail(town: Installation, first: FolderRole) -> None:
    second = FolderRole.junk if first is FolderRole.inbox else FolderRole.inbox
    identity = town.mailbox().put(mail(), at=town.clock.now(), role=first)
    town.round()
    before = len(town.wires.out.sent)

    moved = town.mailbox().move(identity, second)
    received, _, _ = town.round()
    town.mailbox().set_flags(moved, "\\Seen")
    town.round()

    assert kinds(town) == [EvidenceKind.moved, EvidenceKind.seen]
    assert {each.message for each in evidence(town)} == {1}
    assert (received.fetched, received.new, received.duplicates) == (1, 0, 1)
    assert there(town) == [moved]
    assert len(town.tickets()) == 1
    assert len(town.wires.out.sent) == before


def test_a_mail_that_went_away_and_came_back_is_the_same_mail(town: Installation) -> None:
    town.mailbox().remove(town.arrives(mail()))
    identity = town.arrives(mail())
    town.round()
    town.mailbox().remove(identity)
    town.round()

    back = town.arrives(mail())
    town.round()

    assert kinds(town) == [EvidenceKind.gone, EvidenceKind.returned]
    assert there(town) == [back]
    assert len(town.tickets()) == 1
    assert len(town.wires.out.sent) == 1


def test_junk_is_looked_at_by_a_person_and_gets_no_reply(town: Installation) -> None:
    town.mailbox().put(mail(), at=town.clock.now(), role=FolderRole.junk)

    town.round()

    ticket = only_ticket(town)
    assert ticket.needs_a_look
    assert ticket.notice_due_at is not None
    assert town.wires.out.sent == []


def test_a_new_uidvalidity_brings_no_second_ticket_and_no_second_reply(town: Installation) -> None:
    gone = town.arrives(mail(id="<2@example.se>", sender="bo@example.se"))
    town.arrives(mail())
    town.round()
    town.mailbox().remove(gone)
    town.mailbox().renumber()

    received, decided, _ = town.round()

    assert (received.fetched, received.new) == (1, 0)
    assert decided.fates.total() == 0
    assert len(town.tickets()) == 2
    assert len(town.wires.out.sent) == 2
    assert there(town) == ["INBOX/2/1"]
    assert kinds(town) == [EvidenceKind.gone], "of the one that is gone, and not of the one that has another number"


def test_evidence_goes_on_under_the_new_identity(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    town.mailbox().renumber()
    town.round()

    town.mailbox().set_flags("INBOX/2/1", "\\Seen")
    town.round()

    assert [(each.kind, each.message) for each in evidence(town)] == [(EvidenceKind.seen, 1)]


def test_a_mail_that_the_server_renders_anew_is_the_same_letter(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    mailbox = town.mailbox()
    mailbox.remove("INBOX/1/1")
    mailbox.renumber()
    town.arrives(mail(extra=("X-Migrated: yes",)))

    town.round()
    mailbox.set_flags("INBOX/2/1", "\\Seen")
    town.round()

    assert len(town.tickets()) == 1
    assert len(town.wires.out.sent) == 1
    assert kinds(town) == [EvidenceKind.gone, EvidenceKind.returned, EvidenceKind.seen]
    assert {each.message for each in evidence(town)} == {1}


def test_a_mail_that_was_answered_before_we_came_to_it_gets_no_reply(town: Installation) -> None:
    town.arrives(mail())
    town.mailbox().put(answer(), at=town.clock.now(), role=FolderRole.sent)

    town.round()

    ticket = only_ticket(town)
    assert town.wires.out.sent == []
    assert ticket.answer_met_at == town.clock.now()
    assert ticket.next_due_at is None
    assert kinds(town) == [EvidenceKind.answered]
    assert "3.3/36" in rows(town, ticket)


def test_a_mail_that_is_flagged_as_answered_before_it_is_decided_gets_no_reply(town: Installation) -> None:
    identity = town.arrives(mail())
    receive(town.runtime, town.account)
    town.mailbox().set_flags(identity, "\\Answered")
    receive(town.runtime, town.account)

    decide(town.runtime)

    ticket = only_ticket(town)
    assert town.replies(ticket) == ()
    assert "3.3/36" in rows(town, ticket)
    assert ticket.answer_met_at == town.clock.now()


@pytest.mark.parametrize("mode", [Mode.queue, Mode.observe])
def test_an_answer_in_sent_stops_the_answer_clock(database: Database, mode: Mode) -> None:
    center, street = small_site().accounts
    town = Installation(database, site=replace(small_site(), accounts=(replace(center, mode=mode), street)))
    town.connect()
    town.arrives(mail())
    town.round()
    asked = only_ticket(town)
    town.clock.forward(hours=2)
    town.mailbox().put(answer(), at=town.clock.now(), role=FolderRole.sent)
    answered_at = town.clock.now()
    town.clock.forward(minutes=30)

    town.round()
    town.round()

    ticket = only_ticket(town)
    assert asked.answer_met_at is None
    assert ticket.answer_met_at == answered_at
    assert ticket.notice_met_at == (asked.notice_met_at or answered_at)
    [event] = events_of(town, "answer_seen")
    assert event == {"by": "sent", "answered_at": answered_at.isoformat()}
    assert [(each.kind, each.at) for each in evidence(town)] == [(EvidenceKind.answered, answered_at)]


def test_a_flag_that_says_answered_stops_the_answer_clock(town: Installation) -> None:
    identity = town.arrives(mail())
    town.round()
    town.clock.forward(hours=1)

    town.mailbox().set_flags(identity, "\\Seen", "\\Answered")
    town.round()

    assert only_ticket(town).answer_met_at == town.clock.now()
    assert events_of(town, "answer_seen")[0]["by"] == "flag"


def test_our_own_automatic_reply_in_sent_answers_nothing(town: Installation) -> None:
    town.arrives(mail())
    town.round()
    [sent] = town.wires.out.sent
    marked = tuple(f"{name}: {value}" for name, value in sent.headers if name in {"X-Svarsvakt-Loop", "Auto-Submitted"})
    filed = (
        answer(id=sent.message_id),
        answer(id="<from-exchange@example.com>", extra=marked[-1:]),
        answer(id="<from-exchange-2@example.com>", extra=(f"X-Svarsvakt-Loop: {town.account}",)),
        answer(id="<absence@example.com>", extra=("Auto-Submitted: auto-replied (vacation)",)),
    )

    for original in filed:
        town.mailbox().put(original, at=town.clock.now(), role=FolderRole.sent)
    town.round()

    assert only_ticket(town).answer_met_at is None
    assert kinds(town) == []


def test_a_mail_that_was_passed_on_is_not_answered(town: Installation) -> None:
    town.arrives(mail())
    town.round()

    town.mailbox().put(answer(to="gata@exempelby.example"), at=town.clock.now(), role=FolderRole.sent)
    town.round()

    assert only_ticket(town).answer_met_at is None
    assert kinds(town) == [EvidenceKind.forwarded]


def test_an_answer_goes_where_the_citizen_asks_for_it(town: Installation) -> None:
    town.arrives(mail(extra=("Reply-To: Anna hemma <hemma@example.com>",)))
    town.round()

    town.mailbox().put(answer(to="HEMMA@example.com"), at=town.clock.now(), role=FolderRole.sent)
    town.round()

    assert only_ticket(town).answer_met_at is not None


def test_an_answer_from_another_mailbox_of_the_organisation_counts(town: Installation) -> None:
    town.arrives(mail())
    town.round()

    town.mailbox(GATA).put(answer(), at=town.clock.now(), role=FolderRole.sent)
    receive(town.runtime, GATA)

    assert only_ticket(town).answer_met_at is not None


def test_what_was_sent_before_we_came_is_nobodys_business(database: Database) -> None:
    town = Installation(database)
    town.mailbox().put(answer(), at=town.clock.now(), role=FolderRole.sent)
    town.connect()

    town.arrives(mail())
    town.round()

    assert len(town.wires.out.sent) == 1
    assert fates(town) == {Fate.ticket: 1}


def test_a_mail_in_sent_is_never_a_message(town: Installation) -> None:
    town.mailbox().put(answer(answers="<okänd@example.se>"), at=town.clock.now(), role=FolderRole.sent)
    town.mailbox().put(b"inte ens ett mejl \x00\xff", at=town.clock.now(), role=FolderRole.sent)

    received, _, _ = town.round()

    assert (received.fetched, received.new) == (0, 0)
    assert fates(town) == {}
    assert there(town) == []


def test_an_answer_dated_before_the_question_or_in_the_future_stops_the_clock_in_between(town: Installation) -> None:
    for number, hours in ((1, -48), (2, 48)):
        town.arrives(mail(id=f"<{number}@example.se>", sender=f"p{number}@example.se", at=town.clock.now()))
        town.round()
        town.clock.forward(hours=hours)
        filed = answer(f"p{number}@example.se", id=f"<s{number}@x.example>", answers=f"<{number}@example.se>")
        town.mailbox().put(filed, at=town.clock.now(), role=FolderRole.sent)
        town.clock.forward(hours=-hours)
        town.round()

    for ticket in town.tickets():
        assert ticket.answer_met_at == town.clock.now()


def test_a_message_that_is_withheld_is_told_of_and_holds_up_nothing(town: Installation) -> None:
    bad = town.arrives(mail())
    town.mailbox().withhold(bad)
    town.arrives(mail(id="<2@example.se>", sender="bo@example.se"))

    town.round()
    town.round()
    told = [alert.template for alert in town.alerts()]
    before = len(town.tickets())
    town.mailbox().hand_over(bad)
    town.round()

    assert before == 1
    assert told == ["withheld"]
    assert len(town.tickets()) == 2
    with town.database.read() as connection:
        closed = [e.details for e in events.list_after(connection, MACHINE, 0) if e.kind == "finding_closed"]
    assert closed == [{"finding": "withheld"}]


def test_a_folder_beside_the_inbox_that_does_not_open_lets_the_inbox_through(town: Installation) -> None:
    mailbox = town.mailbox()
    real, fault = mailbox.fetch, Unreachable("folder", "Skräppost does not open")
    mailbox.fetch = lambda cursor: replace(real(cursor), fault=fault)  # type: ignore[method-assign]
    town.arrives(mail())

    received, _, _ = town.round()
    town.clock.forward(minutes=31)
    town.round()

    assert (received.new, received.failed_step, received.problem) == (1, "folder", "Skräppost does not open")
    assert len(town.wires.out.sent) == 1 + len(town.alerts())
    assert [alert.template for alert in town.alerts()] == ["unreachable"]


def test_a_crash_between_what_was_seen_and_the_cursor_notes_it_once(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = town.arrives(mail())
    town.round()
    town.mailbox().set_flags(identity, "\\Seen")
    town.mailbox().put(answer(), at=town.clock.now(), role=FolderRole.sent)

    with dies_in(monkeypatch, pipeline.receive, "set_cursor"):
        receive(town.runtime, town.account)
    between = kinds(town)
    town.round()
    town.round()

    assert between == []
    assert sorted(kinds(town)) == [EvidenceKind.answered, EvidenceKind.seen]


def test_an_answer_that_was_read_while_the_message_was_decided_is_found_by_the_next_visit(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.arrives(mail())
    town.round()
    town.mailbox().put(answer(), at=town.clock.now(), role=FolderRole.sent)
    with monkeypatch.context() as patched:
        # As it looks from a transaction that cannot see the other's decision yet.
        patched.setattr(pipeline.observe, "find_unsettled", lambda *_: ())
        receive(town.runtime, town.account)
    unseen = only_ticket(town).answer_met_at

    receive(town.runtime, town.account)

    assert unseen is None
    assert only_ticket(town).answer_met_at is not None


def test_of_a_watch_only_account_there_is_a_ledger_with_flags_and_nothing_else(database: Database) -> None:
    center, street = small_site().accounts
    watched = replace(center, mode=Mode.watch_only)
    town = Installation(database, site=replace(small_site(), accounts=(watched, street)))
    town.wires.sources[town.account] = FakeSource(watch_only=True)
    town.connect()
    identity = town.arrives(mail())
    town.mailbox().put(answer(), at=town.clock.now(), role=FolderRole.sent)

    town.round()
    town.mailbox().set_flags(identity, "\\Seen", "\\Answered")
    town.round()
    town.mailbox().remove(identity)
    town.round()

    assert fates(town) == {}
    assert [(each.kind, each.message) for each in evidence(town)] == [
        (EvidenceKind.seen, None),
        (EvidenceKind.answered, None),
        (EvidenceKind.gone, None),
    ]
