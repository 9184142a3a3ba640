"""Alerts: who is told, by when to act, and how it reads on a telephone (domain.md 7.7)."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connectors.mime import mime
from domain.finding import Finding, FindingKind
from domain.ids import AccountId, FindingId, OrganisationId, OutgoingId
from domain.outgoing import Outgoing, OutgoingKind, Rendered
from domain.site import Site
from outbox.render import render
from outbox.templates import FOLDER
from store.outgoing import Draft
from tests.builders import TUESDAY, site
from watch.alert import ENDS, alert
from watch.responsible import responsible

EVIDENCE = "Kontot har inte gått att läsa sedan den 24 november kl. 09.12: servern svarar inte."
FINDING = Finding(
    id=FindingId(1), organisation=OrganisationId("exempelby"), account=AccountId("kontaktcenter"),
    kind=FindingKind.unreachable, evidence=EVIDENCE, opened_at=TUESDAY + timedelta(minutes=30),
)  # fmt: skip
NOW = TUESDAY + timedelta(minutes=31)
#: Alerts about something else than a finding.
OTHERS = {
    "act_now",
    "rules_refused",
    "digest",
    "digest_unwritten",
    "host_down",
    "host_up",
    "reading_stopped",
    "reading_resumed",
    "window_closing",
    "certificate",
    "alerts_bounced",
}
TEMPLATES = sorted({path.name.partition(".")[0] for path in (FOLDER / "alerts").glob("*.sv.txt")} - OTHERS)
KINDS = {kind.value for kind in FindingKind}
TO_ACT_ON = [name for name in TEMPLATES if name in KINDS]


def told(town: Site | None = None, finding: Finding = FINDING) -> Outgoing:
    town = town or site()
    [reader] = responsible(town, town.account(finding.account), NOW.date())[:1]
    return alert(finding, town, reader, NOW)


def written(name: str) -> Draft:
    town = replace(site(), alert_sender="svarsvakt@exempelby.example")
    intent = told(town, FINDING if name in KINDS else ended(name))
    return render(replace(intent, template=name), town, key="alert.1.ab", now=NOW)


def ended(template: str) -> Finding:
    """Return a finding about whose end a text tells."""
    kind = next((kind for kind, end in ENDS.items() if end == template), FindingKind.missed)
    return replace(FINDING, kind=kind, closed_at=NOW)


def test_an_alert_is_of_the_finding_s_kind_and_says_when_it_is_over() -> None:
    assert told().template == "unreachable"
    assert told(finding=replace(FINDING, closed_at=NOW)).template == "reachable_again"
    assert told(finding=replace(FINDING, kind=FindingKind.missed, closed_at=NOW)).template == "over"


def test_an_alert_is_no_automatic_reply_to_a_citizen() -> None:
    intent = told()

    assert intent.kind is OutgoingKind.alert
    assert not intent.shadow
    assert intent.references == ()


def test_to_act_there_is_one_working_day() -> None:
    friday = datetime.fromisoformat("2026-11-27T09:00+00:00")
    intent = alert(FINDING, site(), site().people[0], friday)

    assert datetime.fromisoformat(intent.slots["act_by_at"]) == datetime.fromisoformat("2026-11-30T17:00+01:00")


def test_every_finding_that_is_told_of_has_its_text() -> None:
    # Of old mail nobody is told: going live sends nothing (P14).
    assert {kind.value for kind in FindingKind} - {"old_unhandled"} <= set(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_and_where_stand_in_the_subject(name: str) -> None:
    assert "kontaktcenter@exempelby.example" in written(name).subject
    assert len(written(name).subject) <= 78


@pytest.mark.parametrize("name", TO_ACT_ON)
def test_an_alert_says_what_where_why_what_to_do_by_when_and_what_then(name: str) -> None:
    text = written(name).text
    order = [
        "Hej Kim Chef!",
        "kontaktcenter@exempelby.example",
        EVIDENCE,
        "Enligt riktlinjerna",
        "Gör så här senast onsdag 25 november kl. 17.00:",
        "1. ",
        "2. ",
        "Frågor: 016-710 00 00",
        "automatiskt mejl från Svarsvakt",
    ]

    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert re.search(r"\n\n(Vi försöker|Nya meddelanden|Vi jämför|Vi tittar)", text)


def test_that_all_is_well_again_asks_for_nothing() -> None:
    text = written("reachable_again").text

    assert "den 24 november kl. 09.43" in text
    assert "Du behöver inte göra något." in text
    assert "Gör så här" not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_alert_is_plain_text_that_fits_a_telephone(name: str) -> None:
    draft = written(name)
    lines = [line for line in draft.text.split("\n") if line]

    assert len(lines) <= 14
    assert max(map(len, lines)) <= 160
    assert not re.search(r"[{}<>|*_]|https?:|undefined|\+00:00", draft.text)
    assert len(mime(as_rendered(draft), NOW)) < 4096


@pytest.mark.parametrize("name", TEMPLATES)
def test_sentences_are_short_and_say_who_does_it(name: str) -> None:
    told_text = re.sub(r"kl\. \d+\.\d+|\S+@\S+|^\d\. ", "x", written(name).text, flags=re.MULTILINE)
    sentences = [each.split() for each in re.split(r"(?<=[.!?:])\s+|\n+", told_text) if each.strip()]
    lengths = [len(words) for words in sentences]

    assert sum(lengths) / len(lengths) <= 15
    assert max(lengths) <= 25
    assert not re.search(r"handläggs|åtgärdas|hanteras|vederbörande|ovanstående|erfordras", written(name).text)


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_alert_has_no_slot_for_what_citizens_write(name: str) -> None:
    source = (FOLDER / f"alerts/{name}.sv.txt").read_text(encoding="utf-8")

    assert set(re.findall(r"{{ (\w+) }}", source)) <= set(told().slots)
    assert not set(told().slots) & {"subject", "text", "sender", "category", "recipient"}


def as_rendered(draft: Draft) -> Rendered:
    intent = told()
    return Rendered(
        id=OutgoingId(1), kind=intent.kind, account=intent.account, channel=intent.channel,
        message_id=draft.message_id, sender=draft.sender, recipient=intent.recipient,
        envelope_sender=draft.envelope_sender, subject=draft.subject, text=draft.text, headers=draft.headers,
    )  # fmt: skip
