"""Who is told, and that it arrives: at once, in one digest a day, rising when nobody acts, and by calls to the rota."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from connectors.fake import Trouble
from domain.account import Account, Channel, Tier, TwilioConnection
from domain.alerting import Acknowledgement, AlertSettings, AlertSms, DutySettings, SecondWay, Shift, Way
from domain.category import Secrecy
from domain.errors import BadInput, Unreachable
from domain.finding import Finding, FindingKind
from domain.hours import HoursException
from domain.ids import AccountId, CategoryId, OrganisationId, PersonId, RuleId, ScheduleId, UnitId
from domain.instant import STOCKHOLM
from domain.outgoing import DIGEST, Outgoing, SendState
from domain.person import Absence, Person
from domain.protocols import Step
from domain.rule import Actions, Conditions, Rule
from domain.service_level import HandlingTime, Target, TargetKind
from domain.site import Site
from domain.viewer import MACHINE
from pipeline import tell_at_once
from pipeline.acknowledge import acknowledge, take_call
from pipeline.alerting import close_quietly, open_quietly, sharpen
from pipeline.decide import decide
from pipeline.not_arrived import OurOwn, note_not_arrived
from pipeline.receive import receive
from pipeline.send import send
from pipeline.tell import tell
from pipeline.watch import look
from store import events
from store.accounts import list_heartbeats, mark_failed, mark_read
from store.beats import note_beat
from store.calls import list_open_calls
from store.database import Database
from store.findings import close_finding, list_open_findings
from store.outgoing import Draft
from store.schema import calls, outgoing, tickets
from store.sent import StoredOutgoing
from store.tellings import list_told_of_findings
from tests.builders import schedule
from tests.flow.installation import GATA, Installation, mail, small_site

MANAGER, DEPUTY, CHIEF = "sonja@exempelby.example", "emil@exempelby.example", "kim.chef@exempelby.example"
ADMINISTRATOR = "drift@exempelby.example"
#: Wednesday 25 November 2026, an hour before the digests.
WEDNESDAY = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)


def person(name: str, **changes: object) -> Person:
    base = Person(id=PersonId(name), name=name.title(), email=f"{name}@exempelby.example", phone="070-174 06 11")
    return replace(base, **changes)  # type: ignore[arg-type]


def staffed(**changes: object) -> Site:
    """Return a municipality whose street unit has a manager and a deputy, and somebody who looks after it all."""
    base = small_site()
    units = tuple(
        replace(each, manager=PersonId("sonja"), deputy=PersonId("emil")) if each.id == "gata" else each
        for each in base.units
    )
    people = (*base.people, person("sonja"), person("emil", phone=""))
    return replace(base, units=units, people=people, administrator=ADMINISTRATOR, **changes)  # type: ignore[arg-type]


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database, site=staffed())
    installation.clock.at = WEDNESDAY
    installation.connect()
    return installation


def found(
    town: Installation, kind: FindingKind = FindingKind.unwatched, account: AccountId = GATA, evidence: str = "Sant."
) -> Finding:
    with town.database.write() as connection:
        finding = open_quietly(connection, town.site.account(account), kind, evidence, town.clock.now())
    assert finding is not None
    return finding


def over(town: Installation, finding: Finding) -> None:
    with town.database.write() as connection:
        close_quietly(connection, finding, town.clock.now())


def told(town: Installation) -> list[tuple[str, str]]:
    """Tell what is to be told; return what everybody got by now: to whom, and which text; oldest first."""
    read(town)
    tell(town.runtime)
    return [(each.recipient, each.template) for each in reversed(town.alerts())]


def morning(town: Installation, days: int = 1) -> list[StoredOutgoing]:
    """Go to a morning so many days on; return the digests of it."""
    local = town.clock.now().astimezone(STOCKHOLM)
    day = local.date() + timedelta(days=days)
    town.clock.at = datetime.combine(day, time(7, 31), tzinfo=STOCKHOLM).astimezone(UTC)
    before = {each.id for each in town.alerts()}
    read(town)
    tell(town.runtime)
    return [each for each in reversed(town.alerts()) if each.id not in before]


def read(town: Installation) -> None:
    """Note that the workers have read what they had read lately: days pass here without them."""
    with town.database.write() as connection:
        for each in list_heartbeats(connection, MACHINE):
            if each.failing_since is None:
                mark_read(connection, each.account, each.organisation, town.clock.now())


def logged(town: Installation, kind: str) -> list[dict[str, object]]:
    with town.database.read() as connection:
        found = events.list_after(connection, MACHINE, 0, limit=10_000)
    return [event.details for event in found if event.kind == kind]


def late_ticket(town: Installation, due_at: datetime) -> None:
    town.arrives(mail(id=f"<{due_at:%d%H%M%f}@x.example>", sender=f"a{due_at:%d%H%M}@example.se"), GATA)
    receive(town.runtime, GATA)
    decide(town.runtime)
    with town.database.write() as connection:
        newest = tickets.select().order_by(tickets.c.id.desc()).limit(1)
        row = connection.execute(newest).one()
        connection.execute(tickets.update().where(tickets.c.id == row.id).values(next_due_at=due_at))


def owed(town: Installation, **values: object) -> None:
    """Let a ticket of the street unit wait that arrived the day before, due next week; with some values otherwise."""
    late_ticket(town, WEDNESDAY + timedelta(days=7))
    whole = {
        "unit_id": "gata", "arrived_at": WEDNESDAY - timedelta(days=1), "secrecy": Secrecy.SK0, "category": "gata",
        "answer_due_at": WEDNESDAY + timedelta(days=7), "answer_met_at": None, **values,
    }  # fmt: skip
    with town.database.write() as connection:
        newest = connection.scalar(sa.select(sa.func.max(tickets.c.id)))
        connection.execute(tickets.update().where(tickets.c.id == newest).values(**whole))


# One digest a working day.


def test_what_can_wait_is_told_in_the_next_digest_and_not_before(town: Installation) -> None:
    found(town)

    before = told(town)
    digests = morning(town, days=0)

    assert before == []
    assert [(each.recipient, each.template) for each in digests] == [(MANAGER, "digest")]
    assert "NYTT" in digests[0].text
    assert "gata@exempelby.example" in digests[0].subject


def test_there_is_one_digest_a_day_whatever_comes_after_it(town: Installation) -> None:
    found(town)
    morning(town, days=0)
    found(town, FindingKind.silent)
    town.clock.forward(hours=3)

    later = told(town)

    assert later == [(MANAGER, "digest")]
    assert [each.recipient for each in morning(town)] == [MANAGER]


def test_with_nothing_to_say_nothing_is_sent(town: Installation) -> None:
    assert morning(town, days=0) == []
    assert morning(town) == []


def test_no_digest_goes_on_a_day_that_is_free(town: Installation) -> None:
    town.clock.at = datetime(2026, 11, 28, 10, tzinfo=UTC)  # a Saturday
    found(town)

    assert told(town) == []
    assert morning(town, days=1) == []
    assert [each.recipient for each in morning(town, days=1)] == [MANAGER]


def test_a_day_that_the_organisation_has_closed_is_free(town: Installation) -> None:
    closed = tuple(replace(each, closed_days=(WEDNESDAY.date(),)) for each in town.site.organisations)
    town.use(replace(town.site, organisations=closed))
    found(town)

    assert morning(town, days=0) == []
    assert len(morning(town)) == 1


def test_what_is_over_stands_in_the_next_digest(town: Installation) -> None:
    finding = found(town)
    morning(town, days=0)
    over(town, finding)

    [digest] = morning(town)

    assert "KLART" in digest.text
    assert "NYTT" not in digest.text


def test_what_came_and_went_between_two_digests_is_nobody_s_news(town: Installation) -> None:
    over(town, found(town))

    assert morning(town, days=0) == []


def test_tickets_past_their_time_stand_in_the_digest_and_are_news_when_another_becomes_late(
    town: Installation,
) -> None:
    late_ticket(town, WEDNESDAY - timedelta(hours=12))
    [first] = morning(town, days=0)
    thursday = morning(town)
    late_ticket(town, town.clock.now() - timedelta(minutes=5))

    again = [each for each in morning(town) if each.recipient == MANAGER]

    assert "ÄRENDEN EFTER UTLOVAD TID" in first.text
    assert "1 ärende." in first.text
    # The deputy, because it is two working days late by then; to the manager it is no news.
    assert [each.recipient for each in thursday] == [DEPUTY]
    assert "2 ärenden." in again[0].text


def test_a_year_after_its_entries_were_confirmed_the_manager_is_asked_in_one_line(town: Installation) -> None:
    accounts = tuple(replace(each, reviewed_on=date(2025, 11, 20)) for each in town.site.accounts)
    town.use(replace(town.site, accounts=accounts, public_address="https://svarsvakt.example"))

    first = morning(town, days=0)
    again = morning(town)

    assert [each.recipient for each in first] == [CHIEF, MANAGER]
    assert first[1].subject == "Gå igenom kontaktuppgifterna"
    assert "uppgifterna för 1 konto på länge: Gata." in first[1].text
    assert "https://svarsvakt.example/konton" in first[1].text
    assert again == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"language": "fi"}, "Gata och park: 1 meddelande på finska från tidigare dagar väntar på svar."),
        ({"category": "alh"}, "Gata och park: 1 begäran om allmän handling från tidigare dagar väntar på svar."),
        (
            {"first_answer_due_at": WEDNESDAY - timedelta(days=5)},
            "Gata och park: 1 svar kom inte i utlovad tid förra veckan.",
        ),
    ],
)
def test_numbers_about_a_unit_stand_once_in_the_digest_of_its_manager(
    town: Installation, values: dict[str, object], said: str
) -> None:
    owed(town, **values)

    [digest] = morning(town, days=0)

    assert digest.recipient == MANAGER
    assert digest.subject == "Att hålla ögonen på"
    assert said in digest.text.replace("\n", " ")
    assert morning(town) == []


def test_sends_that_a_person_must_settle_are_told_of_once(town: Installation) -> None:
    town.arrives(mail(), AccountId("kontaktcenter"))
    receive(town.runtime, AccountId("kontaktcenter"))
    decide(town.runtime)
    with town.database.write() as connection:
        connection.execute(outgoing.update().values(state=SendState.uncertain))

    [digest] = [each for each in morning(town, days=0) if each.recipient == CHIEF]

    assert "1 utskick kan ha gått fram eller inte" in digest.text.replace("\n", " ")
    assert not any("utskick kan ha" in each.text for each in morning(town))


def test_sends_that_were_refused_and_nothing_followed_are_told_of_on_the_next_day(town: Installation) -> None:
    town.arrives(mail(), AccountId("kontaktcenter"))
    receive(town.runtime, AccountId("kontaktcenter"))
    decide(town.runtime)
    with town.database.write() as connection:
        connection.execute(outgoing.update().values(state=SendState.refused))

    same_day = [each.text for each in morning(town, days=0)]
    next_day = [each.text.replace("\n", " ") for each in morning(town) if each.recipient == CHIEF]

    assert not any("togs inte emot" in text for text in same_day)
    assert any("1 utskick togs inte emot" in text for text in next_day)


def test_no_number_tells_of_what_is_sensitive_or_of_today(town: Installation) -> None:
    owed(town, language="fi", secrecy=Secrecy.SK2)
    owed(town, category="alh", arrived_at=WEDNESDAY)

    assert morning(town, days=0) == []


def test_whoever_stands_for_a_handling_time_hears_once_that_it_is_used_no_longer(town: Installation) -> None:
    past = HandlingTime(
        category=CategoryId("gata"), answer=Target(TargetKind.working_days, days=5), owner=PersonId("emil"),
        review_by=date(2026, 11, 24),
    )  # fmt: skip
    town.use(replace(town.site, handling_times=(past,)))

    [digest] = morning(town, days=0)

    assert (digest.recipient, digest.subject) == (DEPUTY, "En handläggningstid behöver ses över")
    assert "används inte längre" in digest.text
    assert morning(town) == []


def test_a_reader_on_a_telephone_sees_the_same_words_in_text_and_in_html(town: Installation) -> None:
    found(town, evidence="Brevlådan har 4 olästa meddelanden.")
    [digest] = morning(town, days=0)

    with town.database.read() as connection:
        html = connection.exec_driver_sql(f"SELECT html FROM outgoing WHERE id = {int(digest.id)}").scalar_one()

    assert "<h2>Nytt</h2>" in html
    assert "<ol" in html
    assert "Brevlådan har 4 olästa meddelanden." in html
    assert "<script" not in html


CERTIFICATE = "Certifikatet för mail.example går ut fredag 18 december, om högst {} dagar."


def step_further(town: Installation, finding: Finding, evidence: str) -> None:
    with town.database.write() as connection:
        assert sharpen(connection, finding, evidence, town.clock.now())


def test_what_comes_a_step_further_stays_one_finding_and_is_told_of_anew(town: Installation) -> None:
    finding = found(town, FindingKind.expiring, evidence=CERTIFICATE.format(21))
    morning(town, days=0)
    until = date(2026, 12, 9)
    acknowledge(
        town.database, town.site,
        Acknowledgement(finding=finding.id, by="user/bo", reason="sett", at=town.clock.now(), until=until),
    )  # fmt: skip
    town.clock.forward(hours=2)
    step_further(town, finding, CERTIFICATE.format(14))

    [digest] = morning(town)
    again = morning(town, days=0)

    assert digest.recipient == MANAGER
    assert "DET BÖRJAR BLI BRÅTTOM" in digest.text
    assert "om högst 14 dagar" in digest.text
    assert not {"NYTT", "KLART"} & set(digest.text.split("\n"))
    assert again == []
    with town.database.read() as connection:
        assert [each.id for each in list_open_findings(connection, MACHINE)] == [finding.id]


def test_a_server_s_certificate_is_one_alert_to_who_looks_after_it(database: Database) -> None:
    town = Installation(database, site=fleet(3))
    town.clock.at = WEDNESDAY
    findings = [found(town, FindingKind.expiring, each.id, CERTIFICATE.format(21)) for each in town.site.accounts]

    first = morning(town, days=0)
    for each in findings:
        step_further(town, each, CERTIFICATE.format(14))
    second = morning(town)

    assert [each.recipient for each in first] == [ADMINISTRATOR, MANAGER]
    assert first[0].text.count("Certifikatet för mail.example går ut") == 1
    assert "Det gäller 3 konton." in first[0].text
    assert "ANDRA RÄTTAR DET HÄR" in first[1].text
    assert [each.recipient for each in second] == [ADMINISTRATOR]
    assert "DET BÖRJAR BLI BRÅTTOM" in second[0].text


# Rising.


def test_what_nobody_acknowledges_rises_to_the_deputy_and_the_next_level(town: Installation) -> None:
    found(town)
    morning(town, days=0)

    days = [morning(town) for _ in range(6)]

    # Thursday, Friday, Saturday, Sunday, Monday, Tuesday; two working days a step.
    assert [[each.recipient for each in day] for day in days] == [
        [], [DEPUTY, MANAGER], [], [], [], [DEPUTY, CHIEF, MANAGER],
    ]  # fmt: skip
    deputy = next(each for each in days[1] if each.recipient == DEPUTY)
    assert "INGEN HAR KVITTERAT" in deputy.text
    assert "Sonja fick veta det onsdag 25 november och har inte kvitterat" in deputy.text
    assert [(each["silent"], each["to"]) for each in logged(town, "alert_escalated")] == [
        (MANAGER, DEPUTY), (DEPUTY, CHIEF),
    ]  # fmt: skip


def test_the_digest_says_who_is_told_next_and_when(town: Installation) -> None:
    found(town)

    [digest] = morning(town, days=0)

    assert "Om ingen kvitterar meddelar vi Emil fredag 27 november." in digest.text


def test_what_is_acknowledged_is_quiet_until_its_date_and_then_speaks_again(town: Installation) -> None:
    finding = found(town)
    morning(town, days=0)
    said = Acknowledgement(
        finding=finding.id, by="link/sonja", reason="semester", at=town.clock.now(), until=date(2026, 12, 1)
    )
    acknowledge(town.database, town.site, said)

    quiet = [morning(town) for _ in range(6)]
    [digest] = morning(town)

    assert quiet == [[]] * 6
    assert digest.recipient == MANAGER
    assert "KVITTERAT TIDIGARE, INTE LÖST" in digest.text


def test_late_tickets_rise_in_the_same_way_and_sensitive_ones_stay_within_the_unit(town: Installation) -> None:
    late_ticket(town, WEDNESDAY - timedelta(days=14))
    with town.database.write() as connection:
        connection.execute(tickets.update().values(secrecy="SK2"))

    digests = morning(town, days=0)

    assert [each.recipient for each in digests] == [DEPUTY, MANAGER]


def test_without_a_deputy_no_sensitive_ticket_is_counted_for_the_next_level(database: Database) -> None:
    site = staffed()
    units = tuple(replace(each, deputy=None) for each in site.units)
    town = Installation(database, site=replace(site, units=units))
    town.connect()
    town.clock.at = WEDNESDAY
    late_ticket(town, WEDNESDAY - timedelta(days=14))
    with town.database.write() as connection:
        connection.execute(tickets.update().values(secrecy="SK2"))

    assert [each.recipient for each in morning(town, days=0)] == [MANAGER]


@pytest.mark.parametrize(
    ("change", "reader"),
    [
        ({"employed_until": date(2026, 11, 1)}, DEPUTY),
        ({"absences": (Absence(first=date(2026, 11, 2)),)}, DEPUTY),
        ({"absences": (Absence(first=date(2026, 11, 2), covered_by=PersonId("kim")),)}, CHIEF),
    ],
    ids=["has left", "is away", "is covered for"],
)
def test_whoever_is_not_there_is_passed_over(town: Installation, change: dict[str, object], reader: str) -> None:
    people = tuple(replace(each, **change) if each.id == "sonja" else each for each in town.site.people)  # type: ignore[arg-type]
    town.use(replace(town.site, people=people))
    found(town)

    assert [each.recipient for each in morning(town, days=0)] == [reader]


def test_where_nobody_is_responsible_the_administrator_is_told(town: Installation) -> None:
    units = tuple(replace(each, manager=None, deputy=None) for each in town.site.units)
    organisations = tuple(replace(each, escalation=None) for each in town.site.organisations)
    town.use(replace(town.site, units=units, organisations=organisations))
    found(town)

    assert [each.recipient for each in morning(town, days=0)] == [ADMINISTRATOR]


# At once, and no storm.


def fleet(count: int) -> Site:
    """Return a municipality with so many mailboxes on one server."""
    base = staffed()
    first = base.account(GATA)
    more = tuple(
        replace(first, id=AccountId(f"gata-{n}"), name=f"Gata {n}", address=f"gata{n}@exempelby.example")
        for n in range(count)
    )
    return replace(base, accounts=more)


def fail(town: Installation, accounts: tuple[Account, ...]) -> None:
    with town.database.write() as connection:
        for each in accounts:
            mark_failed(connection, each.id, each.organisation, town.clock.now(), Unreachable("tcp", "stängt"))
            open_quietly(connection, each, FindingKind.unreachable, "Kontot kan inte läsas.", town.clock.now())


def recover(town: Installation, accounts: tuple[Account, ...]) -> None:
    with town.database.write() as connection:
        for each in accounts:
            mark_read(connection, each.id, each.organisation, town.clock.now())
        for finding in list_open_findings(connection, MACHINE):
            if finding.account in {each.id for each in accounts}:
                close_finding(connection, finding.id, town.clock.now())


def test_a_mail_server_down_with_four_hundred_accounts_is_one_alert(database: Database) -> None:
    town = Installation(database, site=fleet(400))
    town.clock.at = WEDNESDAY
    fail(town, town.site.accounts[:390])
    at_once = told(town)
    fail(town, town.site.accounts[390:])
    later = told(town)

    [digest] = morning(town, days=0)
    recover(town, town.site.accounts)
    ended = told(town)

    assert at_once == later == [(ADMINISTRATOR, "host_down")]
    assert "390 konton på servern 127.0.0.1" in town.alerts()[-1].subject
    assert digest.recipient == MANAGER
    assert "ANDRA RÄTTAR DET HÄR" in digest.text
    assert "360 konton till" in digest.text
    assert ended[-1] == (ADMINISTRATOR, "host_up")
    assert len(ended) == 3


def test_what_is_left_of_an_outage_does_not_hide_the_next_one(database: Database) -> None:
    town = Installation(database, site=fleet(10))
    town.clock.at = WEDNESDAY
    fail(town, town.site.accounts)
    told(town)
    recover(town, town.site.accounts[1:])
    ended = told(town)
    still = told(town)
    town.clock.forward(hours=20)
    fail(town, town.site.accounts[1:])

    again = told(town)

    assert ended == still == [(ADMINISTRATOR, "host_down"), (ADMINISTRATOR, "host_up")]
    assert "1 konto där går fortfarande inte att läsa" in town.alerts()[1].text
    assert again[2:] == [(ADMINISTRATOR, "host_down")]
    assert "10 konton på servern" in town.alerts()[0].subject


def test_an_outage_rises_as_single_findings_do_until_somebody_acknowledges(database: Database) -> None:
    town = Installation(database, site=fleet(10))
    town.clock.at = WEDNESDAY
    fail(town, town.site.accounts)
    told(town)
    morning(town, days=0)

    thursday, friday = morning(town), morning(town)
    with town.database.read() as connection:
        first = list_open_findings(connection, MACHINE)[0]
    until = date(2026, 12, 9)
    said = Acknowledgement(finding=first.id, by="user/bo", reason="sett", at=town.clock.now(), until=until)
    acknowledge(town.database, town.site, said)
    after = [each for _ in range(6) for each in morning(town)]

    assert thursday == []
    assert [each.recipient for each in friday] == [ADMINISTRATOR, CHIEF]
    assert "Den som sköter Svarsvakt fick veta det onsdag 25 november och har inte kvitterat" in friday[1].text
    assert "10 konton på servern 127.0.0.1 kan inte läsas" in friday[1].subject
    assert after == []


def test_the_alert_about_an_outage_says_who_is_told_next(database: Database) -> None:
    town = Installation(database, site=fleet(10))
    town.clock.at = WEDNESDAY
    fail(town, town.site.accounts)
    told(town)

    assert "Om ingen kvitterar meddelar vi Kim Chef fredag 27 november." in town.alerts()[0].text


def test_when_no_worker_reads_any_longer_it_is_one_alert_and_one_word_when_they_do(database: Database) -> None:
    town = Installation(database, site=fleet(3))
    town.clock.at = WEDNESDAY
    with town.database.write() as connection:
        for each in town.site.accounts:
            mark_read(connection, each.id, each.organisation, town.clock.now())
    for _ in range(5):
        town.clock.forward(minutes=10)
        look(town.runtime)

    for _ in range(2):
        tell(town.runtime)
    at_once = [(each.recipient, each.template) for each in town.alerts()]
    town.clock.forward(hours=1)
    tell(town.runtime)
    digest = town.alerts()[0]
    with town.database.write() as connection:
        for each in town.site.accounts:
            mark_read(connection, each.id, each.organisation, town.clock.now())
    for _ in range(2):
        look(town.runtime)
        town.clock.forward(minutes=10)
    look(town.runtime)

    assert at_once == [(ADMINISTRATOR, "reading_stopped")]
    assert "Svarsvakt läser inte 3 konton" in town.alerts()[-1].subject
    assert "ANDRA RÄTTAR DET HÄR" in digest.text
    assert told(town)[2:] == [(ADMINISTRATOR, "reading_resumed")]


def test_after_a_night_off_what_is_read_again_within_a_few_rounds_alerts_nobody(database: Database) -> None:
    town = Installation(database, site=fleet(3))
    town.clock.at = WEDNESDAY
    with town.database.write() as connection:
        for each in town.site.accounts:
            mark_read(connection, each.id, each.organisation, town.clock.now() - timedelta(hours=9))
    look(town.runtime)
    tell(town.runtime)
    with town.database.write() as connection:
        for each in town.site.accounts:
            mark_read(connection, each.id, each.organisation, town.clock.now())
    town.clock.forward(minutes=2)
    look(town.runtime)

    with town.database.read() as connection:
        assert list_open_findings(connection, MACHINE) == ()
    assert told(town) == []


def test_an_account_of_the_contact_center_is_told_of_at_once_and_not_again_in_the_digest(town: Installation) -> None:
    finding = found(town, FindingKind.unreachable, AccountId("kontaktcenter"))

    first = told(town)
    digests = morning(town, days=0)
    over(town, finding)

    assert first == [(CHIEF, "unreachable")]
    assert digests == []
    assert told(town)[-1] == (CHIEF, "reachable_again")
    assert morning(town) == []


def test_a_kind_may_be_told_of_at_once_by_the_settings(town: Installation) -> None:
    town.use(replace(town.site, alerts=AlertSettings(at_once=(FindingKind.unwatched,))))
    found(town)

    assert told(town) == [(MANAGER, "unwatched")]


def test_going_live_tells_nobody(town: Installation) -> None:
    found(town, FindingKind.old_unhandled)

    assert told(town) == []
    assert morning(town, days=0) == []


def test_two_who_tell_at_once_tell_once(town: Installation) -> None:
    found(town, FindingKind.unreachable, AccountId("kontaktcenter"))
    found(town)
    town.clock.forward(hours=2)
    read(town)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: tell(town.colleague(name)), ["a", "b", "c", "d"]))

    assert sorted(told(town)) == [(CHIEF, "unreachable"), (MANAGER, "digest")]


# What cannot wait.

FIRE = Rule(
    id=RuleId("brand"), note=True, when=Conditions(categories=(CategoryId("fara"),)), then=Actions(notify_at_once=True)
)
SMS = AlertSms(twilio=TwilioConnection(account_sid="AC0", secret="larm"), number="+46701740699")


def on_call(**changes: object) -> Site:
    duty = DutySettings(shifts=(Shift(who=(PersonId("sonja"), PersonId("emil"))),), tries=2)
    return staffed(rules=(FIRE,), duty=replace(duty, **changes), second_way=SecondWay(sms=SMS))  # type: ignore[arg-type]


@pytest.fixture
def burning(database: Database) -> Installation:
    """Give a town with a rota, in which a danger has just been written of."""
    town = Installation(database, site=on_call())
    town.connect()
    town.arrives(mail("Det brinner i trapphuset på Storgatan 3!", subject="Brand"))
    receive(town.runtime, town.account)
    decide(town.runtime)
    return town


def called(town: Installation) -> list[tuple[Channel, str]]:
    before = {each.id for each in town.alerts()}
    tell(town.runtime)
    new = [each for each in reversed(town.alerts()) if each.id not in before and each.template == "act_now"]
    return [(Channel.sms if each.recipient.startswith("+") else Channel.email, each.recipient) for each in new]


def test_whoever_is_on_duty_is_called_until_somebody_answers(burning: Installation) -> None:
    sonja_sms, sonja_mail = (Channel.sms, "+46701740611"), (Channel.email, MANAGER)
    rounds = []
    for _ in range(5):
        rounds.append(called(burning))
        again = called(burning)
        assert again == []
        burning.clock.forward(minutes=5)
    [ticket] = burning.tickets()

    took = take_call(burning.database, ticket.id, "link/emil", burning.clock.now())

    assert rounds[:4] == [[sonja_sms], [sonja_sms, sonja_mail], [(Channel.email, DEPUTY)], [(Channel.email, DEPUTY)]]
    assert set(rounds[4]) >= {sonja_sms, sonja_mail, (Channel.email, DEPUTY), (Channel.email, CHIEF)}
    assert took
    burning.clock.forward(hours=2)
    assert called(burning) == []
    assert [each["by"] for each in logged(burning, "call_answered")] == ["link/emil"]


def test_whoever_comes_on_duty_is_called_at_once_of_what_nobody_has_answered(burning: Installation) -> None:
    for _ in range(3):
        called(burning)
        burning.clock.forward(minutes=5)
    night = DutySettings(shifts=(Shift(who=(PersonId("kim"),)),), tries=2)
    burning.use(replace(on_call(), duty=night))

    assert CHIEF in {recipient for _, recipient in called(burning)}


def test_an_sms_of_a_call_names_the_ticket_and_nothing_of_what_it_is_about(burning: Installation) -> None:
    called(burning)
    [ticket] = burning.tickets()
    [sms] = [each for each in burning.alerts() if each.template == "act_now"]

    assert ticket.number in sms.text
    assert len(sms.text) <= 160
    for word in ("brand", "brinner", "fara", "storgatan", "anna"):
        assert word not in sms.text.lower()


def test_a_worker_that_comes_back_calls_once_and_not_for_all_it_missed(burning: Installation) -> None:
    burning.clock.forward(minutes=17)

    assert called(burning) == [(Channel.email, DEPUTY)]


def waiting(town: Installation) -> list[tuple[str, str]]:
    """Return to whom calls still wait to go, and why the others do not, oldest first."""
    query = "SELECT recipient, state, why FROM outgoing WHERE template = 'act_now' ORDER BY id"
    with town.database.read() as connection:
        return [(row.recipient, row.why or row.state) for row in connection.exec_driver_sql(query)]


def test_of_the_calls_that_an_outage_held_back_only_the_newest_goes(burning: Installation) -> None:
    burning.wires.out.trouble = Trouble.failed
    for _ in range(2):
        called(burning)
        send(burning.runtime)
        burning.clock.forward(minutes=5)

    sonja, replaced = "+46701740611", "a newer call about the same ticket goes in its place"
    assert next(each for each in waiting(burning) if each[0] == sonja) == (sonja, replaced)
    assert sum(recipient == sonja and why != replaced for recipient, why in waiting(burning)) == 1
    assert len(logged(burning, "call_withdrawn")) == 1


def test_a_call_that_has_not_gone_is_withdrawn_when_somebody_takes_the_ticket(burning: Installation) -> None:
    called(burning)
    [ticket] = burning.tickets()

    take_call(burning.database, ticket.id, "link/emil", burning.clock.now())
    send(burning.runtime)

    assert waiting(burning) == [("+46701740611", "somebody has taken the ticket")]
    assert [each for each in burning.wires.out.sent if "Svarsvakt" in each.text and each.recipient[0] == "+"] == []


def test_a_call_ends_when_somebody_takes_the_ticket(burning: Installation) -> None:
    called(burning)
    with burning.database.write() as connection:
        connection.execute(tickets.update().values(assignee_id=None, answer_met_at=burning.clock.now()))
    burning.clock.forward(minutes=5)

    assert called(burning) == []
    with burning.database.read() as connection:
        assert list_open_calls(connection, MACHINE) == ()


def test_a_call_by_mail_alone_goes_by_mail_at_once(database: Database) -> None:
    town = Installation(database, site=replace(on_call(by=(Way.email,)), second_way=SecondWay()))
    town.connect()
    town.arrives(mail("Det brinner i trapphuset på Storgatan 3!", subject="Brand"))
    receive(town.runtime, town.account)
    decide(town.runtime)

    assert called(town) == [(Channel.email, MANAGER)]


def test_of_two_who_call_at_once_neither_says_that_there_was_nobody(burning: Installation) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: tell(burning.colleague(name)), ["a", "b", "c", "d"]))

    assert len(logged(burning, "notified")) == 1
    assert logged(burning, "nobody_to_notify") == []


def test_a_call_about_a_unit_that_was_taken_out_is_given_up_and_holds_back_no_other(burning: Installation) -> None:
    with burning.database.write() as connection:
        connection.execute(calls.update().values(unit_id="borttagen"))
    found(burning, FindingKind.unreachable, AccountId("kontaktcenter"))

    assert called(burning) == []
    assert [each["why"] for each in logged(burning, "call_given_up")] == [
        "its account or unit is no longer in the settings"
    ]
    assert (CHIEF, "unreachable") in [(each.recipient, each.template) for each in burning.alerts()]
    with burning.database.read() as connection:
        assert list_open_calls(connection, MACHINE) == ()


@pytest.mark.parametrize(
    ("change", "reader"),
    [
        ({"employed_until": date(2026, 11, 1)}, DEPUTY),
        ({"absences": (Absence(first=date(2026, 11, 2)),)}, DEPUTY),
        ({"absences": (Absence(first=date(2026, 11, 2), covered_by=PersonId("kim")),)}, CHIEF),
    ],
    ids=["has left", "is away", "is covered for"],
)
def test_whoever_of_the_rota_is_not_there_is_passed_over(
    burning: Installation, change: dict[str, object], reader: str
) -> None:
    people = tuple(replace(each, **change) if each.id == "sonja" else each for each in burning.site.people)  # type: ignore[arg-type]
    burning.use(replace(burning.site, people=people, second_way=SecondWay()))

    assert called(burning) == [(Channel.email, reader)]


# What cannot be told.


def test_a_digest_that_cannot_be_written_holds_back_no_other_and_goes_when_it_can_be(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = found(town)
    found(town, FindingKind.unwatched, AccountId("kontaktcenter"))
    write = tell_at_once.render

    def stumbles(intent: Outgoing, *rest: Any, **named: Any) -> Draft:
        if intent.recipient == MANAGER:
            raise BadInput("a text of ours is wrong")
        return write(intent, *rest, **named)

    monkeypatch.setattr(tell_at_once, "render", stumbles)
    with pytest.raises(BadInput, match="a text of ours"):
        morning(town, days=0)
    first = [each.recipient for each in town.alerts()]
    with town.database.read() as connection:
        unsaid = list_told_of_findings(connection, MACHINE, [finding.id])
    monkeypatch.undo()
    found(town, FindingKind.inactive, AccountId("kontaktcenter"))
    town.clock.forward(minutes=1)

    assert first == [ADMINISTRATOR, CHIEF]
    assert unsaid == ()
    assert [recipient for recipient, _ in told(town)] == [CHIEF, ADMINISTRATOR, MANAGER]
    assert [recipient for recipient, _ in told(town)] == [CHIEF, ADMINISTRATOR, MANAGER]


def test_a_digest_that_cannot_be_written_rests_longer_and_longer_and_the_administrator_is_told_once(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(town)
    tried: list[datetime] = []
    write = tell_at_once.render

    def stumbles(intent: Outgoing, *rest: Any, **named: Any) -> Draft:
        if intent.template == DIGEST:
            tried.append(town.clock.now())
            raise BadInput("a text of ours is wrong")
        return write(intent, *rest, **named)

    monkeypatch.setattr(tell_at_once, "render", stumbles)
    with pytest.raises(BadInput, match="a text of ours"):
        morning(town, days=0)
    for _ in range(3 * 60):
        town.clock.forward(minutes=1)
        with suppress(BadInput):
            tell(town.runtime)

    since = [(each - tried[0]) / timedelta(minutes=1) for each in tried]
    assert since == [0, 1, 6, 21, 81, 141]
    assert [each for each in told(town) if each[0] == ADMINISTRATOR] == [(ADMINISTRATOR, "digest_unwritten")]
    assert "BadInput" in town.alerts()[-1].text
    assert logged(town, "digest_unwritten") == [{"digests": 1, "why": "BadInput"}]


@pytest.mark.parametrize("fault", [BadInput("a text of ours is wrong"), KeyError("a unit that was taken out")])
def test_an_alert_that_cannot_be_written_is_no_done_telling(
    town: Installation, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def stumbles(*_: object, **__: object) -> Outgoing:
        raise fault

    found(town, FindingKind.unreachable, AccountId("kontaktcenter"))
    with monkeypatch.context() as patched:
        patched.setattr(tell_at_once, "alert", stumbles)
        with pytest.raises(type(fault)):
            tell(town.runtime)

    assert told(town) == [(CHIEF, "unreachable")]


def test_a_part_of_the_telling_that_fails_in_a_way_nobody_foresaw_silences_no_other(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_: object) -> int:
        raise ValueError("a fault of ours")

    monkeypatch.setattr("pipeline.tell.make_calls", stumbles)
    found(town, FindingKind.unreachable, AccountId("kontaktcenter"))
    with pytest.raises(ValueError, match="a fault of ours"):
        tell(town.runtime)

    assert [(each.recipient, each.template) for each in town.alerts()] == [(CHIEF, "unreachable")]


def test_telling_that_fails_each_time_stands_still_and_is_told_of(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise nobody would get a digest, and all would seem well."""

    def stumbles(*_: object) -> int:
        raise ValueError("a fault of ours")

    monkeypatch.setattr("pipeline.tell.tell_digests", stumbles)
    for _ in range(2):
        with pytest.raises(ValueError, match="a fault of ours"):
            tell(town.runtime)
        with town.database.write() as connection:
            note_beat(connection, Step.tell, "worker-1", town.clock.now() - timedelta(minutes=5))

    assert [(each.recipient, each.template) for each in town.alerts()] == [(ADMINISTRATOR, "worker_stalled")]


def test_a_unit_whose_hours_have_ended_keeps_no_alert_from_anybody(town: Installation) -> None:
    never = HoursException(first=date(2026, 11, 1), last=date(2040, 1, 1), why="flyttad")
    ended = replace(schedule("kontor", "08:00", "16:30"), id=ScheduleId("slut"), exceptions=(never,))
    accounts = tuple(replace(each, schedule=ended.id if each.id == GATA else None) for each in town.site.accounts)
    town.use(replace(town.site, accounts=accounts, schedules=(*town.site.schedules, ended)))
    found(town)
    found(town, FindingKind.sms_flood)
    found(town, FindingKind.unwatched, AccountId("kontaktcenter"))

    got = [(each.recipient, each.template) for each in morning(town, days=0)]

    assert sorted(got) == [(CHIEF, "digest"), (MANAGER, "digest"), (MANAGER, "sms_flood")]
    assert any("torsdag 26 november kl. 16.30" in each.text for each in town.alerts())


def test_who_answers_in_two_organisations_gets_a_digest_from_each(town: Installation) -> None:
    """Neither sees what the other has (P12)."""
    water = replace(town.site.organisations[0], id=OrganisationId("vatten"), name="Vattenbolaget")
    unit = replace(town.site.unit(UnitId("gata")), id=UnitId("vatten"), organisation=water.id)
    account = replace(
        town.site.account(GATA), id=AccountId("vatten"), organisation=water.id, unit=unit.id,
        address="vatten@exempelby.example",
    )  # fmt: skip
    town.use(
        replace(
            town.site, organisations=(*town.site.organisations, water), units=(*town.site.units, unit),
            accounts=(*town.site.accounts, account),
        )
    )  # fmt: skip
    found(town)
    found(town, account=account.id)

    digests = morning(town, days=0)

    assert [(each.recipient, each.organisation) for each in digests] == [(MANAGER, "exempelby"), (MANAGER, "vatten")]
    assert "vatten@" not in digests[0].text
    assert "gata@" not in digests[1].text


# Alerts that do not arrive.


def bounce(town: Installation, alert: StoredOutgoing) -> None:
    ours = OurOwn(
        id=alert.id, organisation=alert.organisation, account=alert.account, kind=alert.kind, ticket=alert.ticket
    )  # fmt: skip
    with town.database.write() as connection:
        note_not_arrived(connection, ours, town.clock.now(), status="5.1.1", actor="decide")


def test_whom_an_alert_does_not_reach_the_next_person_is_told_in_their_place(town: Installation) -> None:
    found(town)
    [digest] = morning(town, days=0)
    bounce(town, digest)

    at_once = told(town)
    [next_day] = morning(town)
    week_later = [morning(town) for _ in range(7)]
    alert = next(each for each in town.alerts() if each.template == "alert_bounced")

    assert at_once == [(MANAGER, "digest"), (ADMINISTRATOR, "alert_bounced")]
    assert "Ett larm till sonja@exempelby.example kom inte fram" in alert.text
    assert next_day.recipient == DEPUTY
    assert "NYTT" in next_day.text
    assert len(logged(town, "alert_bounced")) == 1
    with town.database.read() as connection:
        assert [each.kind for each in list_open_findings(connection, MACHINE)] == [FindingKind.unwatched]
    # Tried again after a week.
    assert MANAGER in {each.recipient for day in week_later for each in day}


def test_an_urgent_alert_that_bounces_goes_to_the_next_at_once(town: Installation) -> None:
    units = tuple(
        replace(each, manager=PersonId("kim"), deputy=PersonId("emil")) if each.id == "kontaktcenter" else each
        for each in town.site.units
    )
    town.use(replace(town.site, units=units))
    found(town, FindingKind.unreachable, AccountId("kontaktcenter"))
    first = told(town)
    bounce(town, town.alerts()[0])

    assert first == [(CHIEF, "unreachable")]
    assert set(told(town)[1:]) == {(DEPUTY, "unreachable"), (ADMINISTRATOR, "alert_bounced")}


def test_alerts_that_many_do_not_get_at_once_are_one_alert_to_who_looks_after_it(database: Database) -> None:
    site = fleet(8)
    town = Installation(database, site=replace(site, alerts=replace(site.alerts, at_once=(FindingKind.silent,))))
    town.clock.at = WEDNESDAY
    for each in town.site.accounts:
        found(town, FindingKind.silent, each.id)
    told(town)
    sent = town.alerts()

    heard = []
    for some in (sent[:2], sent[2:7], sent[7:]):
        for each in some:
            bounce(town, each)
        heard.append([template for to, template in told(town) if to == ADMINISTRATOR])
    week_later = morning(town, days=8)

    few, many, later = heard
    assert few == ["alert_bounced"] * 2
    assert many == later == [*few, "alerts_bounced"]
    assert "Larm om 7 konton har inte kommit fram sedan" in next(
        each.text for each in town.alerts() if each.template == "alerts_bounced"
    )
    # Of what was told of together no word says for each account that a week has passed.
    assert sum(each.text.count("kom inte fram") for each in week_later) <= len(few)


# Acknowledging.


@pytest.mark.parametrize(
    ("reason", "until", "sentence"),
    [
        ("", date(2026, 12, 1), "say why"),
        ("x" * 501, date(2026, 12, 1), "say why"),
        ("semester", date(2026, 11, 24), "must not have been"),
        ("semester", date(2027, 11, 24), "nor lie after"),
    ],
    ids=["no reason", "too long", "has been", "too far"],
)
def test_what_cannot_be_acknowledged_is_refused_in_a_sentence(
    town: Installation, reason: str, until: date, sentence: str
) -> None:
    finding = found(town)
    said = Acknowledgement(finding=finding.id, by="user/bo", reason=reason, at=WEDNESDAY, until=until)

    with pytest.raises(BadInput, match=sentence):
        acknowledge(town.database, town.site, said)

    assert logged(town, "finding_acknowledged") == []


def test_a_finding_that_is_over_needs_no_acknowledgement(town: Installation) -> None:
    finding = found(town)
    over(town, finding)
    said = Acknowledgement(finding=finding.id, by="user/bo", reason="sett", at=WEDNESDAY, until=WEDNESDAY.date())

    with pytest.raises(BadInput, match="is over"):
        acknowledge(town.database, town.site, said)


@pytest.mark.parametrize("tier", [Tier.unit, Tier.employee])
def test_of_other_tiers_nothing_technical_is_told_at_once(town: Installation, tier: Tier) -> None:
    accounts = tuple(replace(each, tier=tier) for each in town.site.accounts)
    town.use(replace(town.site, accounts=accounts))
    found(town, FindingKind.unreachable)

    assert told(town) == []
