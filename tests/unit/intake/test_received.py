"""Arrival: the stamp of our border server, and when it is not believed."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.site import MailSettings
from intake.received import Received, border_stamp, header_time, instant, received_at
from tests.unit.intake.arrivals import MAIL, PROVIDER_AT

STRANGER = "from mail.example.se (mail.example.se [192.0.2.1]) by mx.exempelby.example with ESMTPS; {}"
INNER = "from mx.exempelby.example (mx.exempelby.example [10.0.0.1]) by post.exempelby.example with LMTP; {}"
AT = "Tue, 24 Nov 2026 09:10:00 +0100 (CET)"
STAMP = datetime(2026, 11, 24, 8, 10, tzinfo=UTC)


def lines(*values: str) -> list[tuple[str, str]]:
    return [("received", value) for value in values]


def test_the_border_servers_stamp_is_the_arrival() -> None:
    headers = lines(INNER.format("Tue, 24 Nov 2026 09:11:00 +0100"), STRANGER.format(AT))

    assert received_at(headers, MAIL, PROVIDER_AT) == Received(
        STAMP, "stamped by mx.exempelby.example", timedelta(minutes=2)
    )


def test_a_line_that_a_border_server_gave_itself_is_passed_over() -> None:
    itself = (
        "from mx.exempelby.example (localhost [127.0.0.1]) by mx.exempelby.example; Tue, 24 Nov 2026 09:11:00 +0100"
    )

    assert received_at(lines(itself, STRANGER.format(AT)), MAIL, PROVIDER_AT).at == STAMP


def test_lines_below_the_border_are_not_believed() -> None:
    forged = STRANGER.format("Mon, 23 Nov 2026 01:00:00 +0100")

    assert received_at(lines(STRANGER.format(AT), forged), MAIL, PROVIDER_AT).at == STAMP


@pytest.mark.parametrize("witness", ["evil.example [203.0.113.9]", "unknown [203.0.113.9]", "[8.8.8.8]"])
def test_a_stranger_who_says_our_name_does_not_make_us_read_his_lines(witness: str) -> None:
    stranger = f"from mx.exempelby.example ({witness}) by mx.exempelby.example; {AT}"
    forged = STRANGER.format("Mon, 23 Nov 2026 01:00:00 +0100")

    assert received_at(lines(stranger, forged), MAIL, PROVIDER_AT).at == STAMP


def test_by_inside_a_comment_names_nobody() -> None:
    tricky = f"from a.example (said by mx.exempelby.example (again)) by other.example; {AT}"

    assert border_stamp(lines(tricky), MAIL) == (None, "")


def test_a_stamp_later_than_the_provider_is_not_believed() -> None:
    received = received_at(lines(STRANGER.format("Tue, 24 Nov 2026 23:10:00 +0100")), MAIL, PROVIDER_AT)

    assert received.at == PROVIDER_AT
    assert "is later" in received.why
    assert received.difference == timedelta(hours=-13, minutes=-58)


def test_a_mail_stored_with_an_old_time_arrived_when_the_border_took_it() -> None:
    stored_as = PROVIDER_AT - timedelta(days=900)

    received = received_at(lines(STRANGER.format(AT)), MAIL, stored_as)

    assert received.at == STAMP
    assert received.difference == stored_as - STAMP


@pytest.mark.parametrize(
    ("date", "why"),
    [("Sat, 1 Jan 2000 00:00:00 +0000", "absurdly early"), ("Sat, 1 Jan 2039 00:00:00 +0000", "absurdly late")],
)
def test_a_stamp_from_a_clock_without_battery_is_not_believed(date: str, why: str) -> None:
    received = received_at(lines(STRANGER.format(date)), MAIL, PROVIDER_AT)

    assert received.at == PROVIDER_AT
    assert why in received.why


def test_a_moved_mailbox_keeps_its_old_arrivals() -> None:
    old = STRANGER.format("Tue, 24 Nov 2020 09:10:00 +0100")

    assert received_at(lines(old), MAIL, PROVIDER_AT).at == datetime(2020, 11, 24, 8, 10, tzinfo=UTC)


def test_without_border_servers_the_provider_counts() -> None:
    nobody = MailSettings(message_id_domain="exempelby.example")

    assert received_at(lines(STRANGER.format(AT)), nobody, PROVIDER_AT).at == PROVIDER_AT


def test_an_unreadable_border_stamp_does_not_open_the_lines_below() -> None:
    headers = lines(STRANGER.format("yesterday"), STRANGER.format(AT))

    assert received_at(headers, MAIL, PROVIDER_AT).at == PROVIDER_AT


def test_a_file_has_the_time_of_its_headers() -> None:
    top = f"from a.example by b.example; {AT}"
    date = ("date", "Tue, 24 Nov 2026 09:00:00 +0100")

    assert header_time([*lines(top), *lines(STRANGER.format(AT))], MAIL) == (STAMP, "stamped by mx.exempelby.example")
    assert header_time([*lines(top), date], MAIL) == (STAMP, "the topmost Received header")
    assert header_time([date], MAIL) == (STAMP - timedelta(minutes=10), "the topmost Date header")
    assert header_time([("subject", "x")], MAIL) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tue, 24 Nov 2026 09:10:00 +0100", STAMP),
        ("24 Nov 2026 08:10:00 -0000", STAMP),
        ("Tue, 24 Nov 2026 08:10:00 GMT", STAMP),
        ("Tue, 24 Nov 2026 08:10:00", STAMP),
        ("Thu, 1 Jan 1970 00:00:00 +0000", None),
        ("Tue, 99 Nov 2026 99:10:00 +0100", None),
        ("1 Jan 9999 00:00:00 -9999", None),
        ("", None),
    ],
)
def test_a_date_is_an_instant_or_nothing(value: str, expected: datetime | None) -> None:
    assert instant(value) == expected
