"""A year of sixty accounts: every planted fault is found once, in time and told; nothing else is found."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from domain.account import TwilioConnection
from domain.finding import Finding, FindingKind
from domain.hours import CalendarSettings
from domain.ids import AccountId, PersonId
from domain.swedish_calendar import is_working_day, next_working_day
from domain.viewer import MACHINE
from pipeline.wires import RealWires
from sandbox.smtp_server import SentMail, SmtpServer
from sandbox.twilio import TwilioServer
from store.database import Database
from store.sent import list_alerts
from tests.flow.installation import Installation, SetClock
from tests.flow.year import Year, days, local
from tests.flow.year_plants import (
    CANARY,
    LATE_SINCE,
    NIGHT,
    OF_COMPANY,
    PLANTED,
    UNMANAGED,
    UNREAD,
    UNUSED,
    Act,
    Planted,
    leave_old_mail,
    other_acts,
)
from tests.flow.year_town import ADMINISTRATOR, FIRST, OLD_HOST, SECRET, at, town_of_sixty
from tests.flow.year_wires import YearWires
from tests.tables import embedded_with_tables

#: A year takes a minute or two of a processor, and longer where others work beside it: it passes once a run.
pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("year")]

#: A year after the first reading: then nobody has confirmed any account's entries yet.
A_YEAR_ON = FIRST + timedelta(days=365)

#: These have their own tests in `tests/flow/`, and are not planted in the year.
PLANTED_ELSEWHERE = frozenset(
    {FindingKind.alert_bounced, FindingKind.canary_unsent, FindingKind.dormant_in_use, FindingKind.sms_flood}
)  # fmt: skip


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """Give the town when the year has passed."""
    database = embedded_with_tables(tmp_path_factory.mktemp("year") / "year.sqlite3")
    clock = SetClock()
    mails: list[SentMail] = []
    post, phones = SmtpServer(clock, on_mail=mails.append), TwilioServer(clock)
    post.start()
    phones.start()
    passing = _town(database, clock, post, phones, mails)
    leave_old_mail(passing)
    passing.connect()
    for at_moment, acts in _moments():
        _pass_to(passing, at_moment, acts)
    yield passing
    phones.stop()
    post.stop()
    database.close()


def _town(database: Database, clock: SetClock, post: SmtpServer, phones: TwilioServer, mails: list[SentMail]) -> Year:
    twilio = TwilioConnection(account_sid=phones.account_sid, secret="twilio", base_url=phones.url)
    base = town_of_sixty(post.port, twilio)
    accounts = tuple(
        replace(each, canary=each.id == CANARY, manager=PersonId("own-chef") if each.id == UNMANAGED else None)
        for each in base.accounts
    )
    installation = Installation(database, site=replace(base, accounts=accounts))
    wires = YearWires(clock, RealWires({"twilio": phones.auth_token}.__getitem__, clock))
    installation.clock = clock
    installation.runtime = replace(installation.runtime, clock=clock, wires=wires)
    return Year(installation, wires, mails=mails, phones=phones, quiet={UNUSED})


def _moments() -> Iterator[tuple[datetime, list[Act]]]:
    """Yield the moments of the year at which something is due, with what is planted at each."""
    planted: dict[datetime, list[Act]] = defaultdict(list)
    for when, act in (*(each for fault in PLANTED for each in fault.acts), *other_acts()):
        planted[when].append(act)
    calendar = CalendarSettings()
    for day in days():
        if is_working_day(calendar, day):
            planted[at(day, 7, 31)] += []
            planted[at(day, 10)] += []
        elif day.weekday() < 5:
            planted[at(day, 18)] += []
    yield from sorted(planted.items())


def _pass_to(year: Year, now: datetime, acts: list[Act]) -> None:
    """Let the time come to a moment: what is planted happens, people read, mail comes, and the steps run."""
    year.town.clock.at = now
    is_noon, is_free = local(now).hour == 10 and local(now).minute == 0, local(now).hour == 18
    if is_noon:
        year.read(now)
    for act in acts:
        act(year)
    if is_noon or is_free:
        year.come(local(now).date(), now)
    if local(now).hour == 7:
        year.morning(local(now).date())
    else:
        year.moment(now)


def test_every_planted_fault_gets_exactly_one_finding_and_nothing_else_is_found(year: Year) -> None:
    planted = Counter((id, fault.kind) for fault in PLANTED for id in fault.accounts)

    assert Counter((each.account, each.kind) for each in year.findings()) == planted, calendar_of(year)


def test_every_kind_of_finding_is_planted() -> None:
    assert {fault.kind for fault in PLANTED} | PLANTED_ELSEWHERE == set(FindingKind)


def test_each_is_found_within_its_limit(year: Year) -> None:
    late = [
        (finding.account, finding.kind, local(finding.opened_at))
        for fault in PLANTED
        for finding in findings_of(year, fault)
        if not fault.begins_at <= finding.opened_at <= fault.by
    ]

    assert late == [], calendar_of(year)


def test_what_was_mended_is_closed_in_time(year: Year) -> None:
    slow = [
        (finding.account, finding.kind, finding.closed_at)
        for fault in PLANTED
        for finding in findings_of(year, fault)
        if (finding.closed_at is None) != (fault.over_by is None)
        or (finding.closed_at and fault.over_by and finding.closed_at > fault.over_by)
    ]

    assert slow == [], calendar_of(year)


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: f"{fault.kind}-{fault.accounts[0]}")
def test_whoever_must_hear_of_it_gets_the_mail_in_time(year: Year, fault: Planted) -> None:
    about = mails_about(year, fault)
    if not fault.reader:
        assert about == []
        return
    first, opened_at = about[0], findings_of(year, fault)[0].opened_at

    assert first.recipients == (fault.reader,), calendar_of(year)
    assert first.at == (opened_at if fault.at_once else next_digest(opened_at)), calendar_of(year)


@pytest.mark.parametrize(
    "fault", [each for each in PLANTED if each.reader and len(each.accounts) == 1],
    ids=lambda fault: f"{fault.kind}-{fault.accounts[0]}",
)  # fmt: skip
def test_the_mail_says_what_where_why_what_to_do_by_when_and_what_comes_next(year: Year, fault: Planted) -> None:
    words = " ".join(mails_about(year, fault)[0].text.split())
    account = year.site.account(fault.accounts[0])

    assert account.name in words
    assert year.site.unit(account.unit).name in words
    assert findings_of(year, fault)[0].evidence[:40] in words or fault.kind is FindingKind.canary_missing
    assert re.search(r"Gör så här senast \w+dag \d+ \w+ kl\. \d\d\.\d\d: 1\. ", words)
    assert re.search(r"Vi (försöker|tittar|frågar|läser|skickar|jämför)|Om ingen kvitterar|av sig själva|Du får", words)
    assert "Frågor: 016-710 00 00" in words


def test_nobody_gets_more_than_one_digest_on_a_working_day_and_none_on_others(year: Year) -> None:
    with year.town.database.read() as connection:
        digests = {
            each.message_id for each in list_alerts(connection, MACHINE, limit=10_000) if each.template == "digest"
        }
    got = Counter(
        (mail.recipients, local(mail.at).date()) for mail in year.mails if mail.parsed()["Message-ID"] in digests
    )

    assert got
    assert max(got.values()) == 1, calendar_of(year)
    assert all(is_working_day(CalendarSettings(), day) for _, day in got)


def test_no_mail_is_about_anything_that_was_not_planted(year: Year) -> None:
    wrong = [
        (local(mail.at), mail.recipients[0], subject_of(mail))
        for mail in year.mails
        if not any(is_about(year, mail, fault) for fault in PLANTED)
        and not is_of_lateness(mail) and not of_night(mail) and not is_of_summer(mail) and not is_of_review(mail)
    ]  # fmt: skip

    assert wrong == [], calendar_of(year)


def test_what_is_not_ready_for_the_summer_is_told_once_in_may(year: Year) -> None:
    told = [mail for mail in year.mails if "INFÖR SOMMAREN" in text_of(mail)]

    parts = [text_of(mail).partition("INFÖR SOMMAREN")[2] for mail in told]
    units = [name for part in parts for name in re.findall(r"^Enhet \w+$", part, re.MULTILINE)]
    assert {local(mail.at).month for mail in told} == {5}
    assert units
    assert len(units) == len(set(units))


def test_a_year_after_the_first_reading_each_manager_is_asked_once_in_one_line(year: Year) -> None:
    asked = [mail for mail in year.mails if "STÄMMER KONTAKTUPPGIFTERNA?" in text_of(mail)]

    assert asked
    assert {local(mail.at).date() for mail in asked} == {A_YEAR_ON}
    assert max(Counter(mail.recipients for mail in asked).values()) == 1


def test_nobody_hears_of_an_account_who_is_not_in_line_for_it(year: Year) -> None:
    strangers = [
        (local(mail.at), mail.recipients[0], id)
        for mail in year.mails
        for id in accounts_in(year, mail)
        if mail.recipients[0] not in in_line(year, id) and not of_night(mail)
    ]

    assert strangers == [], calendar_of(year)


def test_what_nobody_acknowledges_rises_to_the_deputy_and_to_the_next_level(year: Year) -> None:
    [fault] = [each for each in PLANTED if each.accounts == (OF_COMPANY,)]
    about = mails_about(year, fault)
    order = list(dict.fromkeys(mail.recipients[0] for mail in about))

    assert order == ["chef-8@exempelbo.example", "stf-8@exempelbo.example", "vd@exempelbo.example"]
    risen = next(mail for mail in about if mail.recipients[0].startswith("stf-8"))
    assert local(risen.at).date() == date(2026, 10, 9)
    assert "Chef-8 fick veta det onsdag 7 oktober och har inte kvitterat" in risen.text


def test_while_the_manager_is_away_the_deputy_is_told_first_and_then_the_next_level(year: Year) -> None:
    [fault] = [each for each in PLANTED if each.accounts == (UNREAD,)]
    order = list(dict.fromkeys(mail.recipients[0] for mail in mails_about(year, fault)))

    assert order[:2] == ["stf-3@exempelby.example", "kim.chef@exempelby.example"]


def test_a_ticket_past_its_time_stands_in_the_digest_and_rises(year: Year) -> None:
    late = [mail for mail in year.mails if "Enhet 2: 1 ärende." in text_of(mail) and local(mail.at).month == 3]

    assert list(dict.fromkeys(mail.recipients[0].partition("@")[0] for mail in late)) == ["chef-2", "stf-2", "kim.chef"]
    assert local(late[0].at).date() == LATE_SINCE + timedelta(days=2)
    assert "Det äldsta skulle ha fått svar onsdag 18 mars." in late[0].text


def test_a_danger_at_night_calls_whoever_is_on_duty_until_somebody_answers(year: Year) -> None:
    assert year.phones is not None
    calls = [(each.recipient[-2:], local(each.created_at).strftime("%H.%M")) for each in year.phones.sent]

    assert calls == [("11", "02.02"), ("11", "02.07"), ("11", "02.12"), ("12", "02.17"), ("12", "02.22")]
    assert all("kan inte vänta" in each.body for each in year.phones.sent)


def test_no_word_of_a_citizen_s_stands_in_any_alert(year: Year) -> None:
    assert year.phones is not None
    said = [*(f"{subject_of(mail)} {text_of(mail)}" for mail in year.mails), *(each.body for each in year.phones.sent)]

    assert len(said) > 100
    assert [text for text in said if any(word in text for word in (SECRET, "@example.se", "brinner", "fråga om"))] == []


def test_a_mail_server_that_is_down_is_no_storm(year: Year) -> None:
    day, next_day = date(2026, 5, 5), date(2026, 5, 6)
    on = [(local(mail.at).date(), mail.recipients[0]) for mail in year.mails]

    assert len(OLD_HOST) >= 20
    assert [reader for when, reader in on if when == day] == [ADMINISTRATOR]
    assert all("ANDRA RÄTTAR DET HÄR" in text_of(mail) for mail in year.mails
               if local(mail.at).date() == next_day and local(mail.at).hour == 7)  # fmt: skip


def findings_of(year: Year, fault: Planted) -> list[Finding]:
    """Return the findings of a fault: of its kind and accounts, from when it began."""
    return [
        each for each in year.findings()
        if each.kind is fault.kind and each.account in fault.accounts and each.opened_at >= fault.begins_at
        and (fault.over_by is None or each.opened_at <= fault.over_by)
    ]  # fmt: skip


def shown(year: Year, id: AccountId) -> str:
    """Return how alerts name an account."""
    account = year.site.account(id)
    return f"{account.name} ("


@cache
def text_of(mail: SentMail) -> str:
    """Return what a mail says, parsed from its bytes once."""
    return mail.text


@cache
def subject_of(mail: SentMail) -> str:
    """Return a mail's subject, parsed once."""
    return mail.subject


def accounts_in(year: Year, mail: SentMail) -> list[AccountId]:
    """Return the accounts that a mail names."""
    return [
        each.id for each in year.site.accounts if shown(year, each.id) in text_of(mail) or each.address in text_of(mail)
    ]  # fmt: skip


def is_about(year: Year, mail: SentMail, fault: Planted) -> bool:
    """Ask whether a mail tells of a fault, while it is found or just over."""
    found = findings_of(year, fault)
    if not found or mail.at < found[0].opened_at:
        return False
    ends = max((each.closed_at or mail.at for each in found), default=mail.at)
    if mail.at > ends + timedelta(days=5):
        return False
    if fault.accounts == OLD_HOST and "old-mail.example" in subject_of(mail):
        return True
    return bool(set(accounts_in(year, mail)) & set(fault.accounts))


def mails_about(year: Year, fault: Planted) -> list[SentMail]:
    """Return the mails that tell of a fault, in order; a danger at night is none of them."""
    return [mail for mail in year.mails if is_about(year, mail, fault) and not of_night(mail)]


def is_of_lateness(mail: SentMail) -> bool:
    """Ask whether a mail tells of late tickets, or that nothing is left of what was told."""
    words = ("efter utlovad tid", "inget att göra", "Att hålla ögonen på")
    return any(each in subject_of(mail) for each in words)


def is_of_summer(mail: SentMail) -> bool:
    """Ask whether a mail tells, once in the year, what is not ready for the summer."""
    return "Inför sommaren" in subject_of(mail)


def is_of_review(mail: SentMail) -> bool:
    """Ask whether a mail asks, a year after the first reading, whether the accounts' entries are right."""
    return "Gå igenom kontaktuppgifterna" in subject_of(mail) and local(mail.at).date() == A_YEAR_ON


def of_night(mail: SentMail) -> bool:
    """Ask whether a mail is a call to whoever is on duty."""
    return local(mail.at).date() == NIGHT


def in_line(year: Year, id: AccountId) -> set[str]:
    """Return who may hear of an account: whoever answers for its unit, the next levels, and the administrator."""
    account = year.site.account(id)
    unit = year.site.unit(account.unit)
    people = [each for each in (account.manager, unit.manager, unit.deputy) if each is not None]
    chief = year.site.organisation(account.organisation).escalation
    return {year.site.person(each).email for each in (*people, *([chief] if chief else []))} | {ADMINISTRATOR}


def next_digest(opened_at: datetime) -> datetime:
    """Return when the next digest goes after an instant."""
    day = local(opened_at).date()
    if at(day, 7, 31) >= opened_at and is_working_day(CalendarSettings(), day):
        return at(day, 7, 31)
    return at(next_working_day(CalendarSettings(), day), 7, 31)


def calendar_of(year: Year) -> str:
    """Return what fired, day by day, for whoever must find out why."""
    lines = [(each.opened_at, f"opened  {each.account} {each.kind}: {each.evidence}") for each in year.findings()]
    lines += [(each.closed_at, f"closed  {each.account} {each.kind}") for each in year.findings() if each.closed_at]
    lines += [(mail.at, f"mail    {mail.recipients[0]}: {subject_of(mail)}") for mail in year.mails]
    return "\n" + "\n".join(f"{local(when):%a %d %b %H.%M} {what}" for when, what in sorted(lines))
