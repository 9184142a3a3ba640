"""Accounts: the register, read as the operator; and a newcomer's list read into the settings."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.output import JSON, as_text, console, errors_to_exit_codes, print_lines, print_object, print_table
from cli.people import sound_folder
from cli.roots import opened
from domain.errors import BadInput
from domain.finding import Heartbeat
from domain.open_time import local_date
from domain.register import Line
from domain.viewer import OPERATOR
from pipeline.register import read_register
from pipeline.register_csv import to_csv
from settings.accounts_import import FILE, AccountsImport, import_accounts
from settings.environment import read_environment
from settings.tabular import decode


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(errors_to_exit_codes(accounts))
    group.command("import")(errors_to_exit_codes(import_list))
    app.add_typer(group, name="accounts", help="The register of accounts, or a list to add to it.")


def accounts(
    context: typer.Context,
    as_json: JSON = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")] = False,
) -> None:
    """List every account: who answers for it, how it is read, what waits in it, and what the watch has found."""
    if context.invoked_subcommand is not None:
        return
    with opened() as root, root.runtime.database.read() as connection:
        site, today = root.runtime.site(), local_date(root.runtime.now)
        lines = read_register(connection, site, OPERATOR, root.runtime.now)
    if as_csv:
        print(to_csv(lines, site, today), end="")
        return
    objects = [_object(line, today) for line in lines]
    if as_json:
        print_lines(objects)
        return
    print_table(
        ("account", "address", "unit", "manager", "mode", "reply", "last came", "last handled", "oldest unhandled",
         "state"),
        ((line["account"], line["address"], line["unit"], line["manager"], line["mode"], line["auto_reply"],
          line["last_arrival_at"], line["last_handled_at"], line["oldest_unhandled_at"], _state_text(line))
         for line in objects),
        empty="The configuration has no accounts.",
    )  # fmt: skip


def import_list(
    file: Annotated[Path, typer.Argument(help="The list as a spreadsheet saves it: CSV, any separator.")],
    write: Annotated[bool, typer.Option("--write", help="Add the accounts to accounts.toml.")] = False,
    as_json: JSON = False,
) -> None:
    """Show a list of accounts as configuration; --write adds them. Units and people are named by id or name."""
    folder = read_environment().site_folder()
    found = import_accounts(sound_folder(folder), decode(file.read_bytes()))
    if write and found.added:
        (folder / FILE).write_text(_merged(folder / FILE, found), encoding="utf-8")
    if as_json:
        print_object({"added": found.added, "known": found.known, "written": write, "accounts": found.tree["accounts"]})
        return
    if not write:
        print(found.text)
    done = f"added to {folder / FILE}; next: svarsvakt check" if write else "nothing is written; --write adds them"
    known = f", {len(found.known)} there already" if found.known else ""
    console.print(f"{len(found.added)} new accounts{known}: {done}", markup=False, soft_wrap=True)


def _merged(path: Path, found: AccountsImport) -> str:
    """Return the file with the new accounts behind what stands there, comments and all."""
    text = f"{path.read_text(encoding='utf-8-sig').rstrip()}\n\n{found.text}"
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        tree = {}
    if tree != found.tree:
        raise BadInput(f"{path.name} is written in a way that cannot be added to: write each account as [accounts.ID]")
    return text


def _object(line: Line, today: date) -> dict[str, Any]:
    account, heartbeat, work = line.account, line.heartbeat, line.workload
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
        "instead": account.instead,
        "manager": line.manager.name if line.manager else None,
        "deputy": line.deputy.name if line.deputy else None,
        "readers": [each.name for each in line.readers],
        "state": _state(heartbeat),
        "visited_at": heartbeat.visited_at if heartbeat else None,
        "read_at": heartbeat.read_at if heartbeat else None,
        "failing_since": heartbeat.failing_since if heartbeat else None,
        "failed_step": heartbeat.failed_step if heartbeat else "",
        "failure": heartbeat.failure if heartbeat else "",
        "last_arrival_at": work.last_arrival_at,
        "last_handled_at": work.last_handled_at,
        "unhandled": work.unhandled,
        "oldest_unhandled_at": work.oldest_unhandled_at,
        "findings": [
            {
                "kind": finding.kind,
                "evidence": finding.evidence,
                "opened_at": finding.opened_at,
                "days_since_alert": line.days_since_alert(today, finding.id),
            }
            for finding in line.findings
        ],
        "days_since_alert": line.days_since_alert(today),
        "reviewed_on": account.reviewed_on.isoformat() if account.reviewed_on else None,
        "days": [
            {"day": day.day.isoformat(), "received": day.received, "handled": day.handled, "red": day.red}
            for day in line.days
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
