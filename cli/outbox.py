"""Outbox: the sends that nobody knows the end of, and how a person settles them."""

import getpass
from typing import Annotated, Any

import typer

from cli.output import JSON, console, errors_to_exit_codes, print_lines, print_object, print_table
from cli.roots import opened
from domain.errors import BadInput
from domain.ids import OutgoingId
from domain.viewer import OPERATOR
from pipeline.runtime import Runtime
from pipeline.settle import Settling, settle
from pipeline.stop_replies import close_by_hand
from store.breaker import get_breaker
from store.sent import StoredOutgoing
from store.unsettled import list_uncertain


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(errors_to_exit_codes(outbox))


def outbox(
    went: Annotated[int | None, typer.Option(help="The number of a send that went: it is not sent again.")] = None,
    again: Annotated[
        int | None, typer.Option(help="The number of a send to repeat: the recipient may get it twice.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Let automatic replies go again.")] = False,
    as_json: JSON = False,
) -> None:
    """List the sends that may have gone or not, or settle one; none that is about a sensitive ticket."""
    asked = [each for each in (went, again, resume or None) if each is not None]
    if len(asked) > 1:
        raise BadInput("one thing at a time: say --went, --again or --resume")
    with opened() as root:
        if not asked:
            _list(root.runtime, as_json)
        elif resume:
            _resume(root.runtime, as_json)
        else:
            settling = Settling.went if went is not None else Settling.again
            _settle(root.runtime, OutgoingId(asked[0]), settling, as_json)


def _list(runtime: Runtime, as_json: bool) -> None:
    with runtime.database.read() as connection:
        breaker = get_breaker(connection, OPERATOR)
        lines = [_line(each) for each in list_uncertain(connection, OPERATOR, limit=10_000)]
    if as_json:
        print_lines(lines)
        return
    if breaker.opened_at is not None:
        console.print(f"All automatic replies are stopped: {breaker.why}. svarsvakt outbox --resume lets them go.")
    print_table(
        ("number", "kind", "account", "to", "subject", "since", "why"),
        (tuple(line[key] for key in ("id", "kind", "account", "to", "subject", "created_at", "why")) for line in lines),
        empty="Nothing is uncertain.",
    )


def _settle(runtime: Runtime, id: OutgoingId, settling: Settling, as_json: bool) -> None:
    settle(runtime.database, OPERATOR, id, settling, actor=_actor(), now=runtime.now)
    if as_json:
        print_object({"id": id, "settled": settling})
    else:
        console.print("It counts as sent." if settling is Settling.went else "It goes once more.")


def _resume(runtime: Runtime, as_json: bool) -> None:
    closed = close_by_hand(runtime.database, runtime.site(), actor=_actor(), now=runtime.now)
    if as_json:
        print_object({"resumed": closed})
    else:
        console.print("Automatic replies go again." if closed else "Automatic replies were not stopped.")


def _line(uncertain: StoredOutgoing) -> dict[str, Any]:
    return {
        "id": uncertain.id, "kind": uncertain.kind, "account": uncertain.account, "ticket": uncertain.ticket,
        "to": uncertain.recipient, "subject": uncertain.subject, "message_id": uncertain.message_id,
        "created_at": uncertain.created_at, "why": uncertain.why,
    }  # fmt: skip


def _actor() -> str:
    return f"operator {getpass.getuser()}"
