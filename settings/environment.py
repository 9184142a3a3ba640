"""Environment: what differs from machine to machine, and is told by the environment instead of the site."""

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import BadInput
from settings.faults import nearest
from settings.secrets import PREFIX as SECRET_PREFIX

PREFIX = "SVARSVAKT_"
#: What stands between a variable's levels, as in SVARSVAKT_WEB__PORT.
NESTED = "__"


class LogFormat(StrEnum):
    """How a line of the log looks."""

    #: JSON, unless a person sits at a terminal.
    auto = "auto"
    json = "json"
    plain = "plain"


class WebEnvironment(BaseModel):
    """Where the pages are served."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    #: Addresses and networks of proxies, with commas between, whose word on who asks, and over what, is taken; empty:
    #: those that FORWARDED_ALLOW_IPS names, else this machine's own.
    proxies: str = ""
    #: The names that are answered to in Host, with spaces between; `*`: any, `*.exempelby.example`: all below it.
    hosts: str = Field(default="*", pattern=r"^\s*((\*|(\*\.)?[^\s*,/]+)(\s+|$))+$")


class Environment(BaseSettings):
    """The environment's settings; an empty variable counts as unset. Made by `read_environment`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, env_ignore_empty=True, extra="ignore", frozen=True
    )

    #: The site folder; None: not set, and each command knows whether the example will do.
    site: Path | None = None
    #: An SQLAlchemy URL; empty: a file in the site folder. Not shown, for it may hold a password.
    database: str = Field(default="", repr=False)
    #: Seconds after which PostgreSQL breaks a statement off; 0: never.
    database_statement_seconds: int = Field(default=60, ge=0)
    #: Seconds after which PostgreSQL ends a transaction in which nothing happens; 0: never.
    database_idle_seconds: int = Field(default=300, ge=0)
    #: Connections to the database that a process keeps at most; half as many more while all are in use.
    database_connections: int = Field(default=20, ge=1)
    #: Processes beside `run` and `poll` that decide while much waits; at most as many as cores.
    deciding_processes: int = Field(default=2, ge=0)
    #: The URL of Redis or RabbitMQ; empty: within the process. Not shown, for it may hold a password.
    broker: str = Field(default="", repr=False)
    #: The folder of secrets; None: `secrets` in the site folder.
    secrets: Path | None = None
    #: Where clamd listens, `host:port` or a local socket's path; empty: attachments are not scanned.
    clamd: str = ""
    log: LogFormat = LogFormat.auto
    web: WebEnvironment = WebEnvironment()

    def site_folder(self) -> Path:
        """Return the site folder.

        Raises:
            BadInput: none is named.
        """
        if self.site is None:
            raise BadInput("No site is named: write one with `svarsvakt init DIR`, then set SVARSVAKT_SITE=DIR.")
        return self.site

    def database_url(self) -> str:
        """Return the database's URL: the one that is set, else SQLite in the site folder.

        Raises:
            BadInput: neither a database nor a site is named.
        """
        return self.database or f"sqlite:///{(self.site_folder() / 'svarsvakt.sqlite3').resolve()}"

    def secrets_folder(self) -> Path | None:
        """Return the folder of secrets: the one that is set, else the site's own; None when neither is named."""
        return self.secrets or (self.site / "secrets" if self.site else None)


def read_environment() -> Environment:
    """Return what the environment says; only the composition roots call this.

    Raises:
        BadInput: a variable of ours has an unknown name or an unusable value; all of them are named.
    """
    faults = _unknown(os.environ)
    try:
        environment = Environment()
    except ValidationError as error:
        faults += [
            f"{_variable(each['loc'])} cannot be used: {each['msg'].removeprefix('Input ')}." for each in error.errors()
        ]
    if faults:
        raise BadInput("\n".join(faults))
    return environment


def _unknown(names: Iterable[str]) -> list[str]:
    """Return a sentence for each variable that would be passed over in silence."""
    known = variables()
    ours = sorted(name for name in names if name.startswith(PREFIX) and not name.startswith(SECRET_PREFIX))
    return [f"{name} is not a setting{_near(name, known)}" for name in ours if name not in known]


def _near(name: str, known: tuple[str, ...]) -> str:
    near = nearest(name, known)
    return near if near.endswith("?") else f"{near}."


def variables() -> tuple[str, ...]:
    """Return the name of every variable, nested ones in full."""
    names = []
    for name, field in Environment.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            names += [_variable((name, key)) for key in inner.model_fields]
        else:
            names.append(_variable((name,)))
    return tuple(names)


def _variable(path: tuple[str | int, ...]) -> str:
    return PREFIX + NESTED.join(str(step).upper() for step in path)
