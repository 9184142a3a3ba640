"""Cases that fire each row of domain.md 3.8, with the queue it leads to, and cases that just miss it."""

from datetime import timedelta
from typing import Any, NamedTuple

from domain.account import Channel
from domain.brakes import AutomaticReply, ReplyHistory
from domain.category import Secrecy
from domain.decision import Queue
from domain.message import Attachment, Mailbox
from tests.builders import TUESDAY, account
from tests.unit.triage.screening import OUR_RECEIPT, about

PAGE, PERSON = "100000000000001", "200000000000001"
ACCOUNT = account(channel=Channel.facebook, address=PAGE)


class Case(NamedTuple):
    """What differs from an ordinary direct message, and what must follow."""

    row: int
    tells: str
    headers: tuple[tuple[str, str], ...]
    given: dict[str, Any]
    queue: Queue = Queue.normal


def facebook(**changes: Any) -> dict[str, Any]:
    """Return what is told of a message: parts of it, and `context`, `topic`, `urgent`."""
    context = {"account": ACCOUNT, **changes.pop("context", {})}
    base = {
        "channel": Channel.facebook, "sender": Mailbox(PERSON, "Anna Exempel"), "subject": "", "message_id": None,
        "text": "Hej! När öppnar badhuset på lördag?", "return_path": None, "to": (PAGE,),
        "media_types": ("application/json",), "context": context,
    }  # fmt: skip
    return {**base, **changes}


def fires(row: int, tells: str, *headers: tuple[str, str], queue: str = "normal", **given: Any) -> Case:
    return Case(row, tells, headers, facebook(**given), Queue(queue))


def misses(row: int, tells: str, *headers: tuple[str, str], **given: Any) -> Case:
    return Case(row, tells, headers, facebook(**given))


def ago(**duration: float) -> dict[str, Any]:
    """Return a message that arrived so long before it is read."""
    return {"arrived_at": TUESDAY + timedelta(minutes=1) - timedelta(**duration)}


def receipt(hours: float) -> dict[str, Any]:
    """Return a history with a receipt so many hours ago."""
    at = TUESDAY - timedelta(hours=hours)
    return {
        "history": ReplyHistory(to_address=(AutomaticReply(template="receipt", address=PERSON, mailbox=PAGE, at=at),))
    }


COMMENT = ("kind", "comment")
SENSITIVE = about("oro", safety=True, secrecy=Secrecy.SK2)
PICTURE = Attachment(name="bild.jpg", media_type="image/jpeg", size_bytes=9)

FIRES = (
    fires(1, "the first direct message"),
    fires(1, "one a day after our receipt", context=receipt(24)),
    fires(1, "one of nearly a day ago", **ago(hours=23, minutes=59)),
    fires(2, "one of a day ago", **ago(hours=24)),
    fires(2, "one of a week ago", **ago(days=7)),
    fires(3, "one of more than a week ago", **ago(days=7, minutes=1)),
    fires(4, "an echo of ours", ("is_echo", "true"), context={"reported_ids": frozenset({OUR_RECEIPT})},
          queue="attached"),
    fires(4, "an echo of what staff wrote elsewhere", ("message.is_echo", "true"), queue="technical"),
    fires(4, "the page's own message", sender=Mailbox(PAGE), queue="technical"),
    fires(5, "a question in public", COMMENT),
    fires(6, "a concern for a child in public", COMMENT, topic=SENSITIVE),
    fires(6, "an identity number in public", COMMENT, text="Jag heter Anna, 850709-0000, vad händer med min ansökan?"),
    fires(7, "a comment of a week ago", COMMENT, **ago(days=7)),
    fires(8, "the page's own comment", COMMENT, sender=Mailbox(PAGE), queue="technical"),
    fires(8, "another page's comment", COMMENT, ("from.category", "Tidning"), queue="technical"),
    fires(8, "another page's comment, known by its id", COMMENT, context={"sender_is_page": True}, queue="technical"),
    fires(8, "a sticker", ("sticker", "https://scontent.example/tumme.png"), text="", queue="technical"),
    fires(8, "a reaction", ("item", "reaction"), text="", queue="technical"),
    fires(9, "a page that answers by itself", context={"instant_reply_on": True}),
)  # fmt: skip

MISSES = (
    misses(1, "one of a day ago", **ago(hours=24)),
    misses(1, "one a few hours after our receipt", context=receipt(3)),
    misses(1, "a comment", COMMENT),
    misses(2, "one of nearly a day ago", **ago(hours=23, minutes=59)),
    misses(2, "one of more than a week ago", **ago(days=7, minutes=1)),
    misses(3, "one of a week ago", **ago(days=7)),
    misses(4, "a person's message", ("is_echo", "false")),
    misses(5, "a direct message"),
    misses(5, "a page's comment", COMMENT, ("from.category", "Tidning")),
    misses(6, "a concern in a direct message", topic=SENSITIVE),
    misses(6, "a telephone number in public", COMMENT, text="Ring mig på 070-174 06 05, tack"),
    misses(6, "a case number in public", COMMENT, text="Mitt ärende är 859909-0000"),
    misses(7, "a comment of more than a week ago", COMMENT, **ago(days=7, minutes=1)),
    misses(7, "a comment that was answered in private", COMMENT, context={"private_reply_sent": True}),
    misses(8, "a sticker with words", ("sticker", "https://scontent.example/tumme.png"), text="Tack för hjälpen!"),
    misses(8, "a picture", text="", attachments=(PICTURE,)),
    misses(8, "a person's comment", COMMENT),
    misses(9, "a page that does not"),
)
