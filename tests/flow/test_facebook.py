"""A Facebook page through the whole flow: the stand-in of the Graph API, the real connector."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.evidence import EvidenceKind
from domain.viewer import MACHINE
from pipeline.reconcile import reconcile
from sandbox.graph import GraphServer
from sandbox.graph_behaviour import GraphTrouble
from sandbox.graph_records import GraphFile, MessageRecord, Writer
from store.accounts import list_heartbeats
from store.database import Database
from store.ends import list_ends
from store.files import list_files
from store.messages import list_of_ticket
from tests.flow.installation import SetClock
from tests.flow.pages import ALVA, BOSSE, PAGE, Pages

LIGHT = "Hej, gatlyktan utanför Storgatan 4 är trasig"


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


def test_a_message_gets_a_ticket_and_one_reply_labelled_automatic(town: Pages) -> None:
    town.server.write(ALVA, LIGHT)

    town.poll()
    town.poll()

    [ticket] = town.tickets()
    [text] = town.texts()
    assert ticket.sender_name == "Alva Tallvinge"
    assert ticket.notice_met_at is not None
    assert ticket.answer_met_at is None
    assert text.startswith("Automatiskt svar")
    assert ticket.number in text


def test_our_own_reply_seen_at_the_page_answers_nothing(town: Pages) -> None:
    town.server.write(ALVA, LIGHT)
    town.poll()

    for _ in range(3):
        town.poll(minutes=11)

    [ticket] = town.tickets()
    assert ticket.answer_met_at is None
    assert town.evidence() == []


def test_what_a_person_writes_again_lands_in_the_same_ticket(town: Pages) -> None:
    town.server.write(ALVA, LIGHT)
    town.poll()

    town.server.write(ALVA, "Det var nummer 6, inte 4")
    town.poll()

    [ticket] = town.tickets()
    with town.database.read() as connection:
        assert len(list_of_ticket(connection, MACHINE, ticket.id)) == 2
    assert len(town.texts()) == 1


def test_a_comment_gets_a_ticket_and_no_machine_answers_it(town: Pages) -> None:
    post = town.server.post()
    town.server.comment(post, ALVA, "När öppnar badhuset igen?")

    town.poll()

    [ticket] = town.tickets()
    assert ticket.sender_name == "Alva Tallvinge"
    assert town.texts() == []


def test_a_reply_to_ones_own_comment_goes_on_in_its_ticket(town: Pages) -> None:
    post = town.server.post()
    comment = town.server.comment(post, ALVA, "När öppnar badhuset igen?")
    town.poll()

    town.server.comment(comment, ALVA, "Jag menar det stora badhuset")
    town.server.comment(comment, BOSSE, "Det undrar jag också")
    town.poll()

    assert sorted(ticket.sender_name for ticket in town.tickets()) == ["Alva Tallvinge", "Bosse Björkrot"]


def test_a_message_never_lands_in_the_ticket_of_a_comment(town: Pages) -> None:
    town.server.comment(town.server.post(), ALVA, "När öppnar badhuset igen?")
    town.poll()

    town.server.write(ALVA, LIGHT)
    town.poll()

    assert len(town.tickets()) == 2
    assert len(town.texts()) == 1


@pytest.mark.parametrize("mention", [False, True], ids=["a visitor's post", "a mention elsewhere"])
def test_a_post_by_others_becomes_a_ticket(town: Pages, mention: bool) -> None:
    town.server.post(ALVA, "Exempelby kommun, när plogas Storgatan?", mention=mention)

    town.poll()

    assert len(town.tickets()) == 1
    assert town.texts() == []


def test_what_the_page_itself_posts_is_nobodys_work(town: Pages) -> None:
    post = town.server.post(text="Badhuset öppnar på måndag")
    town.server.comment(post, town.server.page, "Välkomna!")

    town.poll()

    assert town.tickets() == ()


def test_a_comment_of_another_page_of_ours_is_technical(town: Pages) -> None:
    town.server.comment(town.server.post(), Writer(id="9", name="Annan sida", category="Library"), "Hej kommunen")

    town.poll()

    assert town.tickets() == ()


def test_an_answer_in_metas_own_inbox_stops_the_answer_clock(town: Pages) -> None:
    town.server.write(ALVA, LIGHT)
    town.poll()

    town.clock.forward(minutes=20)
    town.server.answer_in_inbox(ALVA, "Hej Alva! Vi byter lampan i veckan.")
    town.poll()

    [ticket] = town.tickets()
    assert ticket.answer_met_at is not None
    assert (EvidenceKind.answered.value, "Hej Alva! Vi byter lampan i veckan.") in town.evidence()


@pytest.mark.parametrize(
    "later", [{"hours": 1}, {"hours": 1, "days": 2}], ids=["within the overlap", "after a weekend"]
)
def test_an_answer_long_after_the_question_stops_the_answer_clock(town: Pages, later: dict[str, float]) -> None:
    town.server.write(ALVA, LIGHT)
    town.poll()
    town.poll(**later)

    # The visit that sees the answer reads no further back than a day.
    town.clock.forward(hours=1)
    town.server.answer_in_inbox(ALVA, "Hej Alva! Vi byter lampan i veckan.")
    town.poll()

    [ticket] = town.tickets()
    assert ticket.answer_met_at is not None
    assert town.messages() == 1


def test_a_message_that_was_answered_before_we_saw_it_gets_no_reply(town: Pages) -> None:
    town.server.write(ALVA, LIGHT)
    town.clock.forward(minutes=1)
    town.server.answer_in_inbox(ALVA, "Hej Alva! Vi byter lampan i veckan.")

    town.poll()
    town.poll()

    assert town.texts() == []
    assert town.tickets() == ()


def test_an_answer_under_a_comment_written_at_facebook_stops_its_clock(town: Pages) -> None:
    comment = town.server.comment(town.server.post(), ALVA, "När öppnar badhuset igen?")
    town.poll()

    town.clock.forward(minutes=20)
    town.server.comment(comment, town.server.page, "På måndag klockan 9")
    town.poll()

    [ticket] = town.tickets()
    assert ticket.answer_met_at is not None


def test_an_answer_under_an_old_comment_stops_its_clock(town: Pages) -> None:
    comment = town.server.comment(town.server.post(), ALVA, "När öppnar badhuset igen?")
    town.poll()
    town.poll(days=2)

    town.clock.forward(hours=1)
    town.server.comment(comment, town.server.page, "På måndag klockan 9")
    town.poll()

    [ticket] = town.tickets()
    assert ticket.answer_met_at is not None


def test_the_pages_own_instant_reply_answers_nothing_and_holds_ours_back(town: Pages) -> None:
    town.server.write(ALVA, LIGHT)
    town.clock.forward(seconds=2)
    town.server.answer_in_inbox(ALVA, "Tack för ditt meddelande! Vi svarar snart.")
    town.poll()

    town.server.write(BOSSE, "Hej, när öppnar badhuset?")
    town.poll()

    first, second = sorted(town.tickets(), key=lambda each: each.id)
    assert first.answer_met_at is None
    assert second.notice_met_at is None
    assert not any(sent.recipient == BOSSE for sent in town.server.sent)


def test_a_first_short_answer_by_a_person_within_seconds_stops_the_clock(town: Pages) -> None:
    town.server.write(ALVA, "Har ni öppet i dag?")
    town.clock.forward(seconds=8)
    town.server.answer_in_inbox(ALVA, "Ja, till klockan 19.")

    town.poll()
    town.poll()
    town.server.write(BOSSE, LIGHT)
    town.poll()

    assert [each.sender_name for each in town.tickets()] == ["Bosse Björkrot"]
    assert any(isinstance(sent, MessageRecord) and sent.recipient == BOSSE for sent in town.server.sent)


def test_the_same_words_at_once_to_a_second_person_are_the_pages_machine(town: Pages) -> None:
    for person in (ALVA, BOSSE):
        town.server.write(person, LIGHT)
        town.clock.forward(seconds=9)
        town.server.answer_in_inbox(person, "Tack, vi hör av oss.")
        town.poll()

    [ticket] = town.tickets()
    assert (ticket.sender_name, ticket.answer_met_at) == ("Bosse Björkrot", None)


def test_the_same_words_that_a_person_gives_to_two_later_are_answers(town: Pages) -> None:
    for person in (ALVA, BOSSE):
        town.server.write(person, LIGHT)
        town.poll()
        town.clock.forward(minutes=9)
        town.server.answer_in_inbox(person, "Tack, vi byter lampan.")
        town.poll()

    assert all(ticket.answer_met_at is not None for ticket in town.tickets())


def test_an_edit_is_kept_beside_what_stood_there_first(town: Pages) -> None:
    comment = town.server.comment(town.server.post(), ALVA, "När öppnar badhuset igen?")
    town.poll()

    town.server.archive.change_comment(comment.id, text="När öppnar biblioteket igen?")
    town.poll(minutes=11)
    town.poll(minutes=11)

    [ticket] = town.tickets()
    with town.database.read() as connection:
        [message] = list_of_ticket(connection, MACHINE, ticket.id)
    assert message.text == "När öppnar badhuset igen?"
    assert town.evidence() == [(EvidenceKind.edited.value, "När öppnar biblioteket igen?")]


def test_what_was_deleted_stays_in_its_ticket_and_says_so(town: Pages) -> None:
    comment = town.server.comment(town.server.post(), ALVA, "När öppnar badhuset igen?")
    town.poll()

    town.server.archive.remove(comment.id)
    town.poll(minutes=11)
    town.poll(minutes=11)

    [ticket] = town.tickets()
    with town.database.read() as connection:
        [message] = list_of_ticket(connection, MACHINE, ticket.id)
    assert message.text == "När öppnar badhuset igen?"
    assert [kind for kind, _ in town.evidence()] == [EvidenceKind.withdrawn.value]


def test_a_picture_is_fetched_and_stored(town: Pages) -> None:
    picture = GraphFile(id="bild1", name="lykta.jpg", media_type="image/jpeg", content=b"\xff\xd8bild")
    town.server.write(ALVA, LIGHT, files=(picture,))

    town.poll()

    [ticket] = town.tickets()
    with town.database.read() as connection:
        [file] = list_files(connection, MACHINE, ticket.id)
    assert (file.name, file.state.value, file.size_bytes) == ("lykta.jpg", "stored", 6)


@pytest.mark.parametrize(
    ("trouble", "step"),
    [
        (GraphTrouble.expired, "token"),
        (GraphTrouble.password_changed, "token"),
        (GraphTrouble.app_removed, "token"),
        (GraphTrouble.token_unknown, "token"),
        (GraphTrouble.page_removed, "page"),
        (GraphTrouble.busy, "busy"),
        (GraphTrouble.down, "down"),
        (GraphTrouble.hiccup, "down"),
        (GraphTrouble.garbled, "protocol"),
    ],
)
def test_what_is_wrong_has_a_state_of_its_own_and_loses_nothing(town: Pages, trouble: GraphTrouble, step: str) -> None:
    town.server.behaviour.trouble = trouble
    town.server.write(ALVA, LIGHT)
    town.poll()
    state = failed_step(town)
    town.server.behaviour.trouble = None

    town.poll(hours=1)

    assert state == step
    assert failed_step(town) == ""
    assert len(town.tickets()) == 1


def test_a_missing_permission_is_named_and_the_rest_is_read(town: Pages) -> None:
    town.server.behaviour.permissions.remove("pages_read_engagement")
    town.server.comment(town.server.post(), ALVA, "När öppnar badhuset igen?")
    town.server.write(BOSSE, LIGHT)
    town.poll()
    state, during = failed_step(town), len(town.tickets())
    town.server.behaviour.permissions.add("pages_read_engagement")

    town.poll(hours=30)
    town.poll()

    assert (state, during) == ("permission", 1)
    assert len(town.tickets()) == 2


def test_pictures_are_fetched_while_a_permission_that_they_do_not_need_is_lacking(town: Pages) -> None:
    town.server.behaviour.permissions.remove("pages_manage_engagement")
    picture = GraphFile(id="bild1", name="lykta.jpg", media_type="image/jpeg", content=b"\xff\xd8bild")
    town.server.write(ALVA, LIGHT, files=(picture,))

    town.poll(minutes=16)

    [ticket] = town.tickets()
    with town.database.read() as connection:
        [file] = list_files(connection, MACHINE, ticket.id)
    assert (failed_step(town), file.state.value) == ("permission", "stored")


def test_the_end_of_the_token_is_known(town: Pages) -> None:
    town.server.behaviour.token_ends_at = town.clock.now() + timedelta(days=20)

    town.poll(minutes=16)

    with town.database.read() as connection:
        [(what, at)] = list_ends(connection, MACHINE)[PAGE]
    assert "token" in what
    assert at == town.server.behaviour.token_ends_at.replace(microsecond=0)


def test_near_its_limit_the_page_is_asked_less_often_and_never_left(town: Pages) -> None:
    town.server.behaviour.app_usage = 90
    town.poll()
    town.server.behaviour.counts.clear()
    town.server.write(ALVA, LIGHT)

    for _ in range(5):
        town.poll(seconds=30)
    asked, meanwhile = dict(town.server.behaviour.counts), len(town.tickets())
    town.poll(minutes=5)

    assert (asked, meanwhile) == ({}, 0)
    assert failed_step(town) == ""
    assert len(town.tickets()) == 1


def test_the_daily_comparison_takes_nothing_old_for_gone(town: Pages) -> None:
    town.server.write(ALVA, LIGHT)
    town.poll()
    town.clock.forward(days=40)

    compared = reconcile(town.runtime, PAGE)

    assert (compared.problem, compared.gone, compared.missed) == ("", 0, 0)
    assert town.evidence() == []


def failed_step(town: Pages) -> str:
    """Return the step at which the page could not be read; empty: it was."""
    with town.database.read() as connection:
        return next(each.failed_step for each in list_heartbeats(connection, MACHINE) if each.account == PAGE)
