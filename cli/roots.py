"""Roots: what every command that works on the database is composed of."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dramatiq

import worker
from cli.logs import start_logging
from domain.errors import BadInput
from domain.site import Site
from pipeline.activate import activate
from pipeline.restored import go_on_if_copy
from pipeline.runtime import Runtime
from settings import canonical
from settings.environment import Environment, read_environment
from settings.load import load
from store.migrate import is_current, migrate

log = logging.getLogger(__name__)

#: The fictional municipality that `demo`, `explain` and `due` fall back to.
EXAMPLE = Path(__file__).parent.parent / "settings" / "example"


@dataclass(frozen=True, slots=True)
class Root:
    """An opened installation."""

    environment: Environment
    broker: dramatiq.Broker
    runtime: Runtime


@contextmanager
def opened(*, prepare: bool = False, broker: str | None = None) -> Iterator[Root]:
    """Open the installation that the environment names, and close it at the end.

    Args:
        prepare: on SQLite, migrate and activate the site folder first.
        broker: another broker than the environment's; empty: within the process.

    Raises:
        BadInput: nothing is named, or the tables are not up to date.
    """
    environment = read_environment()
    start_logging(environment.log)
    made = worker.make_broker(environment.broker if broker is None else broker)
    runtime = worker.make_runtime(environment, made)
    try:
        if prepare and runtime.database.is_sqlite:
            migrate(runtime.database)
            activate_site(runtime, load(environment.site_folder()))
            if go_on_if_copy(runtime.database, runtime.site(), runtime.now):
                log.warning("this is a copy that was put back: what may have gone already is asked about first")
        elif not is_current(runtime.database):
            raise BadInput("the database's tables are not up to date: run svarsvakt migrate")
        yield Root(environment, made, runtime)
    finally:
        runtime.crew.close()
        made.close()
        runtime.database.close()


def activate_site(runtime: Runtime, site: Site) -> bool:
    """Make a configuration the active one; return whether it was another before."""
    return activate(
        runtime.database, canonical.digest(site), canonical.to_json(site), site, runtime.now,
        rules=canonical.rules_digest(site),
    )  # fmt: skip


def site_or_example() -> Site:
    """Return the site that SVARSVAKT_SITE names, else the example's."""
    folder = read_environment().site
    return load(EXAMPLE if folder is None else folder)
