"""Operations: migrate, user add, user rename, log verify."""

import getpass
import sys
from typing import Annotated

import typer

import worker
from cli.output import FAILED, JSON, complain, console, errors_to_exit_codes, print_object
from cli.roots import opened
from domain.errors import BadInput
from domain.ids import OrganisationId, PersonId, UnitId
from domain.site import Site
from domain.viewer import OPERATOR, Role
from settings.environment import read_environment
from store import events
from store.columns import clean_text
from store.database import Database
from store.migrate import migrate as migrate_database
from store.users import add_user, find_user, rename_user
from store.verification import verify
from web.passwords import hash_password

#: The shortest password that is taken.
SHORTEST = 12


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(errors_to_exit_codes(migrate))
    user = typer.Typer(help="Who can sign in.", no_args_is_help=True)
    user.command("add")(errors_to_exit_codes(user_add))
    user.command("rename")(errors_to_exit_codes(user_rename))
    app.add_typer(user, name="user")
    log = typer.Typer(help="The event log.", no_args_is_help=True)
    log.command("verify")(errors_to_exit_codes(log_verify))
    app.add_typer(log, name="log")


def migrate(as_json: JSON = False) -> None:
    """Bring the database's tables to the newest version."""
    database = Database(read_environment().database_url())
    version = migrate_database(database)
    database.close()
    if as_json:
        print_object({"version": version})
    else:
        console.print(f"The tables are at version {version}.")


def user_add(
    name: Annotated[str, typer.Argument(help="What the person signs in as.")],
    organisation: Annotated[str, typer.Option(help="The organisation's id.")],
    role: Annotated[list[Role], typer.Option(help="agent, lead, unit_member, manager, registrar or administrator.")],
    unit: Annotated[list[str] | None, typer.Option(help="The id of a unit the person belongs to.")] = None,
    display_name: Annotated[str, typer.Option(help="The name that colleagues see.")] = "",
    person: Annotated[str, typer.Option(help="The person's id in units.toml, for managers.")] = "",
    as_json: JSON = False,
) -> None:
    """Add somebody who can sign in; the password is asked for, or read from standard input."""
    with opened() as root:
        site = root.runtime.site()
        _check_names(site, organisation, unit or [], person)
        password = _password()
        with root.runtime.database.write() as connection:
            add_user(
                connection,
                organisation=OrganisationId(organisation),
                name=name,
                display_name=display_name or name,
                password_hash=hash_password(password),
                person=PersonId(person) if person else None,
                units=frozenset(UnitId(each) for each in unit or []),
                roles=frozenset(role),
                at=worker.SystemClock().now(),
            )
    if as_json:
        print_object({"user": name.lower(), "organisation": organisation, "roles": role, "units": unit or []})
    else:
        console.print(f"{name.lower()} can sign in now.")


def user_rename(
    name: Annotated[str, typer.Argument(help="What the person signs in as today.")],
    to: Annotated[str, typer.Argument(help="What the person signs in as from now on.")],
    as_json: JSON = False,
) -> None:
    """Let somebody sign in by another name; password, rights, tickets and sessions stay as they are."""
    to = clean_text(to).strip().lower()
    with opened() as root, root.runtime.database.write() as connection:
        user = find_user(connection, OPERATOR, clean_text(name).strip())
        if user is None:
            raise BadInput(f"there is no user named {name.lower()}: /anvandare lists those who can sign in")
        rename_user(connection, user, to)
        events.append(
            connection, "user_renamed", at=worker.SystemClock().now(), organisation=user.organisation,
            actor=f"operator {getpass.getuser()}", user=to, was=user.name,
        )  # fmt: skip
    if as_json:
        print_object({"user": to, "was": user.name})
    else:
        console.print(f"{user.name} signs in as {to} now.", markup=False)


def log_verify(as_json: JSON = False) -> None:
    """Prove that no event was edited, deleted or moved; name those that were."""
    with opened() as root, root.runtime.database.read() as connection:
        found = verify(connection, OPERATOR)
    if as_json:
        print_object({"sealed": found.sealed, "unsealed": found.unsealed, "faults": list(found.faults)})
    else:
        sealed = "1 event" if found.sealed == 1 else f"{found.sealed} events"
        console.print(f"{sealed} sealed, {found.unsealed} not yet.")
    for fault in found.faults:
        complain(fault)
    if found.faults:
        raise typer.Exit(FAILED)
    if not as_json:
        console.print("The chain holds.")


def _check_names(site: Site, organisation: str, units: list[str], person: str) -> None:
    for what, names, known in (
        ("organisation", [organisation], [each.id for each in site.organisations]),
        ("unit", units, [each.id for each in site.units]),
        ("person", [person] if person else [], [each.id for each in site.people]),
    ):
        for name in names:
            if name not in known:
                raise BadInput(f"there is no {what} {name}: the configuration has {', '.join(known)}")


def _password() -> str:
    if sys.stdin.isatty():
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST:
        raise BadInput(f"the password is too short: use at least {SHORTEST} characters, such as four words")
    return password
