"""Mail: what a whole mail says of itself, beside what the specimens show."""

from intake.mail import MOST_DEFECTS
from tests.unit.intake.arrivals import mail, parsed

MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n"


def test_a_winmail_dat_under_another_type_is_named_as_such() -> None:
    part = b"--b\r\nContent-Type: application/octet-stream; name=WINMAIL.DAT\r\n\r\nx\r\n--b--\r\n"

    assert parsed(mail(part, MULTIPART)).defects == ("the content is in a winmail.dat (TNEF), which is not opened",)


def test_the_mail_that_a_report_returns_is_not_the_reports_text() -> None:
    part = b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nRing 112.\r\n--b--\r\n"

    assert parsed(mail(part, b"Content-Type: multipart/report; boundary=b\r\n")).text == ""


def test_delivered_to_is_not_a_recipient() -> None:
    message = parsed(
        mail(b"hej", b"Delivered-To: annan@exempelby.example\r\nX-Original-To: annan@exempelby.example\r\n")
    )

    assert message.to == ("kontaktcenter@exempelby.example",)
    assert message.header("Delivered-To") == "annan@exempelby.example"


def test_a_bare_list_footer_does_not_hide_the_html_that_a_citizen_wrote() -> None:
    parts = (
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>Hal i vagen</p>\r\n--b\r\nContent-Type: text/plain\r\n\r\nListan\r\n"
    )

    assert parsed(mail(parts + b"--b--\r\n", MULTIPART)).text == "Hal i vagen\n\nListan"


def test_both_renderings_without_a_word_of_it_are_read_once() -> None:
    parts = b"--b\r\n\r\nHal i\r\nvagen\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hal i vagen</p>\r\n--b--\r\n"

    assert parsed(mail(parts, MULTIPART)).text == "Hal i\nvagen"


def test_the_defects_are_told_once_and_never_without_end() -> None:
    part = b"--b\r\nContent-Type: text/plain; charset=hittepa\r\n\r\n\xe5\r\n"

    message = parsed(mail(part * 90 + b"--b--\r\n", MULTIPART))

    assert message.defects == ("the declared charset is not known",)
    assert len(message.defects) <= MOST_DEFECTS


def test_an_unknown_transfer_encoding_is_read_as_it_stands() -> None:
    message = parsed(mail(b"hej", b"Content-Transfer-Encoding: x-uuencode\r\n"))

    assert (message.text, message.defects) == ("hej", ("the transfer encoding is not known",))


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    message = parsed(mail(b"ord \n" * 200_000))

    assert len(message.text) <= 262_144
    assert message.defects == ("the text was cut: more than 262144 characters",)


def test_from_twice_is_told() -> None:
    message = parsed(mail(b"hej", b"From: bo@example.se\r\n"))

    assert message.sender is not None
    assert message.sender.address == "anna@example.se"
    assert message.defects == ("From stands there more than once",)
