"""Look: the open tickets, read as the operator."""

from typing import Any

import typer

from cli import delay
from cli.output import JSON, errors_to_exit_codes, print_lines, print_table
from cli.roots import opened
from domain.category import Secrecy
from domain.ticket import Ticket
from domain.viewer import OPERATOR
from store import sent
from store.tickets import list_tickets


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(errors_to_exit_codes(tickets))
    delay.add_to(group)
    app.add_typer(group, name="tickets", help="List the open tickets, or tell of a delay.")


def tickets(context: typer.Context, as_json: JSON = False) -> None:
    """List the open tickets, the promise that breaks first on top; of a sensitive one only number and unit."""
    if context.invoked_subcommand is not None:
        return
    with opened() as root, root.runtime.database.read() as connection:
        found = list_tickets(connection, OPERATOR, limit=10_000)
        lines = [_ticket(ticket, sent.list_of_ticket(connection, OPERATOR, ticket.id)) for ticket in found]
    if as_json:
        print_lines(lines)
        return
    print_table(
        ("number", "unit", "channel", "due", "language", "category", "subject", "reply"),
        ((line["number"], line["unit"], line.get("channel"), line.get("next_due_at"), line.get("language"),
          line.get("category"), line.get("subject"), _reply_state(line)) for line in lines),
        empty="No open tickets.",
    )  # fmt: skip


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
