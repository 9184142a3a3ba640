"""tickets delay: what would go, and that it goes only when somebody says so."""

from datetime import timedelta

import pytest

from store.database import Database
from tests.flow.installation import Installation, mail
from tests.unit.cli.conftest import Ran, Run

SPAN = ("--account", "kontaktcenter", "--since", "2026-11-24T09:00", "--until", "2026-11-24T10:00")


@pytest.fixture
def town(shared: Database) -> Installation:
    """Give an installation whose mails came long ago and got no receipt."""
    installation = Installation(shared)
    installation.connect()
    installation.arrives(mail())
    installation.arrives(
        mail("Det brinner i huset!", subject="Det brinner", sender="bo@example.se", id="<2@a.example>")
    )
    installation.arrives(mail(sender="robot@example.se", id="<3@a.example>", extra=("Auto-Submitted: auto-replied",)))
    installation.clock.forward(seconds=timedelta(hours=30).total_seconds())
    installation.round()
    return installation


def notices(town: Installation) -> int:
    return sum(reply.template == "delay" for ticket in town.tickets() for reply in town.replies(ticket))


def delay(run: Run, *more: str, typed: str | None = None) -> Ran:
    return run("tickets", "delay", *SPAN, *more, typed=typed)


def test_a_dry_run_lists_what_would_go_and_why_the_rest_does_not(run: Run, town: Installation) -> None:
    ran = delay(run, "--dry-run")

    assert (ran.code, notices(town)) == (0, 0)
    assert "3.3/13 speaks against an automatic reply" in ran.out
    assert ran.out.endswith("2 of 3 tickets would get a notice; nothing was sent.\n")


def test_of_a_sensitive_ticket_only_number_and_unit_are_told(run: Run, town: Installation) -> None:
    lines = delay(run, "--dry-run", "--json").lines

    assert [set(line) for line in lines].count({"number", "unit", "why_not"}) == 1
    assert len(lines) == 3


@pytest.mark.parametrize(("typed", "code", "sent"), [("y\n", 0, 2), ("n\n", 1, 0), ("", 1, 0)])
def test_it_asks_before_it_sends(run: Run, town: Installation, typed: str, code: int, sent: int) -> None:
    ran = delay(run, typed=typed)

    assert (ran.code, notices(town)) == (code, sent)
    assert "Send 2 notices?" in ran.err


def test_somebody_may_say_yes_beforehand(run: Run, town: Installation) -> None:
    told = delay(run, "--yes")
    again = delay(run, "--yes", "--json")

    assert "2 of 3 tickets get a notice" in told.out
    assert notices(town) == 2
    assert next(line["why_not"] for line in again.lines if "language" in line) == "it has got one already"


def test_json_cannot_ask(run: Run, town: Installation) -> None:
    ran = delay(run, "--json")

    assert (ran.code, notices(town)) == (2, 0)
    assert "--json cannot ask: say --dry-run" in ran.err


def test_the_list_of_tickets_is_as_before(run: Run, town: Installation) -> None:
    assert len(run("tickets", "--json").lines) == 3
    assert run("tickets").code == 0
