"""The real path in one process: a real mailbox and a real mail server, by the command as a user gives it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from domain.ids import AccountId, CategoryId, UnitId
from domain.loop_mark import LOOP_HEADER
from domain.open_time import is_open, local_date
from domain.promises import promise
from domain.site import Site
from outbox.words import say
from tests.integration.shape import CITIZENS, ROBOT, Done, Installation, citizens_mail, plain_text
from tests.services.dovecot import Dovecot
from tests.services.smtp import Received, SmtpServer
from watch.findings import old_unhandled

pytestmark = [pytest.mark.service("dovecot"), pytest.mark.xdist_group("real_path")]

#: What only the reply of a closed contact center says.
CLOSED = {"sv": "Vi har stängt nu", "fi": "Olemme nyt kiinni", "en": "We are closed now"}


@dataclass(frozen=True)
class Visit:
    """What happened on the real path, step by step."""

    site: Site
    check: Done
    first_poll: Done
    second_poll: Done
    third_poll: Done
    tickets: dict[str, dict[str, Any]]
    received: tuple[Received, ...]
    flags: list[frozenset[str]]
    began_at: datetime
    ended_at: datetime
    town: Installation

    def reply(self, language: str) -> EmailMessage:
        """Return the one reply to the citizen who wrote in a language."""
        [reply] = [each for each in self.received if CITIZENS[language][0] in each.recipients]
        return reply.message


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot, smtp_process: SmtpServer) -> Iterator[Visit]:
    """Set up as the README says, let four mails arrive, and poll three times."""
    smtp_process.clear()
    town = installed(tmp_path_factory.mktemp("real"), dovecot, smtp_process)
    check = town.run("check", "--json")
    first_poll = town.run("poll", "--json")
    began_at = datetime.now(UTC)
    town.deliver_one_a_language_and_a_robots()
    second_poll = town.run("poll", "--json")
    ended_at = datetime.now(UTC)
    flags = dovecot.flags(town.mailboxes["kontaktcenter"])
    tickets = {ticket["sender"]: ticket for ticket in town.run("tickets", "--json").lines}
    third_poll = town.run("poll", "--json")
    yield Visit(
        town.site, check, first_poll, second_poll, third_poll, tickets, smtp_process.received(), flags,
        began_at, ended_at, town,
    )  # fmt: skip
    town.close()


def installed(folder: Path, dovecot: Dovecot, smtp: SmtpServer) -> Installation:
    """Return an installation with one mailbox, that of the contact center."""
    town = Installation(folder, dovecot, smtp, SVARSVAKT_SITE=str(folder / "site"))
    town.run("init", str(town.site_folder))
    town.configure("kontaktcenter")
    town.approve_the_finnish_texts()
    return town


def test_the_connection_is_tried_step_by_step(visit: Visit) -> None:
    line = visit.check.line("kontaktcenter")

    assert line["ok"] is True
    assert [step["step"] for step in line["steps"]] == ["name", "tcp", "tls", "sign_in", "folder"]


def test_an_account_without_a_connection_is_passed_over_with_a_line(visit: Visit) -> None:
    for line in (visit.check.line("kontaktcenter-sms"), visit.second_poll.line("kontaktcenter-sms")):
        assert line["passed_over"]
        assert line.get("ok") is None


def test_an_empty_mailbox_is_read_and_gives_nothing(visit: Visit) -> None:
    line = visit.first_poll.line("kontaktcenter")

    assert (line["fetched"], line["new"], line["problem"]) == (0, 0, "")


def test_what_arrives_is_fetched_once(visit: Visit) -> None:
    second, third = visit.second_poll.line("kontaktcenter"), visit.third_poll.line("kontaktcenter")

    assert (second["fetched"], second["new"], second["duplicates"], second["history"]) == (4, 4, 0, 0)
    assert (third["fetched"], third["new"], third["problem"]) == (0, 0, "")


def test_the_mailbox_shows_no_trace(visit: Visit) -> None:
    assert visit.flags == [frozenset({"\\Recent"})] * 4


@pytest.mark.parametrize("language", CITIZENS)
def test_a_ticket_is_opened_for_the_right_unit_with_both_due_times(visit: Visit, language: str) -> None:
    ticket = visit.tickets[CITIZENS[language][0]]
    arrived_at = datetime.fromisoformat(ticket["arrived_at"])

    due = promised(visit.site, ticket, local_date(arrived_at))

    assert (ticket["unit"], ticket["language"], ticket["queue"]) == ("gata", language, "normal")
    assert abs((arrived_at - visit.began_at).total_seconds()) < 60
    assert datetime.fromisoformat(ticket["notice_due_at"]) == due[0]
    assert datetime.fromisoformat(ticket["answer_due_at"]) == due[1]


@pytest.mark.parametrize("language", CITIZENS)
def test_one_reply_names_the_computed_time_in_the_senders_language(visit: Visit, language: str) -> None:
    ticket = visit.tickets[CITIZENS[language][0]]

    reply = visit.reply(language)

    text = plain_text(reply)
    assert say(datetime.fromisoformat(ticket["answer_due_at"]), language) in text
    assert reply["Content-Language"] == language
    assert [each["state"] for each in ticket["sent"]] == ["sent"]
    assert datetime.fromisoformat(ticket["notice_met_at"]) <= visit.ended_at


@pytest.mark.parametrize("language", CITIZENS)
def test_a_closed_contact_center_says_when_it_opens(visit: Visit, language: str) -> None:
    states = {open_at(visit.site, at) for at in (visit.began_at, visit.ended_at)}

    says_closed = CLOSED[language] in plain_text(visit.reply(language))

    # At the very minute of opening or closing both are right.
    assert (not says_closed) in states


@pytest.mark.parametrize("language", CITIZENS)
def test_the_reply_has_the_form_of_an_automatic_one(visit: Visit, language: str) -> None:
    sender, _ = CITIZENS[language]
    ticket = visit.tickets[sender]
    [received] = [each for each in visit.received if sender in each.recipients]

    reply = received.message

    assert (received.sender, received.recipients) == ("", (sender,))
    assert received.rcpt_options == ("NOTIFY=NEVER",)
    assert parseaddr(reply["From"]) == ("Kontaktcenter, Exempelby kommun", "kontaktcenter@exempelby.example")
    assert reply.get_all("To") == [sender]
    assert ticket["number"] in reply["Subject"]
    assert ticket["subject"] not in reply["Subject"]
    assert reply["In-Reply-To"] == reply["References"] == original_id(visit, ticket)
    assert reply["Auto-Submitted"] == "auto-replied"
    assert reply["X-Auto-Response-Suppress"] == "All"
    assert reply[LOOP_HEADER] == "kontaktcenter"
    assert reply["Precedence"] is None
    assert reply.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in reply.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in reply.iter_parts()} == {"utf-8"}
    assert len(received.content) < 4096


def test_a_machines_answer_opens_a_ticket_and_gets_no_reply(visit: Visit) -> None:
    ticket = visit.tickets[ROBOT]

    assert ticket["sent"] == []
    assert ticket["queue"] == "low"
    assert not [each for each in visit.received if ROBOT in each.recipients]


def test_nothing_else_is_sent(visit: Visit) -> None:
    assert sorted(each.recipients for each in visit.received) == sorted((sender,) for sender, _ in CITIZENS.values())


def test_the_export_is_a_configuration_too(visit: Visit) -> None:
    exported = visit.town.folder / "exported"

    visit.town.run("export", str(exported))

    check = visit.town.run("check", "--json", SVARSVAKT_SITE=str(exported))
    assert check.line("kontaktcenter")["ok"] is True
    assert check.line("kontaktcenter")["steps"] == visit.check.line("kontaktcenter")["steps"]


def test_an_unknown_account_is_named(visit: Visit) -> None:
    done = visit.town.run("poll", "kontaktcentret", code=2)

    assert "there is no account kontaktcentret" in done.errors
    assert done.out == ""


def test_a_log_that_nobody_touched_holds(visit: Visit) -> None:
    verified = visit.town.run("log", "verify", "--json").object

    # The activation; what was received, decided and sent.
    assert verified["sealed"] >= 1 + 1 + 4 + 3
    assert (verified["unsealed"], verified["faults"]) == (0, [])


#: What somebody with the database in hand does to the log, and the rows that must be named.
TAMPERINGS = {
    "edited": (["UPDATE events SET actor = 'nobody' WHERE seal = 3"], ["event {third} (line 3)"]),
    "deleted": (["DELETE FROM events WHERE seal = 3"], ["line 3 is missing"]),
    "deleted at the end": (["DELETE FROM events WHERE seal = {last}"], ["line {last} is missing"]),
    "reordered": (
        [
            "UPDATE events SET seal = -3 WHERE seal = 3",
            "UPDATE events SET seal = 3 WHERE seal = 4",
            "UPDATE events SET seal = 4 WHERE seal = -3",
        ],
        ["event {fourth} (line 3)", "event {third} (line 4)"],
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_log_that_was_tampered_with_names_the_row(visit: Visit, tmp_path: Path, how: str) -> None:
    statements, faults = TAMPERINGS[how]
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(visit.town.sqlite)) as original, closing(sqlite3.connect(copy)) as changed:
        original.backup(changed)
        seals = dict(changed.execute("SELECT seal, id FROM events"))
        known = {"third": seals[3], "fourth": seals[4], "last": max(seals)}
        for statement in statements:
            changed.execute(statement.format(**known))
        changed.commit()

    done = visit.town.run("log", "verify", code=1, SVARSVAKT_DATABASE=f"sqlite:///{copy}")

    assert [fault for fault in faults if fault.format(**known) not in done.errors] == []


def test_old_mail_is_history_that_one_finding_counts_and_sends_nothing(
    tmp_path: Path, dovecot: Dovecot, smtp_server: SmtpServer
) -> None:
    town = installed(tmp_path, dovecot, smtp_server)
    for number in range(3):
        town.deliver("kontaktcenter", citizens_mail(f"Hål nummer {number} i vägen på Storgatan."))

    polls = [town.run("poll", "--json").line("kontaktcenter") for _ in range(2)]

    assert [(line["fetched"], line["new"], line["history"]) for line in polls] == [(3, 3, 3), (0, 0, 0)]
    assert town.run("tickets", "--json").lines == []
    assert smtp_server.received() == ()
    [finding] = town.run("accounts", "--json").line("kontaktcenter")["findings"]
    assert (finding["kind"], finding["evidence"]) == ("old_unhandled", old_unhandled(3))


def test_poll_counts_what_was_fetched_new_known_and_set_aside(
    tmp_path: Path, dovecot: Dovecot, smtp_server: SmtpServer
) -> None:
    town = installed(tmp_path, dovecot, smtp_server)
    town.run("poll")
    town.deliver("kontaktcenter", citizens_mail("Det är ett hål i vägen på Storgatan."))
    dovecot.append(town.mailboxes["kontaktcenter"], b"\xff\xfe nothing that is a mail")

    first = town.run("poll", "--json").line("kontaktcenter")
    dovecot.change_uidvalidity(town.mailboxes["kontaktcenter"])
    again = town.run("poll", "--json").line("kontaktcenter")

    counts = ("fetched", "new", "duplicates", "set_aside")
    assert [first[name] for name in counts] == [2, 2, 0, 1]
    assert [again[name] for name in counts] == [2, 0, 2, 0]
    assert 0 < first["seconds"] < 30
    assert len(town.run("tickets", "--json").lines) == 2


def test_a_wrong_password_is_said_and_ends_no_round(tmp_path: Path, dovecot: Dovecot, smtp_server: SmtpServer) -> None:
    town = installed(tmp_path, dovecot, smtp_server)
    town.environment["SVARSVAKT_SECRET_MAIL_KONTAKTCENTER"] = "fel"

    line = town.run("poll", "--json", code=1).line("kontaktcenter")

    said = town.run("poll", code=1).out
    shown = town.run("accounts", "--json").line("kontaktcenter")
    tried = town.run("check", "--json", code=1).line("kontaktcenter")["steps"][-1]
    assert line["failed_step"] == shown["failed_step"] == tried["step"] == "sign_in"
    assert "check user and password (mail-kontaktcenter)" in line["problem"]
    assert line["problem"] == shown["failure"] == tried["sentence"]
    assert f"kontaktcenter: sign_in failed. {line['problem']}" in " ".join(said.split())
    assert shown["failing_since"] is not None


def promised(site: Site, ticket: dict[str, Any], today: date) -> tuple[datetime, datetime]:
    """Return when notice and answer are due by the domain's own count."""
    due = promise(
        site,
        site.account(AccountId(ticket["account"])),
        UnitId(ticket["unit"]),
        CategoryId(ticket["category"]),
        datetime.fromisoformat(ticket["arrived_at"]),
        today,
    )
    return due.notice_at, due.answer_at


def open_at(site: Site, instant: datetime) -> bool:
    """Return whether the contact center is open."""
    return is_open(site.schedule_of(site.account(AccountId("kontaktcenter"))), site.calendar, instant)


def original_id(visit: Visit, ticket: dict[str, Any]) -> str:
    """Return the Message-ID of the mail that a ticket is about."""
    [row] = visit.town.rows("SELECT message_id FROM messages WHERE sender_address = :address", address=ticket["sender"])
    return str(row.message_id)
