"""Replay: stored messages decided again by other rules, and nothing written (P12, P13)."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.category import Category, CategoryKind, Secrecy, Urgency, Word
from domain.ids import AccountId, CategoryId, RuleId, UnitId
from domain.rule import Actions, Conditions, Rule
from domain.rule_trial import Difference
from domain.site import Site
from pipeline import replay as replaying
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.replay import Asked, Replayed, plan, replay
from pipeline.send import send
from store.database import Database
from store.schema import metadata
from tests.builders import TUESDAY
from tests.flow.installation import Installation, mail, small_site

SECRET = Category(
    id=CategoryId("stod"), name="Stöd", kind=CategoryKind.errand, unit=UnitId("gata"), secrecy=Secrecy.SK2,
    words=(Word("ledsagning", "sv", 3.0),),
)  # fmt: skip


def rule(id: str, when: Conditions | None = None, *, note: bool = False, **then: Any) -> Rule:
    return Rule(id=RuleId(id), note=note, when=when or Conditions(), then=Actions(**then))


@pytest.fixture
def town(database: Database) -> Installation:
    """Give a town that has decided an ordinary day's mail: errands, an answer to a receipt, a bounce, a robot."""
    base = small_site()
    town = Installation(database, site=replace(base, categories=(*base.categories, SECRET)))
    town.connect()
    first = [
        mail(id="<1@example.se>"),
        mail("När får vi veta mer?", subject="Fråga", sender="bo@example.se", id="<2@example.se>"),
        mail("Jag behöver ledsagning till läkaren.", subject="Stöd", sender="cia@example.se", id="<3@example.se>"),
        mail("Jag är borta.", sender="d@example.se", id="<4@example.se>", extra=("Auto-Submitted: auto-replied",)),
        mail("ok", subject="ok", sender="anna@example.se", id="<5@example.se>"),
    ]
    for original in first:
        town.arrives(original)
    rounds(town)
    town.clock.forward(hours=2)
    receipt = next(each for each in town.wires.out.sent if each.recipient == "anna@example.se")
    thread = (f"In-Reply-To: {receipt.message_id}", f"References: {receipt.message_id}")
    town.arrives(mail("Hålet är större nu.", id="<6@example.se>", at=town.clock.now(), extra=thread))
    town.arrives(mail("Hål igen på Storgatan!", id="<7@example.se>", at=town.clock.now()))
    town.arrives(mail("Samma brev", id="<8@example.se>", at=town.clock.now()), id=AccountId("gata"))
    rounds(town)
    return town


def rounds(town: Installation) -> None:
    for account in town.site.accounts:
        receive(town.runtime, account.id)
    decide(town.runtime)
    send(town.runtime)


def replayed(town: Installation, candidate: Site, *, against: Site | None = None, processes: int = 1) -> Replayed:
    asked = Asked(candidate=candidate, against=against, since=TUESDAY)
    return replay(town.database, asked, plan(town.database, TUESDAY), processes=processes)


def changes(done: Replayed) -> set[tuple[str, str, str]]:
    return {(each.what, each.before, each.after) for changed in done.changed for each in changed.differences}


def test_the_same_rules_decide_the_same(town: Installation) -> None:
    done = replayed(town, town.site)

    assert (done.messages, done.passed_over, done.changed) == (8, 0, [])
    assert replayed(town, town.site, against=town.site).changed == []


def test_what_a_rule_changes_is_told_with_the_ticket(town: Installation) -> None:
    moved = rule("fraga", Conditions(senders=("bo@example.se",)), unit=UnitId("gata"), urgency=Urgency.U1, tags=("x",))

    done = replayed(town, replace(town.site, rules=(moved,)))

    (changed,) = done.changed
    number = next(ticket.number for ticket in town.tickets() if ticket.sender_address == "bo@example.se")
    assert changed.number == number
    assert changed.differences == changed.whole.differences
    assert changed.differences == (
        Difference("unit", "kontaktcenter", "gata"),
        Difference("urgency", "U2", "U1"),
        Difference("tags", "none", "x"),
    )


def test_a_reply_that_would_not_go_any_more_is_told(town: Installation) -> None:
    quiet = rule("tyst", note=True, no_reply=True)

    done = replayed(town, replace(town.site, rules=(quiet,)))

    assert changes(done) == {("reply", "sent", "withheld"), ("not shown", "", "")}


def test_what_the_surroundings_held_back_stays_held_back(town: Installation) -> None:
    """Of anna's mails only the first was answered: within a day, and in its own thread, no other is."""
    done = replayed(town, replace(town.site, rules=(rule("mall", template="records_request"),)))

    sent = [each for each in done.changed if ("template", "receipt", "records_request") in {tuple_of(d) for d in
            each.differences}]  # fmt: skip
    assert ("reply", "withheld", "sent") not in changes(done)
    assert sent


def tuple_of(difference: Difference) -> tuple[str, str, str]:
    return difference.what, difference.before, difference.after


def test_other_categories_can_be_tried(town: Installation) -> None:
    words = replace(town.site.category(CategoryId("gata")), words=(Word("veta mer", "sv", 3.0),))
    others = tuple(each for each in town.site.categories if each.id != "gata")

    done = replayed(town, replace(town.site, categories=(words, *others)))

    assert ("category", "oklart", "gata") in changes(done)
    assert ("category", "gata", "oklart") in changes(done)


def test_of_a_sensitive_ticket_only_number_and_unit_are_told(town: Installation) -> None:
    moved = rule("alla", unit=UnitId("kontaktcenter"), urgency=Urgency.U1, template="records_request", tags=("stod",))

    done = replayed(town, replace(town.site, rules=(moved,)))

    number = next(ticket.number for ticket in town.tickets() if ticket.sender_address == "cia@example.se")
    (changed,) = (each for each in done.changed if each.number == number)
    assert changed.differences == (Difference("unit", "gata", "kontaktcenter"), Difference("not shown", "", ""))


def test_what_the_candidate_finds_sensitive_is_not_told_either(town: Installation) -> None:
    hidden = rule("hemligt", Conditions(senders=("bo@example.se",)), secrecy=Secrecy.SK2, urgency=Urgency.U1)

    done = replayed(town, replace(town.site, rules=(hidden,)))

    assert [each.differences for each in done.changed] == [(Difference("not shown", "", ""),)]


def test_it_can_be_compared_with_what_the_active_rules_would_decide(town: Installation) -> None:
    active = replace(town.site, rules=(rule("alla", urgency=Urgency.U3),))
    candidate = replace(town.site, rules=(rule("alla", urgency=Urgency.U1),))

    assert changes(replayed(town, candidate, against=active)) == {("urgency", "U3", "U1"), ("not shown", "", "")}


def test_copies_and_what_lay_there_before_are_not_decided_again(town: Installation) -> None:
    town.arrives(mail(id="<1@example.se>"), id=AccountId("gata"))
    rounds(town)

    done = replayed(town, town.site)

    assert (done.messages, done.passed_over) == (8, 1)


def test_an_account_that_is_gone_is_passed_over(town: Installation) -> None:
    fewer = replace(town.site, accounts=town.site.accounts[:1])

    assert replayed(town, fewer).passed_over == 1


def test_older_messages_are_left_out(town: Installation) -> None:
    assert plan(town.database, town.clock.now()) != plan(town.database, TUESDAY)


def test_processes_find_what_one_finds(town: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "FEW", 0)
    monkeypatch.setattr(replaying, "AT_ONCE", 3)
    candidate = replace(town.site, rules=(rule("alla", urgency=Urgency.U1),))
    alone = replayed(town, candidate)

    together = replayed(town, candidate, processes=2)

    assert len(plan(town.database, TUESDAY)) == 3
    assert together == alone
    assert len(alone.changed) == 8


def test_chunks_hold_no_more_than_fits(town: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "BYTES_AT_ONCE", 1)

    assert [chunk.count for chunk in plan(town.database, TUESDAY)] == [1] * 8


def test_nothing_is_written(town: Installation, tmp_path: Path) -> None:
    town.database.close()
    before = contents(town.database, tmp_path)

    replayed(town, replace(town.site, rules=(rule("alla", urgency=Urgency.U1, tags=("x",), notify_at_once=True),)))
    town.database.close()

    assert contents(town.database, tmp_path) == before


def contents(database: Database, folder: Path) -> dict[str, object]:
    """Return every row of every table, and of the embedded database every byte of its file."""
    with database.read() as connection:
        rows: dict[str, object] = {
            table.name: sorted(map(repr, connection.execute(table.select()))) for table in metadata.sorted_tables
        }
    if database.is_sqlite:
        database.close()
        rows["file"] = hashlib.sha256((folder / "svarsvakt.sqlite3").read_bytes()).hexdigest()
    return rows
