"""Every row of domain.md 3.3 through the flow: its specimen lies in the mailbox, is received, decided and answered."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.account import AutoReply, Mode
from domain.category import Secrecy
from domain.decision import Queue
from domain.ids import AccountId, OutgoingId, TicketId
from domain.message import Fate, FolderRole
from domain.outgoing import Outgoing, OutgoingKind
from domain.site import Site
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE
from intake.identity import digest
from pipeline.receive import receive
from pipeline.send import send
from settings.load import load
from store.correspondents import add_suppression
from store.database import Database
from store.messages import count_by_fate
from store.migrate import migrate
from store.outgoing import Draft, add_outgoing
from store.schema import events, messages, originals, outgoing, suppressions
from store.tickets import list_tickets
from tests.flow.installation import GATA, Installation, mail
from triage.screen.table import TABLE

ROOT = Path(__file__).parents[2]
SPECIMENS = {int(path.name.split("-")[1]): path for path in (ROOT / "tests/mails/screen").glob("row-*.eml")}
#: Row 38 is our own outage: an ordinary letter meets it.
SPECIMENS[38] = SPECIMENS[45]

#: What the rows also ask for and the flow does not do yet, with the reason.
NOT_YET = (
    (4, "the address is suppressed and the log says so; nobody is alerted: there is no such finding yet"),
    (20, "a person who writes through a local association's list lands in the low queue like a newsletter"),
    (
        27,
        "the copy that is decided first gets the one reply, whichever mailbox it lies in: copies are merged by letter",
    ),
    (34, "the reply is held back and the ticket waits; nobody is alerted: there is no such finding yet"),
    (36, "known by the flag \\Answered; an answer in the Sent folder is not read yet"),
    (38, "the ticket needs a look; nobody is alerted: there is no such finding yet"),
    (41, "the ticket is as secret as its category, SK1 in the example; the security contact is not told"),
    (42, "the urgent reply goes; nobody is alerted at once: there is no such finding yet"),
)

#: Our messages that the specimens name.
THEIR_RECEIPT = b"<svarsvakt.26-01234.1@exempelby.example>"
THEIR_ANSWER = "<svar.7@exempelby.example>"


class Place(StrEnum):
    """Where a message must be found afterwards: the Queue column."""

    normal = "normal"
    low = "low"
    #: With our message that it answers or reports on.
    attached = "attached"
    technical = "technical"
    #: In the ticket of an earlier message.
    joined = "joined"
    #: In a ticket that was never open.
    closed = "closed"


@cache
def town_site() -> Site:
    """Return the example municipality, with every mailbox answering."""
    site = load(ROOT / "settings/example")
    answering = (
        replace(each, auto_reply=AutoReply.on) if each.mode is Mode.queue and each.imap else each
        for each in site.accounts
    )
    return replace(site, accounts=tuple(answering))


Arrange = Callable[[Installation, bytes], bytes]


def as_it_is(town: Installation, specimen: bytes) -> bytes:
    return specimen


def after_our_receipt(sender: str) -> Arrange:
    """Let somebody write and get a receipt, which the specimen then names."""

    def arrange(town: Installation, specimen: bytes) -> bytes:
        town.arrives(mail(sender=sender, id="<earlier@example.se>"))
        town.round()
        receipt = town.wires.out.sent[-1].message_id
        assert THEIR_RECEIPT in specimen
        return specimen.replace(THEIR_RECEIPT, receipt.encode())

    return arrange


def after_a_persons_answer(town: Installation, specimen: bytes) -> bytes:
    """Let a person have answered an earlier mail, by the Message-ID that the specimen names."""
    town.arrives(mail(sender="anna@example.se", id="<1@example.se>"))
    town.round()
    [ticket] = town.tickets()
    intent = Outgoing(
        kind=OutgoingKind.answer,
        organisation=ticket.organisation,
        account=ticket.account,
        channel=ticket.channel,
        recipient="anna@example.se",
        template="answer",
        language="sv",
        slots={},
    )
    draft = Draft(
        message_id=THEIR_ANSWER, sender="kontaktcenter@exempelby.example", envelope_sender="", subject="Ditt ärende",
        text="Hej! Vi har öppet på fredag.\n", headers=(), template_version="",
    )  # fmt: skip
    with town.database.write() as connection:
        add_outgoing(connection, intent, draft, at=town.clock.now(), ticket=ticket.id)
    send(town.runtime)
    town.clock.forward(days=2)
    return specimen.replace(b"Tue, 24 Nov", b"Thu, 26 Nov")


def after_a_copy_elsewhere(town: Installation, specimen: bytes) -> bytes:
    """Let the street unit's mailbox have got the same letter."""
    town.arrives(specimen, GATA)
    receive(town.runtime, GATA)
    town.round()
    return specimen


def suppressed(town: Installation, specimen: bytes) -> bytes:
    with town.database.write() as connection:
        account = town.site.account(town.account)
        add_suppression(connection, account.organisation, "anna@example.se", "hard bounce 5.1.1", town.clock.now())
    return specimen


def after_a_receipt_from(id: AccountId, to: str) -> Arrange:
    """Let the citizen have got a receipt from one of our mailboxes in the last hour."""

    def arrange(town: Installation, specimen: bytes) -> bytes:
        town.arrives(mail(to=to, id="<earlier@example.se>"), id)
        receive(town.runtime, id)
        town.round()
        assert len(town.wires.out.sent) == 1
        return specimen

    return arrange


def one_a_day(site: Site) -> Site:
    return replace(site, brakes=replace(site.brakes, address_per_day=1))


def without_service_levels(site: Site) -> Site:
    return replace(site, service_levels=())


def unchanged(site: Site) -> Site:
    return site


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a row of the table asks for, and what must lie around its specimen."""

    row: int
    place: Place
    #: The reply that goes; None: nothing does.
    reply: str | None = None
    needs_a_look: bool = False
    secrecy: Secrecy | None = None
    arrange: Arrange = as_it_is
    site: Callable[[Site], Site] = unchanged
    flags: frozenset[str] = frozenset()


KC = AccountId("kontaktcenter")
BO, FIRM, CITIZEN = "bo@example.se", "info@firma.example", "anna@example.se"

CASES = (
    Case(row=1, place=Place.low, needs_a_look=True),
    Case(row=2, place=Place.attached, arrange=after_our_receipt(BO)),
    Case(row=3, place=Place.attached, arrange=after_a_persons_answer),
    Case(row=4, place=Place.attached, arrange=after_our_receipt(BO)),
    Case(row=5, place=Place.low),
    Case(row=6, place=Place.normal),
    Case(row=7, place=Place.normal),
    Case(row=8, place=Place.technical),
    Case(row=9, place=Place.attached, arrange=after_our_receipt(FIRM)),
    Case(row=10, place=Place.normal),
    Case(row=11, place=Place.low, needs_a_look=True),
    Case(row=12, place=Place.normal),
    Case(row=13, place=Place.low),
    Case(row=14, place=Place.low),
    Case(row=15, place=Place.normal),
    Case(row=16, place=Place.normal, reply="receipt"),
    Case(row=17, place=Place.normal),
    Case(row=18, place=Place.normal),
    Case(row=19, place=Place.normal, reply="receipt"),
    Case(row=20, place=Place.low),
    Case(row=21, place=Place.low),
    Case(row=22, place=Place.low),
    Case(row=23, place=Place.low),
    Case(row=24, place=Place.low),
    Case(row=25, place=Place.normal),
    Case(row=26, place=Place.normal),
    Case(row=27, place=Place.joined, arrange=after_a_copy_elsewhere),
    Case(row=28, place=Place.normal),
    Case(row=29, place=Place.normal),
    Case(row=30, place=Place.low, needs_a_look=True),
    Case(row=31, place=Place.low, needs_a_look=True),
    Case(row=32, place=Place.normal, arrange=suppressed),
    Case(row=33, place=Place.normal, arrange=after_a_receipt_from(KC, "kontaktcenter@exempelby.example")),
    Case(row=34, place=Place.normal, arrange=after_a_receipt_from(GATA, "gata@exempelby.example"), site=one_a_day),
    Case(row=35, place=Place.joined, arrange=after_a_persons_answer),
    Case(row=36, place=Place.closed, flags=frozenset({"\\Seen", "\\Answered"})),
    Case(row=37, place=Place.normal),
    Case(row=38, place=Place.normal, needs_a_look=True, site=without_service_levels),
    Case(row=39, place=Place.low),
    Case(row=40, place=Place.low),
    Case(row=41, place=Place.normal, secrecy=Secrecy.SK1),
    Case(row=42, place=Place.normal, secrecy=Secrecy.SK2, reply="urgent"),
    Case(row=43, place=Place.normal, secrecy=Secrecy.SK2, reply="receipt_sensitive"),
    Case(row=44, place=Place.normal),
    Case(row=45, place=Place.normal, reply="receipt"),
)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an empty database file with every table."""
    path = tmp_path_factory.mktemp("screen") / "empty.sqlite3"
    opened = Database(f"sqlite:///{path}")
    migrate(opened)
    opened.close()
    return path


@pytest.fixture
def open_town(migrated: Path, tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """Give what opens an installation of the example municipality, its mailboxes connected while empty."""
    opened: list[Database] = []

    def open_one(site: Site | None = None) -> Installation:
        path = shutil.copy(migrated, tmp_path / f"{len(opened)}.sqlite3")
        opened.append(Database(f"sqlite:///{path}"))
        town = Installation(opened[-1], site=site or town_site())
        for id in (town.account, *({GATA} & {each.id for each in town.site.accounts})):
            receive(town.runtime, id)
        return town

    yield open_one
    for database in opened:
        database.close()


@dataclass(frozen=True)
class Kept:
    """What is stored of the message that came last."""

    fate: Fate
    ticket: Ticket | None
    outgoing: OutgoingId | None
    rows: frozenset[str]
    send: bool


def last_message(town: Installation) -> Kept:
    with town.database.read() as connection:
        row = connection.execute(sa.select(messages).order_by(messages.c.id.desc())).mappings().first()
        assert row is not None
        tickets = {each.id: each for each in list_tickets(connection, MACHINE, status=None)}
    reply = row["explanation"]["automatic_reply"]
    ticket = None if row["ticket_id"] is None else tickets[TicketId(row["ticket_id"])]
    return Kept(
        Fate(row["fate"]),
        ticket,
        row["outgoing_id"],
        frozenset(reason["row"] for reason in reply["reasons"]),
        reply["send"],
    )


def is_kept(town: Installation, original: bytes) -> bool:
    """Say whether the original lies in the archive, and no message waits for its fate."""
    with town.database.read() as connection:
        kept = connection.scalar(sa.select(originals.c.digest).where(originals.c.digest == digest(original)))
        return kept is not None and Fate.waiting not in count_by_fate(connection, MACHINE)


def events_of(town: Installation, kind: str) -> list[dict[str, object]]:
    with town.database.read() as connection:
        return [dict(each) for each in connection.scalars(sa.select(events.c.details).where(events.c.kind == kind))]


def suppressed_addresses(town: Installation) -> list[str]:
    with town.database.read() as connection:
        return list(connection.scalars(sa.select(suppressions.c.address)))


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


def clock_runs(case: Case) -> bool:
    """Clocks run for the normal queue and for what needs a look (design.md section 7), if any can be counted."""
    counted = case.place is not Place.low or case.needs_a_look
    return counted and case.row != 38


def place_of(kept: Kept, earlier: tuple[Ticket, ...]) -> Place:
    if kept.fate is Fate.attached:
        assert kept.outgoing is not None
        assert kept.ticket is None
        return Place.attached
    if kept.fate is Fate.technical:
        return Place.technical
    assert kept.ticket is not None
    if kept.ticket.id in {each.id for each in earlier}:
        return Place.joined
    if kept.ticket.status is TicketStatus.closed:
        return Place.closed
    return {Queue.normal: Place.normal, Queue.low: Place.low}[kept.ticket.queue]


def template_of(town: Installation, message_id: str) -> str:
    with town.database.read() as connection:
        return str(connection.scalar(sa.select(outgoing.c.template).where(outgoing.c.message_id == message_id)))


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


def test_a_null_path_report_on_our_reply_is_attached_to_it(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, SPECIMENS[2].read_bytes())

    town.arrives(specimen)
    town.round()

    kept = last_message(town)
    assert {"3.3/1", "3.3/2"} <= kept.rows
    assert kept.fate is Fate.attached
    assert len(town.tickets()) == 1


def test_an_address_that_does_not_exist_gets_no_further_reply(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, SPECIMENS[2].read_bytes())
    town.arrives(specimen)
    town.round()
    town.clock.forward(days=2)

    town.arrives(mail("Hej! Det är mörkt på Storgatan.", sender=BO, id="<later@example.se>", at=town.clock.now()))
    town.round()

    assert suppressed_addresses(town) == [BO]
    assert "3.3/32" in last_message(town).rows
    assert [each["status"] for each in events_of(town, "reply_bounced")] == ["5.1.1"]
    assert [each["why"] for each in events_of(town, "address_suppressed")] == ["hard bounce 5.1.1"]
    assert len(town.wires.out.sent) == 1


@pytest.mark.parametrize(
    ("said", "bounced"),
    [
        ((b"5.1.1", b"5.2.2"), ["5.2.2"]),
        ((b"5.1.1", b"5.7.1"), ["5.7.1"]),
        ((b"Action: failed", b"Action: delayed"), []),
        ((b"Status: 5.1.1\r\n", b""), []),
    ],
    ids=["full mailbox", "refused by policy", "delayed", "no status"],
)
def test_a_report_that_does_not_say_that_the_mailbox_is_gone_suppresses_nobody(
    said: tuple[bytes, bytes], bounced: list[str], open_town: Callable[..., Installation]
) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, with_crlf(SPECIMENS[2].read_bytes())).replace(*said)

    town.arrives(specimen)
    town.round()

    assert last_message(town).fate is Fate.attached
    assert suppressed_addresses(town) == []
    assert [each["status"] for each in events_of(town, "reply_bounced")] == bounced


def test_a_bounce_that_names_none_of_our_mails_suppresses_nobody(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    town.arrives(mail(sender=BO))
    town.round()

    town.arrives(SPECIMENS[2].read_bytes())
    town.round()

    kept = last_message(town)
    assert kept.ticket is not None
    assert kept.ticket.queue is Queue.low
    assert suppressed_addresses(town) == []


def test_who_called_our_reply_spam_gets_no_further_one(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    specimen = after_our_receipt(BO)(town, SPECIMENS[4].read_bytes())

    town.arrives(specimen)
    town.round()
    town.arrives(specimen.replace(b"row-04.4", b"row-04.5"))
    town.round()

    assert suppressed_addresses(town) == [BO]
    assert [each["why"] for each in events_of(town, "address_suppressed")] == ["spam complaint"]


def test_an_alert_that_bounces_is_attached_and_suppresses_nobody(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    bygg = AccountId("bygg")
    town.arrives(mail(to="bygglov@exempelby.example"), bygg)
    receive(town.runtime, bygg)
    send(town.runtime)
    [alert] = [each for each in town.wires.out.sent if each.kind is OutgoingKind.alert]

    town.arrives(SPECIMENS[2].read_bytes().replace(THEIR_RECEIPT, alert.message_id.encode()))
    town.round()

    assert last_message(town).fate is Fate.attached
    assert suppressed_addresses(town) == []


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

    templates = [template_of(town, each.message_id) for each in town.wires.out.sent]

    assert templates == ["receipt", "urgent"]
    assert len(town.tickets()) == 3


def test_above_the_normal_rate_all_automatic_replies_stop(open_town: Callable[..., Installation]) -> None:
    site = town_site()
    town = open_town(replace(site, brakes=replace(site.brakes, installation_per_hour=3)))
    for number in range(6):
        town.arrives(mail(f"Hål nummer {number}.", sender=f"person{number}@example.se", id=f"<{number}@example.se>"))

    town.round()

    assert len(town.wires.out.sent) == 3
    assert len(town.tickets()) == 6
    assert "3.3/34" in last_message(town).rows


def test_a_word_of_thanks_is_answered_in_the_language_of_before(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    town.arrives(mail("Hei! Koska kirjasto aukeaa lauantaina? Haluaisin palauttaa kirjoja.", subject="Aukioloajat"))
    town.round()
    town.clock.forward(days=2)

    town.arrives(mail("OK!", subject="OK", id="<2@example.se>", at=town.clock.now()))
    town.round()

    assert [dict(each.headers)["Content-Language"] for each in town.wires.out.sent] == ["fi", "fi"]


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


def with_crlf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
