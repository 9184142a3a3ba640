"""Every citizen's mail, as the intake reads it."""

from datetime import timedelta

import pytest

from domain.account import Channel
from domain.message import Arrival, Message
from domain.site import MailSettings
from intake.parse import parse
from sandbox.clock import TOWN_START
from sandbox.compose import BORDER_SERVER, LATE_BY, Mail, compose
from sandbox.letters import Letter, read_letters
from sandbox.townsfolk import Townsfolk

LETTERS = tuple(each for each in read_letters() if each.is_mail)
MAIL = MailSettings(message_id_domain="exempelby.example", border_servers=(BORDER_SERVER,), authserv_id=BORDER_SERVER)


def read(letter: Letter) -> Message:
    """Return the letter as it is read after delivery."""
    at = TOWN_START - LATE_BY if letter.late else TOWN_START
    mail = compose(letter, Townsfolk(1).meet(letter.language), at=at, number=1)
    assert isinstance(mail, Mail)
    arrival = Arrival(
        identity="INBOX/1/1",
        original=f"Return-Path: <{mail.envelope_sender}>\r\n".encode() + mail.original,
        media_type="message/rfc822",
        provider_at=TOWN_START + timedelta(seconds=1),
    )
    return parse(arrival, channel=Channel.email, mail=MAIL)


@pytest.mark.parametrize("letter", LETTERS, ids=lambda each: each.id)
def test_every_mail_is_read_without_a_defect(letter: Letter) -> None:
    message = read(letter)

    assert message.defects == ()
    assert not message.unreadable
    assert message.text.strip()
    assert message.sender is not None
    assert message.return_path == message.sender.address
    assert message.to == (letter.to,)


@pytest.mark.parametrize("letter", LETTERS, ids=lambda each: each.id)
def test_every_mail_arrived_when_the_border_server_took_it(letter: Letter) -> None:
    assert read(letter).arrived_at == (TOWN_START - LATE_BY if letter.late else TOWN_START)


def test_what_a_reply_quotes_is_kept_apart() -> None:
    [reply] = [each for each in LETTERS if each.kind == "reply"]

    message = read(reply)

    assert "trasig på den vänstra" in message.text
    assert "ring 112" not in message.text
    assert "ring 112" in message.quoted


def test_an_attachment_is_named() -> None:
    [with_photo] = [each for each in LETTERS if each.enclosures]

    [attachment] = read(with_photo).attachments

    assert attachment.name.startswith("gatlampa vid ")
    assert attachment.media_type == "image/png"
