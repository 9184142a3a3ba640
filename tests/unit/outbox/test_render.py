"""Render: sender, headers and marks of automatic messages (domain.md 3.6)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.mime import mime
from domain.account import Channel
from domain.errors import BadInput
from domain.ids import AccountId, OrganisationId, OutgoingId
from domain.outgoing import Outgoing, OutgoingKind, Rendered
from outbox.render import render
from store.outgoing import Draft
from tests.builders import TUESDAY, site

SLOTS = {
    "number": "26-00001",
    "unit": "Kontaktcenter",
    "organisation": "Exempelby kommun",
    "contact": "08-465 004 00",
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


def rendered(intent: Outgoing = RECEIPT, key: str = "26-00001.ab") -> Draft:
    town = replace(site(), alert_sender="svarsvakt@exempelby.example")
    return render(intent, town, key=key, now=TUESDAY)


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
    assert dict(rendered(replace(RECEIPT, language="fi")).headers)["Content-Language"] == "fi"


def test_a_template_that_does_not_exist_is_bad_input() -> None:
    with pytest.raises(BadInput, match="no_such_text"):
        rendered(replace(RECEIPT, template="no_such_text"))


@pytest.mark.parametrize("template", ["receipt", "receipt_closed", "receipt_sensitive", "records_request", "urgent"])
@pytest.mark.parametrize("language", ["sv", "fi", "en"])
def test_an_automatic_message_is_below_four_kilobytes_even_in_a_long_thread(template: str, language: str) -> None:
    thread = tuple(f"<{number:040d}@example.se>" for number in range(16))
    intent = replace(RECEIPT, template=template, language=language, references=thread)
    draft = rendered(intent)

    written = mime(as_rendered(draft, intent), datetime(2026, 11, 24, 8, 12, tzinfo=UTC))

    assert len(written) < 4096


def as_rendered(draft: Draft, intent: Outgoing) -> Rendered:
    return Rendered(
        id=OutgoingId(1), kind=intent.kind, account=intent.account, channel=intent.channel,
        message_id=draft.message_id, sender=draft.sender, recipient=intent.recipient,
        envelope_sender=draft.envelope_sender, subject=draft.subject, text=draft.text, headers=draft.headers,
    )  # fmt: skip
