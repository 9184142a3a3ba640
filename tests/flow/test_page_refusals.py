"""One object that Graph refuses holds up no other: it is set aside, said, and asked for again within a bound."""

from collections.abc import Iterator

import pytest

from domain.evidence import EvidenceKind
from domain.finding import FindingKind
from domain.viewer import MACHINE
from sandbox.graph import GraphServer
from store.accounts import get_cursor, list_heartbeats, set_cursor
from store.database import Database
from store.events import list_after
from store.findings import list_open_findings
from tests.flow.installation import SetClock
from tests.flow.pages import ALVA, BOSSE, PAGE, Pages

BATH = "När öppnar badhuset igen?"


@pytest.fixture
def town(database: Database) -> Iterator[Pages]:
    """Give a page that was read while nothing lay there (P14)."""
    clock = SetClock()
    server = GraphServer(clock)
    server.start()
    town = Pages(database, server, clock)
    town.poll()
    yield town
    server.stop()


def failing(town: Pages) -> str:
    """Return the step at which the page could not be read; empty: it was."""
    with town.database.read() as connection:
        return next(each.failed_step for each in list_heartbeats(connection, MACHINE) if each.account == PAGE)


def is_said(town: Pages) -> bool:
    """Ask whether staff are told that something is not handed over."""
    with town.database.read() as connection:
        return any(each.kind is FindingKind.withheld for each in list_open_findings(connection, MACHINE))


def events(town: Pages, kind: str) -> list[str]:
    """Return about which objects an event of a kind was written."""
    with town.database.read() as connection:
        found = list_after(connection, MACHINE, 0, limit=10_000)
    return [str(each.details["identity"]) for each in found if each.kind == kind]


def owe(town: Pages, identity: str) -> None:
    """Ask for an object once more, as the daily comparison does."""
    with town.database.write() as connection:
        cursor = dict(get_cursor(connection, MACHINE, PAGE) or {})
        page = town.site.account(PAGE)
        set_cursor(connection, PAGE, page.organisation, {**cursor, "owed": [identity]})


def test_a_mention_elsewhere_that_is_owed_comes_and_stops_nothing(town: Pages) -> None:
    mention = town.server.post(ALVA, "Exempelby kommun, när plogas Storgatan?", mention=True)
    town.server.archive.unlist(mention.id)
    owe(town, mention.id)
    town.server.write(BOSSE, BATH)

    town.poll()

    assert not mention.id.startswith(town.server.page.id)
    assert (failing(town), len(town.tickets())) == ("", 2)


def test_a_mention_that_is_listed_no_more_is_asked_for_as_a_post(town: Pages) -> None:
    mention = town.server.post(ALVA, "Exempelby kommun, när plogas Storgatan?", mention=True)
    town.poll()

    town.server.archive.remove(mention.id)
    town.server.write(BOSSE, BATH)
    town.poll(minutes=11)

    assert failing(town) == ""
    assert [kind for kind, _ in town.evidence()] == [EvidenceKind.withdrawn.value]


@pytest.mark.parametrize("code", [10, 100])
def test_an_owed_object_that_is_refused_is_set_aside_said_and_comes_when_it_is_given(town: Pages, code: int) -> None:
    post = town.server.post()
    comment = town.server.comment(post, ALVA, BATH)
    town.server.archive.unlist(post.id)
    town.server.behaviour.refused[comment.id] = code
    owe(town, comment.id)
    town.server.write(BOSSE, "Hej")

    town.poll()
    town.poll()
    during, told = len(town.tickets()), is_said(town)
    town.server.behaviour.refused.clear()
    town.poll(hours=1)

    assert (during, told, events(town, "object_refused")) == (1, True, [comment.id])
    assert (failing(town), is_said(town), len(town.tickets())) == ("", False, 2)


def test_one_post_whose_comments_are_refused_holds_up_no_other(town: Pages) -> None:
    bad, good = town.server.post(), town.server.post()
    town.server.behaviour.refused[bad.id] = 10
    town.server.comment(bad, ALVA, "Vad kostar badet?")
    town.server.comment(good, BOSSE, BATH)

    town.poll()
    during, told = [each.sender_name for each in town.tickets()], is_said(town)
    town.server.behaviour.refused.clear()
    town.poll(hours=1)

    assert (during, told) == (["Bosse Björkrot"], True)
    assert (failing(town), len(town.tickets()), is_said(town)) == ("", 2, False)


def test_one_conversation_that_is_refused_holds_up_no_other(town: Pages) -> None:
    for number in range(12):
        town.server.write(ALVA, f"Hej {number}")
    town.server.behaviour.refused[f"t_{ALVA.id}"] = 10
    town.server.write(BOSSE, BATH)

    town.poll()
    told = is_said(town)
    town.server.behaviour.refused.clear()
    town.poll(hours=1)

    assert (failing(town), told, is_said(town)) == ("", True, False)
    assert sum(ticket.sender_name == "Alva Tallvinge" for ticket in town.tickets()) == 1
    assert town.messages() == 13


def test_a_deletion_that_cannot_be_made_sure_of_takes_nothing_for_gone(town: Pages) -> None:
    post = town.server.post()
    comment = town.server.comment(post, ALVA, BATH)
    town.poll()
    town.server.archive.remove(comment.id)
    town.server.behaviour.refused[comment.id] = 10

    town.poll(minutes=11)
    before, told = town.evidence(), is_said(town)
    town.server.behaviour.refused.clear()
    town.poll(hours=2)
    town.poll(hours=2)

    assert (before, told, failing(town)) == ([], False, "")
    assert [kind for kind, _ in town.evidence()] == [EvidenceKind.withdrawn.value]


def test_what_is_refused_for_a_week_is_given_up_and_said(town: Pages) -> None:
    town.server.behaviour.refused["900_1"] = 10
    owe(town, "900_1")

    town.poll()
    for _ in range(8):
        town.poll(days=1)

    assert events(town, "object_given_up") == ["900_1"]
    assert not is_said(town)


def test_many_that_are_refused_at_once_are_a_fault_of_the_edge_and_the_rest_is_read(town: Pages) -> None:
    for _ in range(25):
        post = town.server.post()
        town.server.comment(post, ALVA, BATH)
        town.server.behaviour.refused[post.id] = 10
    town.server.write(BOSSE, "Hej")

    town.poll()
    state, during = failing(town), len(town.tickets())
    town.server.behaviour.refused.clear()
    town.poll()

    assert (state, during) == ("permission", 1)
    assert (failing(town), town.messages()) == ("", 26)
