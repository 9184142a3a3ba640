"""A page's cursor is written as JSON and read back the same."""

import json
from datetime import timedelta

from connectors.graph_aside import AGAIN_EVERY, due
from connectors.graph_cursor import REMEMBERED, Aside, Known, Part, Position, newest
from tests.builders import TUESDAY

HOUR = timedelta(hours=1)


def test_a_position_comes_back_from_its_cursor() -> None:
    position = Position(
        parts={"feed": Part(TUESDAY, TUESDAY, None, {"1_2": "mark"})},
        seen={"1_2": Known("abcd", "feed", TUESDAY)},
        owed=("m_1",),
        connected_at=TUESDAY,
        token_at=TUESDAY,
        token_fault=("permission", "The token lacks pages_messaging"),
        rest_until=TUESDAY + HOUR,
        aside={"1_3": Aside("feed", "refused", TUESDAY, TUESDAY + HOUR, known=True)},
        turn=40,
        delivered=50,
    )

    assert Position.of(json.loads(json.dumps(position.cursor()))) == position


def test_a_cursor_of_an_older_version_says_nothing_of_what_is_set_aside() -> None:
    cursor = Position(connected_at=TUESDAY).cursor()
    del cursor["aside"], cursor["turn"]

    assert Position.of(cursor) == Position(connected_at=TUESDAY)


def test_what_we_have_is_not_withheld_though_it_cannot_be_asked_about() -> None:
    aside = {id: Aside("feed", "refused", TUESDAY, TUESDAY, known=id == "1_2") for id in ("1_2", "1_3")}

    assert Position(aside=aside).withheld == ("1_3",)


def test_what_was_asked_for_longest_ago_is_asked_for_first_and_not_before_its_hour() -> None:
    aside = {str(each): Aside("feed", "refused", TUESDAY, TUESDAY + each * HOUR / 2) for each in range(4)}

    assert list(due(aside, TUESDAY + AGAIN_EVERY + HOUR / 2)) == ["0", "1"]


def test_only_the_newest_are_remembered() -> None:
    seen = {str(each): Known("x", "feed", TUESDAY + each * HOUR) for each in range(REMEMBERED + 2)}

    assert set(seen) - set(newest(seen)) == {"0", "1"}
