"""Reply syntax: what cannot be rendered is refused with file, line and a sentence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.account import Channel
from domain.reply_syntax import faults_of, slots_of
from domain.reply_template import SLOTS, Approval, ReplyTemplate

HEAD = '+++\nstatus = "approved"\nby = "kommunikatör"\non = 2026-11-02\n+++\n'
BODY = "Subject: Hej {{ number }}\n\nDu får svar senast {{ answer_at }}.\n"


def template(source: str = HEAD + BODY, channel: Channel = Channel.email) -> ReplyTemplate:
    return ReplyTemplate(channel=channel, name="receipt", language="sv", source=source)


def said(source: str, channel: Channel = Channel.email) -> list[str]:
    return [str(fault) for fault in faults_of(template(source, channel))]


def test_a_whole_template_has_no_fault_and_knows_its_head_and_slots() -> None:
    whole = template()

    assert faults_of(whole) == ()
    assert (whole.head.status, whole.head.by, whole.head.on) == (Approval.approved, "kommunikatör", date(2026, 11, 2))
    assert slots_of(whole) == {"number", "answer_at"}
    assert whole.file == "templates/replies/email/receipt.sv.txt"


def test_the_version_changes_with_every_byte_of_the_file() -> None:
    assert template().version == template().version
    assert template().version != template(HEAD.replace("02", "03") + BODY).version


def test_lines_are_counted_in_the_file_and_not_from_the_text() -> None:
    [fault] = faults_of(template(HEAD + "Subject: Hej\n\nEn rad\n{{ nummer }}\n"))

    assert fault.line == 9
    assert (
        str(fault) == "templates/replies/email/receipt.sv.txt line 9: there is no slot `nummer`: did you mean `number`."
    )


@pytest.mark.parametrize(
    ("head", "wrong"),
    [
        ("", "no head"),
        ('+++\nstatus = "approved"\nby = "x"\n', "no head"),
        ("+++\nstatus = approved\n+++\n", "not TOML"),
        ('+++\nby = "x"\non = 2026-11-02\n+++\n', "does not say `status`"),
        ('+++\nstatus = "approved"\non = 2026-11-02\n+++\n', "does not say `by`"),
        ('+++\nstatus = "approved"\nby = "x"\n+++\n', "does not say `on`"),
        ('+++\nstatus = "ok"\nby = "x"\non = 2026-11-02\n+++\n', "neither draft nor approved"),
        ('+++\nstatus = []\nby = "x"\non = 2026-11-02\n+++\n', "neither draft nor approved"),
        ('+++\nstatus = "draft"\nby = " "\non = 2026-11-02\n+++\n', "names no role"),
        ('+++\nstatus = "draft"\nby = "x"\non = "2026-11-02"\n+++\n', "is no date"),
        ('+++\nstatus = "draft"\nby = "x"\non = 2026-11-02T10:00:00Z\n+++\n', "is no date"),
        ('+++\nstatus = "draft"\nby = "x"\non = 2026-11-02\nwho = "y"\n+++\n', "`who` is nothing that a head says"),
    ],
)
def test_a_head_that_cannot_be_read_is_a_fault_that_shows_how_to_write_one(head: str, wrong: str) -> None:
    [sentence] = said(head + BODY)

    assert wrong in sentence
    assert 'status = "draft" or "approved"' in sentence


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("{{ number", "line 8"),
        ("{% if number %}", "line 8"),
        ("{{ subject }}", "there is no slot `subject`"),
        ("{{ text }}", "there is no slot `text`"),
        ("{{ sender_name }}", "there is no slot `sender_name`"),
        ("{{ number.upper() }}", "getattr"),
        ("{{ number|upper }}", "filter"),
        ("{{ number['x'] }}", "getitem"),
        ("{{ number + number }}", "add"),
        ("{% set x = number %}", "assign"),
        ("{% for x in number %}x{% endfor %}", "for"),
        ("{% include 'x' %}", "include"),
        ("{{ number() }}", "something else is called"),
        ("{{ link(number) }}", "something else is called"),
        ("{{ link('a', number, x=number) }}", "something else is called"),
    ],
)
def test_a_template_says_slots_asks_and_links_and_nothing_else(written: str, wrong: str) -> None:
    sentences = said(f"{HEAD}Subject: Hej\n\n{written}\n")

    assert any(wrong in sentence and "line 8" in sentence for sentence in sentences), sentences


@pytest.mark.parametrize("channel", [Channel.sms, Channel.facebook])
def test_only_an_e_mail_has_a_subject(channel: Channel) -> None:
    assert "no subject in" in said(HEAD + BODY, channel)[0]
    assert "has no subject" in said(HEAD + "Hej!\n")[0]
    assert said(HEAD + "Hej {{ number }}\n", channel) == []


def test_an_empty_text_is_a_fault() -> None:
    assert "the text is empty" in said(HEAD + "Subject: Hej\n\n")[0]
    assert "the text is empty" in said(HEAD + "\n", Channel.sms)[0]


def test_every_fault_is_told_at_once() -> None:
    assert len(said(HEAD + "Hej {{ a }}\n{{ b }}\n{{ c|upper }}\n")) == 5


def test_no_slot_could_hold_what_a_citizen_wrote() -> None:
    assert not {"subject", "text", "body", "sender", "sender_name", "name", "category", "attachment"} & set(SLOTS)
    assert all(slot.meaning and slot.example for slot in SLOTS.values())


@given(st.text(max_size=300))
def test_whatever_is_written_is_read_or_refused_and_never_crashes(text: str) -> None:
    for source in (text, HEAD + text, f"+++\n{text}\n+++\n{BODY}"):
        assert all(fault.line >= 1 and fault.wrong and fault.do for fault in faults_of(template(source)))
