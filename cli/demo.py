"""Demo: the sandbox town, worker and web page in one process, on an empty throw-away database."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from secrets import token_hex
from time import monotonic
from typing import Annotated

import typer
from dramatiq import Broker

import worker
from cli.loops import free_port, small_shape, until_told_to_stop
from cli.output import JSON, console, errors_to_exit_codes, print_object
from cli.roots import EXAMPLE, activate_site
from cli.ticker import Ticker, show, show_as_json
from domain.ids import OrganisationId
from domain.site import Site
from domain.viewer import Role
from pipeline.receive import receive
from pipeline.runtime import Runtime
from pipeline.wires import RealWires
from sandbox.clock import TownClock
from sandbox.town import Town
from settings.environment import Environment
from settings.load import load
from store.migrate import migrate
from store.users import add_user

#: Whom the demo signs its visitor in as.
DEMO_USER = "demo"
HOST = "127.0.0.1"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(errors_to_exit_codes(demo))


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the web page.")] = 8000,
    as_json: JSON = False,
) -> None:
    """Run a fictional town whose citizens write while you watch the queue."""
    free_port(HOST, port).close()
    # To be told to stop is the way to end, also while the town is still being built.
    with until_told_to_stop(), tempfile.TemporaryDirectory(prefix="svarsvakt-demo-") as folder:
        _run(Path(folder), port, as_json)
    if not as_json:
        console.print("\nDemon är avslutad. Inget sparades.")


def _run(folder: Path, port: int, as_json: bool) -> None:
    from cli.serving import serve

    with _town(folder) as (town, runtime, broker):
        if as_json:
            print_object({"event": "started", "url": f"http://{HOST}:{port}"})
        else:
            console.print(f"\n  [bold]Svarsvakt – demo[/bold]   http://{HOST}:{port}   (Ctrl-C avslutar)\n")
        with Ticker(runtime, show_as_json if as_json else show), small_shape(broker, runtime):
            town.open_post_office()
            serve(runtime, HOST, port, demo_user=DEMO_USER)


@contextmanager
def _town(folder: Path) -> Iterator[tuple[Town, Runtime, Broker]]:
    clock = TownClock(monotonic=monotonic)
    town = Town()
    town.start(clock)
    broker = worker.make_broker("")
    try:
        site = town.site(load(EXAMPLE))
        environment = Environment(site=EXAMPLE, database=f"sqlite:///{folder}/demo.sqlite3")
        wires = RealWires(dict(town.secrets()).__getitem__, clock)
        runtime = worker.make_runtime(environment, broker, clock=clock, wires=wires, alone=True, secret=_link_key)
        _prepare(runtime, site)
        yield town, runtime, broker
        runtime.database.close()
    finally:
        broker.close()
        town.stop()


def _prepare(runtime: Runtime, site: Site) -> None:
    """Make the tables, activate the town's configuration and read every mailbox once while it is empty (P14)."""
    migrate(runtime.database)
    activate_site(runtime, site)
    _add_demo_user(runtime, site)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda account: receive(runtime, account.id), site.accounts))


def _add_demo_user(runtime: Runtime, site: Site) -> None:
    center = site.unit(site.contact_center)
    with runtime.database.write() as connection:
        add_user(
            connection,
            organisation=OrganisationId(center.organisation),
            name=DEMO_USER,
            display_name="Demo",
            # No password has this hash: nobody can sign in with it.
            password_hash="!",  # noqa: S106
            person=None,
            units=frozenset(unit.id for unit in site.units if unit.organisation == center.organisation),
            roles=frozenset({Role.agent, Role.lead}),
            at=runtime.now,
        )


@cache
def _link_key(_name: str) -> str:
    """Return the key of the demo's alert links: it ends with the demo."""
    return token_hex()
