"""Triage: explain and due, dry runs that touch nothing."""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.configuration import JSON
from cli.explained import print_explained
from cli.output import console, errors_to_exit_codes, print_object
from cli.roots import site_or_example
from domain.account import Account, AutoReply, Channel, Tier
from domain.context import Context
from domain.errors import BadInput
from domain.hours import Schedule
from domain.ids import AccountId, ScheduleId, UnitId
from domain.instant import STOCKHOLM, as_utc
from domain.message import Arrival, Message
from domain.promises import promise_by_table
from domain.site import Site
from intake.mail import read_headers
from intake.parse import parse
from intake.received import header_time
from triage.decide import decide
from triage.explain import contact_account, explanation
from worker import SystemClock

#: How long after its arrival a file counts as read, when no other time is given.
READ_AFTER = timedelta(minutes=1)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(errors_to_exit_codes(explain))
    app.command()(errors_to_exit_codes(due))


def explain(
    files: Annotated[list[Path], typer.Argument(help="Originals: .eml files, or a provider's .json.")],
    account: Annotated[str, typer.Option(help="The account it came to; without it the contact center's.")] = "",
    now: Annotated[str, typer.Option(help="When it is read; without it a minute after it arrived.")] = "",
    channel: Annotated[Channel | None, typer.Option(help="What a .json original is.")] = None,
    as_json: JSON = False,
) -> None:
    """Say what would be decided about originals, and why; nothing is stored or sent."""
    site = site_or_example()
    at = _instant(now) if now else None
    chosen = _account(site, account) if account else None
    failed = False
    for path in files:
        line = _explained(site, path, chosen, at, channel)
        failed = failed or line["error"] is not None
        if as_json:
            print_object(line)
        else:
            print_explained(line)
    if failed:
        raise BadInput("some files could not be opened: see the lines above")


def due(
    channel: Annotated[Channel, typer.Option(help="The channel.")],
    tier: Annotated[Tier, typer.Option(help="Who owes the answer.")],
    at: Annotated[str, typer.Option(help="When it arrived; without an offset Swedish local time.")],
    unit: Annotated[str, typer.Option(help="Whose opening hours count.")] = "",
    as_json: JSON = False,
) -> None:
    """Say when notice and answer are due, and why."""
    site = site_or_example()
    arrived_at = _instant(at)
    promised = promise_by_table(site, channel, tier, _schedule(site, tier, unit), arrived_at)
    answer = {
        "at": arrived_at,
        "channel": channel,
        "tier": tier,
        "unit": unit or None,
        "notice_due_at": promised.notice_at,
        "answer_due_at": promised.answer_at,
        "calendar": promised.calendar,
        "steps": list(promised.steps),
    }
    if as_json:
        print_object(answer)
        return
    for step in promised.steps:
        console.print(f"  {step}", markup=False)
    console.print(f"\n  notice due  {_local(promised.notice_at)}\n  answer due  {_local(promised.answer_at)}")


def _explained(
    site: Site, path: Path, account: Account | None, now: datetime | None, channel: Channel | None
) -> dict[str, Any]:
    try:
        original = path.read_bytes()
    except OSError as error:
        return _unopened(path, f"{path}: {error.strerror}: name a file that can be read")
    channel = channel or _channel_of(path, original)
    message = _read(site, path, original, channel, now)
    if account is None:
        account = _contact(site, message)
        if account is None:
            return _unopened(path, f"{path}: the contact center has no {channel} account: name one with --account")
        message = _addressed(message, account)
    at = now or message.arrived_at + READ_AFTER
    decision = decide(message, Context(account=account, now=at), site)
    return explanation(decision, message, site, str(path), account=account)


def _unopened(path: Path, sentence: str) -> dict[str, Any]:
    return {"file": str(path), "error": sentence, "defects": [], "automatic_reply": {"send": False, "reasons": []}}


def _read(site: Site, path: Path, original: bytes, channel: Channel, now: datetime | None) -> Message:
    """Parse a file; what a server would have stamped is read from its own headers (design.md section 9)."""
    is_mail = channel is Channel.email
    stamped = header_time(read_headers(original), site.mail) if is_mail else None
    arrival = Arrival(
        identity=str(path),
        original=original,
        media_type="message/rfc822" if is_mail else "application/json",
        provider_at=stamped[0] if stamped else (now or SystemClock().now()),
    )
    return parse(arrival, channel=channel, mail=site.mail)


def _contact(site: Site, message: Message) -> Account | None:
    """Return the contact center's account of the message's channel, as one that answers."""
    try:
        found = contact_account(site, message)
    except KeyError:
        return None
    return replace(found, auto_reply=AutoReply.on)


def _addressed(message: Message, account: Account) -> Message:
    """Take the message as addressed to the account, so that row 26 of domain.md 3.3 counts as met."""
    named = {*message.to, *message.cc, *message.resent}
    return message if named & account.addresses else replace(message, to=(account.address, *message.to))


def _channel_of(path: Path, original: bytes) -> Channel:
    if path.suffix.lower() != ".json":
        return Channel.email
    try:
        keys = set(json.loads(original))
    except (ValueError, TypeError):
        return Channel.email
    if keys & {"sid", "MessageSid", "SmsSid", "body", "Body"}:
        return Channel.sms
    return Channel.facebook if keys & {"created_time", "message", "from"} else Channel.email


def _account(site: Site, name: str) -> Account:
    try:
        return site.account(AccountId(name))
    except KeyError:
        known = ", ".join(account.id for account in site.accounts)
        raise BadInput(f"there is no account {name}: the configuration has {known}") from None


def _schedule(site: Site, tier: Tier, unit: str) -> Schedule:
    if unit:
        try:
            return site.schedule(site.unit(UnitId(unit)).schedule)
        except KeyError:
            known = ", ".join(each.id for each in site.units)
            raise BadInput(f"there is no unit {unit}: the configuration has {known}") from None
    center = site.unit(site.contact_center)
    if tier is Tier.contact_center:
        return site.schedule(center.schedule)
    return site.schedule(_ordinary(site))


def _ordinary(site: Site) -> ScheduleId:
    """Return the hours that most units keep."""
    counts = Counter(unit.schedule for unit in site.units if unit.id != site.contact_center)
    return counts.most_common(1)[0][0] if counts else site.unit(site.contact_center).schedule


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is not a time: write it as 2026-11-24T09:12") from None
    return as_utc(moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM))


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(STOCKHOLM):%a %Y-%m-%d %H:%M:%S}"
