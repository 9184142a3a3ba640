"""The office: Anna's letters come in, Bo and his colleagues work in a browser each, and a server takes what is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from connectors.fake import FakeSource
from connectors.smtp import SmtpSink
from domain.account import Account, AutoReply, Channel, ImapConnection, Security, SmtpConnection
from domain.answering import AnswerSettings
from domain.ids import AccountId, CategoryId, PhraseId, TicketId
from domain.outgoing import OutgoingKind
from domain.phrase import Phrase, PhraseText
from domain.protocols import Sink
from domain.signing_in import SignInSettings
from domain.site import Site
from domain.viewer import Role
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.send import send
from sandbox.smtp_server import SmtpServer
from store.schema import outgoing
from tests.browser.serving import Served, Server, complains
from tests.flow.installation import FakeWires, Installation, mail
from tests.tables import embedded_with_tables
from tests.web.town import PASSWORD, Town, town_site

CENTER = AccountId("kontaktcenter")
ANNA = "anna@example.se"

PHRASE = Phrase(
    id=PhraseId("gata"), title="Felanmälan är mottagen", categories=(CategoryId("gata"),),
    texts=(PhraseText("sv", "Tack, {name}. {unit} har fått din anmälan."),),
)  # fmt: skip


def office_site(smtp_port: int) -> Site:
    """Return the town with a mailbox that answers, an answer bank, and ten seconds in which one may undo."""
    town = town_site()
    smtp = SmtpConnection(host="127.0.0.1", port=smtp_port, security=Security.none)
    center, *others = town.accounts
    answering = replace(center, imap=ImapConnection(host="127.0.0.1"), smtp=smtp, auto_reply=AutoReply.on)
    return replace(
        town,
        accounts=(answering, *(replace(each, auto_reply=AutoReply.off) for each in others)),
        mail=replace(town.mail, border_servers=("mx.exempelby.example",)),
        answers=AnswerSettings(undo=timedelta(seconds=10)),
        phrases=(PHRASE,),
        sign_in=SignInSettings(code_secret="koder"),
    )


class MailWires(FakeWires):
    """Mailboxes in memory; what leaves by mail goes to a real SMTP server."""

    def sink(self, site: Site, account: Account, kind: OutgoingKind) -> Sink | None:
        if account.channel is not Channel.email or account.smtp is None:
            return self.out
        return SmtpSink(account.smtp, "", self._clock)

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation.clock)
        self._clock = installation.clock


class Office:
    """Everything that runs, and a window for each person."""

    def __init__(self, folder: Path, chromium: Browser) -> None:
        """Open the office before the first letter."""
        self._chromium = chromium
        self._windows: dict[str, tuple[BrowserContext, Page]] = {}
        self._complaints: list[str] = []
        self._letters = 0
        placed = Installation(embedded_with_tables(folder / "office.sqlite"))
        self.smtp = SmtpServer(placed.clock)
        self.smtp.start()
        placed.use(office_site(self.smtp.port))
        wires = MailWires(placed)
        placed.wires, placed.runtime = wires, replace(placed.runtime, wires=wires)
        receive(placed.runtime, CENTER)
        self.installation = placed
        self.town = Town(placed.database, clock=placed.clock, site=placed.site)  # type: ignore[arg-type]
        self._hire()
        self.served = Served(self.town, "", Server(self.town))
        self.served.address = f"http://127.0.0.1:{self.served.server.port}"

    def _hire(self) -> None:
        for name, display, unit in (
            ("bo", "Bo Karlsson", "kontaktcenter"),
            ("bea", "Bea Holm", "kontaktcenter"),
            ("cilla", "Cilla Berg", "gata"),
        ):
            self.town.add_person(name, display, unit)
        everything = frozenset({Role.agent, Role.lead, Role.administrator})
        self.town.add_person("lea", "Lea Lind", "kontaktcenter", roles=everything)

    def close(self) -> None:
        """Close every window; what the console said against a page fails."""
        for context, _ in self._windows.values():
            context.close()
        self.served.server.stop()
        self.smtp.stop()
        self.installation.database.close()
        # Said in full: this is no file whose asserts pytest explains.
        assert self._complaints == [], self._complaints

    # What Anna does, and what she gets

    def writes(self, subject: str, text: str = "Hej! Det är ett hål i vägen på Storgatan.", *, extra: str = "") -> None:
        """Let Anna write a letter that comes in and is decided about; `extra` is a header."""
        self._letters += 1
        id = f"<anna-{self._letters}@example.se>"
        letter = mail(text, subject=subject, id=id, at=self.now, extra=(extra,) if extra else ())
        self.arrives(letter)

    def arrives(self, original: bytes) -> None:
        """Let a letter come in as it is."""
        source: FakeSource = self.installation.mailbox(CENTER)
        source.put(original, at=self.now)
        receive(self.installation.runtime, CENTER)
        decide(self.installation.runtime)
        send(self.installation.runtime)

    def sends(self) -> None:
        """Let the outbox send what may go now."""
        send(self.installation.runtime)

    def waits_no_longer(self) -> None:
        """Let the time in which one may undo be over, by the database's clock, and send."""
        with self.installation.database.write() as connection:
            connection.execute(outgoing.update().values(next_try_at=None))
        self.sends()

    def got(self, by: str = ANNA) -> list[EmailMessage]:
        """Return what the mail server took for somebody, oldest first."""
        return [each.parsed() for each in self.smtp.sent if each.recipients == (by,)]

    def text_of(self, mail: EmailMessage) -> str:
        """Return the plain text of a mail."""
        body = mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def now(self):  # type: ignore[no-untyped-def]
        """Return the office's time."""
        return self.installation.clock.now()

    # What stands on the desk

    def ticket(self, subject: str) -> TicketId:
        """Return the open ticket of a subject."""
        return next(each.id for each in self.installation.tickets() if each.subject == subject)

    def window(self, who: str) -> Page:
        """Return somebody's window, signed in."""
        if who not in self._windows:
            self._windows[who] = self._sign_in(who)
        return self._windows[who][1]

    def opened(self, who: str, subject: str) -> Page:
        """Let somebody open a ticket by its address."""
        page = self.window(who)
        page.goto(f"/arende/{self.ticket(subject)}")
        return page

    @contextmanager
    def second_window(self, who: str) -> Iterator[Page]:
        """Sign somebody in once more, as on another machine."""
        context, page = self._sign_in(who)
        yield page
        context.close()

    def fresh_window(self) -> BrowserContext:
        """Return the browser of somebody who has not signed in; to be closed by the caller."""
        context = self._chromium.new_context(base_url=self.served.address, viewport={"width": 1280, "height": 800})
        context.set_default_timeout(15_000)
        return context

    def _sign_in(self, who: str) -> tuple[BrowserContext, Page]:
        context = self.fresh_window()
        page = context.new_page()
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        page.on("console", lambda said: self._complaints.append(said.text) if complains(said) else None)
        page.goto("/logga-in")
        page.get_by_label("Användarnamn").fill(who)
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.get_by_role("button", name="Logga in").click()
        page.wait_for_url("**/ko")
        return context, page
