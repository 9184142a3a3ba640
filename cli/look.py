"""Look: what is so now, read as the operator."""

from typing import Any

import typer

from cli import delay
from cli.output import JSON, as_text, errors_to_exit_codes, print_lines, print_table
from cli.roots import opened
from domain.account import Account
from domain.category import Secrecy
from domain.finding import Finding, Heartbeat
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import OPERATOR
from store import sent
from store.accounts import list_heartbeats
from store.findings import list_open_findings
from store.tickets import list_tickets


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(errors_to_exit_codes(accounts))
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


def accounts(as_json: JSON = False) -> None:
    """List every account, how its last visits went, and what the watch has found."""
    with opened() as root, root.runtime.database.read() as connection:
        site = root.runtime.site()
        heartbeats = {heartbeat.account: heartbeat for heartbeat in list_heartbeats(connection, OPERATOR)}
        findings = list_open_findings(connection, OPERATOR)
    lines = [_account(site, account, heartbeats.get(account.id), findings) for account in site.accounts]
    if as_json:
        print_lines(lines)
        return
    print_table(
        ("account", "address", "manager", "mode", "reply", "last read", "state"),
        ((line["account"], line["address"], line["manager"], line["mode"], line["auto_reply"], line["read_at"],
          _state_text(line)) for line in lines),
        empty="The configuration has no accounts.",
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


def _account(
    site: Site, account: Account, heartbeat: Heartbeat | None, findings: tuple[Finding, ...]
) -> dict[str, Any]:
    manager = site.manager_of(account)
    mine = [finding for finding in findings if finding.account == account.id]
    return {
        "account": account.id,
        "name": account.name,
        "address": account.address,
        "channel": account.channel,
        "organisation": account.organisation,
        "unit": account.unit,
        "tier": account.tier,
        "mode": account.mode,
        "auto_reply": account.auto_reply,
        "status": account.status,
        "manager": manager.name if manager else None,
        "state": _state(heartbeat),
        "visited_at": heartbeat.visited_at if heartbeat else None,
        "read_at": heartbeat.read_at if heartbeat else None,
        "failing_since": heartbeat.failing_since if heartbeat else None,
        "failed_step": heartbeat.failed_step if heartbeat else "",
        "failure": heartbeat.failure if heartbeat else "",
        "findings": [
            {"kind": finding.kind, "evidence": finding.evidence, "opened_at": finding.opened_at} for finding in mine
        ],
    }


def _state_text(line: dict[str, Any]) -> str:
    found = ", ".join(str(finding["kind"]) for finding in line["findings"])
    why = f": {line['failure']}" if line["failure"] else ""
    return f"{line['state']}{why}{f' [{found}]' if found else ''}"


def _state(heartbeat: Heartbeat | None) -> str:
    if heartbeat is None or heartbeat.visited_at is None:
        return "never visited"
    if heartbeat.failing_since is not None:
        return f"cannot be read since {as_text(heartbeat.failing_since)}"
    return "read"
