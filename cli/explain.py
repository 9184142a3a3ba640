"""Explain: what would be decided about originals, and why; a dry run that touches nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.explained import Explained, print_explained
from cli.local_time import instant_of
from cli.original_files import OriginalFile, channel_of, open_files, parse_file, read_file
from cli.output import BAD_INPUT, JSON, complain, errors_to_exit_codes, print_object, progress
from cli.roots import site_or_example
from domain.account import Account, AutoReply, Channel, Tier
from domain.context import Context
from domain.errors import BadInput
from domain.ids import AccountId
from domain.message import Message
from domain.site import Site
from triage.decide import decide
from triage.explain import contact_account, explanation, rule_line, trace_all
from worker import SystemClock

#: How long after its arrival a file counts as read, when no other time is given.
READ_AFTER = timedelta(minutes=1)

#: From this many files on, a terminal shows how far we are.
MANY = 20

#: What a file that cannot be explained prints: the keys of every file, in the contract's order.
UNEXPLAINED: dict[str, Any] = {
    "file": None,
    "sender": None,
    "subject": None,
    "arrived_at": None,
    "language": None,
    "category": None,
    "score": None,
    "type": None,
    "urgency": None,
    "secrecy": None,
    "unit": None,
    "automatic_reply": {"send": False, "reasons": [], "template": None, "language": None, "to": None},
    "notice_due_at": None,
    "answer_due_at": None,
    "rules": [],
    "text": None,
    "quoted": None,
    "defects": [],
    "error": None,
}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(errors_to_exit_codes(explain))


def explain(
    files: Annotated[list[Path], typer.Argument(help="Originals: .eml, a provider's .json, or a folder of them.")],
    account: Annotated[str, typer.Option(help="The account it came to; without it the contact center's.")] = "",
    now: Annotated[str, typer.Option(help="When it is read; without it a minute after it arrived.")] = "",
    channel: Annotated[Channel | None, typer.Option(help="What a .json is that does not tell by itself.")] = None,
    every_rule: Annotated[bool, typer.Option("--all", help="Tell also the rules that missed by far.")] = False,
    as_json: JSON = False,
) -> None:
    """Say what would be decided about originals, and why; nothing is stored or sent."""
    asked = _asked(site_or_example(), account, now, channel)
    unopened = False
    with _listing(len(opened := open_files(files)), as_json, every_rule) as shown:
        for file in opened:
            explained = _explained(asked, read_file(file))
            unopened = unopened or explained.line["error"] is not None
            shown.show(explained)
    if unopened:
        raise typer.Exit(BAD_INPUT)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What holds for every file of one call."""

    site: Site
    #: None: the contact center's, of each message's channel.
    account: Account | None
    now: datetime | None
    channel: Channel | None


@dataclass(frozen=True, slots=True)
class _Listing:
    """Where explanations go, one after the other."""

    as_json: bool
    every_rule: bool
    console: Console
    advance: Any

    def show(self, explained: Explained) -> None:
        """Print one; what could not be opened also stands on standard error."""
        if self.as_json:
            print_object(explained.line)
        else:
            print_explained(explained, self.console, every_rule=self.every_rule)
        if explained.line["error"] is not None:
            complain(explained.line["error"])
        self.advance()


@contextmanager
def _listing(count: int, as_json: bool, every_rule: bool) -> Iterator[_Listing]:
    with progress("explaining", count if count >= MANY else 0, quiet=as_json) as (console, advance):
        yield _Listing(as_json, every_rule, console, advance)


def _asked(site: Site, account: str, now: str, channel: Channel | None) -> _Asked:
    return _Asked(site, _account(site, account) if account else None, instant_of(now) if now else None, channel)


def _account(site: Site, name: str) -> Account:
    try:
        return site.account(AccountId(name))
    except KeyError:
        known = ", ".join(account.id for account in site.accounts)
        raise BadInput(f"there is no account {name}: the configuration has {known}") from None


def _explained(asked: _Asked, file: OriginalFile) -> Explained:
    if file.fault:
        return _unexplained(file, file.fault)
    channel = channel_of(file, asked.channel or (asked.account.channel if asked.account else None))
    if asked.account and channel is not None and channel is not asked.account.channel:
        said = f"it is {channel}, and the account {asked.account.id} takes {asked.account.channel}"
        return _unexplained(file, f"{file.path}: {said}: name another --account")
    untold = channel is None
    message = parse_file(file, channel or Channel.sms, asked.site.mail, asked.now or SystemClock().now())
    if untold:
        message = replace(message, defects=(*message.defects, "it does not tell its channel: name it with --channel"))
    account = asked.account or _contact(asked.site, message)
    context = Context(
        account=account,
        now=asked.now or message.arrived_at + READ_AFTER,
        taken_as_addressed=asked.account is None,
    )
    decision = decide(message, context, asked.site)
    traces = trace_all(decision, message, asked.site, context)
    line = explanation(decision, message, asked.site, str(file.path), misses=False)
    line["rules"] = [rule_line(each) for each in traces]
    return Explained(line, message, decision, asked.site, traces)


def _unexplained(file: OriginalFile, sentence: str) -> Explained:
    return Explained({**UNEXPLAINED, "file": str(file.path), "error": sentence})


def _contact(site: Site, message: Message) -> Account:
    """Return the contact center's account of the message's channel, made up where there is none, as one that answers.

    Source: design.md section 9.
    """
    try:
        found = contact_account(site, message)
    except KeyError:
        center = site.unit(site.contact_center)
        found = Account(
            id=AccountId(center.id),
            name=center.name,
            organisation=center.organisation,
            unit=center.id,
            channel=message.channel,
            address="",
            tier=Tier.contact_center,
        )
    return replace(found, auto_reply=AutoReply.on)
