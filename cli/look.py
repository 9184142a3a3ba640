"""Look: the open tickets, read as the operator."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli import delay, timeline
from cli.output import JSON, errors_to_exit_codes, print_lines, print_table
from cli.roots import opened
from domain.category import Secrecy
from domain.ticket import Ticket, TicketStatus
from domain.viewer import OPERATOR
from store import sent
from store.tickets import list_tickets

#: Tickets that one list shows.
MOST = 10_000


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(errors_to_exit_codes(tickets))
    delay.add_to(group)
    timeline.add_to(group)
    app.add_typer(group, name="tickets", help="List the open tickets, trace one, or tell of a delay.")


def tickets(
    context: typer.Context,
    unit: Annotated[str, typer.Option(help="Only those of a unit.")] = "",
    account: Annotated[str, typer.Option(help="Only those that came to an account.")] = "",
    channel: Annotated[str, typer.Option(help="Only those of a channel.")] = "",
    category: Annotated[str, typer.Option(help="Only those of a category.")] = "",
    language: Annotated[str, typer.Option(help="Only those in a language, such as sv.")] = "",
    late: Annotated[bool, typer.Option("--late", help="Only those whose next promise is broken.")] = False,
    look: Annotated[bool, typer.Option("--look", help="Only those that somebody must look at.")] = False,
    closed: Annotated[bool, typer.Option("--closed", help="The closed ones in place of the open ones.")] = False,
    observed: Annotated[
        bool, typer.Option("--observed", help="Those of observed accounts, outside the queue.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """List the open tickets, the promise that breaks first on top; of a sensitive one only number and unit.

    What narrows the list by more than the unit leaves sensitive tickets out: it would tell what they are about.
    """
    if context.invoked_subcommand is not None:
        return
    asked = {"unit": unit, "account": account, "channel": channel, "category": category, "language": language}
    with opened() as root, root.runtime.database.read() as connection:
        now, status = root.runtime.now, TicketStatus.closed if closed else TicketStatus.open
        found = [
            ticket
            for ticket in list_tickets(connection, OPERATOR, status=status, observed=observed, limit=MOST)
            if _is_asked(ticket, asked)
            and (not late or (ticket.next_due_at is not None and ticket.next_due_at < now))
            and (not look or ticket.needs_a_look)
        ]
        lines = [_ticket(ticket, sent.list_of_ticket(connection, OPERATOR, ticket.id)) for ticket in found]
    if as_json:
        print_lines(lines)
        return
    print_table(
        ("number", "unit", "channel", "due", "language", "category", "subject", "reply"),
        ((line["number"], line["unit"], line.get("channel"), line.get("next_due_at"), line.get("language"),
          line.get("category"), line.get("subject"), _reply_state(line)) for line in lines),
        empty="No closed tickets." if closed else "No open tickets.",
    )  # fmt: skip


def _is_asked(ticket: Ticket, asked: Mapping[str, str]) -> bool:
    """Ask whether a ticket is as asked for; a sensitive one is so by its unit alone."""
    if ticket.secrecy is Secrecy.SK2 and any(value for name, value in asked.items() if name != "unit"):
        return False
    return all(str(getattr(ticket, name)) == value for name, value in asked.items() if value)


def _ticket(ticket: Ticket, replies: tuple[sent.StoredOutgoing, ...]) -> dict[str, Any]:
    if ticket.secrecy is Secrecy.SK2:
        return {"number": ticket.number, "unit": ticket.unit}
    return {
        "number": ticket.number,
        "unit": ticket.unit,
        "organisation": ticket.organisation,
        "account": ticket.account,
        "channel": ticket.channel,
        "status": ticket.status,
        "queue": ticket.queue,
        "needs_a_look": ticket.needs_a_look,
        "look_reason": ticket.look_reason,
        "category": ticket.category,
        "language": ticket.language,
        "urgency": ticket.urgency,
        "secrecy": ticket.secrecy,
        "subject": ticket.subject,
        "sender": ticket.sender_address,
        "arrived_at": ticket.arrived_at,
        "notice_due_at": ticket.notice_due_at,
        "answer_due_at": ticket.answer_due_at,
        "notice_met_at": ticket.notice_met_at,
        "answer_met_at": ticket.answer_met_at,
        "next_due_at": ticket.next_due_at,
        "calendar": ticket.calendar,
        "sent": [{"kind": each.kind, "state": each.state, "to": each.recipient, "why": each.why} for each in replies],
    }


def _reply_state(line: dict[str, Any]) -> str:
    return ", ".join(str(each["state"]) for each in line.get("sent", ()))
