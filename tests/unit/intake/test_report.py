"""Reports: which of our mails they are about."""

from pathlib import Path

import pytest

from intake import report
from intake.report import reported_message_ids
from tests.unit.intake.arrivals import mail

MAILS = Path(__file__).parents[2] / "mails" / "parse"


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
