"""Cases that fire each row of domain.md 3.7, with the queue it leads to, and cases that just miss it."""

from datetime import timedelta
from typing import Any, NamedTuple

from domain.account import Channel
from domain.brakes import AutomaticReply, ReplyHistory
from domain.category import Secrecy
from domain.decision import Queue
from domain.message import Attachment, Mailbox
from tests.builders import TUESDAY, account
from tests.unit.triage.screening import about

NUMBER, OURS = "+46701740699", "+46701740605"
ACCOUNT = account(channel=Channel.sms, address=OURS)


class Case(NamedTuple):
    """What differs from an ordinary SMS, and what must follow."""

    row: int
    tells: str
    given: dict[str, Any]
    queue: Queue = Queue.normal


def sms(**changes: Any) -> dict[str, Any]:
    """Return what is told of an SMS: parts of the message, and `context`, `topic`, `urgent`, `site`."""
    context = {"account": ACCOUNT, **changes.pop("context", {})}
    base = {
        "channel": Channel.sms, "sender": Mailbox(NUMBER), "text": "Hej! Lampan på Storgatan 4 är trasig.",
        "subject": "", "message_id": None, "return_path": None, "to": (OURS,), "media_types": ("application/json",),
        "context": context,
    }  # fmt: skip
    return {**base, **changes}


def fires(row: int, tells: str, *, queue: str = "normal", **given: Any) -> Case:
    return Case(row, tells, sms(**given), Queue(queue))


def misses(row: int, tells: str, **given: Any) -> Case:
    return Case(row, tells, sms(**given))


def sent(hours: float, count: int = 1, mailbox: str = OURS, template: str = "receipt") -> dict[str, Any]:
    """Return a history of replies to the number so many hours ago."""
    reply = AutomaticReply(template=template, address=NUMBER, mailbox=mailbox, at=TUESDAY - timedelta(hours=hours))
    return {"history": ReplyHistory(to_address=(reply,) * count)}


PICTURE = Attachment(name="", media_type="image/jpeg", size_bytes=0)
DANGER = {"topic": about("fara", safety=True, secrecy=Secrecy.SK2), "urgent": True}

FIRES = (
    fires(1, "a name", sender=Mailbox("postnord"), queue="low"),
    fires(1, "a short code", sender=Mailbox("71234"), queue="low"),
    fires(1, "a short code with its country", sender=Mailbox("+4671234"), queue="low"),
    fires(2, "STOP", text="STOP", queue="low"),
    fires(2, "stopp, with a stop", text=" stopp. ", queue="low"),
    fires(2, "start", text="Starta", queue="low"),
    fires(3, "a number that left", context={"opted_out": "21610"}),
    fires(3, "a suppressed number", context={"history": ReplyHistory(suppressed="asked by telephone")}),
    fires(4, "a number in Great Britain", sender=Mailbox("+447700900123")),
    fires(4, "a country that is not listed here", site={"countries": ("+358",)}),
    fires(5, "a receipt eleven hours ago", context=sent(11)),
    fires(5, "a receipt from another number of ours", context=sent(1, mailbox="+46701740607")),
    fires(5, "an open thread", context={"thread_open": True}),
    fires(5, "danger, twice within a day", **DANGER, context=sent(3, template="urgent")),
    fires(6, "thanks", text="Tack!", queue="low"),
    fires(6, "thanks in an open thread", text="Tack så mycket!", context={"thread_open": True}),
    fires(6, "nothing but a sign", text="👍", queue="low"),
    fires(6, "Finnish thanks", text="Ok, kiitos paljon", queue="low"),
    fires(7, "the sixth of the day", context=sent(23, count=5)),
    fires(7, "a flood of numbers that begin alike", context={"prefix_last_hour": 21}),
    fires(8, "a one-time code", text="Din verifieringskod är 482913. Dela den inte.", queue="low"),
    fires(8, "a code, told from behind", text="482913 är din engångskod hos Banken", queue="low"),
    fires(8, "a parcel", text="Ditt paket finns nu att hämta hos ombud Torget.", queue="low"),
    fires(8, "voicemail", text="Du har ett nytt röstmeddelande. Ring 222.", queue="low"),
    fires(9, "danger", **DANGER),
    fires(9, "danger in an open thread", **DANGER, context={"thread_open": True}),
    fires(10, "an ordinary SMS"),
)

MISSES = (
    misses(1, "a number"),
    misses(2, "a sentence with the word", text="Stop, ni har stängt av vattnet!"),
    misses(2, "yes, which answers somebody", text="YES"),
    misses(3, "a number that gets SMS"),
    misses(4, "Finland", sender=Mailbox("+358401234567")),
    misses(4, "a name has no country", sender=Mailbox("postnord")),
    misses(5, "a receipt twelve hours ago", context=sent(12)),
    misses(5, "danger passes the receipt of the day", **DANGER, context={"thread_open": True}),
    misses(6, "thanks and a question", text="Tack, men när?"),
    misses(6, "thanks, and an address", text="Ok Storgatan"),
    misses(6, "twenty-one characters", text="Tack så mycket hej då"),
    misses(6, "an answer in figures", text="19"),
    misses(6, "a picture", text="", attachments=(PICTURE,)),
    misses(7, "the fifth of the day", context=sent(23, count=4)),
    misses(7, "as many as may begin alike", context={"prefix_last_hour": 20}),
    misses(8, "a question about a code", text="Jag fick ingen kod när jag loggade in, vad gör jag?"),
    misses(8, "a parcel that bothers", text="Ett paket ligger på gatan utanför nummer 4."),
    misses(9, "a lamp", topic=about("gata")),
    misses(10, "a row that says no", text="STOP"),
    misses(10, "a row that says yes", **DANGER),
)
