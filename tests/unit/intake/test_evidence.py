"""What a mail in Sent shows."""

from dataclasses import replace

import pytest

from domain.ids import AccountId
from domain.message import Mailbox
from intake.evidence import correspondents, read_sent
from tests.builders import TUESDAY, message, site

MAIL = replace(site().mail, message_id_domain="exempelby.example")
ACCOUNTS = {AccountId("kontaktcenter")}


def headers(*lines: str) -> str:
    """Return headers as a source tells them."""
    return "\r\n".join(lines) + "\r\n\r\n"


ANSWER = (
    "Message-ID: <svar@exempelby.example>",
    "In-Reply-To: <1@example.se>",
    "References: <0@example.se>\r\n <1@example.se>",
    "To: Anna Exempel <Anna@Example.se>, bo@example.se",
    "Cc: =?utf-8?q?=C3=85sa?= <asa@example.se>",
    "Bcc: dold@example.se",
)


def test_a_mail_in_sent_says_what_it_answers_and_who_got_it() -> None:
    mail = read_sent(headers(*ANSWER), TUESDAY, ACCOUNTS, MAIL)

    assert mail is not None
    assert mail.message_id == "<svar@exempelby.example>"
    assert mail.in_reply_to == ("<1@example.se>",)
    assert mail.references == ("<0@example.se>", "<1@example.se>")
    assert mail.recipients == {"anna@example.se", "bo@example.se", "asa@example.se", "dold@example.se"}
    assert mail.by_person


@pytest.mark.parametrize(
    ("line", "by_person"),
    [
        ("Auto-Submitted: no", True),
        ("auto-submitted: NO (by hand)", True),
        ("Auto-Submitted: auto-replied", False),
        ("Auto-Submitted: auto-generated; reason=x", False),
        ("Auto-Submitted: something-new", False),
        ("X-Svarsvakt-Loop: kontaktcenter", False),
        ("X-Svarsvakt-Loop: another-installation", True),
    ],
)
def test_a_machine_is_no_person(line: str, by_person: bool) -> None:
    mail = read_sent(headers(*ANSWER, line), TUESDAY, ACCOUNTS, MAIL)

    assert mail is not None
    assert mail.by_person is by_person


def test_our_own_message_id_is_no_person() -> None:
    mail = read_sent(headers("Message-ID: <svarsvakt.26-00001.ab@exempelby.example>"), TUESDAY, ACCOUNTS, MAIL)

    assert mail is not None
    assert not mail.by_person


@pytest.mark.parametrize(
    "given", ["", "\x00\xff\r\n", "inget huvud alls", "To: " + "<" * 60_000, "a" * 65_536, "åäö €"]
)
def test_headers_that_make_no_sense_show_nothing_and_break_nothing(given: str) -> None:
    mail = read_sent(given, TUESDAY, ACCOUNTS, MAIL)

    assert mail is None or (mail.in_reply_to, mail.references, mail.recipients) == ((), (), frozenset())


def test_an_answer_goes_to_the_sender_to_reply_to_and_to_a_forms_citizen() -> None:
    form = replace(MAIL, form_senders=(("form@exempelby.example", "X-Citizen"),))
    asked = message(
        sender=Mailbox("form@exempelby.example"),
        headers=(("reply-to", "Anna <ANNA@example.se>"), ("x-citizen", "bo@example.se"), ("x-other", "c@example.se")),
    )

    assert correspondents(asked, form) == {"form@exempelby.example", "anna@example.se", "bo@example.se"}
    assert correspondents(message(sender=None, headers=()), MAIL) == frozenset()
