"""Decide: the whole of triage for one message, with every reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.account import AutoReply, Mode, Tier
from domain.brakes import ReplyHistory
from domain.category import Category, CategoryKind, Secrecy, Urgency, Word
from domain.context import Context
from domain.decision import Decision, Queue, Reason
from domain.hours import CalendarSettings
from domain.ids import AccountId, CategoryId, OrganisationId, RuleId, ScheduleId, UnitId
from domain.organisation import Organisation, Unit
from domain.rule import Actions, Conditions, Rule
from domain.site import Site
from tests.builders import TUESDAY, account, context, message, site
from tests.unit.triage.screening import letter
from triage.decide import decide, opening

#: Saturday 28 November 2026, 12:00 in Stockholm.
SATURDAY = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)


def town(*rules: Rule, **changes: Any) -> Site:
    """Return the builders' town with a company for water and a class for records requests."""
    base = site()
    water = Organisation(
        id=OrganisationId("vatten"),
        name="Exempelby Vatten AB",
        domains=("vatten.example",),
        contact="08-465 004 20",
        privacy_url="https://www.vatten.example/gdpr",
    )
    va = Unit(id=UnitId("va"), name="VA", organisation=water.id, schedule=ScheduleId("kontor"))
    categories = (
        Category(id=CategoryId("va"), name="VA", unit=va.id, words=(Word("vattenmätare", "sv", 3.0),)),
        Category(
            id=CategoryId("alh"),
            name="Allmän handling",
            unit=UnitId("kontaktcenter"),
            urgency=Urgency.U1,
            words=(Word("allmän handling", "sv", 3.0),),
        ),
        Category(
            id=CategoryId("rkl"),
            name="Reklam",
            kind=CategoryKind.handling,
            unit=UnitId("kontaktcenter"),
            words=(Word("prislista", "sv", 3.0),),
        ),
    )
    return replace(
        base,
        organisations=(*base.organisations, water),
        units=(*base.units, va),
        categories=(*base.categories, *categories),
        rules=rules,
        **changes,
    )


def rule(id: str, note: bool = False, why: str = "", when: Conditions | None = None, **then: Any) -> Rule:
    return Rule(id=RuleId(id), note=note, why=why, when=when or Conditions(), then=Actions(**then))


def decided(
    *rules: Rule, account_: Any = None, around: dict[str, Any] | None = None, site_: Site | None = None, **changes: Any
) -> Decision:
    surroundings: Context = context(**{"account": account_ or account(), **(around or {})})
    return decide(message(**changes), surroundings, site_ or town(*rules))


def reasons(decision: Decision) -> list[str]:
    return [reason.row for reason in decision.reply.reasons]


def test_an_ordinary_letter_gets_a_unit_a_promise_and_a_reply() -> None:
    decision = decided()

    assert (decision.queue, decision.unit, decision.needs_a_look) == (Queue.normal, "gata", False)
    assert decision.classification.category == "gata"
    assert decision.reply.send
    assert (decision.reply.template, decision.reply.language, decision.reply.to) == ("receipt", "sv", "anna@example.se")
    assert decision.due is not None
    assert decision.due.notice_at == TUESDAY + timedelta(hours=1)


def test_the_same_message_is_decided_the_same_way_twice() -> None:
    assert decided() == decided()


def test_what_nobody_can_tell_goes_to_the_contact_center() -> None:
    decision = decided(subject="Hej", text="Hej hej där hemma i stugan")

    assert (decision.classification.category, decision.unit) == ("oklart", "kontaktcenter")


def test_a_rule_moves_the_ticket_before_its_category_does() -> None:
    decision = decided(rule("r", unit="kontaktcenter"))

    assert decision.unit == "kontaktcenter"
    assert [each.id for each in decision.rules] == ["r"]


def test_only_hits_are_kept() -> None:
    decision = decided(rule("miss", when=Conditions(languages=("fi",))), rule("hit", urgency=Urgency.U1))

    assert [each.id for each in decision.rules] == ["hit"]
    assert decision.urgency is Urgency.U1


def test_routing_stops_at_the_border_of_the_organisation_and_says_so() -> None:
    decision = decided(subject="Vattenmätare", text="Min vattenmätare är trasig.")

    assert decision.classification.category == "va"
    assert decision.unit == "kontaktcenter"
    assert reasons(decision) == ["3.3/45", "P2"]
    assert decision.reply.send


def test_a_company_keeps_what_is_the_municipalitys() -> None:
    company = account(
        id=AccountId("va"), organisation=OrganisationId("vatten"), unit=UnitId("va"), address="va@vatten.example"
    )

    decision = decided(account_=company, to=("va@vatten.example",))

    assert (decision.classification.category, decision.unit) == ("gata", "va")
    assert "P2" in reasons(decision)


def test_an_account_with_replies_off_sends_none_and_tells_why() -> None:
    decision = decided(account_=account(auto_reply=AutoReply.off))

    assert not decision.reply.send
    assert decision.reply.reasons == (Reason("3.3/45", "no other row applies"), Reason("P14", "auto_reply is off"))
    assert decision.due is not None


def test_an_account_in_shadow_still_gets_a_reply_decided() -> None:
    assert decided(account_=account(auto_reply=AutoReply.shadow)).reply.send


def test_where_nothing_is_read_nothing_is_answered() -> None:
    decision = decided(account_=account(mode=Mode.watch_only))

    assert not decision.reply.send
    assert "mode" in reasons(decision)


def test_a_rule_withholds_a_reply_and_tells_why() -> None:
    decision = decided(rule("tyst", note=True, why="Fakturor", no_reply=True), rule("tyst2", no_reply=True))

    assert not decision.reply.send
    assert decision.reply.reasons[1:] == (Reason("rule", "tyst: Fakturor"), Reason("rule", "tyst2"))
    assert decision.reply.template is None


def test_a_rule_asks_a_person_to_look() -> None:
    assert decided(rule("r", note=True, needs_a_look=True)).needs_a_look


def test_a_look_starts_the_clock_in_the_low_queue() -> None:
    advertising = {"subject": "Prislista", "text": "Här är vår prislista."}

    unread = decided(**advertising)
    looked_at = decided(rule("r", note=True, needs_a_look=True), **advertising)

    assert (unread.queue, unread.due) == (Queue.low, None)
    assert (looked_at.queue, looked_at.due is None) == (Queue.low, False)


def test_nobody_is_asked_to_look_at_what_is_no_work() -> None:
    letter_ = letter(("x-svarsvakt-loop", "kontaktcenter"))

    decision = decide(letter_, context(), town(rule("r", note=True, needs_a_look=True)))

    assert (decision.queue, decision.needs_a_look, decision.due) == (Queue.technical, False, None)


def test_what_cannot_be_read_is_looked_at_with_the_clock_running() -> None:
    decision = decided(unreadable=True, subject="", text="", defects=("no structure",), sender=None, return_path=None)

    assert (decision.queue, decision.needs_a_look, decision.reply.send) == (Queue.normal, True, False)
    assert decision.due is not None
    assert decision.unit == "kontaktcenter"


def test_danger_gets_the_urgent_reply_past_a_person_in_the_thread() -> None:
    decision = decided(
        subject="Det brinner", text="Det brinner i huset!", around={"history": ReplyHistory(human_wrote=True)}
    )

    assert (decision.classification.category, decision.urgency) == ("fara", Urgency.U0)
    assert reasons(decision) == ["3.3/42"]
    assert (decision.reply.send, decision.reply.template) == (True, "urgent")


def test_danger_never_passes_the_mark_of_a_machine() -> None:
    letter_ = letter(("auto-submitted", "auto-replied"), subject="Det brinner", text="Det brinner i huset!")

    decision = decide(letter_, context(), town())

    assert not decision.reply.send
    assert reasons(decision) == ["3.3/13", "3.3/42"]


def test_a_rule_that_makes_it_sensitive_makes_the_reply_so_too() -> None:
    decision = decided(rule("r", secrecy=Secrecy.SK2, template="own"))

    assert (decision.secrecy, decision.reply.template) == (Secrecy.SK2, "receipt_sensitive")
    assert reasons(decision) == ["3.3/43"]
    assert decision.classification.secrecy is not Secrecy.SK2


def test_without_a_service_level_nothing_is_promised_or_sent() -> None:
    decision = decided(site_=town(service_levels=()))

    assert (decision.queue, decision.due, decision.reply.send) == (Queue.normal, None, False)
    assert reasons(decision) == ["3.3/38"]
    assert decision.needs_a_look


def test_a_year_that_the_calendar_does_not_know_stops_no_message() -> None:
    decision = decided(arrived_at=datetime(1066, 10, 14, tzinfo=UTC))

    assert not decision.reply.send
    assert "3.3/38" in reasons(decision)


def test_a_rule_sees_whether_the_account_was_open_when_it_arrived() -> None:
    at_night = rule("natt", when=Conditions(open=False), unit="kontaktcenter")

    assert decided(at_night, arrived_at=SATURDAY, around={"now": SATURDAY}).unit == "kontaktcenter"
    assert decided(at_night).unit == "gata"


def test_a_closed_account_says_so_by_the_time_of_the_decision() -> None:
    decision = decided(around={"now": TUESDAY + timedelta(hours=12)})

    assert decision.reply.template == "receipt_closed"


def test_a_request_for_records_has_its_own_reply() -> None:
    decision = decided(subject="Allmän handling", text="Jag begär ut en allmän handling om skolan.")

    assert decision.reply.template == "records_request"


def test_a_template_of_a_rule_is_used() -> None:
    assert decided(rule("r", template="own")).reply.template == "own"


def test_the_text_is_what_tells_the_language_and_the_subject_where_there_is_none() -> None:
    finnish = decided(subject="Hål i vägen", text="Hei! Kadulla on iso kuoppa, voitteko korjata sen pian?")
    subject_only = decided(subject="Kadulla on iso kuoppa, voitteko korjata sen pian?", text="")

    assert (finnish.language.code, subject_only.language.code) == ("fi", "fi")


def test_opening_hours_that_cannot_be_told_are_unknown() -> None:
    town_ = town(calendar=CalendarSettings())

    assert opening(town_, account(), TUESDAY) is True
    assert opening(town_, account(tier=Tier.unit), SATURDAY) is False
    assert opening(town_, account(), datetime(1066, 10, 14, tzinfo=UTC)) is None
