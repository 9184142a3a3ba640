"""Attachments: named by what they are to whoever must open them."""

import pytest

from domain.message import AttachmentKind
from intake.invitation import read_calendar
from tests.unit.intake.arrivals import mail, parsed

MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n"


def kind(headers: bytes, content: bytes = b"x") -> AttachmentKind:
    part = b"--b\r\nContent-Type: " + headers + b"\r\nContent-Disposition: attachment\r\n\r\n" + content
    return parsed(mail(part + b"\r\n--b--\r\n", MULTIPART)).attachments[0].kind


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (b"application/pdf; name=a.pdf", AttachmentKind.file),
        (b"application/pdf; name=a.eml", AttachmentKind.file),
        (b"application/octet-stream; name=brev.EML", AttachmentKind.message),
        (b"application/octet-stream; name=WINMAIL.DAT", AttachmentKind.winmail),
        (b"application/octet-stream; name=smime.p7m", AttachmentKind.encrypted),
        (b"application/x-pkcs7-signature; name=smime.p7s", AttachmentKind.signature),
        (b"text/calendar; method=PUBLISH", AttachmentKind.calendar),
        (b"text/calendar; method=reply", AttachmentKind.invitation_answer),
        (b"text/calendar; method=hittepa", AttachmentKind.calendar),
        (b"message/feedback-report", AttachmentKind.report),
    ],
)
def test_a_part_is_what_its_type_or_its_name_says(headers: bytes, expected: AttachmentKind) -> None:
    assert kind(headers) is expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x78\x9f\x3e\x22\x00", AttachmentKind.winmail),
        (b"-----BEGIN PGP MESSAGE-----\r\n", AttachmentKind.encrypted),
        (b"-----BEGIN PGP SIGNATURE-----\r\n", AttachmentKind.signature),
        (b"", AttachmentKind.file),
    ],
)
def test_a_part_that_says_nothing_is_what_it_begins_with(content: bytes, expected: AttachmentKind) -> None:
    assert kind(b"application/octet-stream", content) is expected


def test_a_calendar_without_anything_is_no_invitation() -> None:
    calendar = read_calendar(b"\xff\x00", "")

    assert (calendar.kind, calendar.summary, calendar.text) == (AttachmentKind.calendar, "", "")


def test_only_the_first_event_is_read() -> None:
    calendar = read_calendar(b"SUMMARY:ett\r\nSUMMARY:tva\r\nDESCRIPTION:a\\,b\\nc\r\nDESCRIPTION:d\r\n", "request")

    assert (calendar.kind, calendar.summary) == (AttachmentKind.invitation, "ett")
    assert calendar.text == "ett\n\na,b\nc"
