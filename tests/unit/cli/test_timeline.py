"""tickets timeline: the steps of a ticket's messages and of what was sent, with the time that each took."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.decide import decide
from pipeline.receive import receive
from tests.flow.installation import Installation, mail
from tests.tables import embedded_with_tables
from tests.unit.cli.conftest import Run


@pytest.fixture
def town(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """Give an installation that the command line reads too."""
    url = f"sqlite:///{tmp_path}/svarsvakt.sqlite3"
    monkeypatch.setenv("SVARSVAKT_SITE", str(tmp_path))
    monkeypatch.setenv("SVARSVAKT_DATABASE", url)
    database = embedded_with_tables(tmp_path / "svarsvakt.sqlite3")
    installation = Installation(database)
    installation.connect()
    yield installation
    database.close()


def test_each_step_of_the_message_and_of_its_reply_stands_in_order(run: Run, town: Installation) -> None:
    town.arrives(mail())
    town.round()
    [ticket] = town.tickets()

    lines = run("tickets", "timeline", ticket.number, "--json").lines

    message, reply = lines[0]["of"], lines[-1]["of"]
    assert [(line["of"], line["milestone"]) for line in lines] == [
        *((message, step) for step in ("arrived", "at_provider", "stored", "decided")),
        *((reply, step) for step in ("queued", "passed", "sent")),
    ]
    assert (message.split()[0], reply.split()[0]) == ("message", "receipt")
    assert [line["became"] for line in lines if line["became"]] == ["ticket", "sent"]


def test_a_step_tells_how_long_it_took_and_who_took_it(run: Run, town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    town.clock.forward(seconds=120)
    decide(town.runtime)
    [ticket] = town.tickets()

    [decided] = [
        line for line in run("tickets", "timeline", ticket.number, "--json").lines if line["milestone"] == "decided"
    ]

    assert decided["after_seconds"] == 120
    assert decided["by"]
    assert " 120.000 " in run("tickets", "timeline", ticket.number).out


def test_a_reply_that_has_not_left_says_so_at_its_last_step(run: Run, town: Installation) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    decide(town.runtime)
    [ticket] = town.tickets()

    last = run("tickets", "timeline", ticket.number, "--json").lines[-1]

    assert (last["milestone"], last["became"]) == ("queued", "queued")


def test_of_a_sensitive_ticket_no_step_is_told(run: Run, town: Installation) -> None:
    town.arrives(mail("Det brinner i huset på Hemliga gatan!", subject="Det brinner", sender="vittne@example.se"))
    town.round()
    [ticket] = town.tickets()

    ran = run("tickets", "timeline", ticket.number)

    assert (ran.code, ran.out) == (2, "")
    assert "sensitive matter" in ran.err


def test_a_number_that_no_ticket_has_is_bad_input(run: Run, town: Installation) -> None:
    ran = run("tickets", "timeline", "999999")

    assert ran.code == 2
    assert ran.err.startswith("999999: no ticket of that number")
