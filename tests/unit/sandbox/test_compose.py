"""A letter becomes a mail."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest

from domain.instant import STOCKHOLM
from sandbox.clock import TOWN_START
from sandbox.compose import BORDER_SERVER, LATE_BY, Mail, Text, compose
from sandbox.letters import Letter, read_letters
from sandbox.townsfolk import Citizen

LETTERS = tuple(each for each in read_letters() if each.is_mail)
CITIZEN = Citizen(
    name="Göta Ängsport",
    address="gota.angsport1@brevlada.example",
    street="Ågatan",
    number=4,
    person="300000000000001",
    phone="+46701740642",
)


def written(letter: Letter) -> Mail:
    mail = compose(letter, CITIZEN, at=TOWN_START, number=7)
    assert isinstance(mail, Mail)
    return mail


def parsed(mail: Mail) -> EmailMessage:
    message = message_from_bytes(mail.original, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def letter(kind: str) -> Letter:
    return next(each for each in LETTERS if each.kind == kind)


@pytest.mark.parametrize("each", LETTERS, ids=lambda each: each.id)
def test_every_letter_becomes_a_whole_mail_without_a_slot_left(each: Letter) -> None:
    message = parsed(written(each))

    body = message.get_body(("plain",))
    assert body is not None
    assert "$" not in str(message["Subject"]) + body.get_content()
    assert message.defects == []
    assert message["To"] == each.to
    assert message["Message-ID"].startswith("<20261124080000.7@")
    assert b"\n" not in written(each).original.replace(b"\r\n", b"")


def test_the_border_server_stamps_the_time_in_the_towns_zone() -> None:
    message = parsed(written(letter("report")))

    border, before = message.get_all("Received")

    assert f"by {BORDER_SERVER} " in border
    assert border.endswith("Tue, 24 Nov 2026 09:00:00 +0100")
    assert BORDER_SERVER not in before
    assert message["Authentication-Results"].startswith(f"{BORDER_SERVER}; spf=pass")
    assert parsedate_to_datetime(message["Date"]) < TOWN_START


def test_the_sender_is_the_citizen_and_so_is_the_envelope() -> None:
    mail = written(letter("report"))

    assert parsed(mail)["From"] == "Göta Ängsport <gota.angsport1@brevlada.example>"
    assert mail.envelope_sender == CITIZEN.address


def test_a_letter_with_a_sender_of_its_own_keeps_it() -> None:
    mail = written(letter("internal"))

    assert mail.envelope_sender.endswith("@exempelby.example")
    assert f"header.from={mail.envelope_sender.partition('@')[2]}" in str(parsed(mail)["Authentication-Results"])


def test_machines_say_that_they_are_machines() -> None:
    assert parsed(written(letter("autoreply")))["Auto-Submitted"] == "auto-replied"
    assert parsed(written(letter("newsletter")))["List-Id"] is not None


def test_an_attachment_comes_along_with_its_name() -> None:
    [with_photo] = [each for each in LETTERS if each.enclosures]

    [attachment] = parsed(written(with_photo)).iter_attachments()

    assert attachment.get_filename() == "gatlampa vid Ågatan.png"
    assert attachment.get_content().startswith(b"\x89PNG")


def test_the_late_letter_came_to_the_border_when_the_contact_center_had_opened_the_day_before() -> None:
    at = (TOWN_START + timedelta(seconds=4) - LATE_BY).astimezone(STOCKHOLM)

    assert (at.isoweekday(), at.hour, at.minute) == (1, 7, 31)
    assert timedelta(hours=24) < LATE_BY < timedelta(hours=26)


def test_a_letter_to_a_number_is_an_sms_from_the_citizens_telephone() -> None:
    letter = Letter(
        id="1", to="+46701740605", language="sv", kind="report", subject="", text="Mörkt på $street $number\n"
    )

    sms = compose(letter, CITIZEN, at=TOWN_START, number=7)

    assert sms == Text(sender="+46701740642", recipient="+46701740605", body="Mörkt på Ågatan 4")
