"""Delay: tell the citizens of a chosen account and time, after an outage, that their answer is late."""

import getpass
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from cli.local_time import instant_of
from cli.output import JSON, console, errors_to_exit_codes, print_lines, print_table
from cli.roots import opened
from domain.category import Secrecy
from domain.errors import BadInput
from domain.ids import AccountId
from pipeline.delay import Chosen, DelayNotice, find_delayed, send_delay_notices


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command("delay")(errors_to_exit_codes(delay))


def delay(
    account: Annotated[str, typer.Option(help="The account that the messages came to.")],
    since: Annotated[str, typer.Option(help="Messages that arrived from this time on; Swedish local time.")],
    until: Annotated[str, typer.Option(help="And before this time.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before sending.")] = False,
    as_json: JSON = False,
) -> None:
    """Send a delay notice about every open ticket of an account that arrived in a span, one a ticket."""
    chosen = Chosen(account=AccountId(account), since=instant_of(since), until=instant_of(until))
    if as_json and not (dry_run or yes):
        raise BadInput("--json cannot ask: say --dry-run to see what would go, or --yes to send it")
    with opened() as root:
        notices = find_delayed(root.runtime, chosen)
        going = sum(not each.why_not for each in notices)
        if not (as_json or yes):
            _print(notices)
        if dry_run or not going:
            _close(notices, as_json, f"{going} of {len(notices)} tickets would get a notice; nothing was sent.")
            return
        if not yes:
            typer.confirm(f"Send {going} notice{'' if going == 1 else 's'}?", abort=True, err=True)
        notices = send_delay_notices(root.runtime, chosen, actor=f"operator {getpass.getuser()}")
    sent = sum(not each.why_not for each in notices)
    _close(notices, as_json, f"{sent} of {len(notices)} tickets get a notice; the brakes are asked before each goes.")


def _close(notices: Iterable[DelayNotice], as_json: bool, sentence: str) -> None:
    if as_json:
        print_lines(_line(each) for each in notices)
    else:
        console.print(sentence)


def _print(notices: Iterable[DelayNotice]) -> None:
    lines = [_line(each) for each in notices]
    print_table(
        ("number", "unit", "arrived", "language", "answer by", "why not"),
        ((line["number"], line["unit"], line.get("arrived_at"), line.get("language"), line.get("answer_at"),
          line["why_not"]) for line in lines),
        empty="No open ticket of the account arrived then.",
    )  # fmt: skip


def _line(notice: DelayNotice) -> dict[str, Any]:
    """Return what is shown of a ticket: of a sensitive one only number and unit, and whether a notice goes."""
    if notice.secrecy is Secrecy.SK2:
        why = "no automatic reply may go" if notice.why_not else ""
        return {"number": notice.number, "unit": notice.unit, "why_not": why}
    return {
        "number": notice.number,
        "unit": notice.unit,
        "arrived_at": notice.arrived_at,
        "language": notice.language,
        "answer_at": notice.answer_at,
        "why_not": notice.why_not,
    }
