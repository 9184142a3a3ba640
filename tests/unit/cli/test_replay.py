"""replay: what is printed of messages that would be decided otherwise."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.ids import AccountId, MessageId, OrganisationId
from domain.message import Arrival
from domain.rule_trial import Difference, TrialChange
from pipeline.decide import decide
from pipeline.grouped import grouped
from settings.load import load
from store.database import Database
from store.messages import add_arrivals
from tests.flow.installation import Installation, mail
from tests.unit.cli.conftest import Run

RULES = '[[rules]]\nid = "prov"\nwhen = { words = "hål" }\nthen = { unit = "kontaktcenter", urgency = "U1" }\n'


TOWN = OrganisationId("exempelby")


@pytest.fixture
def decided(installed: Path) -> Path:
    """Give an installation that has decided two mails just now."""
    database = Database(f"sqlite:///{installed}/svarsvakt.sqlite3")
    now = datetime.now(UTC)
    site = load(installed)
    account = site.account(AccountId("kontaktcenter"))
    question = mail("Var ligger badhuset?", subject="Badhus", id="<2@example.se>", at=now)
    letters = [mail(at=now, to=account.address), question]
    with database.write() as connection:
        brought = [
            Arrival(identity=f"INBOX/1/{n}", original=letter, media_type="message/rfc822", provider_at=now)
            for n, letter in enumerate(letters)
        ]
        add_arrivals(connection, account, brought, now)
    town = Installation(database, site=site)
    town.clock.at = now
    decide(town.runtime)
    database.close()
    return installed


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "nya.toml"
    file.write_text(RULES, encoding="utf-8")
    return file


def test_without_another_rule_nothing_would_change(run: Run, decided: Path) -> None:
    ran = run("replay", "--days", "1", "--json")

    assert (ran.code, ran.err) == (0, "")
    assert (ran.object["messages"], ran.object["changed"], ran.object["groups"]) == (2, 0, [])


def test_what_would_change_is_grouped_with_counts_and_numbers(run: Run, decided: Path, rules: Path) -> None:
    groups = run("replay", "--rules", rules, "--json").object["groups"]

    assert [(each["what"], each["before"], each["after"], each["count"], len(each["tickets"])) for each in groups] == [
        ("unit", "gata", "kontaktcenter", 1, 1),
        ("urgency", "U2", "U1", 1, 1),
    ]


def test_people_read_a_table(run: Run, decided: Path, rules: Path) -> None:
    ran = run("replay", "--rules", rules, "--days", "7")

    assert "2 messages of the last 7 days" in ran.out
    assert "1 would be decided otherwise than was decided then." in ran.out
    assert "gata → kontaktcenter" in ran.out


def test_it_can_be_held_against_the_active_rules(run: Run, decided: Path, rules: Path) -> None:
    ran = run("replay", "--rules", rules, "--against", "active")

    assert "than the active configuration decides" in ran.out


def test_faulty_rules_are_told_with_the_name_they_were_given(run: Run, decided: Path, rules: Path) -> None:
    rules.write_text(RULES.replace('unit = "kontaktcenter"', 'unit = "kontaktcentr"'), encoding="utf-8")

    ran = run("replay", "--rules", rules)

    assert ran.code == 2
    assert f"{rules} [rules no. 1" in ran.err
    assert 'did you mean "kontaktcenter"?' in ran.err


def test_other_categories_are_tried_alone(run: Run, decided: Path, tmp_path: Path) -> None:
    file = tmp_path / "ord.toml"
    text = (decided / "categories.toml").read_text(encoding="utf-8")
    before, own = text.split("[categories.gata]\n")
    own = own.replace('urgency = "U2"', 'urgency = "U1"', 1)
    file.write_text(f"{before}[categories.gata]\n{own}", encoding="utf-8")

    ran = run("replay", "--categories", file, "--json")

    assert (ran.code, ran.err) == (0, "")
    assert ("urgency", "U2", "U1") in {(each["what"], each["before"], each["after"]) for each in ran.object["groups"]}


def test_groups_come_by_what_changes_and_the_largest_first() -> None:
    def changed(number: int, *differences: Difference) -> TrialChange:
        return TrialChange(
            message=MessageId(number), organisation=TOWN, ticket=None, secret=False, differences=differences,
            number=f"26-{number:05}" if number < 100 else None,
        )  # fmt: skip

    to_gata, to_va = Difference("unit", "kc", "gata"), Difference("unit", "kc", "va")
    urgent, hidden = Difference("urgency", "U2", "U1"), Difference("not shown", "", "")
    groups = grouped(
        [changed(1, hidden), changed(2, to_va, urgent), changed(3, to_gata), changed(4, to_gata), changed(100, to_va),
         changed(4, to_gata)]
    )  # fmt: skip

    assert [(each.difference, each.count) for each in groups] == [(to_gata, 3), (to_va, 2), (urgent, 1), (hidden, 1)]
    assert list(groups[0].tickets) == ["26-00003", "26-00004"]
    assert groups[1].messages == [100]
