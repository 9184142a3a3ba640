"""Every row of domain.md 3.3, 3.7 and 3.8 with its specimen: what lies around it, and what makes it just miss.

A row that is added to a table needs a line here and a specimen in tests/mails/screen: `test_screen_specimens.py` says
so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from domain.brakes import AutomaticReply, ReplyHistory
from domain.category import Secrecy
from domain.decision import Classification
from tests.builders import TUESDAY
from tests.unit.triage.screening import OUR_ANSWER, OUR_RECEIPT, about, receipt_at, street_account

FOLDER = Path(__file__).parents[2] / "mails" / "screen"
#: How the specimens of each table are called.
PREFIXES = {"3.3": "row", "3.7": "sms", "3.8": "facebook"}
SPECIMENS = {
    f"{table}/{int(path.name.split('-')[1])}": path
    for table, prefix in PREFIXES.items()
    for path in sorted(FOLDER.glob(f"{prefix}-*"))
}

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Miss:
    """What is different about a specimen that just misses its row."""

    #: Texts of the original, and what stands there instead.
    texts: tuple[tuple[str, str], ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    topic: Classification | None = None
    #: True: our own calendar and templates work again.
    in_order: bool = False


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """What must lie around a specimen so that it fires its row, and how it just misses it."""

    row: str
    misses: Miss
    context: Mapping[str, Any] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    topic: Classification | None = None
    urgent: bool = False
    outage: str | None = None
    #: Rows of the same table that it cannot help to fire too, as in real mail.
    also: frozenset[int] = frozenset()


def mail(
    number: int, old: str = "", new: str = "", *, also: frozenset[int] = frozenset(), near: Miss | None = None,
    **around: Any,
) -> Specimen:  # fmt: skip
    """Return a case of e-mail: by which text it misses, or by what else."""
    return Specimen(row=f"3.3/{number}", misses=near or Miss(texts=((old, new),)), also=also, **around)


def sms(number: int, old: str = "", new: str = "", *, near: Miss | None = None, **around: Any) -> Specimen:
    """Return a case of an SMS."""
    return Specimen(row=f"3.7/{number}", misses=near or Miss(texts=((old, new),)), **around)


def facebook(
    number: int, old: str = "", new: str = "", *, also: frozenset[int] = frozenset(), near: Miss | None = None,
    **around: Any,
) -> Specimen:  # fmt: skip
    """Return a case of Facebook."""
    return Specimen(row=f"3.8/{number}", misses=near or Miss(texts=((old, new),)), also=also, **around)


def history(**known: Any) -> dict[str, Any]:
    """Return what the store knows of earlier replies."""
    return {"history": ReplyHistory(**known)}


def rows(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


def receipts(count: int, mailbox: str = "kontaktcenter@exempelby.example", age: timedelta = HOUR) -> dict[str, Any]:
    """Return so many receipts to the builders' citizen."""
    return history(to_address=(receipt_at(TUESDAY - age, mailbox=mailbox),) * count)


GATA = "gata@exempelby.example"
SMS_RECEIPT = AutomaticReply(template="receipt", address="+46701740699", mailbox="+46701740605", at=TUESDAY - HOUR)
THREAT, DANGER, CONCERN = (
    about(name, secrecy=Secrecy.SK2, safety=True) for name in ("hot", "fara", "oro")
)  # fmt: skip

CASES = (
    mail(1, "Return-Path: <>", "Return-Path: <larm@fastighet.example>", also=rows(12)),
    mail(2, "report-type=delivery-status", "report-type=other", also=rows(1, 5, 12, 13),
         near=Miss(texts=(("delivery-status", "other"),))),
    mail(3, near=Miss(texts=(("disposition-notification", "other"),))),
    mail(4, near=Miss(texts=(("feedback-report", "other"),))),
    mail(5, near=Miss(texts=(("owner-byalag", "byalag"),)), also=rows(12)),
    mail(6, near=Miss(texts=(("postmaster@", "postmastaren@"),))),
    mail(7, near=Miss(texts=(("gata@exempelby.example", "kim@exempelby.example"),)), also=rows(44)),
    mail(8, near=Miss(texts=(("1@exempelby", "1@annan"), ("X-Svarsvakt-Loop", "X-Loop"))), also=rows(13)),
    mail(9, "Auto-Submitted: auto-replied\n", "", also=rows(13),
         context={"our_automatic_ids": frozenset({OUR_RECEIPT})}),
    mail(10, "Received: from vidare49.example.se by vidare50.example.se", "X-Was: vidare49"),
    mail(11, "To: Kontaktcenter", "From: <anna@example.se>\nTo: Kontaktcenter", also=rows(12)),
    mail(12, "Delivered-To:", "Return-Path: <anna@example.se>\nDelivered-To:"),
    mail(13, "auto-replied (vacation)", "no (vacation)"),
    mail(14, "auto-notified; owner-email=anna@example.se", "no; owner-email=anna@example.se"),
    mail(15, "auto-generated", "no"),
    mail(16, "Auto-Submitted: no", "X-Auto-Submitted: no", also=rows(45)),
    mail(17, "X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress: None"),
    mail(18, "X-Auto-Response-Suppress: OOF", "X-Auto-Response-Suppress: DR"),
    mail(19, "DR, NDR, RN, NRN", "DR, NDR, OOF", also=rows(45)),
    mail(20, near=Miss(texts=(("\nList-", "\nX-List-"),))),
    mail(21, "Precedence: bulk", "Precedence: normal"),
    mail(22, "X-Autoreply: yes", "X-Autoreply: no"),
    mail(23, near=Miss(texts=(("Feedback-ID: 17:nov:kampanj:kampanjbyran\nX-Campaign-ID: nov-17\n", ""),))),
    mail(24, "=?utf-8?q?Automatiskt_svar=3A_Ditt_=C3=A4rende?=", "SV: Automatiskt svar: Hej"),
    mail(25, near=Miss(texts=(("no-reply@", "noreplan@"),))),
    mail(26, "Undisclosed recipients <hemligt@example.se>", "<kontaktcenter+sommar@exempelby.example>"),
    mail(27, context={"account": street_account(), "sibling_accounts": ("kontaktcenter",)},
         near=Miss(context={"account": street_account(), "sibling_accounts": ()})),
    mail(28, ", kommun1@kommun1.example, kommun2@kommun2.example, kommun3@kommun3.example", ""),
    mail(29, "dmarc=fail", "dmarc=pass"),
    mail(30, "X-Spam-Flag: YES\nX-Spam-Status: Yes", "X-Spam-Flag: NO\nX-Spam-Status: No"),
    mail(31, near=Miss(texts=((".pdf.exe", ".exe.pdf"),))),
    mail(32, context=history(suppressed="hard bounce 5.1.1"), near=Miss(context=history())),
    mail(33, context=receipts(1), near=Miss(context=receipts(1, age=24 * HOUR))),
    mail(34, context=receipts(5, GATA), near=Miss(context=receipts(4, GATA))),
    mail(35, context={**history(human_wrote=True), "our_human_ids": frozenset({OUR_ANSWER})},
         near=Miss(context=history())),
    mail(36, flags=frozenset({"\\Seen", "\\Answered"}), near=Miss(flags=frozenset({"\\Seen"}))),
    mail(37, near=Miss(texts=(("14 Nov 2026", "24 Nov 2026"),))),
    mail(38, outage="the calendar knows no such year", near=Miss(in_order=True)),
    mail(39, "Content-Type: text/calendar", "Content-Type: text/x-calendar"),
    mail(40, topic=about("rkl"), near=Miss(topic=about("job"))),
    mail(41, topic=THREAT, near=Miss(topic=CONCERN)),
    mail(42, topic=DANGER, urgent=True, near=Miss(topic=about("gata"))),
    mail(43, topic=CONCERN, near=Miss(topic=about("fsk", secrecy=Secrecy.SK1))),
    mail(44, near=Miss(texts=(("@exempelby.example>\nTo", "@inte-exempelby.example>\nTo"),))),
    mail(45, near=Miss(texts=(("MIME-Version", "Precedence: bulk\nMIME-Version"),))),
    sms(1, "71234", "+46701740607"),
    sms(2, "STOPP", "STOPP, ni kör på fel gata"),
    sms(3, context={"opted_out": "21610"}, near=Miss()),
    sms(4, "+447700900123", "+46701740607"),
    sms(5, context=history(to_address=(SMS_RECEIPT,)), near=Miss(context=history())),
    sms(6, "Tack!", "Tack, men när?"),
    sms(7, context={"prefix_last_hour": 21}, near=Miss(context={"prefix_last_hour": 20})),
    sms(8, "är 482913", "kom aldrig"),
    sms(9, topic=DANGER, urgent=True, near=Miss(topic=about("gata"))),
    sms(10, near=Miss(context={"thread_open": True})),
    facebook(1, near=Miss(texts=(("2026-11-24T08", "2026-11-23T08"),))),
    facebook(2, near=Miss(texts=(("2026-11-22T08", "2026-11-24T07"),))),
    facebook(3, near=Miss(texts=(("2026-11-15T08", "2026-11-18T08"),))),
    facebook(4, near=Miss(texts=(('"is_echo": true', '"is_echo": false'), ("100000000000001", "500000000000001")))),
    facebook(5, '"comment_count": 0', '"to": []', also=rows(7)),
    facebook(6, "850709-0000", "070-174 06 05", also=rows(5, 7)),
    facebook(7, also=rows(5), near=Miss(context={"private_reply_sent": True})),
    facebook(8, "category", "kind_of_page"),
    facebook(9, context={"instant_reply_on": True}, near=Miss()),
)  # fmt: skip
