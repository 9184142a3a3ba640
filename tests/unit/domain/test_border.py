"""The border: one answer to which lines our own servers wrote."""

import pytest

from domain.border import BorderLine, above_strangers, border_line

OURS = ("mx.exempelby.example", "MX2.exempelby.example.")
STRANGER = ("received", "from out.example.se (out.example.se [192.0.2.7]) by mx.exempelby.example with ESMTPS; now")
FORGED = ("received", "from bank.example by mx.exempelby.example; then")
WORD = ("authentication-results", "mx.exempelby.example; dmarc=pass")


def test_the_topmost_line_of_a_border_server_counts() -> None:
    assert border_line((WORD, STRANGER, FORGED), OURS) == BorderLine(1, "mx.exempelby.example", " now")


@pytest.mark.parametrize(
    "handed_on",
    [
        "from mx.exempelby.example by mx2.exempelby.example; later",
        "from mx.exempelby.example (localhost [127.0.0.1]) by mx.exempelby.example; later",
        "from MX.exempelby.example. (mx2.exempelby.example [8.8.4.4]) by mx2.exempelby.example; later",
        "from mx.exempelby.example ([IPv6:fd00::1]) by mx.exempelby.example; later",
        "from mx.exempelby.example (10.0.0.1) by mx.exempelby.example; later",
    ],
)
def test_what_one_border_server_hands_to_another_is_not_yet_the_border(handed_on: str) -> None:
    line = border_line((("received", handed_on), STRANGER), OURS)

    assert line is not None
    assert line.index == 1


@pytest.mark.parametrize(
    "witness",
    ["evil [203.0.113.9]", "unknown [203.0.113.9]", "[8.8.8.8]", "", "mx.exempelby.example [8.8.8.8] (may be forged)"],
)
def test_who_calls_himself_a_border_server_must_have_its_address(witness: str) -> None:
    his = ("received", f"from mx.exempelby.example ({witness}) by mx.exempelby.example with ESMTP; now")

    assert border_line((his, FORGED, WORD), OURS) == BorderLine(0, "mx.exempelby.example", " now")
    assert above_strangers((his, FORGED, WORD), OURS) == (his,)


def test_a_name_in_a_comment_is_nobody() -> None:
    tricky = ("received", "from a.example (said by mx.exempelby.example (again)) by other.example; now")

    assert border_line((tricky,), OURS) is None


def test_a_line_without_a_time_is_the_border_all_the_same() -> None:
    assert border_line((("received", "from a.example by mx.exempelby.example"),), OURS) == BorderLine(
        0, "mx.exempelby.example", ""
    )


def test_verdicts_stand_above_or_right_below_the_borders_line() -> None:
    assert above_strangers((WORD, STRANGER, FORGED, WORD), OURS) == (WORD, STRANGER)
    assert above_strangers((STRANGER, WORD, FORGED, WORD), OURS) == (STRANGER, WORD)


def test_without_a_line_of_the_border_every_header_may_be_a_strangers() -> None:
    elsewhere = (("received", "from a.example by b.example; now"), WORD)

    assert above_strangers(elsewhere, OURS) == ()
    assert above_strangers((STRANGER, WORD), ()) == ()
