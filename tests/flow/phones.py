"""Phones: an installation with two numbers of one Twilio account, at the stand-in."""

from dataclasses import replace
from urllib.parse import urlencode

from domain.account import Account, AutoReply, Channel, Tier, TwilioConnection
from domain.ids import AccountId
from domain.outgoing import Outgoing, OutgoingKind
from domain.posted import Posted
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.send import send
from pipeline.visit import visit
from pipeline.watch import watch
from pipeline.webhook import Answered, accept
from pipeline.wires import RealWires
from sandbox.twilio import TwilioServer
from sandbox.twilio_messages import SmsRecord
from store.database import Database
from store.messages import count_by_fate
from store.outgoing import Draft, add_outgoing
from tests.builders import account
from tests.flow.installation import Installation, SetClock, small_site

CITIZEN = "+46701740642"
PUBLIC = "https://svarsvakt.exempelby.example"
NUMBERS = ("+46701740605", "+46701740606")


class Phones(Installation):
    """An installation with two numbers of one Twilio account."""

    def __init__(self, database: Database, server: TwilioServer, clock: SetClock) -> None:
        self.server = server
        super().__init__(database, site=with_numbers(server, database))
        self.clock = clock
        wires = RealWires({"twilio": server.auth_token}.__getitem__, clock)
        self.runtime = replace(self.runtime, clock=clock, wires=wires)

    def connect(self) -> None:
        """Read the numbers while nothing lies there (P14)."""
        self.poll()

    def poll(self) -> None:
        """Visit the first number, and with it the other; decide; send."""
        self.clock.forward(seconds=5)
        visit(self.runtime, AccountId("sms-0"))
        self.decide_and_send()

    def decide_and_send(self) -> None:
        """Do what the bells ask for after a visit."""
        decide(self.runtime)
        send(self.runtime)
        watch(self.runtime)
        send(self.runtime)

    def let_leases_run_out(self) -> None:
        """Let the time pass after which a send that is still handing over was cut off."""
        with self.database.write() as connection:
            connection.exec_driver_sql("UPDATE outgoing SET lease_until = '2000-01-01' WHERE lease_until IS NOT NULL")

    def count_messages(self) -> int:
        with self.database.read() as connection:
            return sum(count_by_fate(connection, MACHINE).values())

    def post(self, url: str, fields: dict[str, str], headers: dict[str, str], account: str = "sms-0") -> Answered:
        """Post a form to the webhook of a number, as the pages hand it over."""
        lowered = {name.lower(): value for name, value in headers.items()}
        posted = Posted(
            method="POST", url=url, query={}, headers=lowered, body=urlencode(fields).encode(), at=self.clock.now()
        )  # fmt: skip
        return accept(self.runtime, "twilio", AccountId(account), posted)

    def hear(self, record: SmsRecord) -> Answered:
        """Let Twilio post a message that came."""
        url = f"{PUBLIC}/hooks/twilio/sms-0"
        return self.post(url, *self.server.webhook(record, url))

    def tell(self, sid: str, status: str, code: int | None = None) -> Answered:
        """Let a sent message come to a status, and Twilio post it."""
        self.server.archive.change(sid, status=status, error_code=code)
        return self.post(*self.server.status(sid))

    def add_answer(self, text: str = "Vi lagar lyktan på torsdag.", key: str = "") -> None:
        """Put a person's answer to the only ticket into the outbox; `key` tells those of the same words apart."""
        [ticket] = self.tickets()
        intent = Outgoing(
            kind=OutgoingKind.answer, organisation=ticket.organisation, account=ticket.account, channel=Channel.sms,
            recipient=CITIZEN, template="written", language="sv", slots={},
        )  # fmt: skip
        draft = Draft(
            message_id=f"<answer-{text}{key}@exempelby.example>", sender=NUMBERS[0], envelope_sender="", subject="",
            text=text, headers=(), template_version="1", author="Bo",
        )  # fmt: skip
        with self.database.write() as connection:
            add_outgoing(connection, intent, draft, at=self.clock.now(), ticket=ticket.id)

    def bodies(self) -> list[str]:
        return [each.body for each in self.server.sent]


def with_numbers(server: TwilioServer, database: Database) -> Site:
    """Return the small site with two numbers beside its mailboxes, which are not read."""
    twilio = TwilioConnection(account_sid=server.account_sid, secret="twilio", base_url=server.url, timeout_seconds=2.0)
    base = small_site()
    numbers = tuple(number(place, twilio) for place in range(len(NUMBERS)))
    return replace(
        base, public_address=PUBLIC, accounts=(*numbers, *(replace(each, imap=None) for each in base.accounts))
    )


def number(place: int, twilio: TwilioConnection) -> Account:
    """Return one of the numbers, which answers."""
    return account(
        id=AccountId(f"sms-{place}"), name=f"Sms {place}", channel=Channel.sms, address=NUMBERS[place],
        tier=Tier.contact_center, auto_reply=AutoReply.on, twilio=twilio, imap=None, smtp=None,
    )  # fmt: skip
