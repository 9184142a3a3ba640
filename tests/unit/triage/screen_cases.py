"""One case that fires each row of domain.md 3.3, with the queue it leads to, and cases that just miss it."""

from datetime import timedelta
from typing import Any, NamedTuple

from domain.account import AutoReply, Tier
from domain.brakes import ReplyHistory
from domain.category import Secrecy
from domain.decision import Match, Queue
from domain.ids import AccountId
from domain.message import Attachment, FolderRole, Mailbox
from tests.builders import TUESDAY, account
from tests.unit.triage.screening import OUR_ANSWER, OUR_RECEIPT, about, receipt_at, street_account


class Case(NamedTuple):
    """What differs from an ordinary letter, and what must follow."""

    row: int
    tells: str
    headers: tuple[tuple[str, str], ...]
    given: dict[str, Any]
    queue: Queue = Queue.normal
    look: bool = False


def fires(
    row: int, tells: str, *headers: tuple[str, str], queue: str = "normal", look: bool = False, **given: Any
) -> Case:
    return Case(row, tells, headers, given, Queue(queue), look)


def misses(row: int, tells: str, *headers: tuple[str, str], **given: Any) -> Case:
    return Case(row, tells, headers, given)


def sender(address: str, **more: Any) -> dict[str, Any]:
    return {"sender": Mailbox(address), "return_path": address, **more}


def verdict(results: str) -> tuple[str, str]:
    return "authentication-results", f"mx.exempelby.example; {results}"


def brake(**history: Any) -> dict[str, Any]:
    return {"context": {"history": ReplyHistory(**history)}}


ANSWERS_US = {"context": {"our_automatic_ids": frozenset({OUR_RECEIPT})}, "in_reply_to": (OUR_RECEIPT,)}
PROGRAM = Attachment(name="faktura.pdf.exe", media_type="application/octet-stream", size_bytes=9)
TWELVE = tuple(f"granne{number}@example.se" for number in range(12))
SIBLINGS = {
    "site": {"accounts": (account(auto_reply=AutoReply.on), street_account())},
    "context": {"account": street_account(), "sibling_accounts": ("kontaktcenter",)},
    "to": ("gata@exempelby.example", "kontaktcenter@exempelby.example"),
}
FORM = {
    "mail": {"form_senders": (("formular@exempelby.example", "x-citizen"),)},
    **sender("formular@exempelby.example"),
}

FIRES = (
    fires(1, "a null return path", return_path="", queue="low", look=True),
    fires(1, "a null return path in answer to us", return_path="", queue="attached", **ANSWERS_US),
    fires(2, "a delivery report", report_type="delivery-status", queue="low"),
    fires(2, "a part of one", media_types=("multipart/mixed", "message/delivery-status"), queue="low"),
    fires(
        2,
        "a report on a message of ours",
        report_type="delivery-status",
        context={"reported_ids": frozenset({OUR_RECEIPT})},
        queue="attached",
    ),
    fires(3, "a read receipt", report_type="disposition-notification", queue="low"),
    fires(4, "a spam complaint", report_type="feedback-report", queue="low"),
    fires(5, "a mail server", **sender("MAILER-DAEMON@example.se"), queue="low"),
    fires(5, "list software", **sender("owner-byalag@example.se"), queue="low"),
    fires(5, "a return path with our address in it", return_path="nytt+a=exempelby.example@example.se", queue="low"),
    fires(6, "a postmaster", **sender("postmaster@example.se")),
    fires(7, "one of our mailboxes", **sender("kontaktcenter@exempelby.example")),
    fires(7, "one of our mailboxes with a tag", **sender("kontaktcenter+a@exempelby.example")),
    fires(7, "our mailbox as return path only", return_path="kontaktcenter@exempelby.example"),
    fires(
        7,
        "the sender of our alerts",
        site={"alert_sender": "Larm <larm@exempelby.example>"},
        **sender("larm@exempelby.example"),
    ),
    fires(
        7,
        "one of our mailboxes with our mark",
        ("x-svarsvakt-loop", "kontaktcenter"),
        queue="technical",
        **sender("kontaktcenter@exempelby.example"),
    ),
    fires(8, "our loop mark", ("x-svarsvakt-loop", "kontaktcenter"), queue="technical"),
    fires(8, "a Message-ID as our receipts have", message_id=OUR_RECEIPT, queue="technical"),
    fires(8, "the loop mark of another municipality", ("x-svarsvakt-loop", "annan-kommun"), queue="low"),
    fires(
        9, "a machine in answer to our receipt only", subject="Automatiskt svar: ute", queue="attached", **ANSWERS_US
    ),
    fires(10, "a message that has passed 51 servers", *[("received", "from a by b")] * 50),
    fires(10, "a message that came before with other content", context={"seen_before": "other"}),
    fires(11, "no sender", sender=None, queue="low", look=True),
    fires(11, "a sender that is no address", sender=Mailbox("anna"), queue="low", look=True),
    fires(11, "what cannot be read", unreadable=True, look=True),
    fires(12, "no Return-Path", return_path=None),
    fires(12, "a Return-Path in another domain", return_path="anna@annan.example"),
    fires(13, "an automatic answer", ("auto-submitted", "auto-replied"), queue="low"),
    fires(13, "one with comment and parameter", ("auto-submitted", "(a (b)) Auto-Replied; x=y"), queue="low"),
    fires(13, "one in answer to us", ("auto-submitted", "auto-replied"), queue="attached", **ANSWERS_US),
    fires(14, "a notification", ("auto-submitted", "auto-notified"), queue="low"),
    fires(14, "a value that nobody knows", ("auto-submitted", "auto-magic"), queue="low"),
    fires(15, "what a machine made", ("auto-submitted", "auto-generated")),
    fires(15, "a registered form that nobody vouches for", ("auto-submitted", "auto-generated"), **FORM),
    fires(17, "All", ("x-auto-response-suppress", "All")),
    fires(17, "AutoReply among others", ("x-auto-response-suppress", "DR, autoreply")),
    fires(18, "OOF only", ("x-auto-response-suppress", "OOF")),
    fires(20, "a newsletter", ("list-unsubscribe", "<https://example.se/av>"), queue="low"),
    fires(20, "an association's list", ("list-id", "<b.example.se>"), ("list-post", "<mailto:b@example.se>")),
    fires(21, "bulk", ("precedence", "Bulk"), queue="low"),
    fires(22, "the older mark of an automatic answer", ("x-autoreply", "yes"), queue="low"),
    fires(22, "Precedence: auto_reply", ("precedence", "auto_reply"), queue="low"),
    fires(23, "a bulk sender's trace", ("feedback-id", "1:2:3:example"), queue="low"),
    fires(
        23,
        "advertising that one can leave",
        text="Boka demo!\nAvregistrera dig här: https://example.se/av",
        topic=about("rkl"),
        queue="low",
    ),
    fires(24, "a subject as absence notices have", subject="Frånvaro: semester", queue="low"),
    fires(24, "one marked as coming from outside", subject="[EXTERN] Out of Office: Anna", queue="low"),
    fires(25, "noreply", **sender("noreply@example.se")),
    fires(25, "a longer no-reply", **sender("bokning.no-reply2@example.se")),
    fires(25, "svara-inte as return path", return_path="svara-inte@example.se"),
    fires(26, "our mailbox is not named", to=("nagon@example.se",)),
    fires(27, "the contact center got it too", **SIBLINGS),
    fires(28, "twelve recipients", to=(*TWELVE, "kontaktcenter@exempelby.example")),
    fires(29, "dmarc=fail", verdict("dmarc=fail header.from=example.se")),
    fires(29, "spf and dkim fail", verdict("spf=fail smtp.mailfrom=anna@example.se; dkim=fail header.d=example.se")),
    fires(30, "the junk folder", role=FolderRole.junk, queue="low", look=True),
    fires(30, "our filter's word", ("x-spam-status", "Yes, score=9.1"), queue="low", look=True),
    fires(
        30, "Exchange's word", ("x-forefront-antispam-report", "CIP:1.2.3.4;SFV:SPM;CAT:SPM"), queue="low", look=True
    ),
    fires(31, "a program", attachments=(PROGRAM,), queue="low", look=True),
    fires(31, "malware", ("x-virus-status", "Infected (Eicar)"), queue="low", look=True),
    fires(32, "a suppressed address", **brake(suppressed="hard bounce")),
    fires(33, "a receipt three hours ago", **brake(to_address=(receipt_at(TUESDAY - timedelta(hours=3)),))),
    fires(
        34,
        "five automatic messages today",
        **brake(to_address=(receipt_at(TUESDAY - timedelta(hours=3), mailbox="gata@exempelby.example"),) * 5),
    ),
    fires(35, "a person in the thread", **brake(human_wrote=True)),
    fires(36, "answered by a person", **brake(answered="sent item")),
    fires(36, "answered in the mailbox", flags=frozenset({"\\Seen", "\\Answered"})),
    fires(37, "older than a day", arrived_at=TUESDAY - timedelta(hours=25)),
    fires(38, "our calendar fails", outage="the calendar knows no such year", look=True),
    fires(39, "an invitation", media_types=("multipart/alternative", "text/plain", "text/calendar"), queue="low"),
    fires(40, "advertising", topic=about("rkl"), queue="low"),
    fires(40, "a newsletter", topic=about("nyh"), queue="low"),
    fires(41, "a threat", topic=about("hot", safety=True, secrecy=Secrecy.SK2)),
    fires(44, "a colleague", **sender("kim@exempelby.example")),
    fires(44, "a colleague under a subdomain", **sender("kim@skola.exempelby.example")),
)

MISSES = (
    misses(1, "an ordinary return path"),
    misses(1, "no Return-Path header", return_path=None),
    misses(2, "another report", report_type="disposition-notification"),
    misses(3, "a wish for a read receipt", ("disposition-notification-to", "anna@example.se")),
    misses(4, "another report", report_type="delivery-status"),
    misses(5, "a name that begins alike", **sender("bouncy.anna@example.se")),
    misses(5, "an address that a forwarder rewrote", return_path="SRS0=ab=cd=example.se=anna@forward.example"),
    misses(5, "a tagged return path", return_path="prvs=1234567890=anna@example.se"),
    misses(5, "what Gmail forwards", return_path="anna+caf_=kontaktcenter=exempelby.example@example.se"),
    misses(6, "a name that begins alike", **sender("abusen@example.se")),
    misses(7, "a colleague's own address", **sender("kim@exempelby.example")),
    misses(8, "a reply to our receipt", in_reply_to=(OUR_RECEIPT,)),
    misses(8, "another installation's Message-ID", message_id="<svarsvakt.1@annan.example>"),
    misses(9, "a person in answer to our receipt", **ANSWERS_US),
    misses(
        9,
        "a machine in answer to a person of ours",
        ("auto-submitted", "auto-replied"),
        in_reply_to=(OUR_ANSWER,),
        context={"our_automatic_ids": frozenset({OUR_RECEIPT}), "our_human_ids": frozenset({OUR_ANSWER})},
    ),
    misses(
        9,
        "a machine in answer to somebody else too",
        ("auto-submitted", "auto-replied"),
        in_reply_to=(OUR_RECEIPT, "<1@annan.example>"),
        context={"our_automatic_ids": frozenset({OUR_RECEIPT})},
    ),
    misses(10, "50 servers", *[("received", "from a by b")] * 49),
    misses(11, "a sender without name", sender=Mailbox("anna@example.se")),
    misses(12, "a return path below the domain", return_path="anna@mail.example.se"),
    misses(13, "a person", ("auto-submitted", "no")),
    misses(14, "a person, with a comment", ("auto-submitted", "no (by hand)")),
    misses(15, "an answer", ("auto-submitted", "auto-replied")),
    misses(
        15,
        "a registered form that our border vouches for",
        ("auto-submitted", "auto-generated"),
        verdict("dmarc=pass header.from=exempelby.example"),
        ("x-citizen", "anna@example.se"),
        **FORM,
    ),
    misses(16, "no header"),
    misses(17, "OOF", ("x-auto-response-suppress", "OOF")),
    misses(18, "All and OOF", ("x-auto-response-suppress", "OOF, All")),
    misses(19, "reports and OOF", ("x-auto-response-suppress", "DR, OOF")),
    misses(20, "a header with another name", ("listening", "yes")),
    misses(21, "first-class", ("precedence", "first-class")),
    misses(22, "X-Autoreply: no", ("x-autoreply", "no")),
    misses(23, "a question about a newsletter", text="Hur avprenumererar jag ert nyhetsbrev? Se https://example.se"),
    misses(24, "a report of absence to school", subject="Frånvaroanmälan för Kalle"),
    misses(24, "an answer to an absence notice", subject="SV: Automatiskt svar: ute"),
    misses(25, "a name with noreply inside", **sender("nonoreplyman@example.se")),
    misses(
        26,
        "an alias of ours, tagged",
        context={"account": account(aliases=("info@exempelby.example",))},
        to=("info+a@exempelby.example",),
    ),
    misses(26, "we stand in Resent-To", to=("nagon@example.se",), resent=("kontaktcenter@exempelby.example",)),
    misses(26, "a file that is tried out", to=(), context={"taken_as_addressed": True}),
    misses(
        27,
        "the other one sends nothing",
        **{**SIBLINGS, "site": {"accounts": (account(auto_reply=AutoReply.off), street_account())}},
    ),
    misses(
        27,
        "we are the contact center",
        **{**SIBLINGS, "context": {"account": account(auto_reply=AutoReply.on), "sibling_accounts": ("gata",)}},
    ),
    misses(
        27,
        "we are addressed first",
        site={
            "accounts": (
                account(
                    id=AccountId("park"), address="park@exempelby.example", tier=Tier.unit, auto_reply=AutoReply.on
                ),
                street_account(),
            )
        },
        context={"account": street_account(), "sibling_accounts": ("park",)},
        to=("gata@exempelby.example", "park@exempelby.example"),
    ),
    misses(28, "ten recipients", to=(*TWELVE[:9], "kontaktcenter@exempelby.example")),
    misses(29, "dmarc=pass", verdict("spf=fail; dkim=fail; dmarc=pass header.from=example.se")),
    misses(29, "spf fails and dkim passes", verdict("spf=fail; dkim=pass header.d=example.se")),
    misses(29, "no border server that we know", verdict("dmarc=fail"), mail={"border_servers": ()}),
    misses(29, "a stranger's word", ("authentication-results", "mx.stranger.example; dmarc=fail")),
    misses(29, "a word that cannot be parsed", verdict("dmarc=")),
    misses(30, "no spam", ("x-spam-status", "No, score=0.1"), ("x-spam-flag", "NO")),
    misses(30, "Exchange: no spam", ("x-forefront-antispam-report", "CIP:1.2.3.4;SFV:NSPM;CAT:NONE")),
    misses(31, "a letter", attachments=(Attachment(name="exe.pdf", media_type="application/pdf", size_bytes=9),)),
    misses(31, "no malware", ("x-virus-status", "Clean")),
    misses(32, "another address on the list"),
    misses(33, "a receipt a day ago", **brake(to_address=(receipt_at(TUESDAY - timedelta(hours=24)),))),
    misses(
        34,
        "four today",
        **brake(to_address=(receipt_at(TUESDAY - timedelta(hours=3), mailbox="g@exempelby.example"),) * 4),
    ),
    misses(35, "only machines in the thread", **brake(human_wrote=False)),
    misses(36, "only read", flags=frozenset({"\\Seen"})),
    misses(37, "a day old", arrived_at=TUESDAY - timedelta(hours=23)),
    misses(38, "all in order"),
    misses(39, "a calendar in the text", text="text/calendar"),
    misses(40, "an application for a job", topic=about("job")),
    misses(41, "a sensitive matter", topic=about("oro", secrecy=Secrecy.SK2)),
    misses(42, "a burnt-out lamp", topic=about("gata", matched=(Match("brann", "brann", 1.0),))),
    misses(43, "danger, which has its own reply", topic=about("fara", secrecy=Secrecy.SK2), urgent=True),
    misses(43, "personal data", topic=about("fsk", secrecy=Secrecy.SK1)),
    misses(44, "a domain that ends alike", **sender("kim@notexempelby.example")),
    misses(
        44,
        "a colleague, where they get replies too",
        mail={"reply_to_internal": True},
        **sender("kim@exempelby.example"),
    ),
    misses(45, "a row that says yes", topic=about("oro", secrecy=Secrecy.SK2)),
    misses(45, "a row that says no", ("precedence", "bulk")),
)
