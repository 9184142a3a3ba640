"""Every row of domain.md 3.3 through the flow: its specimen lies in the mailbox, is received, decided and answered."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.category import Urgency
from domain.decision import Queue
from domain.message import FolderRole
from domain.outgoing import OutgoingKind, SendState
from tests.flow.installation import Installation, approved_finnish, mail
from tests.flow.outcomes import clock_runs, is_kept, last_message, place_of, template_of
from tests.flow.screen_cases import BO, CASES, CITIZEN, NOT_YET, SPECIMENS, Case, Place, town_site
from triage.screen.table import TABLE


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"row-{case.row}")
def test_a_row_s_specimen_fires_it_through_the_flow(case: Case, open_town: Callable[..., Installation]) -> None:
    town = open_town(case.site(town_site()))
    specimen = case.arrange(town, SPECIMENS[case.row].read_bytes())
    earlier, sent_before = town.tickets(), len(town.wires.out.sent)

    town.mailbox().put(specimen, at=town.clock.now(), flags=case.flags)
    town.round()

    kept = last_message(town)
    replies = [each for each in town.wires.out.sent[sent_before:] if each.kind is OutgoingKind.receipt]
    assert f"3.3/{case.row}" in kept.rows
    assert kept.send is (case.reply is not None)
    assert [template_of(town, each.message_id) for each in replies] == ([case.reply] if case.reply else [])
    assert place_of(kept, earlier) is case.place
    assert is_kept(town, specimen)
    if kept.ticket is not None and case.place is not Place.joined:
        assert kept.ticket.needs_a_look is case.needs_a_look
        assert case.secrecy in (None, kept.ticket.secrecy)
        assert (kept.ticket.notice_due_at is not None) is clock_runs(case)


def test_every_row_has_a_case() -> None:
    assert [case.row for case in CASES] == [row.number for row in TABLE]
    assert {row for row, _ in NOT_YET} < {row.number for row in TABLE}


def test_what_lies_in_the_junk_folder_must_be_looked_at(open_town: Callable[..., Installation]) -> None:
    town = open_town()

    town.mailbox().put(SPECIMENS[45].read_bytes(), at=town.clock.now(), role=FolderRole.junk)
    town.round()

    kept = last_message(town)
    assert kept.ticket is not None
    assert "3.3/30" in kept.rows
    assert (kept.ticket.queue, kept.ticket.needs_a_look) == (Queue.low, True)
    assert kept.ticket.notice_due_at is not None
    assert town.wires.out.sent == []


def test_the_same_letter_again_in_the_same_mailbox_says_so(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    town.arrives(mail())
    town.round()

    town.arrives(mail())
    town.round()

    assert last_message(town).rows == {"3.3/10"}
    assert len(town.tickets()) == 1
    assert len(town.wires.out.sent) == 1


def test_danger_to_life_passes_the_receipt_of_the_day_once(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    town.arrives(mail(sender=CITIZEN))
    town.round()
    for number in (1, 2):
        town.clock.forward(minutes=10)
        text = f"Det brinner i trapphuset på Storgatan {number}!"
        town.arrives(mail(text, subject="Det brinner", id=f"<fire{number}@example.se>", at=town.clock.now()))
        town.round()

    replies = [each for each in town.wires.out.sent if each.kind is not OutgoingKind.alert]
    templates = [template_of(town, each.message_id) for each in replies]

    assert templates == ["receipt", "urgent"]
    assert len(town.tickets()) == 3


def test_above_the_normal_rate_all_automatic_replies_stop(open_town: Callable[..., Installation]) -> None:
    site = town_site()
    town = open_town(replace(site, brakes=replace(site.brakes, installation_per_hour=3)))
    for number in range(6):
        town.arrives(mail(f"Hål nummer {number}.", sender=f"person{number}@example.se", id=f"<{number}@example.se>"))

    town.round()

    stopped = [reply for each in town.tickets() for reply in town.replies(each) if reply.state is SendState.cancelled]
    assert len([each for each in town.wires.out.sent if each.kind is OutgoingKind.receipt]) == 3
    assert len(town.tickets()) == 6
    assert [each.why[:6] for each in stopped] == ["3.3/34"] * 3
    assert [each.template for each in town.alerts()] == ["replies_stopped"]


def test_a_word_of_thanks_is_answered_in_the_language_of_before(open_town: Callable[..., Installation]) -> None:
    town = open_town(replace(town_site(), reply_texts=(approved_finnish("receipt"),)))
    town.arrives(mail("Hei! Koska kirjasto aukeaa lauantaina? Haluaisin palauttaa kirjoja.", subject="Aukioloajat"))
    town.round()
    town.clock.forward(days=2)

    town.arrives(mail("OK!", subject="OK", id="<2@example.se>", at=town.clock.now()))
    town.round()

    to_citizens = [each for each in town.wires.out.sent if each.kind is not OutgoingKind.alert]
    assert [dict(each.headers)["Content-Language"] for each in to_citizens] == ["fi", "fi"]


def test_a_reply_that_cannot_be_written_holds_back_nothing_else(open_town: Callable[..., Installation]) -> None:
    site = town_site()
    broken = tuple(
        replace(rule, then=replace(rule.then, template="no_such_text")) if rule.then.template else rule
        for rule in site.rules
    )
    town = open_town(replace(site, rules=broken))
    town.arrives(mail("Jag begär ut en allmän handling: avtalet om plogning.", subject="Begäran om allmän handling"))
    town.arrives(mail(sender=BO, id="<2@example.se>"))

    town.round()

    [asked, other] = sorted(town.tickets(), key=lambda each: each.id)
    assert asked.needs_a_look
    assert "no_such_text" in asked.look_reason
    assert not other.needs_a_look
    assert [each.recipient for each in town.wires.out.sent] == [BO]


@pytest.mark.parametrize(
    "extra",
    [
        {"extra": ("List-Id: <byalaget.example.se>", "Precedence: list")},
        {"sender": "noreply@example.se"},
        {"extra": ("Auto-Submitted: auto-replied",)},
        {"extra": ("X-Spam-Flag: YES",)},
    ],
    ids=["through a list", "from no-reply", "marked as automatic", "called spam"],
)
def test_danger_is_on_top_whatever_row_speaks_against_a_reply(
    extra: dict[str, Any], open_town: Callable[..., Installation]
) -> None:
    town = open_town()
    town.arrives(mail("Hej! Hur anmäler jag ett hål i vägen?", sender=BO))
    town.round()

    town.arrives(mail("Det brinner i trapphuset på Storgatan 3!", subject="Brand", id="<fire@example.se>", **extra))
    town.round()

    first = town.tickets()[0]
    replies = [each for each in town.wires.out.sent if each.kind is not OutgoingKind.alert]
    assert (first.subject, first.queue, first.urgency) == ("Brand", Queue.normal, Urgency.U0)
    assert first.notice_due_at is not None
    assert len(replies) == 1
