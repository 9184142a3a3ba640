"""What staff answer at a Facebook page: in Messenger, under a comment, in private, and what they hide."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.errors import BadInput
from domain.outgoing import SendState
from domain.page import PageWay
from domain.ticket import Ticket
from domain.viewer import MACHINE, Role
from pipeline.answer import answer, heading_of
from pipeline.answer_faults import RecipientChanged, TooLate, WayNotTaken
from pipeline.holding import hold
from pipeline.page_answer import hide_comment
from pipeline.send import send
from sandbox.graph import GraphServer
from sandbox.graph_behaviour import GraphTrouble
from sandbox.graph_records import CommentRecord, MessageRecord
from store.database import Database
from store.tags import list_tags
from store.users import User, add_user, find_user
from tests.flow.installation import SetClock
from tests.flow.pages import ALVA, BOSSE, Pages


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


@pytest.fixture
def user(town: Pages) -> User:
    """Give somebody of the contact center."""
    center = town.site.accounts[0]
    with town.database.write() as connection:
        add_user(
            connection, organisation=center.organisation, name="bo", display_name="Bo Karlsson", password_hash="!",
            person=None, units=frozenset({center.unit}), roles=frozenset({Role.agent, Role.lead}), at=town.clock.now(),
        )  # fmt: skip
        found = find_user(connection, MACHINE, "bo")
    assert found is not None
    return found


def reply(town: Pages, user: User, ticket: Ticket, text: str, way: PageWay) -> None:
    """Write an answer as the form does, and let it go."""
    with town.database.read() as connection:
        heading = heading_of(connection, user.viewer, town.site, user, ticket, town.clock.now())
    answer(
        town.database, town.site, user, ticket.id, text=text, files=(), seen=heading.seen,
        recipient=heading.recipient, now=town.clock.now(), way=way,
    )  # fmt: skip
    send(town.runtime)


def test_an_answer_goes_in_messenger_and_stops_the_clock(town: Pages, user: User) -> None:
    town.server.write(ALVA, "Hej, gatlyktan är trasig")
    town.poll()
    [ticket] = town.tickets()

    reply(town, user, ticket, "Vi byter lampan i veckan.", PageWay.message)
    town.poll(minutes=11)

    [after] = town.tickets()
    sent = town.server.sent[-1]
    assert isinstance(sent, MessageRecord)
    assert sent.text.startswith("Vi byter lampan i veckan.\n/")
    assert sent.tag == ""
    assert after.answer_met_at is not None


def test_a_person_may_answer_after_a_day_with_metas_leave(town: Pages, user: User) -> None:
    town.server.write(ALVA, "Hej, gatlyktan är trasig")
    town.poll()
    [ticket] = town.tickets()
    town.clock.forward(days=3)

    reply(town, user, ticket, "Nu är lampan bytt.", PageWay.message)

    sent = town.server.sent[-1]
    assert isinstance(sent, MessageRecord)
    assert sent.tag == "HUMAN_AGENT"


def test_after_a_week_the_page_says_that_it_is_too_late(town: Pages, user: User) -> None:
    town.server.write(ALVA, "Hej, gatlyktan är trasig")
    town.poll()
    [ticket] = town.tickets()
    town.clock.forward(days=7, seconds=1)

    with pytest.raises(TooLate):
        reply(town, user, ticket, "Nu är lampan bytt.", PageWay.message)


def test_an_answer_that_the_window_closed_on_is_refused_with_another_way(town: Pages, user: User) -> None:
    town.server.write(ALVA, "Hej, gatlyktan är trasig")
    town.poll()
    [ticket] = town.tickets()
    town.clock.forward(days=6, hours=23)
    town.server.behaviour.trouble = GraphTrouble.busy_to_write
    reply(town, user, ticket, "Nu är lampan bytt.", PageWay.message)
    town.server.behaviour.trouble = None
    town.clock.forward(hours=2)
    with town.database.write() as connection:
        connection.exec_driver_sql("UPDATE outgoing SET next_try_at = NULL")
    send(town.runtime)

    [last] = [each for each in town.replies(ticket) if each.author]
    assert last.state is SendState.refused
    assert "e-mail or a call" in last.why


@pytest.mark.parametrize("way", [PageWay.public, PageWay.private])
def test_a_comment_is_answered_as_was_chosen(town: Pages, user: User, way: PageWay) -> None:
    comment = town.server.comment(town.server.post(), ALVA, "När öppnar badhuset?")
    town.poll()
    [ticket] = town.tickets()

    reply(town, user, ticket, "På måndag klockan 9.", way)
    town.poll(minutes=11)

    [after] = town.tickets()
    [sent] = town.server.sent
    assert isinstance(sent, CommentRecord if way is PageWay.public else MessageRecord)
    assert (town.server.archive.comments[comment.id].private_reply != "") is (way is PageWay.private)
    assert after.answer_met_at is not None


def test_a_comment_is_answered_in_private_only_once(town: Pages, user: User) -> None:
    town.server.comment(town.server.post(), ALVA, "När öppnar badhuset?")
    town.poll()
    [ticket] = town.tickets()
    reply(town, user, ticket, "På måndag klockan 9.", PageWay.private)

    with pytest.raises(WayNotTaken):
        reply(town, user, ticket, "Nej, klockan 10.", PageWay.private)
    reply(town, user, ticket, "Badhuset öppnar klockan 10.", PageWay.public)

    assert len(town.server.sent) == 2


def test_a_comment_is_hidden_with_a_reason_and_its_text_stays(town: Pages, user: User) -> None:
    comment = town.server.comment(town.server.post(), ALVA, "Min granne på Storgatan 3 är sjuk")
    town.poll()
    [ticket] = town.tickets()

    hide_comment(town.database, town.site, user, ticket.id, comment.id, "Uppgifter om hälsa", town.clock.now())
    send(town.runtime)

    [after] = town.tickets()
    assert town.server.archive.comments[comment.id].hidden
    assert after.answer_met_at is None
    with pytest.raises(BadInput, match="nothing to hide"):
        hide_comment(town.database, town.site, user, ticket.id, comment.id, "En gång till", town.clock.now())


def test_the_comment_that_was_read_is_hidden_and_not_the_one_that_came_since(town: Pages, user: User) -> None:
    first = town.server.comment(town.server.post(), ALVA, "Min granne på Storgatan 3 är sjuk")
    town.poll()
    [ticket] = town.tickets()
    later = town.server.comment(first, ALVA, "När öppnar badhuset?")
    town.poll()

    hide_comment(town.database, town.site, user, ticket.id, first.id, "Uppgifter om hälsa", town.clock.now())
    send(town.runtime)

    assert town.server.archive.comments[first.id].hidden
    assert not town.server.archive.comments[later.id].hidden


def test_no_comment_of_another_ticket_is_hidden(town: Pages, user: User) -> None:
    post = town.server.post()
    town.server.comment(post, ALVA, "När öppnar badhuset?")
    other = town.server.comment(post, BOSSE, "Vad kostar det?")
    town.poll()
    ticket = next(each for each in town.tickets() if each.sender_name == "Alva Tallvinge")

    for identity in (other.id, ""):
        with pytest.raises(BadInput, match="nothing to hide"):
            hide_comment(town.database, town.site, user, ticket.id, identity, "Fel", town.clock.now())


@pytest.mark.parametrize("way", [PageWay.public, PageWay.private])
def test_the_comment_that_was_read_is_answered_and_not_the_one_that_came_since(
    town: Pages, user: User, way: PageWay
) -> None:
    first = town.server.comment(town.server.post(), ALVA, "När öppnar badhuset?")
    town.poll()
    [ticket] = town.tickets()
    later = town.server.comment(first, ALVA, "Glöm det")
    town.poll()

    answer(
        town.database, town.site, user, ticket.id, text="På måndag.", files=(), seen=0, recipient=first.id,
        now=town.clock.now(), way=way,
    )  # fmt: skip
    send(town.runtime)

    archive = town.server.archive
    if way is PageWay.public:
        assert [each.parent for each in archive.comments.values() if each.author == town.server.page][-1] == first.id
    assert (archive.comments[first.id].private_reply != "") is (way is PageWay.private)
    assert archive.comments[later.id].private_reply == ""


def test_no_comment_of_another_ticket_is_answered(town: Pages, user: User) -> None:
    post = town.server.post()
    town.server.comment(post, ALVA, "När öppnar badhuset?")
    other = town.server.comment(post, BOSSE, "Vad kostar det?")
    town.poll()
    ticket = next(each for each in town.tickets() if each.sender_name == "Alva Tallvinge")

    with pytest.raises(RecipientChanged):
        answer(
            town.database, town.site, user, ticket.id, text="På måndag.", files=(), seen=0, recipient=other.id,
            now=town.clock.now(), way=PageWay.public,
        )  # fmt: skip


def test_no_comment_is_hidden_without_a_reason(town: Pages, user: User) -> None:
    comment = town.server.comment(town.server.post(), ALVA, "Hej")
    town.poll()
    [ticket] = town.tickets()

    with pytest.raises(BadInput, match="why"):
        hide_comment(town.database, town.site, user, ticket.id, comment.id, "  ", town.clock.now())


def test_nothing_automatic_goes_after_a_day(town: Pages) -> None:
    town.server.write(ALVA, "Hej, gatlyktan är trasig", ago=timedelta(hours=25))

    town.poll()
    town.poll(minutes=11)

    assert town.server.sent == ()
    assert len(town.tickets()) == 1


@pytest.mark.parametrize(("hours", "days", "tags"), [(19, 0, 0), (20, 0, 1), (25, 0, 0), (0, 6, 1)])
def test_staff_are_warned_before_a_window_closes_once(town: Pages, hours: int, days: int, tags: int) -> None:
    town.server.write(ALVA, "Hej, gatlyktan är trasig")
    town.poll()
    [ticket] = town.tickets()
    town.clock.forward(hours=hours, days=days)

    hold(town.runtime)
    hold(town.runtime)

    with town.database.read() as connection:
        found = list_tags(connection, MACHINE, ticket.id)
    assert len(found) == tags
    assert all(tag.startswith("messenger till ") for tag in found)
