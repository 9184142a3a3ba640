"""Suppressed: the addresses that get no automatic message; enter one, or take one off (domain.md 3.3 row 32)."""

import getpass
from datetime import datetime
from typing import Annotated, Any

import typer

from cli.local_time import instant_of
from cli.output import JSON, console, errors_to_exit_codes, print_lines, print_table
from cli.roots import opened
from domain.errors import BadInput
from domain.ids import OrganisationId
from domain.site import Site
from domain.suppression import Suppression
from domain.viewer import OPERATOR
from store.events import append
from store.suppressions import add_suppression, list_suppressions, release_suppression

ORGANISATION = Annotated[str, typer.Option(help="Whose list; left out: the contact center's organisation.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True)
    for name, command in (("list", list_addresses), ("add", add), ("release", release)):
        group.command(name)(errors_to_exit_codes(command))
    app.add_typer(group, name="suppressed", help="The addresses that get no automatic message.")


def list_addresses(as_json: JSON = False) -> None:
    """List the addresses that get no automatic message now, newest first; none that a sensitive ticket led to."""
    with opened() as root, root.runtime.database.read() as connection:
        lines = [_line(each) for each in list_suppressions(connection, OPERATOR, root.runtime.now)]
    if as_json:
        print_lines(lines)
        return
    print_table(
        ("address", "reason", "why", "since", "until"),
        ((line["address"], line["reason"], line["why"], line["added_at"], line["until"]) for line in lines),
        empty="No address is suppressed.",
    )


def add(
    address: str,
    why: Annotated[str, typer.Option(help="In words: who asked, which decision.")],
    until: Annotated[str, typer.Option(help="When it ends, Swedish local time; left out: when it is taken off.")] = "",
    organisation: ORGANISATION = "",
) -> None:
    """Let an address get no automatic message any more."""
    with opened() as root, root.runtime.database.write() as connection:
        whose, now = _organisation(root.runtime.site(), organisation), root.runtime.now
        ends: datetime | None = instant_of(until) if until else None
        if not add_suppression(connection, whose, address.lower(), why, now, until=ends):
            raise BadInput(f"{address} is on the list already: take it off first to enter it anew")
        append(connection, "address_suppressed", at=now, organisation=whose, actor=_actor(), why=why)
    console.print(f"{address} gets no automatic message any more.")


def release(address: str, organisation: ORGANISATION = "") -> None:
    """Take an address off the list: it may get automatic messages again."""
    with opened() as root, root.runtime.database.write() as connection:
        whose, now = _organisation(root.runtime.site(), organisation), root.runtime.now
        if not release_suppression(connection, whose, address.lower()):
            raise BadInput(f"{address} is not on the list of {whose}: svarsvakt suppressed list shows who is")
        append(connection, "address_released", at=now, organisation=whose, actor=_actor())
    console.print(f"{address} may get automatic messages again.")


def _organisation(site: Site, named: str) -> OrganisationId:
    if not named:
        return site.unit(site.contact_center).organisation
    known = [each.id for each in site.organisations]
    if named not in known:
        raise BadInput(f"there is no organisation {named}: use one of {', '.join(known)}")
    return OrganisationId(named)


def _actor() -> str:
    return f"operator {getpass.getuser()}"


def _line(suppression: Suppression) -> dict[str, Any]:
    return {
        "address": suppression.address,
        "reason": suppression.reason,
        "why": suppression.why,
        "status": suppression.status,
        "added_at": suppression.added_at,
        "until": suppression.until,
    }
