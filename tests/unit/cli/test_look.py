"""tickets and accounts: read as the operator."""

import json

import pytest

from store.database import Database
from tests.flow.installation import Installation, mail
from tests.unit.cli.conftest import Run

TICKET_KEYS = {
    "number", "unit", "organisation", "account", "channel", "status", "queue", "needs_a_look", "look_reason",
    "category", "language", "urgency", "secrecy", "subject", "sender", "arrived_at", "notice_due_at", "answer_due_at",
    "notice_met_at", "answer_met_at", "next_due_at", "calendar", "sent",
}  # fmt: skip
ACCOUNT_KEYS = {
    "account", "name", "address", "channel", "organisation", "unit", "tier", "mode", "auto_reply", "status", "manager",
    "state", "visited_at", "read_at", "failing_since", "failed_step", "failure", "findings", "instead", "deputy",
    "readers", "last_arrival_at", "last_handled_at", "unhandled", "oldest_unhandled_at", "days",
    "days_since_alert", "reviewed_on",
}  # fmt: skip


@pytest.fixture
def town(shared: Database) -> Installation:
    """Give an installation with two mailboxes that the command line reads too."""
    installation = Installation(shared)
    installation.connect()
    return installation


def test_a_ticket_is_one_line_with_its_clocks_and_its_reply(run: Run, town: Installation) -> None:
    town.arrives(mail())
    town.round()

    ran = run("tickets", "--json")

    [ticket] = ran.lines
    assert ran.code == 0
    assert set(ticket) == TICKET_KEYS
    assert (ticket["unit"], ticket["sender"], ticket["subject"]) == ("gata", "anna@example.se", "Hål i vägen")
    assert [(each["kind"], each["state"]) for each in ticket["sent"]] == [("receipt", "sent")]
    assert ticket["answer_due_at"].endswith(("+01:00", "+02:00"))


def test_of_a_sensitive_ticket_only_number_and_unit_are_told(run: Run, town: Installation) -> None:
    town.arrives(mail("Det brinner i huset på Hemliga gatan!", subject="Det brinner", sender="vittne@example.se"))
    town.round()

    told, table = run("tickets", "--json"), run("tickets")

    assert [set(line) for line in told.lines] == [{"number", "unit"}]
    for secret in ("brinner", "vittne", "fara", "Hemliga", "urgent"):
        assert secret not in told.out + table.out
    assert told.object["number"] in table.out


def test_no_tickets_are_no_lines(run: Run, town: Installation) -> None:
    assert run("tickets", "--json").out == ""
    assert "No open tickets." in run("tickets").out


def test_every_account_tells_how_its_visits_went(run: Run, town: Installation) -> None:
    ran = run("accounts", "--json")

    assert ran.code == 0
    assert [line["account"] for line in ran.lines] == ["kontaktcenter", "gata"]
    assert all(set(line) == ACCOUNT_KEYS for line in ran.lines)
    assert {line["state"] for line in ran.lines} == {"read"}
    assert ran.lines[0]["manager"] == "Kim Chef"


def test_a_subject_with_markup_is_shown_as_it_is(run: Run, town: Installation) -> None:
    town.arrives(mail(subject="[bold]Hål[/bold] i vägen"))
    town.round()

    assert "[bold]Hål[/bold]" in run("tickets").out


def test_a_row_in_a_pipe_is_one_line(run: Run, town: Installation) -> None:
    town.arrives(mail(subject="Hål i vägen " * 15))
    town.round()

    assert len(run("tickets").out.splitlines()) == 2


def test_json_holds_swedish_letters_as_they_are(run: Run, town: Installation) -> None:
    town.arrives(mail())
    town.round()

    out = run("tickets", "--json").out

    assert "Hål i vägen" in out
    assert json.loads(out)


def numbers(run: Run, *options: str) -> int:
    return len(run("tickets", *options, "--json").lines)


def test_the_list_is_narrowed_by_what_is_asked_for(run: Run, town: Installation) -> None:
    town.arrives(mail())
    town.arrives(mail("Hej, ni har fina hus.", subject="Fina hus", sender="bo@example.se", id="<2@example.se>"))
    town.round()

    assert numbers(run) == 2
    assert numbers(run, "--unit", "gata") == 1
    assert numbers(run, "--account", "kontaktcenter", "--channel", "email") == 2
    assert numbers(run, "--account", "gata") == 0
    assert numbers(run, "--late") == 0
    assert numbers(run, "--closed") == 0
    assert numbers(run, "--observed") == 0


def test_no_narrowing_tells_what_a_sensitive_ticket_is_about(run: Run, town: Installation) -> None:
    town.arrives(mail("Det brinner i huset på Hemliga gatan!", subject="Det brinner", sender="vittne@example.se"))
    town.round()

    assert numbers(run, "--unit", "kontaktcenter") == 1
    for option in (
        ("--category", "fara"),
        ("--language", "sv"),
        ("--account", "kontaktcenter"),
        ("--channel", "email"),
    ):
        assert numbers(run, *option) == 0
