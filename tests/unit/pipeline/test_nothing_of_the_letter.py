"""Nothing that a citizen wrote is in a reply (domain.md 7.1.5): whatever is written, through triage to the text."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.later import later_reply
from desk.route import automatic_reply, thread_of_reply
from domain.account import AutoReply, Channel
from domain.decision import Decision, Due
from domain.ids import TicketId
from domain.message import Mailbox, Message
from domain.outgoing import Outgoing, OutgoingKind
from domain.reply_template import ReplyName
from domain.site import Site
from domain.ticket import Ticket, TicketStatus
from outbox.lint import LINES
from outbox.render import render
from settings.init import EXAMPLE
from settings.load import load
from tests.builders import TUESDAY, account, context, message, site
from triage.decide import decide

#: Not a word of any text: what of it is found in a reply came from the letter.
SECRET = "qxzqxz"
#: For what lands where no clock runs.
DUE = Due(notice_at=TUESDAY + timedelta(hours=1), answer_at=TUESDAY + timedelta(days=1), calendar="c1")
CHANNELS = pytest.mark.parametrize("channel", Channel)

written = st.text(st.characters(exclude_categories=("Cs",)), max_size=60).map(lambda text: f"{text} {SECRET} {text}")
topics = st.sampled_from(
    ["Det brinner! ", "Hål i vägen. ", "Jag begär ut allmänna handlingar. ", "Vårdcentralen. ", ""]
)


def letter(channel: Channel, subject: str, text: str) -> Message:
    return message(
        channel=channel, subject=subject, text=text, sender=Mailbox("anna@example.se", SECRET),
        headers=(("from", f"{SECRET} <anna@example.se>"), ("subject", subject)),
    )  # fmt: skip


def decided(channel: Channel, read: Message, town: Site) -> tuple[Decision, Outgoing | None]:
    answering = account(auto_reply=AutoReply.on, channel=channel)
    made = decide(read, context(account=answering), town)
    reply = replace(made.reply, send=True, to="anna@example.se", template=made.reply.template or "receipt")
    made = replace(made, reply=reply, due=made.due or DUE)
    return made, automatic_reply(read, made, answering, town, "26-00001", TUESDAY)


def said(intent: Outgoing, town: Site) -> str:
    draft = render(intent, town, key="26-00001.ab", now=TUESDAY)
    headers = "\n".join(f"{name}: {value}" for name, value in draft.headers)
    return "\n".join((draft.sender, draft.subject, draft.text, draft.html, headers, *intent.slots.values()))


@CHANNELS
@settings(deadline=None)  # the first text that is not Swedish loads the language model
@given(subject=written, text=written, topic=topics)
def test_no_word_of_a_letter_is_in_its_receipt(channel: Channel, subject: str, text: str, topic: str) -> None:
    town = replace(site(), send_drafts=True)

    made, intent = decided(channel, letter(channel, subject, topic + text), town)

    assert made.due is not None
    assert intent is not None
    assert SECRET not in said(intent, town)


@CHANNELS
@pytest.mark.parametrize("language", ["sv", "fi", "en", "ar", "ku"])
@pytest.mark.parametrize("template", [name for name in ReplyName if name not in LINES])
def test_no_word_of_a_letter_is_in_anything_that_is_told_later(channel: Channel, language: str, template: str) -> None:
    town = replace(site(), send_drafts=True)
    answering = account(auto_reply=AutoReply.on, channel=channel)
    read = letter(channel, SECRET, SECRET)
    made, _ = decided(channel, read, town)
    assert made.due is not None
    ticket = Ticket(
        id=TicketId(1), number="26-00001", organisation=answering.organisation, unit=made.unit, account=answering.id,
        channel=channel, status=TicketStatus.open, queue=made.queue, needs_a_look=False, look_reason=SECRET,
        category=made.classification.category, language=language, urgency=made.urgency, secrecy=made.secrecy,
        subject=SECRET, sender_name=SECRET, sender_address="anna@example.se", arrived_at=TUESDAY,
        notice_due_at=made.due.notice_at, answer_due_at=made.due.answer_at, notice_met_at=None, answer_met_at=None,
        calendar="c1", assignee=None,
    )  # fmt: skip

    intent = later_reply(
        ticket,
        answering,
        town,
        kind=OutgoingKind.receipt,
        references=thread_of_reply(read),
        template=template,
        to="anna@example.se",
        answer_at=made.due.answer_at,
        now=TUESDAY,
    )

    assert SECRET not in said(intent, town)


def test_no_category_of_the_example_tells_what_a_sensitive_message_is_about() -> None:
    town = replace(load(EXAMPLE), send_drafts=True)
    kc = next(each for each in town.accounts if each.id == "kontaktcenter")
    for category in (each for each in town.categories if each.secrecy == "SK2"):
        made = decide(message(), context(account=kc), town)
        about = replace(made.classification, category=category.id, secrecy=category.secrecy)
        reply = replace(made.reply, send=True, to="anna@example.se", template="receipt_sensitive", language="sv")
        made = replace(made, classification=about, secrecy=category.secrecy, reply=reply)

        intent = automatic_reply(message(), made, kc, town, "26-00001", TUESDAY)

        assert intent is not None
        assert category.name.lower() not in said(intent, town).lower()
        assert not [name for name in intent.slots if "." in name]
