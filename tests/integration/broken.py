"""An installation that is broken on purpose: its servers are its own, so that a test may stop them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cli.system import SystemClock
from domain.account import AutoReply, TwilioConnection
from pipeline.activate import activate
from sandbox.twilio import TwilioServer
from settings import canonical
from store.database import Database
from tests.integration.letters import FLOODED, Letters
from tests.integration.reckoning import reckon, wait_until_quiet
from tests.integration.shape import Installation, Program, page
from tests.services.dovecot import Dovecot
from tests.services.postgres import Postgres
from tests.services.programs import free_port
from tests.services.redis import Redis
from tests.services.smtp import SmtpServer

#: Long enough for a batch on a busy machine: who loses a claim in the middle of its work only does it again.
LEASES = {"reading_lease": "6s", "message_lease": "15s", "reply_lease": "20s", "handing_over_lease": "20s"}

#: The number that citizens text, of the contact center.
NUMBER = "+46701740605"

#: More than any break sends: the brake on the whole installation is not what is tried.
MOST_REPLIES = 1_000_000


@dataclass
class Broken:
    """A running installation, its servers, and who has written so far."""

    town: Installation
    dovecot: Dovecot
    smtp: SmtpServer
    postgres: Postgres | None = None
    redis: Redis | None = None
    port: int = 0
    programs: dict[str, Program] = field(default_factory=dict)
    #: Whose reply may be uncertain: it was on the wire when something broke.
    cut_off: set[str] = field(default_factory=set)
    twilio: TwilioServer | None = None
    #: Who has texted.
    texters: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.letters = Letters(self.town)

    def start(self, name: str, *arguments: str, **environment: str) -> Program:
        """Start a program under a name, or start it anew."""
        self.programs[name] = self.town.start(f"{name}-{len(self.town.watched.programs)}", *arguments, **environment)
        return self.programs[name]

    def start_worker(self, name: str) -> Program:
        """Start a worker; it is ready a few seconds later."""
        return self.start(name, "worker", "--processes", "1", "--threads", "8")

    def wait_until_ready(self, *names: str, seconds: float = 60) -> None:
        """Wait until workers hear bells."""
        for name in names:
            program = self.programs[name]
            self.town.until(f"{name} is not ready", lambda each=program: is_ready(each), seconds=seconds)  # type: ignore[misc]

    def text(self, sender: str, words: str) -> None:
        """Let a citizen send an SMS."""
        assert self.twilio is not None
        self.twilio.receive(sender, NUMBER, words)
        self.texters.append(sender)

    def settle(self, *, seconds: float = 150) -> str:
        """Wait until all that was written is answered, and reckon; return the sum."""
        wait_until_quiet(self.town, self.letters.delivered + len(self.texters), seconds=seconds)
        sentence = reckon(
            self.town, self.letters.senders, texters=self.texters, may_doubt=self.cut_off.__contains__
        )  # fmt: skip
        print(sentence)
        return sentence

    def answers(self) -> bool:
        """Say whether the pages are served, and find the database."""
        return page(self.port, "/readyz") == 200


def is_ready(worker: Program) -> bool:
    """Say whether a worker hears bells."""
    return "Worker process is ready for action" in worker.said


@contextmanager
def servers(*, large: bool) -> Iterator[tuple[Dovecot, SmtpServer, Postgres | None, Redis | None]]:
    """Run servers of one's own; PostgreSQL keeps what it has committed when it is cut off."""
    with ExitStack() as running:
        dovecot, smtp = Dovecot.start(), SmtpServer.start()
        running.callback(dovecot.stop)
        running.callback(smtp.stop)
        if not large:
            yield dovecot, smtp, None, None
            return
        postgres = Postgres.start(synchronous_commit="on")
        running.callback(postgres.stop)
        redis = Redis.start()
        running.callback(redis.stop)
        yield dovecot, smtp, postgres, redis


@contextmanager
def installed(folder: Path, *, large: bool, database: str = "", **environment: str) -> Iterator[Broken]:
    """Set up an installation with two mailboxes in either shape; nothing of it runs yet."""
    with ExitStack() as stopping, servers(large=large) as (dovecot, smtp, postgres, redis):
        port = free_port()
        environment |= {"SVARSVAKT_SITE": str(folder / "site"), "SVARSVAKT_WEB__PORT": str(port)}
        if postgres is not None and redis is not None:
            environment["SVARSVAKT_DATABASE"] = database or postgres().replace("+psycopg", "")
            environment["SVARSVAKT_BROKER"] = redis.url
        elif database:
            environment["SVARSVAKT_DATABASE"] = database
        twilio = TwilioServer(SystemClock())
        twilio.start()
        stopping.callback(twilio.stop)
        environment["SVARSVAKT_SECRET_TWILIO"] = twilio.auth_token
        town = Installation(folder, dovecot, smtp, **environment)
        try:
            town.run("init", str(town.site_folder))
            town.configure(*FLOODED, run={"poll_every": "1s", **LEASES}, smtp_timeout_seconds=3, replies=MOST_REPLIES)
            town.run("migrate")
            if environment.get("SVARSVAKT_DATABASE", "").startswith("postgresql"):
                town.run("activate", str(town.site_folder))
            if large:
                activate_with_a_number(town, twilio)
            yield Broken(town, dovecot, smtp, postgres, redis, port, twilio=twilio)
        finally:
            town.close()


def activate_with_a_number(town: Installation, twilio: TwilioServer) -> None:
    """Let the contact center's number have its provider on this machine, which the settings would refuse: no TLS."""
    site = town.site
    connection = TwilioConnection(account_sid=twilio.account_sid, secret="twilio", base_url=twilio.url)
    accounts = tuple(
        replace(each, auto_reply=AutoReply.on, twilio=connection) if each.id == "kontaktcenter-sms" else each
        for each in site.accounts
    )
    numbered = replace(site, accounts=accounts)
    database = Database(town.environment["SVARSVAKT_DATABASE"])
    activate(database, canonical.digest(numbered), canonical.to_json(numbered), numbered, SystemClock().now())
    database.close()


def wait_until_read(broken: Broken) -> None:
    """Wait until the empty mailboxes were read: what lies there before is history."""
    read = "SELECT account_id FROM accounts WHERE read_at IS NOT NULL"
    connected = len(FLOODED) + int(broken.redis is not None)
    broken.town.until(
        "the empty mailboxes were not read", lambda: len(broken.town.rows(read)) == connected, seconds=150
    )
