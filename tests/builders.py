"""Values for tests, every field defaulted: a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from domain.account import Account, AutoReply, Channel, Tier
from domain.answering import AnswerSettings
from domain.category import Category, CategoryKind, Secrecy, Urgency, Word
from domain.context import Context
from domain.hours import CalendarSettings, Schedule, Span, WeeklyHours
from domain.ids import AccountId, CategoryId, OrganisationId, PersonId, ScheduleId, UnitId
from domain.message import Mailbox, Message
from domain.organisation import Organisation, Unit
from domain.person import Person
from domain.service_level import ServiceLevel, Target, TargetKind
from domain.site import MailSettings, Site

#: Tuesday 24 November 2026, 09:12 in Stockholm.
TUESDAY = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)


def account(**changes: Any) -> Account:
    """Return the contact center's mailbox."""
    base = Account(
        id=AccountId("kontaktcenter"),
        name="Kontaktcenter",
        organisation=OrganisationId("exempelby"),
        unit=UnitId("kontaktcenter"),
        channel=Channel.email,
        address="kontaktcenter@exempelby.example",
        tier=Tier.contact_center,
    )
    return replace(base, **changes)


def message(**changes: Any) -> Message:
    """Return an ordinary citizen's e-mail to the contact center."""
    base = Message(
        channel=Channel.email,
        arrived_at=TUESDAY,
        sender=Mailbox("anna@example.se", "Anna Exempel"),
        subject="Hål i vägen",
        text="Hej! Det är ett stort hål i vägen på Storgatan.",
        message_id="<1@example.se>",
        return_path="anna@example.se",
        to=("kontaktcenter@exempelby.example",),
        media_types=("text/plain",),
        headers=(("from", "Anna Exempel <anna@example.se>"), ("to", "kontaktcenter@exempelby.example")),
    )
    return replace(base, **changes)


def context(**changes: Any) -> Context:
    """Return the facts around a message read one minute after it arrived."""
    return replace(Context(account=account(), now=TUESDAY + timedelta(minutes=1)), **changes)


def schedule(id: str, opens: str, closes: str, half_day: str = "13:00") -> Schedule:
    """Return the same hours Monday to Friday."""
    span = (Span(time.fromisoformat(opens), time.fromisoformat(closes)),)
    return Schedule(
        id=ScheduleId(id),
        name=id,
        weekly=(WeeklyHours(week=(span, span, span, span, span, (), ())),),
        half_day_closes=time.fromisoformat(half_day),
    )


def service_levels() -> tuple[ServiceLevel, ...]:
    """Return both columns of the table of domain.md 1.2 and design.md section 6."""

    def open_time(**duration: int) -> Target:
        return Target(TargetKind.open_time, duration=timedelta(**duration))

    def days(count: int) -> Target:
        return Target(TargetKind.working_days, days=count)

    table = [
        (Channel.email, Tier.contact_center, open_time(hours=1), days(1)),
        (Channel.email, Tier.unit, days(1), days(1)),
        (Channel.email, Tier.employee, days(2), days(2)),
        (Channel.facebook, Tier.contact_center, open_time(hours=1), days(1)),
        (Channel.facebook, Tier.unit, days(1), days(1)),
        (Channel.sms, Tier.contact_center, open_time(minutes=1), days(1)),
        (Channel.sms, Tier.unit, open_time(hours=1), days(1)),
        (Channel.sms, Tier.employee, days(1), days(1)),
    ]
    return tuple(
        ServiceLevel(channel=channel, tier=tier, notice=notice, answer=answer)
        for channel, tier, notice, answer in table
    )


def answering_site() -> Site:
    """Return the municipality with its mailbox answering."""
    return site(accounts=(account(auto_reply=AutoReply.on),))


def site(**changes: Any) -> Site:
    """Return a municipality with a contact center and a street unit, and one mailbox."""
    exempelby = OrganisationId("exempelby")
    base = Site(
        name="Exempelby kommun",
        contact_center=UnitId("kontaktcenter"),
        organisations=(
            Organisation(
                id=exempelby,
                name="Exempelby kommun",
                domains=("exempelby.example",),
                contact="016-710 00 00",
                privacy_url="https://www.exempelby.example/personuppgifter",
                escalation=PersonId("kim"),
            ),
        ),
        units=(
            Unit(id=UnitId("kontaktcenter"), name="Kontaktcenter", organisation=exempelby, schedule=ScheduleId("kc")),
            Unit(id=UnitId("gata"), name="Gata och park", organisation=exempelby, schedule=ScheduleId("kontor")),
        ),
        people=(Person(id=PersonId("kim"), name="Kim Chef", email="kim.chef@exempelby.example"),),
        schedules=(schedule("kc", "07:30", "17:00"), schedule("kontor", "08:00", "16:30")),
        accounts=(account(),),
        calendar=CalendarSettings(),
        service_levels=service_levels(),
        categories=(
            Category(
                id=CategoryId("gata"),
                name="Gata och park",
                unit=UnitId("gata"),
                words=(Word("hål i vägen", "sv", 3.0),),
            ),
            Category(
                id=CategoryId("fara"),
                name="Akut fara",
                kind=CategoryKind.safety,
                unit=UnitId("kontaktcenter"),
                urgency=Urgency.U0,
                secrecy=Secrecy.SK2,
                words=(Word("brinner", "sv", 3.0),),
            ),
            Category(
                id=CategoryId("oklart"),
                name="Oklart",
                kind=CategoryKind.handling,
                unit=UnitId("kontaktcenter"),
                secrecy=Secrecy.SK1,
            ),
        ),
        rules=(),
        mail=MailSettings(message_id_domain="exempelby.example", authserv_id="mx.exempelby.example"),
        # What is sent goes at once: no test waits until it can no longer be undone.
        answers=AnswerSettings(undo=timedelta(0)),
    )
    return replace(base, **changes)
