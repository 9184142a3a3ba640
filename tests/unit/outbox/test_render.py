"""Render: sender, headers and marks of automatic messages (domain.md 3.6)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.mime import mime
from domain.account import Channel
from domain.errors import BadInput
from domain.ids import AccountId, OrganisationId, OutgoingId
from domain.outgoing import Outgoing, OutgoingKind, Rendered
from domain.reply_template import ReplyTemplate
from domain.site import Site
from outbox.render import DRAFT_HEADER, render, renumber
from outbox.reply_text import DRAFT_MARK
from store.outgoing import Draft
from tests.builders import TUESDAY, site

SLOTS = {
    "number": "26-00001",
    "unit": "Kontaktcenter",
    "handler": "Kontaktcenter",
    "organisation": "Exempelby kommun",
    "contact": "08-465 004 00",
    "sms_name": "Exempelby kommun",
    "privacy_url": "https://www.exempelby.example/personuppgifter",
    "arrived_at": "2026-11-24T08:12:00+00:00",
    "answer_at": "2026-11-25T15:30:00+00:00",
    "opens_at": "2026-11-25T06:30:00+00:00",
}
ALERT_SLOTS = {
    "manager": "Kim Chef",
    "account": "Kontaktcenter",
    "address": "kontaktcenter@exempelby.example",
    "unit": "Kontaktcenter",
    "role": "Du får det här eftersom du är ansvarig chef.",
    "evidence": "Kontot har inte gått att läsa sedan den 24 november kl. 09.12: servern svarar inte.",
    "act_by_at": "2026-11-25T16:00:00+00:00",
    "contact": "08-465 004 00",
}
RECEIPT = Outgoing(
    kind=OutgoingKind.receipt, organisation=OrganisationId("exempelby"), account=AccountId("kontaktcenter"),
    channel=Channel.email, recipient="anna@example.se", template="receipt", language="sv", slots=SLOTS,
    references=("<0@example.se>", "<1@example.se>"),
)  # fmt: skip
ALERT = replace(
    RECEIPT, kind=OutgoingKind.alert, recipient="kim.chef@exempelby.example", template="unreachable",
    slots=ALERT_SLOTS, references=(),
)  # fmt: skip


def rendered(intent: Outgoing = RECEIPT, key: str = "26-00001.ab", town: Site | None = None) -> Draft:
    town = replace(town or site(), alert_sender="svarsvakt@exempelby.example")
    return render(intent, town, key=key, now=TUESDAY)


def demo() -> Site:
    """Return a town that sends drafts too."""
    return replace(site(), send_drafts=True)


def test_a_receipt_comes_from_the_mailbox_with_the_service_s_name() -> None:
    assert rendered().sender == '"Kontaktcenter, Exempelby kommun" <kontaktcenter@exempelby.example>'
    assert rendered().envelope_sender == ""


def test_a_receipt_answers_in_the_thread_and_says_that_it_is_automatic() -> None:
    assert dict(rendered().headers) == {
        "Date": "Tue, 24 Nov 2026 09:12:00 +0100",
        "In-Reply-To": "<1@example.se>",
        "References": "<0@example.se> <1@example.se>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "X-Svarsvakt-Loop": "kontaktcenter",
        "Content-Language": "sv",
    }


def test_a_receipt_to_a_mail_without_message_id_stands_in_no_thread() -> None:
    names = {name for name, _ in rendered(replace(RECEIPT, references=())).headers}

    assert not names & {"In-Reply-To", "References"}


def test_an_alert_is_no_answer_to_anybody() -> None:
    draft = rendered(ALERT)

    assert draft.sender == "Svarsvakt <svarsvakt@exempelby.example>"
    assert dict(draft.headers)["Auto-Submitted"] == "auto-generated"
    assert "In-Reply-To" not in dict(draft.headers)


def test_the_same_key_gives_the_same_message_id_and_another_key_another() -> None:
    assert rendered().message_id == rendered().message_id == "<svarsvakt.26-00001.ab@exempelby.example>"
    assert rendered(key="26-00001.ac").message_id != rendered().message_id


def test_the_language_that_is_said_is_the_one_that_is_written() -> None:
    assert dict(rendered(replace(RECEIPT, language="ar")).headers)["Content-Language"] == "sv"
    assert dict(rendered(replace(RECEIPT, language="en")).headers)["Content-Language"] == "en"


def test_a_draft_stays_at_home_and_swedish_goes_in_its_place() -> None:
    draft = rendered(replace(RECEIPT, language="fi"))

    assert dict(draft.headers)["Content-Language"] == "sv"
    assert DRAFT_HEADER not in dict(draft.headers)
    assert draft.text == rendered().text


def test_in_the_demo_a_draft_goes_and_says_so() -> None:
    draft = rendered(replace(RECEIPT, language="fi"), town=demo())

    assert dict(draft.headers)["Content-Language"] == "fi"
    assert dict(draft.headers)[DRAFT_HEADER] == "yes"
    assert draft.text.endswith(f"\n\n{DRAFT_MARK}\n")
    assert f'<p lang="sv">{DRAFT_MARK}</p>' in draft.html


def test_in_the_demo_an_approved_text_is_not_called_a_draft() -> None:
    draft = rendered(town=demo())

    assert DRAFT_HEADER not in dict(draft.headers)
    assert DRAFT_MARK not in draft.text + draft.html


def test_the_lines_in_another_language_are_tagged_with_both() -> None:
    draft = rendered(replace(RECEIPT, language="ar"), town=demo())

    assert dict(draft.headers)["Content-Language"] == "ar, sv"
    assert '<html lang="ar" dir="rtl">' in draft.html
    assert '<p lang="sv" dir="ltr">Hej!</p>' in draft.html


@pytest.mark.parametrize("channel", [Channel.sms, Channel.facebook])
def test_other_channels_have_neither_subject_nor_html_and_come_from_the_account_s_address(channel: Channel) -> None:
    draft = rendered(replace(RECEIPT, channel=channel))

    assert (draft.subject, draft.html) == ("", "")
    assert draft.sender == "kontaktcenter@exempelby.example"
    assert "26-00001" in draft.text


def test_the_version_is_the_content_s_and_nothing_else_s() -> None:
    receipt = rendered().template_version

    assert receipt == rendered(replace(RECEIPT, slots={**SLOTS, "number": "26-00002"})).template_version
    assert len({receipt, *(rendered(replace(RECEIPT, channel=each)).template_version for each in Channel)}) == 3
    assert rendered(replace(RECEIPT, language="ar"), town=demo()).template_version != receipt


def test_a_person_s_answer_has_no_template() -> None:
    with pytest.raises(BadInput, match="written by a person"):
        rendered(replace(RECEIPT, kind=OutgoingKind.answer))


def test_a_template_that_does_not_exist_is_bad_input() -> None:
    with pytest.raises(BadInput, match="no_such_text"):
        rendered(replace(RECEIPT, template="no_such_text"))


@pytest.mark.parametrize("template", ["../replies/receipt", "receipt.sv", "replies/receipt", "/etc/passwd", ""])
@pytest.mark.parametrize("kind", [OutgoingKind.receipt, OutgoingKind.alert])
def test_a_name_leads_nowhere_but_to_its_texts(kind: OutgoingKind, template: str) -> None:
    with pytest.raises(BadInput, match="there is no"):
        rendered(replace(RECEIPT, kind=kind, template=template))


@pytest.mark.parametrize("template", ["receipt", "receipt_closed", "receipt_sensitive", "records_request", "urgent",
                                      "not_ours", "holding", "delay"])  # fmt: skip
@pytest.mark.parametrize("language", ["sv", "fi", "en", "ti", "ku"])
def test_an_automatic_message_is_a_few_kilobytes_even_in_a_long_thread(template: str, language: str) -> None:
    """RFC 3834 section 2; the text alone stays below the four of domain.md 3.6."""
    thread = tuple(f"<{number:040d}@example.se>" for number in range(16))
    intent = replace(RECEIPT, template=template, language=language, references=thread)
    draft = rendered(intent, town=demo())

    whole = mime(as_rendered(draft, intent), datetime(2026, 11, 24, 8, 12, tzinfo=UTC))
    plain = mime(replace(as_rendered(draft, intent), html=""), datetime(2026, 11, 24, 8, 12, tzinfo=UTC))

    assert len(plain) < 4096 or language in ("ti", "ku")
    assert len(whole) < 8192


TEXTS = ["receipt", "receipt_closed", "receipt_sensitive", "records_request", "urgent", "not_ours", "holding", "delay"]


def renumbered(intent: Outgoing, town: Site, *, key: str = "26-00001.ab", number: str = "26-00001") -> Draft:
    """Render an intent with a sample of a number, and put another in its place."""
    sampled = replace(intent, slots={**intent.slots, "number": "00-00000"})
    draft = rendered(sampled, key="00-00000", town=town)
    return renumber(draft, sampled, town, number, key=key, now=TUESDAY)


@pytest.mark.parametrize("template", TEXTS)
@pytest.mark.parametrize("language", ["sv", "fi", "ku"])
@pytest.mark.parametrize("channel", [Channel.email, Channel.sms])
def test_a_text_that_gets_its_number_later_is_the_one_written_with_it(
    template: str, language: str, channel: Channel
) -> None:
    intent = replace(RECEIPT, template=template, language=language, channel=channel)
    whole = rendered(intent, town=demo())

    later = renumbered(intent, demo())

    assert replace(later, says_number_plainly=whole.says_number_plainly) == whole
    assert "00-00000" not in f"{later.subject}{later.text}{later.html}"


@pytest.mark.parametrize("said", ["{% if number == '26-00001' %}ett{% endif %}", "{{ number }} 00-00000"])
def test_a_text_that_does_more_with_the_number_than_say_it_is_written_anew(said: str) -> None:
    head = '+++\nstatus = "approved"\nby = "kommunikatör"\non = 2026-11-02\n+++\n'
    source = f"{head}Subject: Tack\n\n{said}\n"
    own = ReplyTemplate(channel=Channel.email, name="receipt", language="sv", source=source)
    town = replace(site(), reply_texts=(own,))

    assert renumbered(RECEIPT, town) == rendered(town=town)


def test_a_number_that_stands_in_another_value_is_left_there() -> None:
    intent = replace(RECEIPT, slots={**SLOTS, "contact": "08-465 00-00000"})

    assert renumbered(intent, site()) == rendered(intent)


def as_rendered(draft: Draft, intent: Outgoing) -> Rendered:
    return Rendered(
        id=OutgoingId(1), kind=intent.kind, account=intent.account, channel=intent.channel,
        message_id=draft.message_id, sender=draft.sender, recipient=intent.recipient,
        envelope_sender=draft.envelope_sender, subject=draft.subject, text=draft.text, headers=draft.headers,
        html=draft.html,
    )  # fmt: skip
