"""Pages: an installation with one Facebook page, at the stand-in of the Graph API."""

from dataclasses import replace

from domain.account import AutoReply, Channel, FacebookConnection, Tier
from domain.ids import AccountId
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.send import send
from pipeline.visit import visit
from pipeline.watch import watch
from pipeline.wires import RealWires
from sandbox.graph import GraphServer
from sandbox.graph_records import Writer
from store.database import Database
from store.evidence import list_of_account
from store.messages import list_of_ticket
from store.tickets import list_tickets
from tests.builders import account
from tests.flow.installation import Installation, SetClock, small_site

PAGE = AccountId("sidan")
ALVA = Writer(id="300000000000001", name="Alva Tallvinge")
BOSSE = Writer(id="300000000000002", name="Bosse Björkrot")


class Pages(Installation):
    """An installation with one page that answers."""

    def __init__(self, database: Database, server: GraphServer, clock: SetClock, *, human_agent: bool = True) -> None:
        self.server = server
        super().__init__(database, site=with_page(server, human_agent=human_agent))
        self.clock = clock
        secrets = {"facebook": server.token, "facebook-app": server.app_secret, "facebook-verify": "hemligt ord"}
        self.runtime = replace(self.runtime, clock=clock, wires=RealWires(secrets.__getitem__, clock))

    def poll(self, **after: float) -> None:
        """Let some time pass, visit the page, decide, send."""
        self.clock.forward(**(after or {"seconds": 30}))
        visit(self.runtime, PAGE)
        decide(self.runtime)
        send(self.runtime)
        watch(self.runtime)
        send(self.runtime)

    def texts(self) -> list[str]:
        """Return what was sent, oldest first."""
        return [each.text for each in self.server.sent]

    def messages(self) -> int:
        """Return how many messages of the page stand in tickets."""
        with self.database.read() as connection:
            tickets = list_tickets(connection, MACHINE, limit=2_000)
            return sum(len(list_of_ticket(connection, MACHINE, each.id)) for each in tickets)

    def evidence(self) -> list[tuple[str, str]]:
        """Return what was seen, by kind, with the text that it holds."""
        with self.database.read() as connection:
            found = list_of_account(connection, MACHINE, PAGE)
        return [(each.kind.value, str(each.details.get("text", ""))) for each in found]


def with_page(server: GraphServer, *, human_agent: bool) -> Site:
    """Return the small site with a page beside its mailboxes, which are not read."""
    connection = FacebookConnection(
        secret="facebook", app_id=server.app_id, app_secret="facebook-app", verify_token="facebook-verify",
        human_agent=human_agent, base_url=server.url, timeout_seconds=5.0,
    )  # fmt: skip
    page = account(
        id=PAGE, name="Exempelby på Facebook", channel=Channel.facebook, address=server.page.id,
        tier=Tier.contact_center, auto_reply=AutoReply.on, facebook=connection, imap=None, smtp=None,
    )  # fmt: skip
    base = small_site()
    return replace(base, accounts=(page, *(replace(each, imap=None) for each in base.accounts)))
