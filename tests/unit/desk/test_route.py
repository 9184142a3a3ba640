"""Route: the ticket that a decision asks for, and the intent of its automatic reply."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.route import automatic_reply, reply_slots, ticket_for
from domain.account import Account, AutoReply
from domain.category import Secrecy, SelfService, Urgency
from domain.decision import Classification, Decision, Due, LanguageGuess, Queue, Reason, Reply
from domain.ids import AccountId, CategoryId, UnitId
from domain.message import Message
from domain.outgoing import Outgoing
from domain.site import Site
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE, Role, Scope, Viewer
from outbox.render import render
from settings.load import load
from store.database import Database
from store.new_tickets import open_ticket
from store.tickets import get_ticket, list_tickets
from tests.builders import TUESDAY, account, message, site

NOW = TUESDAY + timedelta(minutes=1)
DUE = Due(
    notice_at=TUESDAY + timedelta(hours=1), answer_at=datetime.fromisoformat("2026-11-25T16:00+00:00"), calendar="c1"
)
ANSWERING = account(auto_reply=AutoReply.on)


def decision(**changes: Any) -> Decision:
    """Return the decision to answer an ordinary letter."""
    base = Decision(
        queue=Queue.normal,
        needs_a_look=False,
        language=LanguageGuess("sv", 0.9),
        classification=Classification(category=CategoryId("gata"), score=3.0),
        unit=UnitId("gata"),
        urgency=Urgency.U2,
        secrecy=Secrecy.SK0,
        reply=Reply(
            send=True, reasons=(Reason("3.3/45", ""),), template="receipt", language="sv", to="anna@example.se"
        ),
        due=DUE,
    )
    return replace(base, **changes)


def reply_to(
    letter: Message | None = None, made: Decision | None = None, owner: Account = ANSWERING, town: Site | None = None
) -> Outgoing | None:
    return automatic_reply(letter or message(), made or decision(), owner, town or site(), "26-00001", NOW)


def opened(database: Database, made: Decision, letter: Message | None = None) -> Ticket:
    with database.write() as connection:
        id, number = open_ticket(connection, ticket_for(letter or message(), made, ANSWERING, NOW))
        ticket = get_ticket(connection, MACHINE, id)
    assert ticket.number == number
    return ticket


def test_a_decision_becomes_a_ticket_with_both_clocks(embedded: Database) -> None:
    ticket = opened(embedded, decision())

    assert (ticket.unit, ticket.queue, ticket.status) == ("gata", Queue.normal, TicketStatus.open)
    assert (ticket.notice_due_at, ticket.answer_due_at) == (DUE.notice_at, DUE.answer_at)
    assert (ticket.subject, ticket.sender_address) == ("Hål i vägen", "anna@example.se")
    assert ticket.calendar == "c1"
    assert ticket.look_reason == ""


def test_without_a_promise_no_clock_runs(embedded: Database) -> None:
    ticket = opened(embedded, decision(due=None, queue=Queue.low))

    assert (ticket.notice_due_at, ticket.answer_due_at, ticket.next_due_at) == (None, None, None)


def test_a_letter_without_a_sender_becomes_a_ticket_too(embedded: Database) -> None:
    ticket = opened(embedded, decision(), message(sender=None))

    assert (ticket.sender_name, ticket.sender_address) == ("", "")


def test_why_a_person_must_look_stands_in_the_ticket_in_full_sentences_up_to_a_length(embedded: Database) -> None:
    reasons = (Reason("3.3/11", "no usable From"), Reason("3.3/30", "in the junk folder"))
    made = decision(needs_a_look=True, reply=Reply(send=False, reasons=reasons))

    ticket = opened(embedded, made, message(defects=("From is missing",)))
    long = opened(embedded, made, message(defects=("x" * 5000,)))

    assert ticket.look_reason == "From is missing; 3.3/11: no usable From; 3.3/30: in the junk folder"
    assert len(long.look_reason) == 1000


def test_danger_to_life_is_marked_for_those_who_lead(embedded: Database) -> None:
    about = Classification(category=CategoryId("fara"), score=3.0, safety=True)
    opened(embedded, decision(classification=about, secrecy=Secrecy.SK2))
    opened(embedded, decision(secrecy=Secrecy.SK2))
    lead = Viewer(scope=Scope.person, organisation=ANSWERING.organisation, roles=frozenset({Role.lead}))

    with embedded.read() as connection:
        seen = list_tickets(connection, lead)

    assert [ticket.category for ticket in seen] == ["fara"]


ANSWERED = Reply(send=False, reasons=(Reason("3.3/36", "\\Answered"),))


def test_what_a_person_has_answered_is_kept_as_a_closed_ticket(embedded: Database) -> None:
    ticket = opened(embedded, decision(reply=ANSWERED))

    assert ticket.status is TicketStatus.closed
    assert (ticket.notice_met_at, ticket.answer_met_at, ticket.next_due_at) == (NOW, NOW, None)


@pytest.mark.parametrize(
    "made",
    [
        decision(reply=ANSWERED, needs_a_look=True),
        decision(reply=ANSWERED, classification=Classification(category=CategoryId("fara"), score=3.0, safety=True)),
    ],
    ids=["needs a look", "danger"],
)
def test_a_flag_alone_closes_nothing_that_a_person_must_see(embedded: Database, made: Decision) -> None:
    assert opened(embedded, made).status is TicketStatus.open


def test_the_reply_names_the_case_the_unit_and_the_times() -> None:
    intent = reply_to()

    assert intent is not None
    assert dict(intent.slots) == {
        "number": "26-00001",
        "organisation": "Exempelby kommun",
        "sms_name": "Exempelby kommun",
        "unit": "Kontaktcenter",
        "contact": "016-710 00 00",
        "on_call": "",
        "privacy_url": "https://www.exempelby.example/personuppgifter",
        "complaint_url": "",
        "instead": "",
        "arrived_at": TUESDAY.isoformat(),
        "answer_at": DUE.answer_at.isoformat(),
        "opens_at": "2026-11-25T06:30:00+00:00",
        "closed": "",
    }
    assert (intent.recipient, intent.template, intent.language) == ("anna@example.se", "receipt", "sv")
    assert not intent.shadow


BYGG = SelfService(language="sv", hint="Skriv var.", words="Anmäl", url="https://www.exempelby.example/anmal")


def slots_about(secrecy: Secrecy) -> dict[str, str]:
    gata = next(each for each in site().categories if each.id == "gata")
    town = site(categories=(replace(gata, self_service=(BYGG,)),))
    intent = automatic_reply(message(), decision(secrecy=secrecy), ANSWERING, town, "26-00001", TUESDAY)
    assert intent is not None
    return dict(intent.slots)


@pytest.mark.parametrize("secrecy", [Secrecy.SK0, Secrecy.SK1])
def test_the_category_s_own_words_are_slots_by_language(secrecy: Secrecy) -> None:
    slots = slots_about(secrecy)

    assert {name: value for name, value in slots.items() if "." in name} == {
        "hint.sv": "Skriv var.",
        "link_words.sv": "Anmäl",
        "link_url.sv": "https://www.exempelby.example/anmal",
    }


def test_of_a_sensitive_matter_no_word_of_the_category_is_a_slot() -> None:
    assert not [name for name in slots_about(Secrecy.SK2) if "." in name]


@pytest.mark.parametrize(("hour", "closed"), [(8, ""), (20, "yes")])
def test_the_reply_knows_whether_the_account_is_closed(hour: int, closed: str) -> None:
    slots = reply_slots(site(), account(), "26-00001", TUESDAY, DUE.answer_at, TUESDAY.replace(hour=hour))

    assert slots["closed"] == closed


def test_nothing_of_the_letter_is_a_slot() -> None:
    letter = message(subject="Hemligt ämne", text="Hemlig text")
    intent = reply_to(letter)

    assert intent is not None
    assert not [value for value in intent.slots.values() if "emlig" in value or "Anna" in value]


@pytest.mark.parametrize(
    "made",
    [
        decision(reply=Reply(send=False, reasons=())),
        decision(due=None),
        decision(reply=Reply(send=True, reasons=(), template="receipt", language="sv")),
        decision(reply=Reply(send=True, reasons=(), to="anna@example.se", language="sv")),
    ],
    ids=["withheld", "no promise", "nowhere to", "no text"],
)
def test_no_reply_without_permission_promise_address_and_text(made: Decision) -> None:
    assert reply_to(made=made) is None


def test_a_reply_without_a_language_takes_the_letter_s() -> None:
    made = decision(
        language=LanguageGuess("fi", 0.9), reply=Reply(send=True, reasons=(), template="receipt", to="anna@example.se")
    )

    intent = reply_to(made=made)

    assert intent is not None
    assert intent.language == "fi"


def test_in_shadow_the_intent_says_so() -> None:
    intent = reply_to(owner=account(auto_reply=AutoReply.shadow))

    assert intent is not None
    assert intent.shadow


def test_a_company_s_mailbox_names_the_company_s_own_contact_and_privacy_page() -> None:
    town = load(Path(__file__).parents[3] / "settings/example")
    owner = replace(town.account(AccountId("va")), auto_reply=AutoReply.on)
    intent = reply_to(owner=owner, town=town)
    assert intent is not None

    text = render(intent, town, key="26-00001", now=NOW)

    assert "Exempelby Vatten och Avfall AB" in text.sender
    assert "08-465 004 20" in text.text
    assert "https://www.exempelbyvatten.example/personuppgifter" in text.text
    assert "Exempelby kommun" not in text.text + text.sender


def test_a_reply_stands_in_the_letter_s_thread() -> None:
    intent = reply_to(message(references=("<0@example.se>",)))

    assert intent is not None
    assert intent.references == ("<0@example.se>", "<1@example.se>")


def test_a_letter_without_a_message_id_has_no_thread() -> None:
    intent = reply_to(message(message_id=None, references=("<0@example.se>",)))

    assert intent is not None
    assert intent.references == ()


def test_of_a_long_thread_the_latest_are_named() -> None:
    many = tuple(f"<{number}@example.se>" for number in range(50))
    intent = reply_to(message(references=many))

    assert intent is not None
    assert intent.references == (*many[-20:], "<1@example.se>")


@pytest.mark.parametrize("hostile", [f"<{'x' * 700}@example.se>", "<å@example.se>", "<a\x7fb@example.se>"])
def test_a_hostile_message_id_ends_the_thread(hostile: str) -> None:
    long = reply_to(message(references=("<0@example.se>", hostile, f"<{'y' * 300}@example.se>")))
    own = reply_to(message(message_id=hostile + "z" * 300))

    assert long is not None
    assert long.references == (f"<{'y' * 300}@example.se>", "<1@example.se>")
    assert own is not None
    assert own.references == ()
