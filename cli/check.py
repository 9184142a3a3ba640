"""Check: the configuration, and every way in and out of it tried step by step."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import typer

from cli.output import FAILED, JSON, complain, console, errors_to_exit_codes, print_object, print_table
from cli.templates import say_drafts
from domain.account import (
    Account,
    AccountStatus,
    Channel,
    FacebookConnection,
    ImapConnection,
    InstalledConnection,
    SmtpConnection,
    TwilioConnection,
)
from domain.errors import BadInput
from domain.finding import Health
from domain.ids import AccountId
from domain.open_time import local_date
from domain.protocols import Probe
from domain.site import Site
from pipeline.alert_link import find_key
from pipeline.wires import RealWires
from settings.environment import Environment, read_environment
from settings.load import load
from settings.secrets import Secrets
from settings.warnings import warnings_of
from store.search_parts import lacks_parts
from worker import SystemClock

#: Ways that are tried at once.
AT_ONCE = 16

#: Somebody has to renew a certificate, and may be away: it is told of this long before it ends.
NEAR = timedelta(days=30)

#: Where a token server never renews a refresh token.
STAYS_THE_SAME = "https://oauth2.googleapis.com/"

#: Marks of a line: how it went.
MARKS = {True: "✓", False: "✗", None: "–"}


Connection = ImapConnection | SmtpConnection | TwilioConnection | FacebookConnection | InstalledConnection

WIRES = {ImapConnection: "imap", SmtpConnection: "smtp", TwilioConnection: "twilio", FacebookConnection: "facebook"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One way to try, or the reason why it is not."""

    #: The account's id; empty: the way of the alerts.
    account: str
    address: str
    connection: Connection | None
    #: Whose number or page it leads to; None: the way is the same for all who share it.
    own: Account | None = None
    passed_over: str | None = None

    @property
    def key(self) -> tuple[Connection | None, AccountId | None]:
        """What is tried once, however many accounts share it."""
        return self.connection, self.own.id if self.own else None

    @property
    def wire(self) -> str:
        """Return the name of the wire; empty: there is none."""
        if isinstance(self.connection, InstalledConnection):
            return self.connection.name
        return "" if self.connection is None else WIRES[type(self.connection)]

    @property
    def server(self) -> str:
        """Return where it leads; empty: nowhere."""
        match self.connection:
            case ImapConnection() | SmtpConnection():
                return f"{self.connection.host}:{self.connection.port}"
            case TwilioConnection() | FacebookConnection():
                return urlsplit(self.connection.base_url).netloc
        return ""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(errors_to_exit_codes(check))


def check(as_json: JSON = False) -> None:
    """Validate the configuration and try each way in and out: name, TCP, TLS, token, sign-in, folder, permission."""
    environment = read_environment()
    site, clock = load(environment.site_folder()), SystemClock()
    for warning in warnings_of(site, local_date(clock.now())):
        complain(f"⚠  {warning}")
    for sentence in say_drafts(site):
        complain(sentence)
    for sentence in _say_search(environment):
        complain(sentence)
    secrets = Secrets(os.environ, environment.secrets_folder())
    if site.alerts.link_secret and not find_key(secrets.get, site):
        complain("⚠  site.toml [alerts] link_secret: alerts carry no links: write at least 16 random characters there.")
    for sentence in _say_not_kept(site, secrets):
        complain(f"⚠  {sentence}")
    wires = RealWires(secrets.get, clock, secrets.keep)
    if not as_json:
        console.print("The configuration is right. Trying each way in and out:")
    lines = list(_told(_tried(tuple(_ways(site)), wires, site.mail.bounce_address), clock.now(), as_json=as_json))
    if not as_json:
        print_table(("", "account", "wire", "server", "what was found"), map(_row, lines), empty="There is no account.")
    if any(line["ok"] is False for line in lines):
        raise typer.Exit(FAILED)


def _say_search(environment: Environment) -> Iterator[str]:
    """Yield what people cannot search for in the database, if one is named that has tables."""
    if environment.database and lacks_parts(environment.database):
        yield (
            "⚠  PostgreSQL lacks the extension pg_trgm: search finds how words begin, not what stands within them."
            " docs/search.md says how to add it."
        )


def _say_not_kept(site: Site, secrets: Secrets) -> Iterator[str]:
    """Yield which refresh tokens could not be kept when their token server renews them, and why."""
    mail = [way.connection for way in _ways(site) if isinstance(way.connection, ImapConnection | SmtpConnection)]
    renewed = [
        way.oauth for way in mail if way.oauth is not None and not way.oauth.token_url.startswith(STAYS_THE_SAME)
    ]
    names = {each.refresh_token for each in renewed if each.refresh_token}
    for name in sorted(names):
        try:
            secrets.ask_to_keep(name)
        except BadInput as why:
            yield f"{why} Else somebody must sign in again after the next start."


def _ways(site: Site) -> Iterator[_Way]:
    """Yield each account's ways in and out, or why there is none; then the way of the alerts."""
    for account in site.accounts:
        mail = (account.imap, account.smtp) if account.channel is Channel.email else ()
        ways = (*mail, account.twilio, account.facebook, account.connector)
        built: list[Connection] = [way for way in ways if way is not None]
        passed_over = None if built else "no connector is built or configured for it"
        if account.status is AccountStatus.closed:
            built, passed_over = [], "it is closed"
        for connection in built or (None,):
            yield _Way(
                account=account.id, address=account.address, connection=connection, passed_over=passed_over,
                own=None if isinstance(connection, ImapConnection | SmtpConnection | None) else account,
            )  # fmt: skip
    for way in (site.alert_smtp, site.second_way.smtp):
        if way is not None:
            yield _Way(account="", address=site.alert_sender, connection=way)
    if site.second_way.sms is not None:
        yield _Way(account="", address=site.second_way.sms.number, connection=site.second_way.sms.twilio)


def _tried(ways: tuple[_Way, ...], wires: RealWires, sender: str) -> Iterator[tuple[_Way, Health | None]]:
    """Yield what was found of each way, in order; ways that many accounts share are tried once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tries = {
            key: pool.submit(_try, way, wires, sender)
            for key, way in {way.key: way for way in ways}.items()
            if way.connection is not None
        }
        for way in ways:
            yield way, tries[way.key].result() if way.connection is not None else None


def _try(way: _Way, wires: RealWires, sender: str) -> Health:
    try:
        return _probe(way, wires, sender).probe()
    except BadInput as error:
        return Health(ok=False, steps=(("sign_in", False, str(error)),))


def _probe(way: _Way, wires: RealWires, sender: str) -> Probe:
    match way.connection, way.own:
        case ImapConnection() as inward, _:
            return wires.way_in(inward)
        case SmtpConnection() as outward, _:
            return wires.way_out(outward, sender)
        case TwilioConnection() as number, _:
            return wires.way_to_number(way.address, number)
        case FacebookConnection() as page, Account() as account:
            return wires.way_to_page(account, page)
        case _, Account() as account:
            return wires.way_by_connector(account)
    raise AssertionError(way)


def _told(
    tried: Iterable[tuple[_Way, Health | None]], now: datetime, *, as_json: bool
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield a line a way; for machines each is printed as soon as it is known."""
    for way, health in tried:
        line = _line(way, health, now)
        if as_json:
            print_object(line)
        yield line


def _line(way: _Way, health: Health | None, now: datetime) -> dict[str, Any]:
    steps = health.steps if health else ()
    return {
        "account": way.account or None,
        "address": way.address,
        "wire": way.wire,
        "server": way.server,
        "ok": health.ok if health else None,
        "failed_step": next((name for name, ok, _ in steps if not ok), ""),
        "steps": [{"step": name, "ok": ok, "sentence": sentence} for name, ok, sentence in steps],
        "warnings": [_warning(what, end) for what, end in (health.ends if health else ()) if end - now < NEAR],
        "passed_over": way.passed_over,
    }


def _warning(what: str, end: datetime) -> str:
    return f"{what} ends on {end:%Y-%m-%d}: have it renewed before"


def _row(line: dict[str, Any]) -> tuple[object, ...]:
    if line["ok"] is None:
        found = f"passed over, {line['passed_over']}"
    elif line["ok"]:
        found = ", ".join(step["step"] for step in line["steps"])
    else:
        found = f"{line['failed_step']} failed. {line['steps'][-1]['sentence']}"
    account = line["account"] or "(alerts)"
    return MARKS[line["ok"]], account, line["wire"], line["server"], ". ".join((found, *line["warnings"]))
