"""Identity: the same letter rendered anew, and another letter under the same Message-ID."""

from dataclasses import replace
from datetime import UTC, datetime

from domain.message import Attachment, Mailbox
from intake.identity import digest, fingerprint, letter_of
from tests.builders import message
from tests.unit.intake.arrivals import mail, parsed

DATE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LETTER = message(date=DATE, text="Hej!\nDet är ett hål\ni vägen.")


def test_the_digest_is_of_the_exact_bytes() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_letter_wrapped_and_transported_anew_is_the_same() -> None:
    anew = replace(
        LETTER, text="Hej!  Det är ett hål i\nvägen.\n", size_bytes=9, headers=(), media_types=("text/html",)
    )

    assert fingerprint(anew) == fingerprint(LETTER)


def test_a_mail_in_another_transfer_encoding_is_the_same() -> None:
    date = b"Date: Tue, 24 Nov 2026 09:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n"
    plain = mail("Hål i vägen.\r\n".encode(), date)
    anew = mail(b"SMOlbCBpIHbDpGdlbi4NCg==\r\n", b"X-New: 1\r\n" + date + b"Content-Transfer-Encoding: base64\r\n")

    assert fingerprint(parsed(plain)) == fingerprint(parsed(anew))


def test_other_content_under_the_same_message_id_is_another_letter() -> None:
    scan = Attachment(name="scan.pdf", media_type="application/pdf", size_bytes=1)
    others = [
        replace(LETTER, text="Hej!"),
        replace(LETTER, date=datetime(2026, 11, 24, 8, 0, 1, tzinfo=UTC)),
        replace(LETTER, sender=Mailbox("bo@example.se")),
        replace(LETTER, subject="Annat"),
        replace(LETTER, attachments=(scan,)),
        replace(LETTER, attachments=(replace(scan, size_bytes=2),)),
    ]

    assert len({fingerprint(other) for other in [LETTER, *others]}) == len(others) + 1


def test_unreadable_mails_are_never_taken_for_one() -> None:
    noise = [parsed(b"\x01\x02"), parsed(b"\x01\x02\x03")]

    assert fingerprint(noise[0]) != fingerprint(noise[1])
    assert letter_of(noise[0], b"\x01\x02") == digest(b"\x01\x02")


def test_two_mails_without_date_are_told_apart_by_their_headers() -> None:
    first, second = parsed(mail(b"", b"X-Id: 1\r\n")), parsed(mail(b"", b"X-Id: 2\r\n"))

    assert fingerprint(first) != fingerprint(second)
