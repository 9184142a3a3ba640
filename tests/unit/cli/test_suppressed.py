"""suppressed: who gets no automatic message, and why; entered and taken off by hand."""

import pytest

from store.database import Database
from tests.flow.installation import Installation, mail
from tests.unit.cli.conftest import Run


@pytest.fixture
def town(shared: Database) -> Installation:
    """Give an installation whose mailbox was connected while empty."""
    installation = Installation(shared)
    installation.connect()
    return installation


def test_an_address_that_was_entered_gets_no_reply_until_it_is_taken_off(run: Run, town: Installation) -> None:
    added = run("suppressed", "add", "Anna@example.se", "--why", "asked by telephone")
    [listed] = run("suppressed", "list", "--json").lines
    town.arrives(mail())
    town.round()
    held = len(town.wires.out.sent)

    released = run("suppressed", "release", "anna@example.se")
    town.arrives(mail(id="<2@example.se>"))
    town.round()

    assert (added.code, released.code) == (0, 0)
    assert (listed["address"], listed["reason"], listed["why"]) == ("anna@example.se", "by_hand", "asked by telephone")
    assert (held, len(town.wires.out.sent)) == (0, 1)
    assert run("suppressed", "list").out == "No address is suppressed.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("release", "bo@example.se"), "is not on the list"),
        (("add", "bo@example.se", "--why", "x", "--organisation", "annanby"), "there is no organisation annanby"),
    ],
    ids=["not on the list", "no such organisation"],
)
def test_what_cannot_be_done_says_what_to_do(
    arguments: tuple[str, ...], says: str, run: Run, town: Installation
) -> None:
    ran = run("suppressed", *arguments)

    assert ran.code == 2
    assert says in ran.err


def test_an_address_is_entered_once(run: Run, town: Installation) -> None:
    run("suppressed", "add", "bo@example.se", "--why", "asked")

    ran = run("suppressed", "add", "bo@example.se", "--why", "asked again")

    assert ran.code == 2
    assert "already" in ran.err
