"""Reports: which of our mails they are about."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from intake import report
from intake.bounce import Bounce
from intake.report import bounced, may_report, reported_message_ids
from tests.unit.intake.arrivals import mail, parsed

MAILS = Path(__file__).parents[2] / "mails" / "parse"
BOUNCES = sorted((Path(__file__).parents[2] / "mails" / "bounces").glob("*.eml"))


def test_a_delivery_report_names_what_it_returns_and_what_its_status_says() -> None:
    named = reported_message_ids((MAILS / "delivery_report.eml").read_bytes())

    assert named == {"<ut.1@exempelby.example>", "<ut.2@exempelby.example>"}


def test_a_read_receipt_names_what_was_read() -> None:
    assert reported_message_ids((MAILS / "read_receipt.eml").read_bytes()) == {"<ut.3@exempelby.example>"}


def test_a_whole_returned_mail_is_read_also_in_base64() -> None:
    returned = b"TWVzc2FnZS1JRDogPHV0LjRAZXhlbXBlbGJ5LmV4YW1wbGU+DQpTdWJqZWN0OiB4DQoNCmhlag0K\r\n"
    part = b"--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + returned
    original = mail(part + b"--b--\r\n", b"Content-Type: multipart/report; boundary=b\r\n")

    assert reported_message_ids(original) == {"<ut.4@exempelby.example>"}


def test_a_citizen_who_attaches_one_of_our_mails_reports_nothing() -> None:
    part = b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <ut.5@exempelby.example>\r\n\r\nhej\r\n"

    assert not reported_message_ids(mail(part + b"--b--\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n"))


def test_what_cannot_be_read_names_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> bytes:
        raise RecursionError

    monkeypatch.setattr(report, "even_lines", fail)

    assert reported_message_ids(b"x") == frozenset()


@pytest.mark.parametrize("specimen", BOUNCES, ids=lambda path: path.stem)
def test_a_bounce_names_whom_it_did_not_reach(specimen: Path) -> None:
    expected = json.loads(specimen.with_suffix(".json").read_text(encoding="utf-8"))

    assert [asdict(bounce) for bounce in bounced(specimen.read_bytes())] == expected


def test_a_report_in_words_names_the_mail_that_it_returns() -> None:
    returned = next(path for path in BOUNCES if path.stem == "qmail").read_bytes()

    assert reported_message_ids(returned) == {"<ut.1@exempelby.example>"}
    assert [(each.status, each.no_mailbox) for each in bounced(returned)] == [("5.1.1", True)]


def test_a_citizens_letter_with_a_message_id_in_it_reports_nothing() -> None:
    assert not reported_message_ids(mail(b"Message-ID: <ut.1@exempelby.example>\r\n"))
    assert not bounced(mail(b"bo@example.se kunde inte levereras"))


def test_the_addresses_that_the_report_came_to_did_not_bounce() -> None:
    words = b"<kontaktcenter@exempelby.example>: could not be delivered to\r\n<anna@example.se>\r\n"

    assert bounced(mail(words, b"Return-Path: <>\r\n")) == (Bounce("anna@example.se", permanent=True),)


def test_a_status_that_passes_is_not_for_good() -> None:
    part = b"Final-Recipient: rfc822; anna@example.se\r\nAction: failed\r\nStatus: 4.4.7\r\n"
    report = mail(part, b"Content-Type: message/delivery-status\r\n")

    assert bounced(report) == (Bounce("anna@example.se", permanent=False, status="4.4.7"),)


@pytest.mark.parametrize(
    ("status", "permanent", "lasts"),
    [
        ("5.1.1", True, True), ("5.1.10", True, True), ("5.2.1", True, True), ("5.2.2", True, False),
        ("5.7.1", True, False), ("5.1.8", True, False), ("4.1.1", False, False), (None, True, False),
    ],
)  # fmt: skip
def test_only_some_statuses_say_that_there_is_no_such_mailbox(status: str | None, permanent: bool, lasts: bool) -> None:
    assert Bounce("anna@example.se", permanent, status).no_mailbox is lasts


def test_a_bounce_that_cannot_be_read_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> bytes:
        raise IndexError

    monkeypatch.setattr(report, "even_lines", fail)

    assert bounced(b"x") == ()


@pytest.mark.parametrize("path", sorted(MAILS.parent.rglob("*.eml")), ids=lambda path: path.stem)
def test_what_names_mail_of_ours_is_known_for_a_possible_report_by_what_was_parsed(path: Path) -> None:
    original = path.read_bytes()

    assert may_report(parsed(original)) or not reported_message_ids(original)
