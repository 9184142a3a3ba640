"""Compose: a letter becomes a mail as it looks when the town's border server has handed it on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from string import Template

from domain.instant import STOCKHOLM
from sandbox.letters import Letter
from sandbox.townsfolk import Citizen

#: The town's border server: the one whose Received line and Authentication-Results are believed.
BORDER_SERVER = "mx.exempelby.example"

#: How long before its delivery the late letter reached the border server. From a Tuesday at nine that is Monday at
#: half past seven: the promise of an hour is long broken, and the letter too old for an automatic reply, which would
#: otherwise stop the broken clock (domain.md 3.3 row 37).
LATE_BY = timedelta(hours=25, minutes=29)

#: How long a mail takes from the citizen's hand to the border server.
_ON_THE_WAY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail with its envelope."""

    envelope_sender: str
    recipient: str
    #: Lines end in CRLF; without the Return-Path, which delivery writes.
    original: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An SMS."""

    sender: str
    recipient: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is written to a Facebook page, in Messenger or for all to see."""

    #: The person's id at Facebook.
    sender: str
    name: str
    page: str
    body: str
    public: bool


#: Anything that a citizen sends.
Posting = Mail | Text | Note


def compose(letter: Letter, citizen: Citizen, *, at: datetime, number: int) -> Posting:
    """Write the letter out for one citizen, as a mail, an SMS or at a page.

    Args:
        letter: the letter with its slots.
        citizen: who writes it, unless the letter has a sender of its own.
        at: when the border server took it; aware.
        number: differs for every mail of one town; makes the Message-ID its own.
    """
    slots = {"name": citizen.name, "street": citizen.street, "number": str(citizen.number)}
    if letter.is_at_page:
        body = Template(letter.text.strip()).substitute(slots)
        return Note(sender=citizen.person, name=citizen.name, page=letter.to, body=body, public=letter.public)
    if letter.is_sms:
        body = Template(letter.text.strip()).substitute(slots)
        return Text(sender=letter.sender or citizen.phone, recipient=letter.to, body=body)
    return _mail(letter, citizen, slots, at=at, number=number)


def _mail(letter: Letter, citizen: Citizen, slots: dict[str, str], *, at: datetime, number: int) -> Mail:
    name, address = parseaddr(letter.sender) if letter.sender else (citizen.name, citizen.address)
    domain = address.partition("@")[2]
    mail = EmailMessage(policy=SMTP)
    _stamp(mail, letter, address, at, number)
    mail["From"] = formataddr((name, address), "utf-8")
    mail["To"] = letter.to
    mail["Subject"] = Template(letter.subject).substitute(slots)
    mail["Date"] = _local(at - _ON_THE_WAY)
    mail["Message-ID"] = f"<{at:%Y%m%d%H%M%S}.{number}@{domain}>"
    for key, value in letter.headers.items():
        mail[key] = value
    mail.set_content(Template(letter.text.lstrip("\n")).substitute(slots))
    for each in letter.enclosures:
        main, _, sub = each.media_type.partition("/")
        filename = Template(each.name).substitute(slots)
        mail.add_attachment(each.content, maintype=main, subtype=sub, filename=filename)
    return Mail(envelope_sender=address, recipient=letter.to, original=mail.as_bytes())


def _stamp(mail: EmailMessage, letter: Letter, address: str, at: datetime, number: int) -> None:
    """Add the lines of the two servers that the mail came through, the last one on top."""
    domain = address.partition("@")[2]
    mail["Received"] = (
        f"from ut.{domain} (ut.{domain} [192.0.2.25]) by {BORDER_SERVER} with ESMTPS id B{number:06d} "
        f"for <{letter.to}>; {_local(at)}"
    )
    verdicts = f"spf=pass smtp.mailfrom={address}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
    mail["Authentication-Results"] = f"{BORDER_SERVER}; {verdicts}"
    mail["Received"] = (
        f"from [198.51.100.7] by ut.{domain} with ESMTPSA id C{number:06d} for <{letter.to}>; "
        f"{_local(at - _ON_THE_WAY)}"
    )


def _local(at: datetime) -> str:
    return format_datetime(at.astimezone(STOCKHOLM))
