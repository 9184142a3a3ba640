"""What is edited or deleted is noticed however much there is: by rounds through all that came lately."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.evidence import EvidenceKind
from pipeline.look_again import SLICE_EVERY, look_again, slice_size
from pipeline.receive import receive
from pipeline.reconcile import reconcile
from sandbox.graph import GraphServer
from sandbox.graph_records import Writer
from store.database import Database
from tests.flow.installation import SetClock
from tests.flow.pages import ALVA, PAGE, Pages

BATH = "När öppnar badhuset igen?"
#: A round of 1,000 in slices of twenty, ten minutes apart.
ROUND = timedelta(hours=8, minutes=20)


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


def go_round(town: Pages, duration: timedelta) -> None:
    """Let so much time pass, slice by slice, without any listing."""
    page = town.site.account(PAGE)
    source = town.runtime.wires.source(page)
    for _ in range(duration // SLICE_EVERY):
        town.clock.forward(seconds=SLICE_EVERY.total_seconds())
        look_again(town.runtime, page, source)  # type: ignore[arg-type]


def test_of_a_thousand_each_edit_and_deletion_is_noticed_within_a_round(town: Pages) -> None:
    post = town.server.post()
    people = [Writer(id=f"{300000000000100 + number}", name="Någon") for number in range(1_000)]
    comments = [town.server.comment(post, each, BATH) for each in people]
    town.clock.forward(seconds=30)
    receive(town.runtime, PAGE)
    for place in range(0, 1_000, 8):
        town.server.archive.remove(comments[place].id)
    for place in range(1, 1_000, 8):
        town.server.archive.change_comment(comments[place].id, text="När öppnar biblioteket?")

    go_round(town, ROUND)

    kinds = [kind for kind, _ in town.evidence()]
    assert slice_size(1_000) == 20
    assert (kinds.count(EvidenceKind.withdrawn.value), kinds.count(EvidenceKind.edited.value)) == (125, 125)


def test_what_stands_as_it_stood_leaves_no_line(town: Pages) -> None:
    town.server.write(ALVA, "Hej, gatlyktan är trasig")
    town.server.comment(town.server.post(), ALVA, BATH)
    town.poll()

    go_round(town, timedelta(hours=1))

    assert town.evidence() == []


def test_an_edit_that_is_seen_both_ways_is_kept_once(town: Pages) -> None:
    comment = town.server.comment(town.server.post(), ALVA, BATH)
    town.poll()
    town.server.archive.change_comment(comment.id, text="När öppnar biblioteket?")

    go_round(town, SLICE_EVERY * 2)
    town.poll(minutes=11)
    go_round(town, SLICE_EVERY * 2)

    assert town.evidence() == [(EvidenceKind.edited.value, "När öppnar biblioteket?")]


def test_what_is_edited_twice_is_kept_twice_even_back_to_what_it_was(town: Pages) -> None:
    comment = town.server.comment(town.server.post(), ALVA, BATH)
    town.poll()

    for text in ("När öppnar biblioteket?", BATH):
        town.server.archive.change_comment(comment.id, text=text)
        go_round(town, SLICE_EVERY * 2)

    assert [text for _, text in town.evidence()] == ["När öppnar biblioteket?", BATH]


def test_many_that_are_listed_no_more_but_stand_hide_no_deletion(town: Pages) -> None:
    post = town.server.post()
    people = [Writer(id=f"{300000000000100 + number}", name="Någon") for number in range(30)]
    comments = [town.server.comment(post, each, BATH) for each in people]
    town.poll()
    # A post that is hidden is not listed, and what stands under it is still there.
    town.server.archive.unlist(post.id)
    town.server.archive.remove(comments[0].id)

    for _ in range(3):
        town.poll(minutes=11)

    assert [kind for kind, _ in town.evidence()] == [EvidenceKind.withdrawn.value]


def test_the_daily_comparison_notes_a_deletion_as_the_writers_own(town: Pages) -> None:
    comment = town.server.comment(town.server.post(), ALVA, BATH)
    town.poll()
    town.poll(days=20)
    town.server.archive.remove(comment.id)

    compared = reconcile(town.runtime, PAGE)

    assert compared.gone == 1
    assert [kind for kind, _ in town.evidence()] == [EvidenceKind.withdrawn.value]


def test_near_metas_limit_no_round_is_gone(town: Pages) -> None:
    town.server.write(ALVA, "Hej")
    town.poll()
    town.server.behaviour.app_usage = 95
    town.poll(minutes=11)
    town.server.behaviour.counts.clear()

    town.poll(minutes=11)

    assert "GET object" not in town.server.behaviour.counts


def test_a_round_that_rests_goes_on_where_it_stopped(town: Pages) -> None:
    comment = town.server.comment(town.server.post(), ALVA, BATH)
    for number in range(25):
        town.server.comment(town.server.post(), Writer(id=f"{300000000000100 + number}", name="Någon"), BATH)
    town.poll()
    town.poll(minutes=2)
    town.server.archive.change_comment(comment.id, text="När öppnar biblioteket?")
    page = town.site.account(PAGE)

    # Each visit's last answer says that half of the limit is used: nothing is asked, and nothing is passed over.
    town.server.behaviour.app_usage = 60
    source = town.runtime.wires.source(page)
    source.fetch(None)  # type: ignore[union-attr]
    town.clock.forward(minutes=11)
    asked = look_again(town.runtime, page, source)  # type: ignore[arg-type]
    town.server.behaviour.app_usage = 0
    town.clock.forward(minutes=11)
    look_again(town.runtime, page, town.runtime.wires.source(page))  # type: ignore[arg-type]

    assert asked == 0
    assert town.evidence() == [(EvidenceKind.edited.value, "När öppnar biblioteket?")]
