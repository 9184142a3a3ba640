"""What rules do to a ticket beside routing it: tags, and somebody who is told at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.category import Secrecy, Urgency
from domain.ids import CategoryId, PersonId, RuleId, UnitId
from domain.outgoing import OutgoingKind
from domain.protocols import Step
from domain.rule import Actions, Conditions, Rule
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.tell import tell
from store.database import Database
from store.events import list_of_ticket
from store.rule_hits import count_hits, drop_old_hits, list_hit_tickets
from store.tags import list_tags
from tests.flow.installation import Installation, mail, small_site

FIRE = "Det brinner i trapphuset på Storgatan 3!"


def rule(id: str, when: Conditions | None = None, *, note: bool = True, **then: Any) -> Rule:
    return Rule(id=RuleId(id), note=note, when=when or Conditions(), then=Actions(**then))


FIRE_RULE = rule("brand", Conditions(categories=(CategoryId("fara"),)), notify_at_once=True, tags=("larm",))


def town_with(database: Database, *rules: Rule, **changes: Any) -> Installation:
    town = Installation(database, site=replace(small_site(), rules=rules, **changes))
    town.connect()
    town.bell.rung.clear()
    return town


def decided(town: Installation, *originals: bytes) -> None:
    for original in originals:
        town.arrives(original)
    receive(town.runtime, town.account)
    decide(town.runtime)
    tell(town.runtime)


def events(town: Installation) -> list[str]:
    (ticket,) = town.tickets()
    with town.database.read() as connection:
        return [event.kind for event in list_of_ticket(connection, MACHINE, ticket.id)]


def test_which_rules_hit_is_written_down_with_the_decision(database: Database) -> None:
    missed = rule("missad", Conditions(senders=("nobody@example.se",)), tags=("x",))
    town = town_with(database, rule("traff", tags=("a",)), missed)

    decided(town, mail(), mail(id="<2@example.se>", sender="bo@example.se"), mail())

    with database.read() as connection:
        since = town.clock.now() - timedelta(days=1)
        hits = count_hits(connection, MACHINE, [RuleId("traff"), RuleId("missad")], since)
        listed = list_hit_tickets(connection, MACHINE, RuleId("traff"))
    assert hits == {"traff": 2}
    assert {each.ticket for each in listed} == {each.id for each in town.tickets()}


def test_hits_of_long_ago_are_forgotten_a_few_at_a_time(database: Database) -> None:
    town = town_with(database, rule("traff", tags=("a",)))
    decided(town, mail(), mail(id="<2@example.se>", sender="bo@example.se"))
    now = town.clock.now()

    with database.write() as connection:
        young = drop_old_hits(connection, now - timedelta(days=1))
        old = [drop_old_hits(connection, now + timedelta(days=1), most=1) for _ in range(3)]

    assert (young, old) == (0, [1, 1, 0])


def test_danger_to_life_alerts_whoever_is_on_duty_in_the_deciding_transaction(database: Database) -> None:
    town = town_with(database, FIRE_RULE, on_duty=("jour@exempelby.example", "vakt@exempelby.example"))

    decided(town, mail(FIRE, subject="Brand"))

    alerts = town.alerts()
    assert {each.recipient for each in alerts} == {"jour@exempelby.example", "vakt@exempelby.example"}
    assert {each.ticket for each in alerts} == {town.tickets()[0].id}
    assert Step.send in town.bell.rung
    assert "notified" in events(town)


def test_the_alert_says_which_ticket_and_nothing_of_what_it_is_about(database: Database) -> None:
    town = town_with(database, FIRE_RULE, on_duty=("jour@exempelby.example",))

    decided(town, mail(FIRE, subject="Brand"))

    (alert,) = town.alerts()
    (ticket,) = town.tickets()
    said = f"{alert.subject}\n{alert.text}".lower()
    assert ticket.number in alert.subject
    assert "den 24 november kl. 09.12" in said
    for word in ("brand", "brinner", "fara", "storgatan", "anna", "sk2", "u0"):
        assert word not in said


@pytest.mark.parametrize(("manager", "who"), [("bo", "bo"), (None, "kim.chef")])
def test_without_anybody_on_duty_the_unit_s_manager_is_told_else_the_escalation(
    database: Database, manager: str | None, who: str
) -> None:
    base = small_site()
    bo = replace(base.people[0], id=PersonId("bo"), email="bo@exempelby.example")
    units = tuple(replace(each, manager=PersonId(manager) if manager else None) for each in base.units)
    town = town_with(database, FIRE_RULE, people=(*base.people, bo), units=units)

    decided(town, mail(FIRE))

    assert [each.recipient for each in town.alerts()] == [f"{who}@exempelby.example"]


def test_where_nobody_is_there_the_log_says_so(database: Database) -> None:
    base = small_site()
    nobody = tuple(replace(each, escalation=None) for each in base.organisations)
    town = town_with(database, FIRE_RULE, organisations=nobody)

    decided(town, mail(FIRE))

    assert town.alerts() == ()
    assert "nobody_to_notify" in events(town)


def test_an_alert_is_sent_and_stops_no_clock_and_is_no_answer_on_the_ticket(database: Database) -> None:
    town = town_with(database, FIRE_RULE, on_duty=("jour@exempelby.example",))
    town.arrives(mail(FIRE))

    town.round()

    (ticket,) = town.tickets()
    sent = [rendered for rendered in town.wires.out.sent if rendered.kind is OutgoingKind.alert]
    assert [rendered.recipient for rendered in sent] == ["jour@exempelby.example"]
    assert [reply.kind for reply in town.replies(ticket)] == [OutgoingKind.receipt]
    assert ticket.answer_met_at is None


def test_a_message_that_no_such_rule_hits_alerts_nobody(database: Database) -> None:
    town = town_with(database, FIRE_RULE, on_duty=("jour@exempelby.example",))

    decided(town, mail())

    assert town.alerts() == ()


def test_the_same_letter_in_two_mailboxes_alerts_once(database: Database) -> None:
    town = town_with(database, FIRE_RULE, on_duty=("jour@exempelby.example",))
    town.arrives(mail(FIRE), id=town.site.accounts[1].id)
    receive(town.runtime, town.site.accounts[1].id)

    decided(town, mail(FIRE))

    assert len(town.alerts()) == 1


def test_what_lay_there_at_first_connection_alerts_nobody(database: Database) -> None:
    town = Installation(database, site=replace(small_site(), rules=(FIRE_RULE,)))

    decided(town, mail(FIRE))

    assert "act_now" not in {each.template for each in town.alerts()}


def test_tags_are_kept_with_the_ticket_each_once(database: Database) -> None:
    town = town_with(
        database,
        rule("sno", tags=("vinter", "jour")),
        rule("gata", note=False, unit=UnitId("gata"), urgency=Urgency.U1, secrecy=Secrecy.SK1, tags=("vinter",)),
    )

    decided(town, mail())

    (ticket,) = town.tickets()
    with database.read() as connection:
        assert list_tags(connection, MACHINE, ticket.id) == ("jour", "vinter")


def test_a_rule_may_ask_whether_we_have_written_before(database: Database) -> None:
    town = town_with(database, rule("ny", Conditions(known_contact=False), tags=("ny",)))

    decided(town, mail(id="<1@example.se>"))
    town.clock.forward(days=2)
    decided(town, mail("Nu är hålet större.", id="<2@example.se>", at=town.clock.now()))

    with database.read() as connection:
        tags = [list_tags(connection, MACHINE, ticket.id) for ticket in sorted(town.tickets(), key=lambda t: t.id)]
    assert tags == [("ny",), ()]
