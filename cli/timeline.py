"""Timeline: what a ticket's messages went through and how long each step took, read as the operator."""

from datetime import datetime
from typing import Annotated

import typer

from cli.output import JSON, errors_to_exit_codes, print_lines, print_table
from cli.roots import opened
from domain.errors import BadInput
from domain.instant import STOCKHOLM
from domain.timeline import Moment
from domain.viewer import OPERATOR
from store.threads import find_tickets_by_number
from store.timelines import list_moments


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command("timeline")(errors_to_exit_codes(timeline))


def timeline(
    number: Annotated[str, typer.Argument(help="The ticket's number.")],
    as_json: JSON = False,
) -> None:
    """Show the steps of a ticket's messages and of what was sent about them, with the time that each took."""
    with opened() as root, root.runtime.database.read() as connection:
        named = {(organisation.id, number) for organisation in root.runtime.site().organisations}
        tickets = find_tickets_by_number(connection, OPERATOR, named).values()
        moments = [moment for ticket in tickets for moment in list_moments(connection, OPERATOR, ticket)]
    if not tickets:
        raise BadInput(
            f"{number}: no ticket of that number, or one about a sensitive matter, whose steps are seen in its log "
            "by its unit; svarsvakt tickets lists the open ones, svarsvakt tickets --closed the others"
        )
    if as_json:
        print_lines(moments)
        return
    print_table(
        ("of", "milestone", "at", "seconds since", "became", "by"),
        ((each.of, each.milestone, _second(each.at), _since(each), each.became, each.by) for each in moments),
        empty="Nothing is known of its messages.",
    )


def _second(at: datetime) -> str:
    return f"{at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M:%S}"


def _since(moment: Moment) -> str:
    return "" if moment.after_seconds is None else f"{moment.after_seconds:.3f}"
