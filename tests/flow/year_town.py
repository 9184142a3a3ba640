"""The town of the simulated year: two organisations, ten units, sixty accounts, and who answers for them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from domain.account import (
    Account,
    AutoReply,
    Channel,
    FacebookConnection,
    ImapConnection,
    Mode,
    Security,
    SmtpConnection,
    Tier,
    TwilioConnection,
)
from domain.alerting import AlertSms, DutySettings, SecondWay, Shift
from domain.brakes import BrakeSettings
from domain.canary import CanarySettings
from domain.category import Category, CategoryKind, Word
from domain.hours import HoursException
from domain.ids import AccountId, CategoryId, OrganisationId, PersonId, RuleId, UnitId
from domain.instant import STOCKHOLM
from domain.organisation import Organisation, Unit
from domain.person import Person
from domain.rule import Actions, Conditions, Rule
from domain.site import Site
from tests.builders import schedule, site

FIRST, LAST = date(2026, 1, 5), date(2027, 1, 8)

ACCOUNTS, UNITS = 60, 10
#: The municipality, and its housing company.
TOWN, COMPANY = OrganisationId("exempelby"), OrganisationId("exempelbo")
DOMAINS = {TOWN: "exempelby.example", COMPANY: "exempelbo.example"}
ADMINISTRATOR = "drift@exempelby.example"
#: The last in line of each organisation.
CHIEFS = {TOWN: "kim.chef@exempelby.example", COMPANY: "vd@exempelbo.example"}
CONTACT_PAGE = "https://www.exempelby.example/kontakt"

#: What is written about to each unit: its own word.
WORDS = (
    "öppettider", "hål i vägen", "bygglov", "förskolan", "biblioteket", "hemtjänsten", "badhuset", "sopbilen",
    "hyran", "tvättstugan",
)  # fmt: skip
#: The unit that is closed for four weeks in July.
CLOSED_IN_SUMMER = 4
#: Accounts to which something comes nearly every day; to the others now and then.
BUSY = frozenset({20, 34, 51, 52})

OLD_HOST = tuple(AccountId(f"konto-{number:02d}") for number in range(8, ACCOUNTS) if number % 5 in (0, 1))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a local time of a day."""
    return datetime.combine(day, time(hour, minute), STOCKHOLM).astimezone(UTC)


def konto(number: int) -> AccountId:
    """Return the account of a number."""
    return AccountId(f"konto-{number:02d}")


def town_of_sixty(smtp_port: int, twilio: TwilioConnection) -> Site:
    """Return the configuration; alerts leave by this SMTP port, and by this account at Twilio."""
    base = site()
    wire = SmtpConnection(host="127.0.0.1", port=smtp_port, security=Security.none, local_hostname="town.example")
    closed = HoursException(first=date(2026, 7, 6), last=date(2026, 7, 31), why="semesterstängt")
    summer = replace(schedule("sommarstangt", "08:00", "16:30"), exceptions=(closed,))
    units = tuple(_unit(number, base.units) for number in range(UNITS))
    accounts = tuple(_account(number, units, twilio) for number in range(ACCOUNTS))
    return replace(
        base, organisations=_organisations(base.organisations[0]), units=units, accounts=accounts,
        people=(*base.people, *_people(units, accounts)), schedules=(*base.schedules, summer),
        categories=(*(_about(number, unit) for number, unit in enumerate(units) if number), *_handled(base)),
        rules=(_call_on_fire(),), alert_smtp=wire, alert_sender="svarsvakt@exempelby.example",
        second_way=SecondWay(sms=AlertSms(twilio=twilio, number="+46701740699")),
        duty=DutySettings(shifts=(Shift(who=(PersonId("jour-1"), PersonId("jour-2"))),)),
        administrator=ADMINISTRATOR, brakes=BrakeSettings(installation_per_hour=30),
        canary=CanarySettings(smtp=wire, sender="canary@outside.example", every=timedelta(days=7)),
    )  # fmt: skip


def _organisations(town: Organisation) -> tuple[Organisation, Organisation]:
    company = replace(
        town, id=COMPANY, name="Exempelbo AB", domains=(DOMAINS[COMPANY],), escalation=PersonId("vd"),
        privacy_url="https://www.exempelbo.example/personuppgifter",
    )  # fmt: skip
    return replace(town, contact_pages=(CONTACT_PAGE,)), company


def _unit(number: int, like: tuple[Unit, ...]) -> Unit:
    base = like[0] if number == 0 else like[1]
    id = base.id if number == 0 else UnitId(f"enhet-{number}")
    named = base.name if number == 0 else f"Enhet {number}"
    hours = schedule("sommarstangt", "08:00", "16:30").id if number == CLOSED_IN_SUMMER else base.schedule
    return replace(
        base, id=id, name=named, schedule=hours, organisation=COMPANY if number >= 8 else TOWN,
        manager=PersonId(f"chef-{number}"), deputy=PersonId(f"stf-{number}"),
    )  # fmt: skip


def _people(units: tuple[Unit, ...], accounts: tuple[Account, ...]) -> tuple[Person, ...]:
    named = [(id, unit.organisation) for unit in units for id in (unit.manager, unit.deputy) if id is not None]
    named += [(id, each.organisation) for each in accounts for id in each.readers]
    named += [(PersonId("vd"), COMPANY), (PersonId("own-chef"), TOWN)]
    people = [Person(id=id, name=id.title(), email=f"{id}@{DOMAINS[owner]}") for id, owner in named]
    people += [
        Person(id=PersonId(id), name=id.title(), email=f"{id}@{DOMAINS[TOWN]}", phone=phone)
        for id, phone in (("jour-1", "070-174 06 11"), ("jour-2", "070-174 06 12"))
    ]
    return tuple(people)


def _about(number: int, unit: Unit) -> Category:
    return Category(
        id=CategoryId(f"om-{number}"), name=f"Om {WORDS[number]}", unit=unit.id, words=(Word(WORDS[number], "sv", 3.0),)
    )


def _handled(base: Site) -> tuple[Category, ...]:
    return tuple(each for each in base.categories if each.kind is not CategoryKind.errand)


def _call_on_fire() -> Rule:
    return Rule(
        id=RuleId("brand"), note=True, when=Conditions(categories=(CategoryId("fara"),)),
        then=Actions(notify_at_once=True),
    )  # fmt: skip


def _account(number: int, units: tuple[Unit, ...], twilio: TwilioConnection) -> Account:
    unit = units[0] if number == 4 else units[number % UNITS]
    tier = Tier.contact_center if unit is units[0] else Tier.unit
    base = Account(
        id=konto(number), name=f"Konto {number:02d}", organisation=unit.organisation, unit=unit.id, tier=tier,
        channel=Channel.email, address=f"konto-{number:02d}@{DOMAINS[unit.organisation]}",
        auto_reply=AutoReply.on if tier is Tier.contact_center or number % 2 else AutoReply.shadow,
    )  # fmt: skip
    if number < 4:
        page = FacebookConnection(secret="page")
        return replace(base, channel=Channel.facebook, address=str(100000000000000 + number), facebook=page)
    if number < 8:
        phone = f"+467017406{20 + number}"
        return replace(base, channel=Channel.sms, address=phone, twilio=twilio, published=False)
    host = "old-mail.example" if konto(number) in OLD_HOST else "mail.example"
    base = replace(base, imap=ImapConnection(host=host), smtp=SmtpConnection(host=host))
    if number < 20:
        reader = PersonId(f"reader-{number}")
        return replace(base, tier=Tier.employee, mode=Mode.watch_only, auto_reply=AutoReply.off, readers=(reader,))
    return replace(base, tier=Tier.unit, mode=Mode.observe, auto_reply=AutoReply.off) if number < 32 else base


#: Never in an alert: it stands in everything that citizens write.
SECRET = "Lingonberget"
