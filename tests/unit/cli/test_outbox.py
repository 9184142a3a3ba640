"""`svarsvakt outbox`: what is uncertain, and how it is settled from the command line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.outgoing import SendState
from store.breaker import hold_breaker, open_breaker
from store.database import Database
from store.sending import claim_to_send, mark_ended
from tests.unit.cli.conftest import Run
from tests.unit.outbox.queued import queue, row_of


@pytest.fixture
def database(installed: Path) -> Database:
    """Give the installation's database, with one uncertain send, number 1."""
    opened = Database(f"sqlite:///{installed}/svarsvakt.sqlite3")
    with opened.write() as connection:
        queue(connection)
        [claimed] = claim_to_send(connection, "w")
        mark_ended(connection, claimed.rendered.id, "w", SendState.uncertain, "the line broke")
    return opened


def test_uncertain_sends_are_listed(run: Run, database: Database) -> None:
    plain, [line] = run("outbox").out, run("outbox", "--json").lines

    assert "anna@example.se" in plain
    assert (line["id"], line["kind"], line["to"], line["why"]) == (1, "receipt", "anna@example.se", "the line broke")


@pytest.mark.parametrize(("option", "state"), [("--went", SendState.sent), ("--again", SendState.queued)])
def test_a_send_is_settled_once(run: Run, database: Database, option: str, state: SendState) -> None:
    first, second = run("outbox", option, 1), run("outbox", option, 1)

    assert (first.code, second.code) == (0, 2)
    assert "may be settled already" in second.err
    assert row_of(database, 1)["state"] == state  # type: ignore[arg-type]
    assert "Nothing is uncertain." in run("outbox").out


def test_automatic_replies_are_let_go_again(run: Run, database: Database) -> None:
    with database.write() as connection:
        hold_breaker(connection)
        open_breaker(connection, "500 automatic messages", datetime.now(UTC))

    said = run("outbox").out
    resumed = [run("outbox", "--resume", "--json").object["resumed"] for _ in range(2)]

    assert "All automatic replies are stopped" in said
    assert resumed == [True, False]


def test_two_things_at_once_are_refused(run: Run, database: Database) -> None:
    done = run("outbox", "--went", 1, "--resume")

    assert done.code == 2
    assert "one thing at a time" in done.err
