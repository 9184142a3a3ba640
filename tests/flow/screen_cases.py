"""Every row of domain.md 3.3 as a case: what must lie around its specimen, and where it must end up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from domain.account import AutoReply, Mode
from domain.category import Secrecy
from domain.ids import AccountId
from domain.outgoing import Outgoing, OutgoingKind
from domain.site import Site
from pipeline.receive import receive
from pipeline.send import send
from settings.load import load
from store.outgoing import Draft, add_outgoing
from store.suppressions import add_suppression
from tests.flow.installation import GATA, Installation, mail

ROOT = Path(__file__).parents[2]
SPECIMENS = {int(path.name.split("-")[1]): path for path in (ROOT / "tests/mails/screen").glob("row-*.eml")}

#: What the rows also ask for and the flow does not do yet, with the reason.
NOT_YET = (
    (4, "the address is suppressed and the log says so; nobody is alerted: there is no such finding yet"),
    (
        27,
        "the copy that is decided first gets the one reply, whichever mailbox it lies in: copies are merged by letter",
    ),
    (38, "the ticket needs a look; nobody is alerted: there is no such finding yet"),
    (41, "the security contact is not told: there is no such finding yet"),
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
    Case(row=41, place=Place.normal, secrecy=Secrecy.SK2),
    Case(row=42, place=Place.normal, secrecy=Secrecy.SK2, reply="urgent"),
    Case(row=43, place=Place.normal, secrecy=Secrecy.SK2, reply="receipt_sensitive"),
    Case(row=44, place=Place.normal),
    Case(row=45, place=Place.normal, reply="receipt"),
)
